import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from marketplace.migrating import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("access", "0002_guards"),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="Notice",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "user",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="notices",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("key", models.CharField(max_length=80)),
                    ("kind", models.CharField(max_length=20)),
                    ("facts", models.JSONField(default=dict)),
                    ("link", models.CharField(max_length=200)),
                    ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ("read_at", models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    "verbose_name": "notice to a person",
                    "verbose_name_plural": "notices to people",
                    "ordering": ["-created_at", "-pk"],
                    "indexes": [
                        models.Index(fields=["user", "-created_at"], name="notices_of_user"),
                        models.Index(
                            condition=models.Q(("read_at", None)), fields=["user"], name="notices_unread"
                        ),
                    ],
                    "constraints": [models.UniqueConstraint(fields=("user", "key"), name="notice_once")],
                },
            ),
            migrations.CreateModel(
                name="Delivery",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "notice",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="deliveries",
                            to="notices.notice",
                        ),
                    ),
                    (
                        "channel",
                        models.CharField(
                            choices=[("sms", "text message"), ("email", "e-mail")], max_length=5
                        ),
                    ),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("waiting", "waiting"),
                                ("sending", "being sent"),
                                ("sent", "sent"),
                                ("given_up", "given up"),
                            ],
                            default="waiting",
                            max_length=8,
                        ),
                    ),
                    ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ("tries", models.PositiveSmallIntegerField(default=0)),
                    ("error", models.CharField(blank=True, default="", max_length=60)),
                    ("sent_at", models.DateTimeField(null=True)),
                ],
                options={
                    "indexes": [
                        models.Index(
                            condition=models.Q(("state__in", ["waiting", "sending"])),
                            fields=["due_at"],
                            name="delivery_due",
                        )
                    ],
                    "constraints": [
                        models.UniqueConstraint(fields=("notice", "channel"), name="delivery_once"),
                        models.CheckConstraint(
                            condition=models.Q(("channel__in", ["sms", "email"])),
                            name="delivery_channel_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("state__in", ["waiting", "sending", "sent", "given_up"])),
                            name="delivery_state_known",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Wish",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "user",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="notice_wishes",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "group",
                        models.CharField(
                            choices=[
                                ("orders", "orders"),
                                ("goods", "goods"),
                                ("money", "money"),
                                ("other", "complaints and the rest"),
                            ],
                            max_length=10,
                        ),
                    ),
                    (
                        "channel",
                        models.CharField(
                            choices=[("sms", "text message"), ("email", "e-mail")], max_length=5
                        ),
                    ),
                    ("wanted", models.BooleanField()),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("user", "group", "channel"), name="wish_once")
                    ],
                },
            ),
        )
    ]
