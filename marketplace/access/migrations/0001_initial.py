import django.contrib.auth.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import marketplace.access.models
import marketplace.personal
from marketplace.migrating import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="User",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("password", models.CharField(max_length=128, verbose_name="password")),
                    ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                    (
                        "is_superuser",
                        models.BooleanField(
                            default=False,
                            help_text="Designates that this user has all permissions without explicitly assigning them.",
                            verbose_name="superuser status",
                        ),
                    ),
                    (
                        "username",
                        models.CharField(
                            error_messages={"unique": "A user with that username already exists."},
                            help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                            max_length=150,
                            unique=True,
                            validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                            verbose_name="username",
                        ),
                    ),
                    ("first_name", models.CharField(blank=True, max_length=150, verbose_name="first name")),
                    ("last_name", models.CharField(blank=True, max_length=150, verbose_name="last name")),
                    ("email", models.EmailField(blank=True, max_length=254, verbose_name="email address")),
                    (
                        "is_staff",
                        models.BooleanField(
                            default=False,
                            help_text="Designates whether the user can log into this admin site.",
                            verbose_name="staff status",
                        ),
                    ),
                    (
                        "is_active",
                        models.BooleanField(
                            default=True,
                            help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                            verbose_name="active",
                        ),
                    ),
                    (
                        "date_joined",
                        models.DateTimeField(default=django.utils.timezone.now, verbose_name="date joined"),
                    ),
                    (
                        "role",
                        models.CharField(
                            choices=[
                                ("citizen", "citizen"),
                                ("canteen", "canteen buyer"),
                                ("approver", "canteen approver"),
                                ("nursery", "nursery buyer"),
                                ("seller", "seller"),
                                ("officer", "village officer"),
                                ("cashier", "cashier"),
                                ("official", "city official"),
                                ("editor", "editor"),
                                ("admin", "administrator"),
                            ],
                            default="citizen",
                            max_length=16,
                            verbose_name="role",
                        ),
                    ),
                    (
                        "phone",
                        marketplace.personal.EncryptedTextField(
                            blank=True, default="", editable=False, verbose_name="phone"
                        ),
                    ),
                    ("phone_digest", models.CharField(editable=False, max_length=64, null=True, unique=True)),
                    (
                        "language",
                        models.CharField(
                            blank=True,
                            choices=[("zh-hans", "Simplified Chinese"), ("en", "English")],
                            default="",
                            editable=False,
                            max_length=10,
                            verbose_name="language",
                        ),
                    ),
                    ("signed_out", models.PositiveIntegerField(default=0, editable=False)),
                    (
                        "groups",
                        models.ManyToManyField(
                            blank=True,
                            help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                            related_name="user_set",
                            related_query_name="user",
                            to="auth.group",
                            verbose_name="groups",
                        ),
                    ),
                    (
                        "user_permissions",
                        models.ManyToManyField(
                            blank=True,
                            help_text="Specific permissions for this user.",
                            related_name="user_set",
                            related_query_name="user",
                            to="auth.permission",
                            verbose_name="user permissions",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "user",
                    "verbose_name_plural": "users",
                    "abstract": False,
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "role__in",
                                    [
                                        "citizen",
                                        "canteen",
                                        "approver",
                                        "nursery",
                                        "seller",
                                        "officer",
                                        "cashier",
                                        "official",
                                        "editor",
                                        "admin",
                                    ],
                                )
                            ),
                            name="user_role_known",
                        )
                    ],
                },
                managers=[
                    ("objects", marketplace.access.models.People()),
                ],
            ),
            migrations.CreateModel(
                name="SignInCode",
                fields=[
                    ("phone_digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                    ("code_digest", models.CharField(max_length=64)),
                    ("sent_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ("tries", models.PositiveSmallIntegerField(default=0)),
                ],
            ),
            migrations.CreateModel(
                name="SignInCard",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "user",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="card",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="account",
                        ),
                    ),
                    ("token_digest", models.CharField(max_length=64, unique=True)),
                    (
                        "issued_at",
                        models.DateTimeField(default=django.utils.timezone.now, verbose_name="handed out"),
                    ),
                    (
                        "issued_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="handed out by",
                        ),
                    ),
                    ("last_used_at", models.DateTimeField(null=True, verbose_name="last used")),
                ],
                options={
                    "verbose_name": "sign-in card",
                    "verbose_name_plural": "sign-in cards",
                },
            ),
            migrations.CreateModel(
                name="Tries",
                fields=[
                    ("key", models.CharField(max_length=120, primary_key=True, serialize=False)),
                    ("since", models.DateTimeField()),
                    ("count", models.PositiveIntegerField(default=0)),
                ],
            ),
            migrations.CreateModel(
                name="Taken",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="by",
                        ),
                    ),
                    ("role", models.CharField(max_length=16, verbose_name="role")),
                    ("what", models.CharField(max_length=80, verbose_name="what")),
                    ("about", models.CharField(blank=True, max_length=300, verbose_name="of what")),
                    ("kind", models.CharField(max_length=80, verbose_name="kind of file")),
                    ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="at")),
                ],
                options={
                    "verbose_name": "file taken along",
                    "verbose_name_plural": "files taken along",
                    "ordering": ["-id"],
                    "indexes": [models.Index(fields=["what", "about"], name="taken_by_what")],
                },
            ),
        )
    ]
