import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import marketplace.personal
import marketplace.private_files
import shop.orders.models.complaint
import shop.orders.models.scales
from marketplace.migrating import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("buyers", "0001_initial"),
        ("registry", "0001_initial"),
        ("stock", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="Order",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("number", models.CharField(max_length=20, unique=True, verbose_name="number")),
                    ("key", models.UUIDField(editable=False)),
                    (
                        "buyer",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="orders",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="buyer",
                        ),
                    ),
                    (
                        "organisation",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="orders",
                            to="buyers.buyerorganisation",
                            verbose_name="organisation",
                        ),
                    ),
                    (
                        "channel",
                        models.CharField(
                            choices=[
                                ("canteen", "public canteens"),
                                ("online", "online shop"),
                                ("green", "green channel"),
                            ],
                            max_length=8,
                            verbose_name="channel",
                        ),
                    ),
                    (
                        "buyer_kind",
                        models.CharField(
                            choices=[
                                ("citizen", "citizen"),
                                ("canteen", "canteen"),
                                ("nursery", "nursery firm"),
                                ("enterprise", "paired enterprise"),
                            ],
                            max_length=12,
                            verbose_name="kind of buyer",
                        ),
                    ),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("awaiting_payment", "awaiting payment"),
                                ("awaiting_approval", "awaiting approval"),
                                ("confirmed", "being prepared"),
                                ("dispatched", "on its way"),
                                ("delivered", "delivered"),
                                ("accepted", "accepted"),
                                ("cancelled", "cancelled"),
                                ("expired", "lapsed"),
                            ],
                            max_length=20,
                            verbose_name="state",
                        ),
                    ),
                    (
                        "pay_by",
                        models.CharField(
                            choices=[
                                ("on_delivery", "on delivery"),
                                ("on_account", "on account"),
                                ("online", "card, Alipay or WeChat Pay"),
                            ],
                            max_length=12,
                            verbose_name="payment",
                        ),
                    ),
                    ("paid_fen", models.PositiveBigIntegerField(default=0, verbose_name="paid")),
                    ("total_fen", models.PositiveBigIntegerField(verbose_name="total")),
                    ("accepted_fen", models.PositiveBigIntegerField(default=0, verbose_name="accepted")),
                    ("recipient", marketplace.personal.EncryptedTextField(verbose_name="recipient")),
                    ("phone", marketplace.personal.EncryptedTextField(verbose_name="phone")),
                    (
                        "address",
                        marketplace.personal.EncryptedTextField(
                            blank=True, default="", verbose_name="address"
                        ),
                    ),
                    (
                        "pickup_point",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="buyers.pickuppoint",
                            verbose_name="pick-up point",
                        ),
                    ),
                    ("wanted_on", models.DateField(blank=True, null=True, verbose_name="wanted on")),
                    (
                        "note",
                        marketplace.personal.EncryptedTextField(blank=True, default="", verbose_name="note"),
                    ),
                    (
                        "placed_at",
                        models.DateTimeField(default=django.utils.timezone.now, verbose_name="placed at"),
                    ),
                    (
                        "reserved_until",
                        models.DateTimeField(blank=True, null=True, verbose_name="stock held until"),
                    ),
                ],
                options={
                    "verbose_name": "order",
                    "verbose_name_plural": "orders",
                    "ordering": ["-placed_at", "-id"],
                    "indexes": [
                        models.Index(fields=["buyer", "-placed_at"], name="order_of_buyer"),
                        models.Index(fields=["organisation", "-placed_at"], name="order_of_unit"),
                        models.Index(fields=["state", "-placed_at"], name="order_by_state"),
                        models.Index(
                            condition=models.Q(("state__in", ("awaiting_payment", "awaiting_approval"))),
                            fields=["reserved_until"],
                            name="order_lapsing",
                        ),
                    ],
                    "constraints": [
                        models.UniqueConstraint(fields=("buyer", "key"), name="order_once_per_form"),
                        models.CheckConstraint(
                            condition=models.Q(("total_fen__gt", 0)), name="order_total_more_than_nothing"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "state__in",
                                    [
                                        "awaiting_payment",
                                        "awaiting_approval",
                                        "confirmed",
                                        "dispatched",
                                        "delivered",
                                        "accepted",
                                        "cancelled",
                                        "expired",
                                    ],
                                )
                            ),
                            name="order_state_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("pay_by__in", ["on_delivery", "on_account", "online"])),
                            name="order_pay_by_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("channel__in", ["canteen", "online", "green"])),
                            name="order_channel_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("buyer_kind__in", ["citizen", "canteen", "nursery", "enterprise"])
                            ),
                            name="order_buyer_kind_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("pay_by", "on_account"), _negated=True),
                                ("organisation__isnull", False),
                                _connector="OR",
                            ),
                            name="order_on_account_has_unit",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("accepted_fen__lte", models.F("total_fen"))),
                            name="order_accepted_within_total",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("state__in", ("awaiting_payment", "awaiting_approval")), _negated=True
                                ),
                                ("reserved_until__isnull", False),
                                _connector="OR",
                            ),
                            name="order_awaiting_has_deadline",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Consignment",
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
                            related_name="consignments",
                            to="orders.order",
                            verbose_name="order",
                        ),
                    ),
                    (
                        "village",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="consignments",
                            to="registry.village",
                            verbose_name="village",
                        ),
                    ),
                    ("village_name", models.CharField(max_length=60)),
                    ("village_name_en", models.CharField(blank=True, max_length=80)),
                    ("town_name", models.CharField(max_length=40)),
                    ("town_name_en", models.CharField(blank=True, max_length=60)),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("preparing", "being prepared"),
                                ("dispatched", "on its way"),
                                ("delivered", "delivered"),
                                ("cancelled", "cancelled"),
                            ],
                            default="preparing",
                            max_length=12,
                            verbose_name="state",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "consignment",
                    "verbose_name_plural": "consignments",
                    "ordering": ["id"],
                    "indexes": [models.Index(fields=["village", "state"], name="consignment_of_village")],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("order", "village"), name="consignment_once_per_village"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("state__in", ["preparing", "dispatched", "delivered", "cancelled"])
                            ),
                            name="consignment_state_known",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="OrderLine",
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
                            related_name="lines",
                            to="orders.order",
                            verbose_name="order",
                        ),
                    ),
                    (
                        "consignment",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="lines",
                            to="orders.consignment",
                            verbose_name="consignment",
                        ),
                    ),
                    (
                        "lot",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="order_lines",
                            to="stock.lot",
                            verbose_name="lot",
                        ),
                    ),
                    (
                        "household",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="order_lines",
                            to="registry.household",
                            verbose_name="household",
                        ),
                    ),
                    (
                        "town",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.town"
                        ),
                    ),
                    ("product_slug", models.CharField(max_length=60)),
                    ("product_name", models.CharField(max_length=60, verbose_name="product")),
                    ("product_name_en", models.CharField(blank=True, max_length=80)),
                    ("illustration", models.CharField(max_length=60)),
                    ("category_slug", models.CharField(max_length=40)),
                    ("category_name", models.CharField(max_length=40, verbose_name="category")),
                    ("category_name_en", models.CharField(blank=True, max_length=60)),
                    ("is_sapling", models.BooleanField()),
                    ("household_name", models.CharField(max_length=40)),
                    ("grade", models.CharField(blank=True, default="", max_length=80)),
                    (
                        "measure",
                        models.CharField(choices=[("g", "weight"), ("count", "pieces")], max_length=5),
                    ),
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
                        ),
                    ),
                    ("unit_size", models.PositiveIntegerField()),
                    ("price_fen", models.PositiveBigIntegerField(verbose_name="price")),
                    ("quantity", models.BigIntegerField(verbose_name="quantity")),
                    ("amount_fen", models.PositiveBigIntegerField(verbose_name="amount")),
                    (
                        "accepted_quantity",
                        models.BigIntegerField(blank=True, null=True, verbose_name="accepted quantity"),
                    ),
                    (
                        "returned_quantity",
                        models.BigIntegerField(default=0, verbose_name="returned quantity"),
                    ),
                    ("called_off", models.BooleanField(default=False, verbose_name="called off")),
                ],
                options={
                    "verbose_name": "order line",
                    "verbose_name_plural": "order lines",
                    "ordering": ["id"],
                    "indexes": [models.Index(fields=["household", "-id"], name="line_of_household")],
                    "constraints": [
                        models.UniqueConstraint(fields=("order", "lot"), name="order_lot_once"),
                        models.CheckConstraint(
                            condition=models.Q(("quantity__gt", 0)), name="line_quantity_positive"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("amount_fen__gt", 0)), name="line_amount_more_than_nothing"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("accepted_quantity", None),
                                models.Q(
                                    ("accepted_quantity__gte", 0),
                                    ("accepted_quantity__lte", models.F("quantity")),
                                ),
                                _connector="OR",
                            ),
                            name="line_accepted_within_ordered",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("returned_quantity", 0),
                                models.Q(
                                    ("returned_quantity__gt", 0),
                                    ("returned_quantity__lte", models.F("accepted_quantity")),
                                ),
                                _connector="OR",
                            ),
                            name="line_returned_within_accepted",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("called_off", False),
                                models.Q(("accepted_quantity", 0), ("accepted_quantity__isnull", False)),
                                _connector="OR",
                            ),
                            name="line_called_off_has_nothing",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Transition",
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
                            related_name="transitions",
                            to="orders.order",
                        ),
                    ),
                    (
                        "from_state",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("awaiting_payment", "awaiting payment"),
                                ("awaiting_approval", "awaiting approval"),
                                ("confirmed", "being prepared"),
                                ("dispatched", "on its way"),
                                ("delivered", "delivered"),
                                ("accepted", "accepted"),
                                ("cancelled", "cancelled"),
                                ("expired", "lapsed"),
                            ],
                            max_length=20,
                        ),
                    ),
                    (
                        "to_state",
                        models.CharField(
                            choices=[
                                ("awaiting_payment", "awaiting payment"),
                                ("awaiting_approval", "awaiting approval"),
                                ("confirmed", "being prepared"),
                                ("dispatched", "on its way"),
                                ("delivered", "delivered"),
                                ("accepted", "accepted"),
                                ("cancelled", "cancelled"),
                                ("expired", "lapsed"),
                            ],
                            max_length=20,
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
                    ("why", models.CharField(blank=True, default="", max_length=200)),
                ],
                options={
                    "ordering": ["id"],
                },
            ),
            migrations.CreateModel(
                name="TrackingEvent",
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
                            related_name="tracking",
                            to="orders.order",
                        ),
                    ),
                    (
                        "consignment",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="tracking",
                            to="orders.consignment",
                        ),
                    ),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("placed", "order placed"),
                                ("approved", "approved by the unit"),
                                ("paid", "payment received"),
                                ("confirmed", "the village is preparing the goods"),
                                ("dispatched", "left the village"),
                                ("arrived", "reached a stop on the way"),
                                ("delivered", "delivered"),
                                ("accepted", "weighed and accepted"),
                                ("returned", "goods given back"),
                                ("called_off", "goods called off"),
                                ("cancelled", "order cancelled"),
                                ("expired", "order lapsed"),
                                ("complained", "complaint made"),
                                ("answered", "complaint answered"),
                                ("closed", "complaint closed"),
                            ],
                            max_length=12,
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
                    ("note", models.CharField(blank=True, default="", max_length=200, verbose_name="note")),
                ],
                options={
                    "verbose_name": "tracking event",
                    "verbose_name_plural": "tracking events",
                    "ordering": ["at", "id"],
                },
            ),
            migrations.CreateModel(
                name="Complaint",
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
                            related_name="complaints",
                            to="orders.orderline",
                            verbose_name="line",
                        ),
                    ),
                    ("key", models.UUIDField(editable=False)),
                    (
                        "what",
                        models.CharField(
                            choices=[
                                ("short", "less than written"),
                                ("spoiled", "spoilt or damaged"),
                                ("wrong", "not what was ordered"),
                                ("other", "something else"),
                            ],
                            max_length=8,
                            verbose_name="what is wrong",
                        ),
                    ),
                    ("words", models.CharField(max_length=500, verbose_name="words")),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("open", "to be answered"),
                                ("answered", "answered"),
                                ("closed", "closed"),
                            ],
                            default="open",
                            max_length=8,
                            verbose_name="state",
                        ),
                    ),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="made at")),
                    (
                        "answer",
                        models.CharField(blank=True, default="", max_length=500, verbose_name="answer"),
                    ),
                    ("taken_back", models.BigIntegerField(default=0, verbose_name="taken back")),
                    (
                        "answered_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered at")),
                ],
                options={
                    "verbose_name": "complaint",
                    "verbose_name_plural": "complaints",
                    "ordering": ["-at", "-pk"],
                    "constraints": [
                        models.UniqueConstraint(fields=("by", "key"), name="complaint_once_per_form"),
                        models.UniqueConstraint(
                            condition=models.Q(("state", "open")),
                            fields=("line",),
                            name="complaint_open_once_per_line",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("what__in", ["short", "spoiled", "wrong", "other"])),
                            name="complaint_what_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("answered_at", None), ("state", "open"), ("taken_back", 0)),
                                models.Q(
                                    ("answered_at__isnull", False),
                                    ("state__in", ["answered", "closed"]),
                                    models.Q(("answer", ""), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="complaint_answered_has_answer",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("taken_back__gte", 0)),
                            name="complaint_taken_back_not_below_nothing",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ComplaintPhoto",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "complaint",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="photos",
                            to="orders.complaint",
                        ),
                    ),
                    (
                        "image",
                        models.ImageField(
                            height_field="height",
                            storage=marketplace.private_files.private_files,
                            upload_to=shop.orders.models.complaint.complaint_photo_path,
                            verbose_name="picture",
                            width_field="width",
                        ),
                    ),
                    ("width", models.PositiveIntegerField(default=0, editable=False)),
                    ("height", models.PositiveIntegerField(default=0, editable=False)),
                ],
                options={
                    "verbose_name": "photo",
                    "verbose_name_plural": "photos",
                    "ordering": ["pk"],
                },
            ),
            migrations.CreateModel(
                name="Review",
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
                            related_name="review",
                            to="orders.orderline",
                        ),
                    ),
                    (
                        "product",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="stock.product",
                            verbose_name="product",
                        ),
                    ),
                    (
                        "household",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="registry.household",
                            verbose_name="household",
                        ),
                    ),
                    (
                        "buyer_kind",
                        models.CharField(
                            choices=[
                                ("citizen", "citizen"),
                                ("canteen", "canteen"),
                                ("nursery", "nursery firm"),
                                ("enterprise", "paired enterprise"),
                            ],
                            max_length=12,
                            verbose_name="kind of buyer",
                        ),
                    ),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("stars", models.PositiveSmallIntegerField(verbose_name="stars")),
                    ("words", models.CharField(blank=True, default="", max_length=500, verbose_name="words")),
                    (
                        "created_at",
                        models.DateTimeField(default=django.utils.timezone.now, verbose_name="written at"),
                    ),
                    ("hidden_at", models.DateTimeField(blank=True, null=True, verbose_name="hidden at")),
                    (
                        "hidden_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "hidden_reason",
                        models.CharField(
                            blank=True, default="", max_length=200, verbose_name="why it is hidden"
                        ),
                    ),
                ],
                options={
                    "verbose_name": "review",
                    "verbose_name_plural": "reviews",
                    "ordering": ["-created_at", "-pk"],
                    "indexes": [
                        models.Index(
                            condition=models.Q(("hidden_at", None)),
                            fields=["product", "-created_at"],
                            name="review_of_product",
                        )
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("stars__gte", 1), ("stars__lte", 5)),
                            name="review_stars_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("buyer_kind__in", ["citizen", "canteen", "nursery", "enterprise"])
                            ),
                            name="review_buyer_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("hidden_at", None),
                                models.Q(("hidden_reason", ""), _negated=True),
                                _connector="OR",
                            ),
                            name="review_hidden_has_reason",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Weighing",
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
                            related_name="weighing",
                            to="orders.orderline",
                            verbose_name="line",
                        ),
                    ),
                    (
                        "handed_over",
                        models.BigIntegerField(blank=True, null=True, verbose_name="handed over"),
                    ),
                    ("weighed", models.BigIntegerField(blank=True, null=True, verbose_name="weighed")),
                    ("refused", models.BigIntegerField(default=0, verbose_name="refused")),
                    ("reason", models.CharField(blank=True, default="", max_length=200, verbose_name="why")),
                    (
                        "receiver",
                        marketplace.personal.EncryptedTextField(
                            blank=True, default="", verbose_name="received by"
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
                    ("at", models.DateTimeField(blank=True, null=True, verbose_name="weighed at")),
                ],
                options={
                    "verbose_name": "weighing",
                    "verbose_name_plural": "weighings",
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("handed_over", None), ("handed_over__gte", 0), _connector="OR"
                            ),
                            name="weighing_handed_not_below_nothing",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("at", None), ("by", None), ("refused", 0), ("weighed", None)),
                                models.Q(
                                    ("at__isnull", False),
                                    ("by__isnull", False),
                                    ("refused__gte", 0),
                                    ("weighed__gte", models.F("refused")),
                                ),
                                _connector="OR",
                            ),
                            name="weighing_refused_within_weighed",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("refused", 0), models.Q(("reason", ""), _negated=True), _connector="OR"
                            ),
                            name="weighing_refused_has_reason",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="WeighingPhoto",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "weighing",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="photos",
                            to="orders.weighing",
                        ),
                    ),
                    (
                        "image",
                        models.ImageField(
                            height_field="height",
                            storage=marketplace.private_files.private_files,
                            upload_to=shop.orders.models.scales.weighing_photo_path,
                            verbose_name="picture",
                            width_field="width",
                        ),
                    ),
                    ("width", models.PositiveIntegerField(default=0, editable=False)),
                    ("height", models.PositiveIntegerField(default=0, editable=False)),
                ],
                options={
                    "verbose_name": "photo",
                    "verbose_name_plural": "photos",
                    "ordering": ["pk"],
                },
            ),
        )
    ]
