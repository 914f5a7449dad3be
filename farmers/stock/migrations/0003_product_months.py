"""When each product is harvested, as `reference.py` has it."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import Q

from farmers.stock.reference import PRODUCTS
from farmers.stock.season import as_bits


def load(apps, schema_editor):
    Product = apps.get_model("stock", "Product")
    for fact in PRODUCTS:
        Product.objects.filter(slug=fact.slug).update(months=as_bits(fact.months))


class Migration(migrations.Migration):
    dependencies = [("stock", "0002_products")]

    operations = [
        migrations.AddField(
            "product", "months", models.PositiveSmallIntegerField("months of harvest", default=0)
        ),
        migrations.AddConstraint(
            "product",
            models.CheckConstraint(condition=Q(months__lt=1 << 12), name="product_months_of_one_year"),
        ),
        migrations.RunPython(load, migrations.RunPython.noop),
    ]
