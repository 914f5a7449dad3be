import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from marketplace.migrating import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("access", "0002_guards"),
        ("buyers", "0001_initial"),
        ("ledger", "0001_initial"),
        ("orders", "0001_initial"),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="Transfer",
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
                            related_name="transfers",
                            to="buyers.buyerorganisation",
                            verbose_name="organisation",
                        ),
                    ),
                    ("key", models.UUIDField(editable=False, unique=True)),
                    ("reference", models.CharField(max_length=120, unique=True, verbose_name="reference")),
                    (
                        "provider",
                        models.CharField(
                            choices=[
                                ("stripe", "Stripe"),
                                ("cash", "cash on delivery"),
                                ("transfer", "bank transfer"),
                                ("set_off", "set off"),
                            ],
                            default="transfer",
                            max_length=10,
                            verbose_name="provider",
                        ),
                    ),
                    ("intent", models.CharField(blank=True, default="", max_length=120)),
                    ("amount_fen", models.PositiveBigIntegerField(verbose_name="amount")),
                    ("left_fen", models.PositiveBigIntegerField(verbose_name="still to match")),
                    ("came_on", models.DateField(verbose_name="came on")),
                    (
                        "by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "at",
                        models.DateTimeField(default=django.utils.timezone.now, verbose_name="recorded at"),
                    ),
                ],
                options={
                    "verbose_name": "bank transfer",
                    "verbose_name_plural": "bank transfers",
                    "ordering": ["came_on", "id"],
                    "indexes": [
                        models.Index(
                            condition=models.Q(("left_fen__gt", 0)),
                            fields=["organisation"],
                            name="transfer_to_match",
                        )
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("amount_fen__gt", 0)), name="transfer_amount_positive"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("left_fen__lte", models.F("amount_fen"))),
                            name="transfer_left_within",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("by__isnull", False), ("provider", "transfer")),
                                ("provider", "stripe"),
                                _connector="OR",
                            ),
                            name="transfer_by_bank_or_link",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="HandIn",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("key", models.UUIDField(editable=False, unique=True)),
                    ("receipt", models.CharField(max_length=120, unique=True, verbose_name="receipt number")),
                    (
                        "officer",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="officer",
                        ),
                    ),
                    (
                        "cashier",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="cashier",
                        ),
                    ),
                    ("amount_fen", models.PositiveBigIntegerField(verbose_name="amount")),
                    (
                        "at",
                        models.DateTimeField(default=django.utils.timezone.now, verbose_name="recorded at"),
                    ),
                ],
                options={
                    "verbose_name": "hand-in",
                    "verbose_name_plural": "hand-ins",
                    "ordering": ["-at", "-id"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("amount_fen__gt", 0)), name="hand_in_amount_positive"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("receipt", ""), _negated=True), name="hand_in_has_a_receipt"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Payment",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "order",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="payments",
                            to="orders.order",
                            verbose_name="order",
                        ),
                    ),
                    (
                        "provider",
                        models.CharField(
                            choices=[
                                ("stripe", "Stripe"),
                                ("cash", "cash on delivery"),
                                ("transfer", "bank transfer"),
                                ("set_off", "set off"),
                            ],
                            max_length=10,
                            verbose_name="provider",
                        ),
                    ),
                    ("reference", models.CharField(max_length=120, verbose_name="reference")),
                    ("intent", models.CharField(blank=True, default="", max_length=120)),
                    (
                        "transfer",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="payments",
                            to="payments.transfer",
                            verbose_name="bank transfer",
                        ),
                    ),
                    (
                        "hand_in",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="payments",
                            to="payments.handin",
                            verbose_name="hand-in",
                        ),
                    ),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("started", "started"),
                                ("pending", "on its way"),
                                ("paid", "paid"),
                                ("failed", "failed"),
                                ("to_refund", "to be given back"),
                                ("differs", "amount differs"),
                            ],
                            default="started",
                            max_length=10,
                            verbose_name="state",
                        ),
                    ),
                    ("amount_fen", models.PositiveBigIntegerField(verbose_name="amount")),
                    (
                        "received_fen",
                        models.PositiveBigIntegerField(blank=True, null=True, verbose_name="received"),
                    ),
                    ("note", models.CharField(blank=True, default="", max_length=200, verbose_name="note")),
                    ("url", models.URLField(blank=True, default="", max_length=2000)),
                    (
                        "by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "started_at",
                        models.DateTimeField(default=django.utils.timezone.now, verbose_name="started at"),
                    ),
                    ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="open until")),
                    ("paid_at", models.DateTimeField(blank=True, null=True, verbose_name="paid at")),
                ],
                options={
                    "verbose_name": "payment",
                    "verbose_name_plural": "payments",
                    "ordering": ["-id"],
                    "indexes": [
                        models.Index(fields=["state", "-id"], name="payment_by_state"),
                        models.Index(
                            condition=models.Q(("intent", ""), _negated=True),
                            fields=["intent"],
                            name="payment_by_intent",
                        ),
                        models.Index(
                            condition=models.Q(("received_fen__isnull", False)),
                            fields=["paid_at"],
                            name="payment_by_moment",
                        ),
                    ],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("provider", "reference"), name="payment_reference_once"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "state__in",
                                    ["started", "pending", "paid", "failed", "to_refund", "differs"],
                                )
                            ),
                            name="payment_state_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("received_fen__gt", 0),
                                    ("received_fen__isnull", False),
                                    ("state__in", ["paid", "to_refund"]),
                                ),
                                ("state", "differs"),
                                models.Q(
                                    ("received_fen", None), ("state__in", ["started", "pending", "failed"])
                                ),
                                _connector="OR",
                            ),
                            name="payment_received_as_its_state_says",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("amount_fen__gt", 0)), name="payment_amount_positive"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("hand_in", None),
                                models.Q(
                                    ("by__isnull", False),
                                    ("provider", "cash"),
                                    ("received_fen__isnull", False),
                                    ("reference__startswith", "door:"),
                                ),
                                _connector="OR",
                            ),
                            name="payment_handed_in_from_a_door",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Refund",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "order",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="refunds",
                            to="orders.order",
                            verbose_name="order",
                        ),
                    ),
                    (
                        "payment",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="refunds",
                            to="payments.payment",
                            verbose_name="payment",
                        ),
                    ),
                    (
                        "provider",
                        models.CharField(
                            choices=[
                                ("stripe", "Stripe"),
                                ("cash", "cash on delivery"),
                                ("transfer", "bank transfer"),
                                ("set_off", "set off"),
                            ],
                            max_length=10,
                            verbose_name="provider",
                        ),
                    ),
                    ("reference", models.CharField(max_length=120, verbose_name="reference")),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("asked", "on its way back"),
                                ("succeeded", "given back"),
                                ("failed", "could not be given back"),
                            ],
                            default="succeeded",
                            max_length=10,
                            verbose_name="state",
                        ),
                    ),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("given", "given back by us"),
                                ("elsewhere", "given back at the payment service"),
                                ("disputed", "taken back by the buyer's bank"),
                            ],
                            default="given",
                            max_length=10,
                        ),
                    ),
                    ("amount_fen", models.PositiveBigIntegerField(verbose_name="amount")),
                    ("note", models.CharField(blank=True, default="", max_length=200, verbose_name="note")),
                    ("tries", models.PositiveSmallIntegerField(default=0)),
                    (
                        "by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="at")),
                ],
                options={
                    "verbose_name": "refund",
                    "verbose_name_plural": "refunds",
                    "ordering": ["-id"],
                    "indexes": [
                        models.Index(
                            condition=models.Q(("state", "asked")),
                            fields=["asked_at"],
                            name="refund_on_its_way",
                        )
                    ],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("provider", "reference"), name="refund_reference_once"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("amount_fen__gt", 0)), name="refund_amount_positive"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("state", "succeeded"),
                                models.Q(("payment__isnull", False), ("state__in", ["asked", "failed"])),
                                _connector="OR",
                            ),
                            name="refund_asked_on_a_payment",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("kind__in", ["given", "elsewhere", "disputed"])),
                            name="refund_kind_known",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Dispute",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "payment",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="disputes",
                            to="payments.payment",
                            verbose_name="payment",
                        ),
                    ),
                    ("reference", models.CharField(max_length=120, unique=True, verbose_name="reference")),
                    ("amount_fen", models.PositiveBigIntegerField(verbose_name="amount")),
                    (
                        "reason",
                        models.CharField(blank=True, default="", max_length=60, verbose_name="reason"),
                    ),
                    ("status", models.CharField(blank=True, default="", max_length=40, verbose_name="state")),
                    ("withdrawn", models.BooleanField(default=False)),
                    ("reinstated", models.BooleanField(default=False)),
                    (
                        "opened_at",
                        models.DateTimeField(default=django.utils.timezone.now, verbose_name="opened at"),
                    ),
                    ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed at")),
                ],
                options={
                    "verbose_name": "dispute",
                    "verbose_name_plural": "disputes",
                    "ordering": ["-id"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("amount_fen__gt", 0)), name="dispute_amount_positive"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="ProviderEvent",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "provider",
                        models.CharField(
                            choices=[
                                ("stripe", "Stripe"),
                                ("cash", "cash on delivery"),
                                ("transfer", "bank transfer"),
                                ("set_off", "set off"),
                            ],
                            max_length=10,
                        ),
                    ),
                    ("event_id", models.CharField(max_length=120)),
                    ("kind", models.CharField(max_length=80)),
                    ("payload", models.JSONField()),
                    ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ("outcome", models.CharField(blank=True, default="", max_length=200)),
                    ("waits_for", models.CharField(blank=True, default="", max_length=120)),
                ],
                options={
                    "verbose_name": "provider event",
                    "verbose_name_plural": "provider events",
                    "ordering": ["-id"],
                    "indexes": [
                        models.Index(
                            condition=models.Q(("waits_for", ""), _negated=True),
                            fields=["waits_for"],
                            name="provider_event_waiting",
                        )
                    ],
                    "constraints": [
                        models.UniqueConstraint(fields=("provider", "event_id"), name="provider_event_once")
                    ],
                },
            ),
            migrations.CreateModel(
                name="Statement",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("number", models.CharField(max_length=20, unique=True, verbose_name="number")),
                    (
                        "organisation",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="statements",
                            to="buyers.buyerorganisation",
                            verbose_name="organisation",
                        ),
                    ),
                    ("period", models.DateField(verbose_name="month")),
                    ("opening_fen", models.BigIntegerField(verbose_name="opening balance")),
                    ("accepted_fen", models.BigIntegerField(verbose_name="accepted")),
                    ("returned_fen", models.BigIntegerField(verbose_name="returned")),
                    ("paid_fen", models.BigIntegerField(verbose_name="paid")),
                    ("closing_fen", models.BigIntegerField(verbose_name="closing balance")),
                    ("line_count", models.PositiveIntegerField(verbose_name="lines")),
                    ("credit_count", models.PositiveIntegerField(verbose_name="payments")),
                    ("due_on", models.DateField(verbose_name="to be paid by")),
                    ("issued_at", models.DateTimeField(verbose_name="issued at")),
                    (
                        "issued_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed at")),
                    (
                        "closed_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                ],
                options={
                    "verbose_name": "statement",
                    "verbose_name_plural": "statements",
                    "ordering": ["-period", "organisation"],
                    "indexes": [models.Index(fields=["due_on"], name="statement_by_due_day")],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("organisation", "period"), name="statement_once_a_month"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "closing_fen",
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                models.F("opening_fen"), "+", models.F("accepted_fen")
                                            ),
                                            "-",
                                            models.F("returned_fen"),
                                        ),
                                        "-",
                                        models.F("paid_fen"),
                                    ),
                                )
                            ),
                            name="statement_adds_up",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("accepted_fen__gte", 0), ("returned_fen__gte", 0)),
                            name="statement_sums_not_below_nothing",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("closed_at", None), ("closed_by", None)),
                                models.Q(("closed_at__isnull", False), ("closed_by__isnull", False)),
                                _connector="OR",
                            ),
                            name="statement_closed_by_somebody",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="PayLink",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "statement",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="links",
                            to="payments.statement",
                        ),
                    ),
                    ("reference", models.CharField(max_length=120, unique=True)),
                    ("amount_fen", models.PositiveBigIntegerField(verbose_name="amount")),
                    (
                        "state",
                        models.CharField(
                            choices=[("open", "open"), ("paid", "paid"), ("closed", "closed")],
                            default="open",
                            max_length=6,
                        ),
                    ),
                    ("url", models.URLField(blank=True, default="", max_length=2000)),
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
                    "verbose_name": "payment link",
                    "verbose_name_plural": "payment links",
                    "ordering": ["-id"],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("state", "open")),
                            fields=("statement",),
                            name="pay_link_open_once_a_statement",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("amount_fen__gt", 0)), name="pay_link_amount_positive"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="StatementLine",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "statement",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="lines",
                            to="payments.statement",
                        ),
                    ),
                    ("position", models.PositiveIntegerField()),
                    (
                        "entry",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.entry"
                        ),
                    ),
                    (
                        "order_line",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="orders.orderline",
                        ),
                    ),
                    (
                        "order",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.order"
                        ),
                    ),
                    ("order_number", models.CharField(max_length=20, verbose_name="order")),
                    ("day", models.DateField(verbose_name="day")),
                    ("product_name", models.CharField(max_length=60, verbose_name="product")),
                    ("product_name_en", models.CharField(blank=True, max_length=80)),
                    ("household_name", models.CharField(blank=True, max_length=40, verbose_name="household")),
                    ("village_name", models.CharField(max_length=60, verbose_name="village")),
                    ("village_name_en", models.CharField(blank=True, max_length=80)),
                    ("town_name", models.CharField(max_length=40, verbose_name="town")),
                    ("town_name_en", models.CharField(blank=True, max_length=60)),
                    ("quantity", models.BigIntegerField(verbose_name="quantity")),
                    (
                        "unit",
                        models.CharField(
                            choices=[
                                ("jin", "jin"),
                                ("kg", "kg"),
                                ("tonne", "tonne"),
                                ("zhu", "plant"),
                                ("ke", "tree"),
                                ("pen", "pot"),
                                ("ge", "piece"),
                                ("xiang", "box"),
                                ("zhi", "head"),
                            ],
                            max_length=8,
                            verbose_name="unit",
                        ),
                    ),
                    ("unit_size", models.PositiveIntegerField()),
                    ("price_fen", models.BigIntegerField(verbose_name="price")),
                    ("amount_fen", models.BigIntegerField(verbose_name="amount")),
                    ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                ],
                options={
                    "verbose_name": "statement line",
                    "verbose_name_plural": "statement lines",
                    "ordering": ["position"],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("statement", "position"), name="statement_line_in_its_place"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("position__gt", 0)), name="statement_line_counts_from_one"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="StatementCredit",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "statement",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="credits",
                            to="payments.statement",
                        ),
                    ),
                    ("position", models.PositiveIntegerField()),
                    (
                        "transfer",
                        models.OneToOneField(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="payments.transfer",
                        ),
                    ),
                    (
                        "payment",
                        models.OneToOneField(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="payments.payment",
                        ),
                    ),
                    (
                        "refund",
                        models.OneToOneField(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="payments.refund",
                        ),
                    ),
                    ("day", models.DateField(verbose_name="day")),
                    ("reference", models.CharField(max_length=120, verbose_name="reference")),
                    ("order_number", models.CharField(blank=True, max_length=20, verbose_name="order")),
                    ("amount_fen", models.BigIntegerField(verbose_name="amount")),
                ],
                options={
                    "verbose_name": "payment on a statement",
                    "verbose_name_plural": "payments on a statement",
                    "ordering": ["position"],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("statement", "position"), name="statement_credit_in_its_place"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("position__gt", 0)), name="statement_credit_counts_from_one"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("payment", None), ("refund", None), ("transfer__isnull", False)),
                                models.Q(("payment__isnull", False), ("refund", None), ("transfer", None)),
                                models.Q(("payment", None), ("refund__isnull", False), ("transfer", None)),
                                _connector="OR",
                            ),
                            name="statement_credit_is_one_thing",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Tick",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "line",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="tick",
                            to="payments.statementline",
                        ),
                    ),
                    (
                        "state",
                        models.CharField(
                            choices=[("agreed", "agreed"), ("disputed", "disputed")],
                            max_length=8,
                            verbose_name="state",
                        ),
                    ),
                    ("words", models.CharField(blank=True, max_length=200, verbose_name="what is wrong")),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("at", models.DateTimeField(default=django.utils.timezone.now)),
                    ("answer", models.CharField(blank=True, max_length=500, verbose_name="answer")),
                    (
                        "answered_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("answered_at", models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    "verbose_name": "tick",
                    "verbose_name_plural": "ticks",
                    "indexes": [
                        models.Index(
                            condition=models.Q(("answer", ""), ("state", "disputed")),
                            fields=["line"],
                            name="tick_waiting_for_answer",
                        )
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("state__in", ["agreed", "disputed"])), name="tick_state_known"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("state", "disputed"), _negated=True),
                                models.Q(("words", ""), _negated=True),
                                _connector="OR",
                            ),
                            name="tick_disputed_in_words",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("answer", ""), ("answered_at", None), ("answered_by", None)),
                                models.Q(
                                    models.Q(("answer", ""), _negated=True),
                                    ("answered_at__isnull", False),
                                    ("answered_by__isnull", False),
                                ),
                                _connector="OR",
                            ),
                            name="tick_answered_by_somebody",
                        ),
                    ],
                },
            ),
        )
    ]
