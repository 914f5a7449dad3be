import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import farmers.workbooks.models
import marketplace.personal
import marketplace.private_files
from marketplace.migrating import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("stock", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="WorkbookUpload",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    (
                        "by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="workbooks",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="sent by",
                        ),
                    ),
                    ("name", models.CharField(max_length=120, verbose_name="file name")),
                    (
                        "file",
                        models.FileField(
                            blank=True,
                            storage=marketplace.private_files.private_files,
                            upload_to=farmers.workbooks.models.upload_path,
                            verbose_name="file",
                        ),
                    ),
                    ("fingerprint", models.CharField(editable=False, max_length=64)),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("open", "to be loaded"),
                                ("partly", "loaded in part"),
                                ("loaded", "loaded"),
                            ],
                            default="open",
                            max_length=8,
                            verbose_name="state",
                        ),
                    ),
                    ("revision", models.PositiveIntegerField(default=1, editable=False)),
                    ("read_revision", models.PositiveIntegerField(default=0, editable=False)),
                    ("read_language", models.CharField(default="", editable=False, max_length=12)),
                    ("reading", marketplace.personal.EncryptedTextField(default="", editable=False)),
                    ("numbers", models.JSONField(default=dict, editable=False)),
                    ("created", models.DateTimeField(auto_now_add=True, verbose_name="sent at")),
                    ("loaded", models.DateTimeField(blank=True, null=True, verbose_name="loaded at")),
                    (
                        "lots",
                        models.ManyToManyField(related_name="workbooks", to="stock.lot", verbose_name="lots"),
                    ),
                ],
                options={
                    "verbose_name": "workbook",
                    "verbose_name_plural": "workbooks",
                    "ordering": ["-created", "-id"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("state__in", ["open", "partly", "loaded"])),
                            name="workbook_state_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("state", "loaded"), _negated=True),
                                models.Q(("file", ""), ("reading", "")),
                                _connector="OR",
                            ),
                            name="workbook_loaded_keeps_no_file",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("state", "loaded"), _negated=True),
                            fields=("by", "fingerprint"),
                            name="workbook_waits_once",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="MendedRow",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "upload",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="mended",
                            to="workbooks.workbookupload",
                        ),
                    ),
                    ("sheet", models.CharField(max_length=100)),
                    ("row", models.PositiveIntegerField()),
                    ("cells", marketplace.personal.EncryptedTextField(default="")),
                    ("left_out", models.BooleanField(default=False)),
                    (
                        "by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("at", models.DateTimeField(auto_now=True)),
                ],
                options={
                    "verbose_name": "mended row",
                    "verbose_name_plural": "mended rows",
                    "ordering": ["sheet", "row"],
                    "constraints": [
                        models.UniqueConstraint(fields=("upload", "sheet", "row"), name="mended_row_once")
                    ],
                },
            ),
        )
    ]
