"""Triggers: the database itself refuses to change or delete issued statements and what officers handed in."""

from __future__ import annotations

from django.db import migrations

from shop.payments import counted, frozen


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]

    operations = [
        migrations.RunPython(frozen.install, frozen.remove),
        migrations.RunPython(counted.install, counted.remove),
    ]
