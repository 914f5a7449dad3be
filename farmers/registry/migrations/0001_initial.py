import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import marketplace.personal
from marketplace.migrating import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("access", "0002_guards"),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="Erasure",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "household",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="erasures",
                            to="registry.household",
                            verbose_name="household",
                        ),
                    ),
                    (
                        "why",
                        models.CharField(
                            choices=[
                                ("request", "the household asks for it"),
                                ("moved", "the family has moved away"),
                                ("died", "nobody of the household is left"),
                                ("mistake", "it was entered by mistake"),
                            ],
                            max_length=8,
                            verbose_name="reason",
                        ),
                    ),
                    (
                        "words",
                        models.CharField(blank=True, default="", max_length=200, verbose_name="in words"),
                    ),
                    (
                        "asked_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="asked by",
                        ),
                    ),
                    (
                        "asked_at",
                        models.DateTimeField(default=django.utils.timezone.now, verbose_name="asked at"),
                    ),
                    (
                        "outcome",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("", "waits for a second person"),
                                ("erased", "erased"),
                                ("dropped", "not erased"),
                            ],
                            default="",
                            max_length=8,
                            verbose_name="outcome",
                        ),
                    ),
                    (
                        "ended_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="decided by",
                        ),
                    ),
                    ("ended_at", models.DateTimeField(null=True, verbose_name="decided at")),
                    (
                        "account",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="account",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "erasure",
                    "verbose_name_plural": "erasures",
                    "ordering": ["-id"],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("outcome", "dropped"), _negated=True),
                            fields=("household",),
                            name="erasure_once",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("why__in", ["request", "moved", "died", "mistake"])),
                            name="erasure_reason_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("ended_at", None), ("ended_by", None), ("outcome", "")),
                                models.Q(
                                    ("ended_at__isnull", False),
                                    ("ended_by__isnull", False),
                                    ("outcome__in", ["erased", "dropped"]),
                                ),
                                _connector="OR",
                            ),
                            name="erasure_ended_by_somebody",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("outcome", "erased"), _negated=True),
                                models.Q(("ended_by", models.F("asked_by")), _negated=True),
                                _connector="OR",
                            ),
                            name="erasure_takes_two_people",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Reveal",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "household",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="reveals",
                            to="registry.household",
                            verbose_name="household",
                        ),
                    ),
                    ("fields", models.CharField(max_length=80, verbose_name="what was shown")),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="by",
                        ),
                    ),
                    (
                        "why",
                        models.CharField(
                            choices=[
                                ("goods", "to fetch or check goods"),
                                ("payout", "to pay the household"),
                                ("care", "to help or visit the family"),
                                ("request", "the household asked for it"),
                                ("error", "to put a mistake right"),
                            ],
                            max_length=10,
                            verbose_name="reason",
                        ),
                    ),
                    (
                        "words",
                        models.CharField(blank=True, default="", max_length=200, verbose_name="in words"),
                    ),
                    ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="at")),
                ],
                options={
                    "verbose_name": "look at personal data",
                    "verbose_name_plural": "looks at personal data",
                    "ordering": ["-id"],
                    "indexes": [models.Index(fields=["household", "-id"], name="reveals_of_household")],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("why__in", ["goods", "payout", "care", "request", "error"])),
                            name="reveal_reason_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("fields", ""), _negated=True), name="reveal_shows_something"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Town",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("slug", models.SlugField(max_length=40, unique=True, verbose_name="slug")),
                    ("name", models.CharField(max_length=40, unique=True, verbose_name="name")),
                    ("name_en", models.CharField(max_length=60, verbose_name="name in English")),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("subdistrict", "subdistrict"),
                                ("town", "town"),
                                ("township", "township"),
                            ],
                            max_length=12,
                            verbose_name="kind",
                        ),
                    ),
                    ("pinyin", models.CharField(default="", editable=False, max_length=80)),
                    ("initials", models.CharField(default="", editable=False, max_length=20)),
                    ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                ],
                options={
                    "verbose_name": "town",
                    "verbose_name_plural": "towns",
                    "ordering": ["position", "id"],
                },
            ),
            migrations.CreateModel(
                name="Village",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "town",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="villages",
                            to="registry.town",
                            verbose_name="town",
                        ),
                    ),
                    ("name", models.CharField(max_length=60, verbose_name="name")),
                    ("name_en", models.CharField(blank=True, max_length=80, verbose_name="name in English")),
                    ("pinyin", models.CharField(default="", editable=False, max_length=120)),
                    ("initials", models.CharField(default="", editable=False, max_length=30)),
                    ("invented", models.BooleanField(default=False, verbose_name="invented for the demo")),
                ],
                options={
                    "verbose_name": "village",
                    "verbose_name_plural": "villages",
                    "ordering": ["town", "name"],
                    "constraints": [
                        models.UniqueConstraint(fields=("town", "name"), name="village_once_per_town")
                    ],
                },
            ),
            migrations.CreateModel(
                name="Officer",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("name", models.CharField(max_length=40, verbose_name="name")),
                    (
                        "phone",
                        marketplace.personal.EncryptedTextField(blank=True, default="", verbose_name="phone"),
                    ),
                    (
                        "town",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="officers",
                            to="registry.town",
                            verbose_name="town",
                        ),
                    ),
                    (
                        "village",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="officers",
                            to="registry.village",
                            verbose_name="village",
                        ),
                    ),
                    (
                        "user",
                        models.OneToOneField(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="officer",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="account",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "village officer",
                    "verbose_name_plural": "village officers",
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("town", "village", "name"), name="officer_once_per_village"
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("village", None)),
                            fields=("town", "name"),
                            name="officer_once_per_town",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Household",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "village",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="households",
                            to="registry.village",
                            verbose_name="village",
                        ),
                    ),
                    ("head_name", models.CharField(max_length=40, verbose_name="head of household")),
                    (
                        "members",
                        models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="members"),
                    ),
                    (
                        "phone",
                        marketplace.personal.EncryptedTextField(blank=True, default="", verbose_name="phone"),
                    ),
                    (
                        "phone_digest",
                        models.CharField(db_index=True, default="", editable=False, max_length=64),
                    ),
                    (
                        "id_number",
                        marketplace.personal.EncryptedTextField(
                            blank=True, default="", verbose_name="identity number"
                        ),
                    ),
                    (
                        "bank_account",
                        marketplace.personal.EncryptedTextField(
                            blank=True, default="", verbose_name="bank account"
                        ),
                    ),
                    (
                        "officer",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="households",
                            to="registry.officer",
                            verbose_name="officer",
                        ),
                    ),
                    (
                        "user",
                        models.OneToOneField(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="household",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="account",
                        ),
                    ),
                    (
                        "consent_on",
                        models.DateField(blank=True, null=True, verbose_name="agreed to be shown on"),
                    ),
                    ("erased_on", models.DateField(editable=False, null=True, verbose_name="erased on")),
                ],
                options={
                    "verbose_name": "household",
                    "verbose_name_plural": "households",
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("erased_on", None)),
                            fields=("village", "head_name", "phone_digest"),
                            name="household_once",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("erased_on", None),
                                models.Q(
                                    ("bank_account", ""),
                                    ("consent_on", None),
                                    ("id_number", ""),
                                    ("members", None),
                                    ("officer", None),
                                    ("phone", ""),
                                    ("phone_digest", ""),
                                    ("user", None),
                                ),
                                _connector="OR",
                            ),
                            name="household_erased_holds_nothing",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="HouseholdMark",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "household",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="marks",
                            to="registry.household",
                            verbose_name="household",
                        ),
                    ),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("lifted", "lifted from poverty"),
                                ("registered", "registered poor"),
                                ("watched", "watched"),
                                ("unstable", "lifted but unstable"),
                                ("edge", "on the edge of poverty"),
                                ("hardship", "struck by sudden hardship"),
                                ("low_income", "on subsistence allowance"),
                                ("extreme", "in extreme hardship"),
                            ],
                            max_length=12,
                            verbose_name="kind",
                        ),
                    ),
                    ("since", models.DateField(verbose_name="since")),
                    ("until", models.DateField(blank=True, null=True, verbose_name="until")),
                ],
                options={
                    "verbose_name": "mark",
                    "verbose_name_plural": "marks",
                    "ordering": ["-since"],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("until", None)),
                            fields=("household", "kind"),
                            name="mark_open_once",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("until", None), ("until__gte", models.F("since")), _connector="OR"
                            ),
                            name="mark_ends_after_it_starts",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "kind__in",
                                    [
                                        "lifted",
                                        "registered",
                                        "watched",
                                        "unstable",
                                        "edge",
                                        "hardship",
                                        "low_income",
                                        "extreme",
                                    ],
                                )
                            ),
                            name="mark_kind_known",
                        ),
                    ],
                },
            ),
        )
    ]
