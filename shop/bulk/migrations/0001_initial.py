import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from marketplace.migrating import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("buyers", "0001_initial"),
        ("orders", "0001_initial"),
        ("stock", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="BulkRequest",
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
                            related_name="bulk_requests",
                            to="buyers.buyerorganisation",
                            verbose_name="organisation",
                        ),
                    ),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="bulk_requests",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="requested by",
                        ),
                    ),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("draft", "draft"),
                                ("held", "awaiting approval"),
                                ("approved", "approved"),
                                ("lapsed", "lapsed unapproved"),
                                ("withdrawn", "withdrawn"),
                            ],
                            default="draft",
                            max_length=10,
                            verbose_name="state",
                        ),
                    ),
                    ("revision", models.PositiveIntegerField(default=0, editable=False)),
                    ("round", models.PositiveIntegerField(default=0, editable=False)),
                    ("weekly", models.BooleanField(default=False, verbose_name="again every week")),
                    (
                        "copied_from",
                        models.ForeignKey(
                            blank=True,
                            editable=False,
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="copies",
                            to="bulk.bulkrequest",
                        ),
                    ),
                    ("adjustments", models.JSONField(default=dict, editable=False)),
                    ("total_fen", models.PositiveBigIntegerField(default=0, verbose_name="total")),
                    (
                        "approvals_needed",
                        models.PositiveSmallIntegerField(default=0, verbose_name="approvals needed"),
                    ),
                    (
                        "created_at",
                        models.DateTimeField(default=django.utils.timezone.now, verbose_name="begun at"),
                    ),
                    (
                        "submitted_at",
                        models.DateTimeField(blank=True, null=True, verbose_name="submitted at"),
                    ),
                    (
                        "held_until",
                        models.DateTimeField(blank=True, null=True, verbose_name="stock held until"),
                    ),
                ],
                options={
                    "verbose_name": "bulk request",
                    "verbose_name_plural": "bulk requests",
                    "ordering": ["-created_at", "-id"],
                    "indexes": [
                        models.Index(fields=["organisation", "-created_at"], name="bulk_of_unit"),
                        models.Index(
                            condition=models.Q(("state", "held")), fields=["held_until"], name="bulk_lapsing"
                        ),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("state__in", ["draft", "held", "approved", "lapsed", "withdrawn"])
                            ),
                            name="bulk_state_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("state", "held"), _negated=True),
                                ("held_until__isnull", False),
                                _connector="OR",
                            ),
                            name="bulk_held_has_deadline",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("weekly", True)),
                            fields=("copied_from",),
                            name="bulk_next_week_once",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="BulkLine",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "request",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="lines",
                            to="bulk.bulkrequest",
                        ),
                    ),
                    ("position", models.PositiveSmallIntegerField()),
                    (
                        "product_text",
                        models.CharField(blank=True, default="", max_length=80, verbose_name="product"),
                    ),
                    (
                        "quantity_text",
                        models.CharField(blank=True, default="", max_length=40, verbose_name="quantity"),
                    ),
                    (
                        "price_text",
                        models.CharField(blank=True, default="", max_length=40, verbose_name="highest price"),
                    ),
                    (
                        "wanted_text",
                        models.CharField(blank=True, default="", max_length=40, verbose_name="wanted on"),
                    ),
                    (
                        "place_text",
                        models.CharField(
                            blank=True, default="", max_length=200, verbose_name="delivery place"
                        ),
                    ),
                    (
                        "product",
                        models.ForeignKey(
                            editable=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="stock.product",
                        ),
                    ),
                    ("quantity", models.BigIntegerField(editable=False, null=True)),
                    (
                        "unit",
                        models.CharField(
                            blank=True,
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
                            default="",
                            editable=False,
                            max_length=8,
                        ),
                    ),
                    ("unit_size", models.PositiveIntegerField(editable=False, null=True)),
                    ("max_price_fen", models.PositiveBigIntegerField(editable=False, null=True)),
                    ("wanted_on", models.DateField(editable=False, null=True)),
                ],
                options={
                    "ordering": ["position"],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("request", "position"), name="bulk_line_once_per_place"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("quantity", None),
                                models.Q(("quantity__gt", 0), ("quantity__lte", 100000000000)),
                                _connector="OR",
                            ),
                            name="bulk_line_quantity_sane",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("max_price_fen", None),
                                models.Q(("max_price_fen__gt", 0), ("max_price_fen__lte", 10000000)),
                                _connector="OR",
                            ),
                            name="bulk_line_price_sane",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="BulkShare",
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
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="shares",
                            to="bulk.bulkline",
                        ),
                    ),
                    ("round", models.PositiveIntegerField()),
                    (
                        "lot",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="stock.lot"
                        ),
                    ),
                    ("quantity", models.BigIntegerField()),
                    ("reason", models.JSONField(default=dict)),
                    (
                        "order_line",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="bulk_shares",
                            to="orders.orderline",
                        ),
                    ),
                ],
                options={
                    "ordering": ["id"],
                    "constraints": [
                        models.UniqueConstraint(fields=("line", "round", "lot"), name="bulk_share_once"),
                        models.CheckConstraint(
                            condition=models.Q(("quantity__gt", 0)), name="bulk_share_of_something"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="BulkOrder",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "request",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="orders",
                            to="bulk.bulkrequest",
                        ),
                    ),
                    ("round", models.PositiveIntegerField()),
                    (
                        "order",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="bulk",
                            to="orders.order",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="Approval",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "request",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="approvals",
                            to="bulk.bulkrequest",
                        ),
                    ),
                    ("round", models.PositiveIntegerField()),
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
                    "ordering": ["id"],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("request", "round", "by"), name="bulk_approved_once_each"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Step",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "request",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="steps",
                            to="bulk.bulkrequest",
                        ),
                    ),
                    (
                        "from_state",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("draft", "draft"),
                                ("held", "awaiting approval"),
                                ("approved", "approved"),
                                ("lapsed", "lapsed unapproved"),
                                ("withdrawn", "withdrawn"),
                            ],
                            max_length=10,
                        ),
                    ),
                    (
                        "to_state",
                        models.CharField(
                            choices=[
                                ("draft", "draft"),
                                ("held", "awaiting approval"),
                                ("approved", "approved"),
                                ("lapsed", "lapsed unapproved"),
                                ("withdrawn", "withdrawn"),
                            ],
                            max_length=10,
                        ),
                    ),
                    (
                        "by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("at", models.DateTimeField(default=django.utils.timezone.now)),
                    ("why", models.CharField(blank=True, default="", max_length=200, verbose_name="reason")),
                ],
                options={
                    "ordering": ["id"],
                },
            ),
        )
    ]
