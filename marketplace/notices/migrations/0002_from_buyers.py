"""The notices that stood in the buyers' room come along."""

from __future__ import annotations

from typing import Any

from django.db import migrations

AT_ONCE = 1_000


def copy(rows: Any, model: Any) -> None:
    names = ("user_id", "key", "kind", "facts", "link", "created_at", "read_at")
    batch = []
    for row in rows.order_by("pk").values(*names).iterator(AT_ONCE):
        batch.append(model(**row))
        if len(batch) == AT_ONCE:
            model.objects.bulk_create(batch)
            batch = []
    model.objects.bulk_create(batch)


def come(apps: Any, schema_editor: Any) -> None:
    copy(apps.get_model("buyers", "Notice").objects.all(), apps.get_model("notices", "Notice"))


def go(apps: Any, schema_editor: Any) -> None:
    # the old table knows no other kind
    ours = apps.get_model("notices", "Notice").objects.filter(kind="back")
    copy(ours, apps.get_model("buyers", "Notice"))


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_notices"), ("buyers", "0006_canteen_budgets")]
    operations = [migrations.RunPython(come, go)]
