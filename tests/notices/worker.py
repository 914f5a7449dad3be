"""The worker, for tests inside a transaction: does what waits, as `manage.py db_worker` does."""

from __future__ import annotations

from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult


def work(times: int = 1) -> None:
    """Everything that is due now; each task so many times, as one that a worker died over is begun again."""
    while (row := DBTaskResult.objects.ready().first()) is not None:
        arguments = row.args_kwargs
        row.delete()
        for _again in range(times):
            import_string(row.task_path).func(*arguments["args"], **arguments["kwargs"])
