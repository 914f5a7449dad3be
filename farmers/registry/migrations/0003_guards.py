"""Triggers: the database itself refuses to change or delete what was done with personal data."""

from __future__ import annotations

from django.db import migrations

from farmers.registry import guards


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_towns")]

    operations = [migrations.RunPython(guards.install, guards.remove)]
