"""Who was reached and who bought is kept by the year, so that a year's page costs no more as days pass."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0002_guards"),
        ("registry", "0002_towns"),
    ]

    operations = [
        migrations.CreateModel(
            name="BuyerYear",
            fields=[
                ("grams", models.BigIntegerField(default=0, verbose_name="grams of produce")),
                ("saplings", models.BigIntegerField(default=0, verbose_name="saplings")),
                ("pieces", models.BigIntegerField(default=0, verbose_name="other goods, in pieces")),
                ("amount_fen", models.BigIntegerField(default=0, verbose_name="amount in fen")),
                ("sapling_fen", models.BigIntegerField(default=0, verbose_name="of it saplings, in fen")),
                ("entries", models.BigIntegerField(default=0, verbose_name="entries")),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "year",
                        "buyer",
                        "buyer_kind",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("year", models.PositiveSmallIntegerField()),
                ("buyer", models.CharField(max_length=40)),
                ("buyer_kind", models.CharField(max_length=12)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="HouseholdYear",
            fields=[
                ("grams", models.BigIntegerField(default=0, verbose_name="grams of produce")),
                ("saplings", models.BigIntegerField(default=0, verbose_name="saplings")),
                ("pieces", models.BigIntegerField(default=0, verbose_name="other goods, in pieces")),
                ("amount_fen", models.BigIntegerField(default=0, verbose_name="amount in fen")),
                ("sapling_fen", models.BigIntegerField(default=0, verbose_name="of it saplings, in fen")),
                ("entries", models.BigIntegerField(default=0, verbose_name="entries")),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "year",
                        "town_id",
                        "household_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("year", models.PositiveSmallIntegerField()),
                (
                    "household",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.household",
                    ),
                ),
                (
                    "town",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.town",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.DeleteModel(
            name="HouseholdMonth",
        ),
    ]
