"""The database itself keeps what was found as it was; and the rules a city begins with, which it then makes its own."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from farmers.monitoring import guards

FIRST = (
    {"kind": "income", "percent": 100, "months": 12, "quiet_days": 90},
    {"kind": "fall", "percent": 50, "least_fen": 50_000, "quiet_days": 90},
    {"kind": "unsold", "days": 90, "least_fen": 20_000, "quiet_days": 30},
    {"kind": "silent", "days": 90, "quiet_days": 90},
)


def begin(apps: Any, schema_editor: Any) -> None:
    rules = apps.get_model("monitoring", "Rule").objects
    if not rules.exists():
        rules.bulk_create(rules.model(**facts) for facts in FIRST)


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0001_initial")]

    operations = [
        migrations.RunPython(guards.install, guards.remove),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
