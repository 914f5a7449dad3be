import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from marketplace.migrating import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("stock", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="Basket",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("token", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    (
                        "user",
                        models.OneToOneField(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="basket",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("changed_at", models.DateTimeField(auto_now=True)),
                ],
                options={
                    "verbose_name": "basket",
                    "verbose_name_plural": "baskets",
                },
            ),
            migrations.CreateModel(
                name="BasketLine",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "basket",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="lines",
                            to="basket.basket",
                        ),
                    ),
                    (
                        "lot",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="+", to="stock.lot"
                        ),
                    ),
                    ("quantity", models.BigIntegerField(verbose_name="quantity")),
                    ("seen_price_fen", models.PositiveBigIntegerField()),
                ],
                options={
                    "verbose_name": "basket line",
                    "verbose_name_plural": "basket lines",
                    "ordering": ["id"],
                    "constraints": [
                        models.UniqueConstraint(fields=("basket", "lot"), name="basket_lot_once"),
                        models.CheckConstraint(
                            condition=models.Q(("quantity__gt", 0), ("quantity__lte", 100000000000)),
                            name="basket_quantity_sane",
                        ),
                    ],
                },
            ),
        )
    ]
