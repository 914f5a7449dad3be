"""Triggers: the database itself refuses to rewrite who asked for an erasure, and who did it."""

from __future__ import annotations

from django.db import migrations

from farmers.registry import guards


class Migration(migrations.Migration):
    dependencies = [("registry", "0005_erasures")]

    operations = [migrations.RunPython(guards.install_erasures, guards.remove_erasures)]
