"""Taking a lot off sale, and listing it again, is recorded with who, when and why."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("stock", "0003_product_months"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LotTransition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        primary_key=True, serialize=False, auto_created=True, verbose_name="ID"
                    ),
                ),
                (
                    "to_state",
                    models.CharField(
                        choices=[("listed", "on sale"), ("withdrawn", "withdrawn")],
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="at")),
                ("why", models.CharField(blank=True, default="", max_length=200, verbose_name="reason")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "lot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="transitions",
                        to="stock.lot",
                        verbose_name="lot",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of a lot's state",
                "verbose_name_plural": "changes of lots' states",
                "ordering": ["id"],
            },
        ),
    ]
