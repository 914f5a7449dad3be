import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import marketplace.personal
from marketplace.migrating import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("registry", "0001_initial"),
        ("stock", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="CanteenBudget",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "organisation",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="budgets",
                            to="buyers.buyerorganisation",
                            verbose_name="organisation",
                        ),
                    ),
                    ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                    ("version", models.PositiveSmallIntegerField(verbose_name="version")),
                    ("budget_fen", models.PositiveBigIntegerField(verbose_name="food budget, in fen")),
                    (
                        "reserved_percent",
                        models.PositiveSmallIntegerField(verbose_name="reserved share, in percent"),
                    ),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("waiting", "waiting to be checked"),
                                ("checked", "checked"),
                                ("sent_back", "sent back"),
                                ("replaced", "replaced by a newer filing"),
                            ],
                            default="waiting",
                            max_length=10,
                            verbose_name="state",
                        ),
                    ),
                    (
                        "filed_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="filed by",
                        ),
                    ),
                    (
                        "filed_at",
                        models.DateTimeField(default=django.utils.timezone.now, verbose_name="filed at"),
                    ),
                    (
                        "decided_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="decided by",
                        ),
                    ),
                    ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
                    (
                        "reason",
                        models.CharField(blank=True, max_length=200, verbose_name="why it was sent back"),
                    ),
                ],
                options={
                    "verbose_name": "canteen budget",
                    "verbose_name_plural": "canteen budgets",
                    "ordering": ["organisation", "-year", "-version"],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("organisation", "year", "version"), name="budget_version_once_a_year"
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("state", "waiting")),
                            fields=("organisation", "year"),
                            name="budget_one_waits_to_be_checked",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("state__in", ["waiting", "checked", "sent_back", "replaced"])
                            ),
                            name="budget_state_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("budget_fen__gt", 0), ("budget_fen__lte", 1000000000000)),
                            name="budget_more_than_nothing",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("reserved_percent__gte", 1), ("reserved_percent__lte", 100)),
                            name="budget_share_is_a_percentage",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("decided_at", None), ("decided_by", None), ("state", "waiting")),
                                models.Q(
                                    models.Q(("state", "waiting"), _negated=True),
                                    ("decided_at__isnull", False),
                                    ("decided_by__isnull", False),
                                ),
                                _connector="OR",
                            ),
                            name="budget_decided_by_somebody",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("state", "sent_back"), models.Q(("reason", ""), _negated=True)),
                                models.Q(models.Q(("state", "sent_back"), _negated=True), ("reason", "")),
                                _connector="OR",
                            ),
                            name="budget_sent_back_with_a_reason",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("state__in", ["waiting", "replaced"]),
                                models.Q(("decided_by", models.F("filed_by")), _negated=True),
                                _connector="OR",
                            ),
                            name="budget_not_checked_by_who_filed",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="CreditedOrder",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("order_number", models.CharField(max_length=20, unique=True, verbose_name="order")),
                    (
                        "organisation",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="credited_orders",
                            to="buyers.buyerorganisation",
                            verbose_name="organisation",
                        ),
                    ),
                    (
                        "kind",
                        models.CharField(
                            choices=[("staff", "as one of its staff"), ("union", "for its trade union")],
                            max_length=6,
                            verbose_name="how it counts",
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
                    ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="at")),
                ],
                options={
                    "verbose_name": "purchase that counts for a unit",
                    "verbose_name_plural": "purchases that count for units",
                    "ordering": ["-at", "-pk"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("kind__in", ["staff", "union"])), name="credit_kind_known"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="BuyerOrganisation",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("name", models.CharField(max_length=80, unique=True, verbose_name="name")),
                    ("name_en", models.CharField(blank=True, max_length=120, verbose_name="name in English")),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("canteen", "canteen"),
                                ("nursery", "nursery firm"),
                                ("enterprise", "paired enterprise"),
                            ],
                            max_length=12,
                            verbose_name="kind",
                        ),
                    ),
                    ("address", models.CharField(max_length=200, verbose_name="delivery address")),
                    ("contact", models.CharField(blank=True, max_length=40, verbose_name="contact")),
                    (
                        "phone",
                        marketplace.personal.EncryptedTextField(blank=True, default="", verbose_name="phone"),
                    ),
                    ("on_account", models.BooleanField(default=True, verbose_name="may buy on account")),
                    (
                        "canteen",
                        models.CharField(
                            choices=[
                                ("own", "its own"),
                                ("shared", "shared, another unit files"),
                                ("contracted", "run by an operator"),
                                ("none", "none"),
                            ],
                            default="none",
                            max_length=10,
                            verbose_name="canteen",
                        ),
                    ),
                    (
                        "files_through",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="files_for",
                            to="buyers.buyerorganisation",
                            verbose_name="unit that files for all who share",
                        ),
                    ),
                    (
                        "operator",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="cooks_for",
                            to="buyers.buyerorganisation",
                            verbose_name="operator of the canteen",
                        ),
                    ),
                    (
                        "approval_from_fen",
                        models.PositiveBigIntegerField(
                            default=100000, verbose_name="approval needed from, in fen"
                        ),
                    ),
                    (
                        "two_approvals_from_fen",
                        models.PositiveBigIntegerField(
                            default=1000000, verbose_name="two approvals needed from, in fen"
                        ),
                    ),
                ],
                options={
                    "verbose_name": "buyer organisation",
                    "verbose_name_plural": "buyer organisations",
                    "ordering": ["name"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("kind__in", ["canteen", "nursery", "enterprise"])),
                            name="organisation_kind_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("canteen__in", ["own", "shared", "contracted", "none"])),
                            name="organisation_canteen_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("kind", "canteen"), ("canteen", "none"), _connector="OR"),
                            name="organisation_firm_without_canteen",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("canteen", "shared"), ("files_through__isnull", False)),
                                models.Q(
                                    models.Q(("canteen", "shared"), _negated=True), ("files_through", None)
                                ),
                                _connector="OR",
                            ),
                            name="organisation_shared_canteen_filed_by_one",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("canteen", "contracted"), ("operator__isnull", False)),
                                models.Q(
                                    models.Q(("canteen", "contracted"), _negated=True), ("operator", None)
                                ),
                                _connector="OR",
                            ),
                            name="organisation_contracted_canteen_has_operator",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("files_through", None),
                                    models.Q(("files_through", models.F("pk")), _negated=True),
                                    _connector="OR",
                                ),
                                models.Q(
                                    ("operator", None),
                                    models.Q(("operator", models.F("pk")), _negated=True),
                                    _connector="OR",
                                ),
                            ),
                            name="organisation_is_not_its_own_other",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("two_approvals_from_fen__gte", models.F("approval_from_fen"))
                            ),
                            name="organisation_second_limit_not_below_first",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Pairing",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "organisation",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="pairings",
                            to="buyers.buyerorganisation",
                            verbose_name="enterprise",
                        ),
                    ),
                    (
                        "village",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="pairings",
                            to="registry.village",
                            verbose_name="village",
                        ),
                    ),
                    ("since", models.DateField(blank=True, null=True, verbose_name="since")),
                ],
                options={
                    "verbose_name": "pairing",
                    "verbose_name_plural": "pairings",
                    "ordering": ["organisation", "village"],
                    "constraints": [
                        models.UniqueConstraint(fields=("organisation", "village"), name="pairing_once")
                    ],
                },
            ),
            migrations.CreateModel(
                name="Member",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "organisation",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="members",
                            to="buyers.buyerorganisation",
                            verbose_name="organisation",
                        ),
                    ),
                    (
                        "user",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="membership",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="account",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "member",
                    "verbose_name_plural": "members",
                },
            ),
            migrations.CreateModel(
                name="Duty",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "member",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="duties",
                            to="buyers.member",
                            verbose_name="member",
                        ),
                    ),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("requester", "states what is needed"),
                                ("approver", "approves"),
                                ("receiver", "weighs and accepts"),
                                ("bookkeeper", "checks statements"),
                            ],
                            max_length=12,
                            verbose_name="duty",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "duty",
                    "verbose_name_plural": "duties",
                    "ordering": ["pk"],
                    "constraints": [
                        models.UniqueConstraint(fields=("member", "kind"), name="duty_once_each"),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("kind__in", ["requester", "approver", "receiver", "bookkeeper"])
                            ),
                            name="duty_kind_known",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Address",
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
                            related_name="addresses",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="account",
                        ),
                    ),
                    ("recipient", marketplace.personal.EncryptedTextField(verbose_name="recipient")),
                    ("phone", marketplace.personal.EncryptedTextField(verbose_name="phone")),
                    ("address", marketplace.personal.EncryptedTextField(verbose_name="address")),
                    ("is_default", models.BooleanField(default=False, verbose_name="the usual one")),
                ],
                options={
                    "verbose_name": "address",
                    "verbose_name_plural": "addresses",
                    "ordering": ["-is_default", "-pk"],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("is_default", True)),
                            fields=("user",),
                            name="address_one_usual_each",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Favourite",
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
                            related_name="favourites",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "product",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="+",
                            to="stock.product",
                            verbose_name="product",
                        ),
                    ),
                    ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    "verbose_name": "favourite",
                    "verbose_name_plural": "favourites",
                    "ordering": ["-created_at", "-pk"],
                    "constraints": [
                        models.UniqueConstraint(fields=("user", "product"), name="favourite_once")
                    ],
                },
            ),
            migrations.CreateModel(
                name="BackAlert",
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
                            related_name="alerts",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "product",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="+",
                            to="stock.product",
                            verbose_name="product",
                        ),
                    ),
                    (
                        "town",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="+",
                            to="registry.town",
                            verbose_name="town",
                        ),
                    ),
                    ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ("told_at", models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    "verbose_name": "wait for goods",
                    "verbose_name_plural": "waits for goods",
                    "ordering": ["-created_at", "-pk"],
                    "indexes": [
                        models.Index(
                            condition=models.Q(("told_at", None)), fields=["product"], name="alert_waiting"
                        )
                    ],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("told_at", None), ("town", None)),
                            fields=("user", "product"),
                            name="alert_once_anywhere",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("told_at", None), ("town__isnull", False)),
                            fields=("user", "product", "town"),
                            name="alert_once_in_town",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="PickupPoint",
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
                            related_name="pickup_points",
                            to="registry.town",
                            verbose_name="town",
                        ),
                    ),
                    ("name", models.CharField(max_length=80, unique=True, verbose_name="name")),
                    ("name_en", models.CharField(blank=True, max_length=120, verbose_name="name in English")),
                    ("address", models.CharField(max_length=200, verbose_name="address")),
                    ("hours", models.CharField(max_length=80, verbose_name="opening hours")),
                    ("open", models.BooleanField(default=True, verbose_name="in use")),
                ],
                options={
                    "verbose_name": "pick-up point",
                    "verbose_name_plural": "pick-up points",
                    "ordering": ["town", "name"],
                },
            ),
        )
    ]
