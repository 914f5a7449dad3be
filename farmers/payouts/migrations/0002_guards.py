"""Triggers: the database itself refuses to change or delete what was made to be paid."""

from __future__ import annotations

from django.db import migrations

from farmers.payouts import frozen


class Migration(migrations.Migration):
    dependencies = [("payouts", "0001_initial")]

    operations = [migrations.RunPython(frozen.install, frozen.remove)]
