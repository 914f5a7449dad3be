from django.db import migrations, models

import farmers.selling.models
import marketplace.private_files


class Migration(migrations.Migration):
    dependencies = [("selling", "0001_drafts")]

    operations = [
        migrations.AddField(
            model_name="lotdraft",
            name="photo",
            field=models.ImageField(
                blank=True,
                storage=marketplace.private_files.private_files,
                upload_to=farmers.selling.models.draft_photo_path,
                verbose_name="picture",
            ),
        ),
    ]
