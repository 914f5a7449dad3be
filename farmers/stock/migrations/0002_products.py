"""The categories and products that Dingzhou's villages list, as `reference.py` has them."""

from __future__ import annotations

from django.db import migrations

from farmers.stock.reference import CATEGORIES, PLANTS, PRODUCTS
from farmers.stock.season import as_bits
from marketplace.pinyin import initials, pinyin


def load(apps, schema_editor):
    Category = apps.get_model("stock", "Category")
    Product = apps.get_model("stock", "Product")
    Alias = apps.get_model("stock", "ProductAlias")
    Category.objects.bulk_create(
        Category(pinyin=pinyin(fact.name), initials=initials(fact.name), **fact._asdict())
        for fact in CATEGORIES
    )
    categories = {category.slug: category for category in Category.objects.all()}
    plants = {slug: plant for plant, slugs in PLANTS.items() for slug in slugs}
    Product.objects.bulk_create(
        Product(
            slug=fact.slug,
            category=categories[fact.category],
            name=fact.name,
            name_en=fact.name_en,
            pinyin=pinyin(fact.name),
            initials=initials(fact.name),
            measure=fact.measure,
            unit=fact.unit,
            shelf_life_days=fact.shelf_life_days,
            reference_price_fen=fact.reference_price_fen,
            illustration=fact.illustration,
            months=as_bits(fact.months),
            plant=plants.get(fact.slug, ""),
        )
        for fact in PRODUCTS
    )
    products = {product.slug: product for product in Product.objects.all()}
    Alias.objects.bulk_create(
        Alias(product=products[fact.slug], name=word, pinyin=pinyin(word), initials=initials(word))
        for fact in PRODUCTS
        for word in fact.aliases
    )


class Migration(migrations.Migration):
    dependencies = [("stock", "0001_initial")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
