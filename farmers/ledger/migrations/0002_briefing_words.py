"""A row of words for each language, so that editors only write."""

from __future__ import annotations

from django.db import migrations


def begin(apps, schema_editor):
    words = apps.get_model("ledger", "BriefingWords")
    words.objects.bulk_create([words(language=language) for language in ("zh-hans", "en")])


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
