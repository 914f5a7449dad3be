"""Triggers: the database itself refuses to change or delete entries, blocks and seals."""

from __future__ import annotations

from django.db import migrations

from farmers.ledger import guards


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_entries_totals_and_seals")]

    operations = [migrations.RunPython(guards.install, guards.remove)]
