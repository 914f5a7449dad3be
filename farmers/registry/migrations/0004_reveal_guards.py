"""Triggers: the database itself refuses to change or delete who looked at personal data."""

from __future__ import annotations

from django.db import migrations

from farmers.registry import guards


class Migration(migrations.Migration):
    dependencies = [("registry", "0003_reveals")]

    operations = [migrations.RunPython(guards.install, guards.remove)]
