"""Who took the bank's file of a run stands in the sealed log of files: what was written down apart moves there."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import migrations

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

KINDS = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def move(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Those that the log has not: it is younger."""
    log = apps.get_model("access", "Taken").objects
    for one in apps.get_model("payouts", "FileTaken").objects.select_related("run", "by").order_by("pk"):
        said = {"by": one.by, "what": "payouts:bank_file", "about": f"number={one.run.number}"}
        said["kind"] = KINDS[one.form]
        # both were written in one request
        near = {"at__gte": one.at, "at__lt": one.at + dt.timedelta(minutes=1)}
        if not log.filter(**said, **near).exists():
            log.create(**said, role=one.by.role, at=one.at)


class Migration(migrations.Migration):
    dependencies = [("payouts", "0005_whose_account"), ("access", "0006_taken_by_what")]

    operations = [
        migrations.RunPython(move, migrations.RunPython.noop),
        migrations.DeleteModel(name="FileTaken"),
    ]
