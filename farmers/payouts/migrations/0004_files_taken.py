from __future__ import annotations

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from farmers.payouts import frozen


class Migration(migrations.Migration):
    dependencies = [
        ("payouts", "0003_returned_by_the_bank"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # SQLite does not rename a table that triggers speak of; the next migration puts them up again
        migrations.RunPython(frozen.remove, frozen.install),
        migrations.AddField(
            model_name="payout",
            name="name",
            field=models.CharField(default="", max_length=40, verbose_name="account holder"),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name="FileTaken",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("form", models.CharField(choices=[("xlsx", "Excel"), ("csv", "CSV")], max_length=4)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files_taken",
                        to="payouts.payoutrun",
                    ),
                ),
            ],
            options={
                "verbose_name": "bank's file taken",
                "verbose_name_plural": "bank's files taken",
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("form__in", ["xlsx", "csv"])), name="file_taken_form_known"
                    )
                ],
            },
        ),
    ]
