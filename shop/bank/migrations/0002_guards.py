"""Triggers: the database itself refuses to change or delete what a bank told and what was closed on it."""

from __future__ import annotations

from django.db import migrations

from shop.bank import frozen


class Migration(migrations.Migration):
    dependencies = [("bank", "0001_initial")]

    operations = [migrations.RunPython(frozen.install, frozen.remove)]
