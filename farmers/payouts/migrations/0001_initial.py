import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import marketplace.personal
from marketplace.migrating import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("ledger", "0001_initial"),
        ("registry", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="PayoutRun",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("number", models.CharField(max_length=20, unique=True, verbose_name="number")),
                    ("key", models.UUIDField(editable=False, unique=True)),
                    ("up_to", models.DateField(verbose_name="up to")),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("draft", "to be released"),
                                ("released", "released"),
                                ("sent", "at the bank"),
                                ("settled", "settled"),
                                ("dropped", "thrown away"),
                            ],
                            default="draft",
                            max_length=8,
                            verbose_name="state",
                        ),
                    ),
                    ("amount_fen", models.PositiveBigIntegerField(verbose_name="amount")),
                    ("payout_count", models.PositiveIntegerField(verbose_name="payouts")),
                    (
                        "made_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="made by",
                        ),
                    ),
                    (
                        "made_at",
                        models.DateTimeField(default=django.utils.timezone.now, verbose_name="made at"),
                    ),
                    (
                        "released_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="released by",
                        ),
                    ),
                    ("released_at", models.DateTimeField(null=True, verbose_name="released at")),
                    ("sent_at", models.DateTimeField(null=True, verbose_name="sent at")),
                    ("settled_at", models.DateTimeField(null=True, verbose_name="settled at")),
                ],
                options={
                    "verbose_name": "payout run",
                    "verbose_name_plural": "payout runs",
                    "ordering": ["-id"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("state__in", ["draft", "released", "sent", "settled", "dropped"])
                            ),
                            name="payout_run_state_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("released_by", None),
                                models.Q(("released_by", models.F("made_by")), _negated=True),
                                _connector="OR",
                            ),
                            name="payout_run_takes_two",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("released_at", None),
                                    ("released_by", None),
                                    ("state__in", ["draft", "dropped"]),
                                ),
                                models.Q(
                                    ("released_at__isnull", False),
                                    ("released_by__isnull", False),
                                    models.Q(("state", "draft"), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="payout_run_released_by_somebody",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("amount_fen__gt", 0), ("payout_count__gt", 0)),
                            name="payout_run_pays_something",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Payout",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "run",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="payouts",
                            to="payouts.payoutrun",
                        ),
                    ),
                    ("position", models.PositiveIntegerField(verbose_name="No.")),
                    (
                        "household",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="payouts",
                            to="registry.household",
                            verbose_name="household",
                        ),
                    ),
                    (
                        "way",
                        models.CharField(
                            choices=[("bank", "by bank"), ("cash", "in cash")],
                            max_length=4,
                            verbose_name="way",
                        ),
                    ),
                    (
                        "account",
                        marketplace.personal.EncryptedTextField(
                            blank=True, default="", verbose_name="bank account"
                        ),
                    ),
                    ("account_tail", models.CharField(blank=True, default="", max_length=4)),
                    ("name", models.CharField(max_length=40, verbose_name="account holder")),
                    ("amount_fen", models.PositiveBigIntegerField(verbose_name="amount")),
                    ("line_count", models.PositiveIntegerField(verbose_name="lines")),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("waiting", "on its way"),
                                ("paid", "paid"),
                                ("failed", "failed"),
                                ("dropped", "thrown away"),
                            ],
                            default="waiting",
                            max_length=8,
                            verbose_name="state",
                        ),
                    ),
                    (
                        "reason",
                        models.CharField(blank=True, default="", max_length=200, verbose_name="reason"),
                    ),
                    (
                        "receipt",
                        models.CharField(
                            blank=True, default="", max_length=60, verbose_name="receipt number"
                        ),
                    ),
                    ("ended_at", models.DateTimeField(null=True, verbose_name="ended at")),
                    (
                        "ended_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                ],
                options={
                    "verbose_name": "payout",
                    "verbose_name_plural": "payouts",
                    "ordering": ["run", "position"],
                    "constraints": [
                        models.UniqueConstraint(fields=("run", "position"), name="payout_in_its_place"),
                        models.UniqueConstraint(fields=("run", "household"), name="payout_once_in_a_run"),
                        models.UniqueConstraint(
                            condition=models.Q(("receipt", ""), _negated=True),
                            fields=("receipt",),
                            name="payout_receipt_once",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("amount_fen__gt", 0)), name="payout_more_than_nothing"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("line_count__gt", 0), ("position__gt", 0)),
                            name="payout_has_lines",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("way", "bank"),
                                    models.Q(("account_tail", ""), _negated=True),
                                    ("receipt", ""),
                                ),
                                models.Q(
                                    ("account_tail", ""),
                                    ("way", "cash"),
                                    models.Q(
                                        models.Q(("state", "paid"), _negated=True),
                                        models.Q(("receipt", ""), _negated=True),
                                        _connector="OR",
                                    ),
                                ),
                                _connector="OR",
                            ),
                            name="payout_way_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("reason", ""), ("state__in", ["waiting", "paid", "dropped"])),
                                models.Q(("state", "failed"), models.Q(("reason", ""), _negated=True)),
                                _connector="OR",
                            ),
                            name="payout_fails_for_a_reason",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("ended_at", None), ("state", "waiting")),
                                models.Q(
                                    models.Q(("state", "waiting"), _negated=True), ("ended_at__isnull", False)
                                ),
                                _connector="OR",
                            ),
                            name="payout_ends_at_a_moment",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="PayoutLine",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "payout",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="lines",
                            to="payouts.payout",
                        ),
                    ),
                    ("position", models.PositiveIntegerField()),
                    (
                        "entry",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="payout_lines",
                            to="ledger.entry",
                        ),
                    ),
                    ("amount_fen", models.BigIntegerField(verbose_name="amount")),
                    ("live", models.BooleanField(default=True)),
                ],
                options={
                    "verbose_name": "payout line",
                    "verbose_name_plural": "payout lines",
                    "ordering": ["payout", "position"],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("payout", "position"), name="payout_line_in_its_place"
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("live", True)),
                            fields=("entry",),
                            name="payout_entry_paid_once",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("position__gt", 0)), name="payout_line_counts_from_one"
                        ),
                    ],
                },
            ),
        )
    ]
