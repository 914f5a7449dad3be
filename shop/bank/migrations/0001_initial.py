import uuid

import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import marketplace.personal
from marketplace.migrating import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("access", "0002_guards"),
        ("payments", "0001_initial"),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="BankFile",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    ("fingerprint", models.CharField(editable=False, max_length=64, unique=True)),
                    ("name", models.CharField(max_length=120, verbose_name="file name")),
                    (
                        "state",
                        models.CharField(
                            choices=[("waiting", "to be looked at"), ("taken", "taken in")],
                            default="waiting",
                            max_length=8,
                            verbose_name="state",
                        ),
                    ),
                    ("content", marketplace.personal.EncryptedTextField(default="", editable=False)),
                    ("account_tail", models.CharField(blank=True, default="", max_length=4)),
                    ("first_on", models.DateField(verbose_name="first day")),
                    ("last_on", models.DateField(verbose_name="last day")),
                    ("line_count", models.PositiveIntegerField(verbose_name="lines")),
                    ("in_fen", models.PositiveBigIntegerField(verbose_name="came in")),
                    ("out_fen", models.PositiveBigIntegerField(verbose_name="went out")),
                    ("opening_fen", models.BigIntegerField(null=True, verbose_name="opening balance")),
                    ("closing_fen", models.BigIntegerField(null=True, verbose_name="closing balance")),
                    ("added", models.PositiveIntegerField(default=0, verbose_name="new lines")),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="sent at")),
                    (
                        "taken_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("taken_at", models.DateTimeField(null=True, verbose_name="taken in at")),
                ],
                options={
                    "verbose_name": "bank file",
                    "verbose_name_plural": "bank files",
                    "ordering": ["-at", "-id"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("added", 0), ("state", "waiting"), ("taken_at", None), ("taken_by", None)
                                ),
                                models.Q(
                                    ("content", ""),
                                    ("state", "taken"),
                                    ("taken_at__isnull", False),
                                    ("taken_by__isnull", False),
                                ),
                                _connector="OR",
                            ),
                            name="bank_file_waits_or_was_taken",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("added__lte", models.F("line_count"))),
                            name="bank_file_added_within",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("closing_fen", None), ("opening_fen", None)),
                                (
                                    "closing_fen",
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("opening_fen"), "+", models.F("in_fen")
                                        ),
                                        "-",
                                        models.F("out_fen"),
                                    ),
                                ),
                                _connector="OR",
                            ),
                            name="bank_file_adds_up",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="BankLine",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "file",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="lines",
                            to="bank.bankfile",
                            verbose_name="bank file",
                        ),
                    ),
                    ("identity", models.CharField(editable=False, max_length=64, unique=True)),
                    ("row", models.PositiveIntegerField(verbose_name="row")),
                    ("day", models.DateField(verbose_name="day")),
                    ("time", models.CharField(blank=True, default="", max_length=6)),
                    ("came_in", models.BooleanField()),
                    ("amount_fen", models.PositiveBigIntegerField(verbose_name="amount")),
                    ("balance_fen", models.BigIntegerField(null=True, verbose_name="balance")),
                    (
                        "payer",
                        marketplace.personal.EncryptedTextField(blank=True, default="", verbose_name="payer"),
                    ),
                    ("payer_key", models.CharField(blank=True, default="", editable=False, max_length=64)),
                    ("payer_tail", models.CharField(blank=True, default="", max_length=4)),
                    (
                        "words",
                        marketplace.personal.EncryptedTextField(blank=True, default="", verbose_name="words"),
                    ),
                    (
                        "serial",
                        models.CharField(blank=True, default="", max_length=60, verbose_name="serial number"),
                    ),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("new", "to be matched"),
                                ("matched", "matched"),
                                ("aside", "set aside"),
                                ("out", "went out"),
                            ],
                            default="new",
                            max_length=8,
                            verbose_name="state",
                        ),
                    ),
                    (
                        "reason",
                        models.CharField(blank=True, default="", max_length=200, verbose_name="reason"),
                    ),
                    (
                        "decided_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("decided_at", models.DateTimeField(null=True, verbose_name="decided at")),
                ],
                options={
                    "verbose_name": "bank line",
                    "verbose_name_plural": "bank lines",
                    "ordering": ["day", "time", "id"],
                    "indexes": [
                        models.Index(fields=["state", "day"], name="bank_line_by_state"),
                        models.Index(fields=["day"], name="bank_line_by_day"),
                        models.Index(
                            condition=models.Q(("payer_key", ""), _negated=True),
                            fields=["payer_key"],
                            name="bank_line_by_payer",
                        ),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("amount_fen__gt", 0)), name="bank_line_moves_something"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("came_in", False), ("state", "out")),
                                models.Q(("came_in", True), ("state__in", ["new", "matched", "aside"])),
                                _connector="OR",
                            ),
                            name="bank_line_state_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("state", "aside"), models.Q(("reason", ""), _negated=True)),
                                models.Q(models.Q(("state", "aside"), _negated=True), ("reason", "")),
                                _connector="OR",
                            ),
                            name="bank_line_aside_for_a_reason",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("decided_at", None), ("decided_by", None), ("state__in", ["new", "out"])
                                ),
                                models.Q(
                                    ("decided_at__isnull", False),
                                    ("decided_by__isnull", False),
                                    ("state__in", ["matched", "aside"]),
                                ),
                                _connector="OR",
                            ),
                            name="bank_line_decided_by_somebody",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Match",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "line",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="matches",
                            to="bank.bankline",
                        ),
                    ),
                    (
                        "transfer",
                        models.OneToOneField(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="bank_match",
                            to="payments.transfer",
                        ),
                    ),
                    (
                        "payment",
                        models.OneToOneField(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="bank_match",
                            to="payments.payment",
                        ),
                    ),
                    ("amount_fen", models.PositiveBigIntegerField(verbose_name="amount")),
                    ("by_itself", models.BooleanField(default=False)),
                    ("recorded_before", models.BooleanField(default=False)),
                ],
                options={
                    "verbose_name": "match of a bank line",
                    "verbose_name_plural": "matches of bank lines",
                    "ordering": ["id"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("amount_fen__gt", 0)), name="bank_match_of_something"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("payment", None), ("transfer__isnull", False)),
                                models.Q(("payment__isnull", False), ("transfer", None)),
                                _connector="OR",
                            ),
                            name="bank_match_is_one_thing",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ClosedMonth",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("month", models.DateField(unique=True, verbose_name="month")),
                    ("figures", models.JSONField()),
                    ("words", models.CharField(blank=True, default="", max_length=500, verbose_name="words")),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    "verbose_name": "closed month",
                    "verbose_name_plural": "closed months",
                    "ordering": ["-month"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("month__day", 1)), name="closed_month_by_its_first_day"
                        )
                    ],
                },
            ),
        )
    ]
