"""Payouts of before get the names that the households bear now; triggers stand before them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import migrations
from django.db.models import OuterRef, Subquery

from farmers.payouts import frozen

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

nothing = migrations.RunPython.noop


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    names = apps.get_model("registry", "Household").objects.filter(pk=OuterRef("household"))
    apps.get_model("payouts", "Payout").objects.update(name=Subquery(names.values("head_name")[:1]))


class Migration(migrations.Migration):
    dependencies = [("payouts", "0004_files_taken")]

    operations = [
        migrations.RunPython(fill, nothing),
        migrations.RunPython(frozen.install, frozen.remove),
    ]
