"""Triggers put up anew: a payout that was paid may still be returned by the bank."""

from __future__ import annotations

from django.db import migrations

from farmers.payouts import frozen

nothing = migrations.RunPython.noop


class Migration(migrations.Migration):
    dependencies = [("payouts", "0002_guards")]

    operations = [
        migrations.RunPython(frozen.remove, nothing),
        migrations.RunPython(frozen.install, nothing),
    ]
