"""The small picture of a lot's first photo, kept with the lot."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("stock", "0007_plants")]

    operations = [
        migrations.AddField(
            "lot", "cover", models.CharField(blank=True, default="", editable=False, max_length=100)
        ),
    ]
