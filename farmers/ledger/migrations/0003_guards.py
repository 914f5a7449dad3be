"""Triggers: the database itself refuses to change or delete what the ledger has written."""

from __future__ import annotations

from django.db import migrations

from farmers.ledger import guards


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_briefing_words")]

    operations = [
        migrations.RunPython(guards.install, guards.remove),
        migrations.RunPython(guards.install_briefings, guards.remove_briefings),
    ]
