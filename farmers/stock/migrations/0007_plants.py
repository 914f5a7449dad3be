"""How each plant is measured, and the measures that lots told in words before there was a table for them."""

from __future__ import annotations

from django.db import migrations

from farmers.stock.measures import NONE, columns, read_measures
from farmers.stock.reference import PLANTS


def load(apps, schema_editor):
    Product = apps.get_model("stock", "Product")
    for plant, slugs in PLANTS.items():
        Product.objects.filter(slug__in=slugs).update(plant=plant)
    Lot = apps.get_model("stock", "Lot")
    SaplingMeasures = apps.get_model("stock", "SaplingMeasures")
    told = Lot.objects.exclude(product__plant="").exclude(grade="").filter(measures=None)
    rows = told.order_by().values_list("pk", "grade", "product__plant", "listed_at")
    known = [(pk, read_measures(grade, plant), at) for pk, grade, plant, at in rows.iterator()]
    SaplingMeasures.objects.bulk_create(
        (
            SaplingMeasures(lot_id=pk, at=at, **columns(measures))
            for pk, measures, at in known
            if measures != NONE
        ),
        batch_size=1_000,
    )


class Migration(migrations.Migration):
    dependencies = [("stock", "0006_measures_of_plants")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
