"""The worker, for tests inside a transaction: does what waits, as `manage.py db_worker` does."""

from __future__ import annotations

from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult


def work() -> None:
    """Everything that is due now."""
    while (row := DBTaskResult.objects.ready().first()) is not None:
        arguments = row.args_kwargs
        row.delete()
        import_string(row.task_path).func(*arguments["args"], **arguments["kwargs"])
