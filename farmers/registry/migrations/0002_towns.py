"""The 25 township-level units of Dingzhou, as `reference.py` lists them."""

from __future__ import annotations

from django.db import migrations

from farmers.registry.reference import TOWNS
from marketplace.pinyin import initials, pinyin


def load(apps, schema_editor):
    apps.get_model("registry", "Town").objects.bulk_create(
        apps.get_model("registry", "Town")(
            slug=fact.slug,
            name=fact.name,
            name_en=fact.name_en,
            kind=fact.kind,
            pinyin=pinyin(fact.name),
            initials=initials(fact.name),
            position=position,
        )
        for position, fact in enumerate(TOWNS, start=1)
    )


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
