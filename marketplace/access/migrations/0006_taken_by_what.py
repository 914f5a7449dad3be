from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0005_files_taken")]

    operations = [
        migrations.AddIndex(
            model_name="taken",
            index=models.Index(fields=["what", "about"], name="taken_by_what"),
        ),
    ]
