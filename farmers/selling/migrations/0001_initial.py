import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import farmers.selling.models
import marketplace.private_files
from marketplace.migrating import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("registry", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="LotDraft",
                fields=[
                    ("key", models.UUIDField(primary_key=True, serialize=False)),
                    (
                        "household",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="drafts",
                            to="registry.household",
                            verbose_name="household",
                        ),
                    ),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="written by",
                        ),
                    ),
                    ("cells", models.JSONField(default=dict)),
                    ("revision", models.PositiveBigIntegerField(default=0)),
                    (
                        "photo",
                        models.ImageField(
                            blank=True,
                            storage=marketplace.private_files.private_files,
                            upload_to=farmers.selling.models.draft_photo_path,
                            verbose_name="picture",
                        ),
                    ),
                    ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    "verbose_name": "draft of a lot",
                    "verbose_name_plural": "drafts of lots",
                    "ordering": ["-updated_at"],
                    "indexes": [models.Index(fields=["by", "-updated_at"], name="draft_of_person")],
                },
            ),
        )
    ]
