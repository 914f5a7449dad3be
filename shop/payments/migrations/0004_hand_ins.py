import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0003_money_goes_back"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HandIn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(editable=False, unique=True)),
                ("receipt", models.CharField(max_length=120, unique=True, verbose_name="receipt number")),
                ("amount_fen", models.PositiveBigIntegerField(verbose_name="amount")),
                (
                    "at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="recorded at"),
                ),
                (
                    "cashier",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="cashier",
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="officer",
                    ),
                ),
            ],
            options={
                "verbose_name": "hand-in",
                "verbose_name_plural": "hand-ins",
                "ordering": ["-at", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_fen__gt", 0)), name="hand_in_amount_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("receipt", ""), _negated=True), name="hand_in_has_a_receipt"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="payment",
            name="hand_in",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payments",
                to="payments.handin",
                verbose_name="hand-in",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("hand_in", None),
                    models.Q(
                        ("by__isnull", False),
                        ("provider", "cash"),
                        ("received_fen__isnull", False),
                        ("reference__startswith", "door:"),
                    ),
                    _connector="OR",
                ),
                name="payment_handed_in_from_a_door",
            ),
        ),
    ]
