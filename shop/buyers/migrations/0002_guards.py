"""Triggers: the database itself refuses to change or delete a filed budget."""

from __future__ import annotations

from django.db import migrations

from shop.buyers import guards


class Migration(migrations.Migration):
    dependencies = [("buyers", "0001_initial")]

    operations = [migrations.RunPython(guards.install, guards.remove)]
