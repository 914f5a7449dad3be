import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

from marketplace.migrating import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("registry", "0001_initial"),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="PublicYear",
                fields=[
                    ("year", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                    ("told", models.JSONField()),
                    ("entries", models.BigIntegerField()),
                    ("counted_at", models.DateTimeField()),
                ],
            ),
            migrations.CreateModel(
                name="BriefingWords",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "language",
                        models.CharField(
                            choices=[("zh-hans", "Chinese"), ("en", "English")],
                            default="zh-hans",
                            max_length=8,
                            unique=True,
                            verbose_name="language",
                        ),
                    ),
                    (
                        "sold",
                        models.TextField(blank=True, max_length=600, verbose_name="the whole paragraph"),
                    ),
                    (
                        "nothing",
                        models.TextField(
                            blank=True, max_length=600, verbose_name="the paragraph when nothing was sold"
                        ),
                    ),
                    (
                        "produce",
                        models.TextField(blank=True, max_length=600, verbose_name="produce by weight"),
                    ),
                    ("saplings", models.TextField(blank=True, max_length=600, verbose_name="saplings")),
                    (
                        "others",
                        models.TextField(
                            blank=True, max_length=600, verbose_name="other goods, also those not told apart"
                        ),
                    ),
                    (
                        "canteen",
                        models.TextField(blank=True, max_length=600, verbose_name="through canteens"),
                    ),
                    (
                        "online",
                        models.TextField(blank=True, max_length=600, verbose_name="through the online shop"),
                    ),
                    (
                        "green",
                        models.TextField(
                            blank=True, max_length=600, verbose_name="through the green channel"
                        ),
                    ),
                    (
                        "up",
                        models.TextField(
                            blank=True, max_length=600, verbose_name="more saplings than the year before"
                        ),
                    ),
                    (
                        "down",
                        models.TextField(
                            blank=True, max_length=600, verbose_name="fewer saplings than the year before"
                        ),
                    ),
                    (
                        "level",
                        models.TextField(
                            blank=True, max_length=600, verbose_name="as many saplings as the year before"
                        ),
                    ),
                    (
                        "manifold",
                        models.TextField(
                            blank=True,
                            max_length=600,
                            verbose_name="saplings many times those of the year before, without a percentage",
                        ),
                    ),
                    (
                        "first",
                        models.TextField(
                            blank=True,
                            max_length=600,
                            verbose_name="saplings where there were none the year before",
                        ),
                    ),
                    (
                        "none",
                        models.TextField(
                            blank=True,
                            max_length=600,
                            verbose_name="no saplings where there were some the year before",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "wording of briefings",
                    "verbose_name_plural": "wording of briefings",
                    "ordering": ["-language"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("language__in", ["zh-hans", "en"])),
                            name="wording_language_known",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Briefing",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("once", models.UUIDField(unique=True)),
                    ("start", models.DateField(verbose_name="from")),
                    ("end", models.DateField(verbose_name="to")),
                    (
                        "town",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="registry.town",
                            verbose_name="town",
                        ),
                    ),
                    ("figures", models.JSONField(verbose_name="figures")),
                    ("chinese", models.JSONField(verbose_name="text in Chinese")),
                    ("english", models.JSONField(verbose_name="text in English")),
                    ("public_chinese", models.JSONField(null=True)),
                    ("public_english", models.JSONField(null=True)),
                    (
                        "block",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="ledger.block",
                            verbose_name="newest block",
                        ),
                    ),
                    ("block_hash", models.CharField(max_length=64, verbose_name="hash of the block")),
                    ("is_public", models.BooleanField(verbose_name="for everybody")),
                    ("published_at", models.DateTimeField(verbose_name="published at")),
                    ("by", models.CharField(max_length=150, verbose_name="published by")),
                    ("digest", models.CharField(max_length=64)),
                ],
                options={
                    "verbose_name": "briefing",
                    "verbose_name_plural": "briefings",
                    "ordering": ["-id"],
                    "indexes": [
                        models.Index(
                            condition=models.Q(("is_public", True)),
                            fields=["-id"],
                            name="briefing_for_everybody",
                        )
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("end__gte", models.F("start"))),
                            name="briefing_ends_after_start",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="LogBlock",
                fields=[
                    (
                        "number",
                        models.PositiveBigIntegerField(
                            primary_key=True, serialize=False, verbose_name="number"
                        ),
                    ),
                    ("prev_hash", models.CharField(max_length=64)),
                    ("merkle_root", models.CharField(max_length=64)),
                    ("count", models.PositiveIntegerField(verbose_name="lines")),
                    ("sealed_at", models.DateTimeField(verbose_name="sealed at")),
                    ("hash", models.CharField(max_length=64, unique=True, verbose_name="hash")),
                ],
                options={
                    "verbose_name": "block of the logs",
                    "verbose_name_plural": "blocks of the logs",
                    "ordering": ["number"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("number__gt", 0)), name="log_block_counts_from_one"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("count__gt", 0)), name="log_block_is_not_empty"
                        ),
                        models.UniqueConstraint(fields=("prev_hash",), name="log_block_follows_once"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="LogSeal",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "block",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="seals",
                            to="ledger.logblock",
                        ),
                    ),
                    ("position", models.PositiveIntegerField(verbose_name="position")),
                    ("log", models.CharField(max_length=8)),
                    ("row", models.BigIntegerField()),
                    ("leaf", models.CharField(max_length=64)),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("block", "position"), name="log_seal_one_line_per_place"
                        ),
                        models.UniqueConstraint(fields=("log", "row"), name="log_seal_once"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Digest",
                fields=[
                    ("day", models.DateField(primary_key=True, serialize=False, verbose_name="day")),
                    ("number", models.PositiveBigIntegerField(verbose_name="newest block")),
                    ("hash", models.CharField(max_length=64, verbose_name="hash")),
                    ("text", models.TextField()),
                    ("export", models.CharField(max_length=100)),
                ],
                options={
                    "verbose_name": "published digest",
                    "verbose_name_plural": "published digests",
                    "ordering": ["-day"],
                },
            ),
            migrations.CreateModel(
                name="Entry",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("key", models.CharField(max_length=120, unique=True, verbose_name="key")),
                    (
                        "kind",
                        models.CharField(
                            choices=[("sale", "sale"), ("reversal", "reversal")],
                            max_length=8,
                            verbose_name="kind",
                        ),
                    ),
                    ("at", models.DateTimeField(verbose_name="at")),
                    ("day", models.DateField(help_text="the day in Shanghai", verbose_name="ledger day")),
                    (
                        "household",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="entries",
                            to="registry.household",
                            verbose_name="household",
                        ),
                    ),
                    (
                        "village",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="registry.village",
                            verbose_name="village",
                        ),
                    ),
                    (
                        "town",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="registry.town",
                            verbose_name="town",
                        ),
                    ),
                    ("product_slug", models.CharField(max_length=60)),
                    ("product_name", models.CharField(max_length=60, verbose_name="product")),
                    ("product_name_en", models.CharField(blank=True, max_length=80)),
                    ("category_slug", models.CharField(max_length=40)),
                    ("category_name", models.CharField(blank=True, max_length=40, verbose_name="category")),
                    ("category_name_en", models.CharField(blank=True, max_length=60)),
                    ("is_sapling", models.BooleanField(verbose_name="nursery saplings")),
                    (
                        "measure",
                        models.CharField(
                            choices=[("g", "weight"), ("count", "pieces")],
                            max_length=5,
                            verbose_name="measure",
                        ),
                    ),
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
                    ("unit_size", models.PositiveIntegerField(verbose_name="grams or pieces per unit")),
                    ("price_fen", models.BigIntegerField(verbose_name="price in fen per unit")),
                    ("amount_fen", models.BigIntegerField(verbose_name="amount in fen")),
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
                    ("buyer", models.CharField(max_length=40, verbose_name="buyer")),
                    ("buyer_name", models.CharField(blank=True, max_length=80, verbose_name="buyer's name")),
                    ("order_number", models.CharField(max_length=20, verbose_name="order")),
                    ("line", models.BigIntegerField(verbose_name="order line")),
                    (
                        "reverses",
                        models.ForeignKey(
                            db_index=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="reversals",
                            to="ledger.entry",
                            verbose_name="takes back",
                        ),
                    ),
                    ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                    ("by", models.CharField(blank=True, max_length=40, verbose_name="by")),
                    ("salt", models.CharField(blank=True, default="", editable=False, max_length=32)),
                    ("digest", models.CharField(max_length=64, verbose_name="digest")),
                ],
                options={
                    "verbose_name": "ledger entry",
                    "verbose_name_plural": "ledger entries",
                    "ordering": ["id"],
                    "indexes": [
                        models.Index(fields=["day", "town"], name="entry_by_day"),
                        models.Index(fields=["household", "day"], name="entry_of_household"),
                        models.Index(
                            condition=models.Q(("reverses__isnull", False)),
                            fields=["reverses"],
                            name="entry_reversals",
                        ),
                        models.Index(fields=["order_number"], name="entry_of_order"),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("channel__in", ["canteen", "online", "green"])),
                            name="entry_channel_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("buyer_kind__in", ["citizen", "canteen", "nursery", "enterprise"])
                            ),
                            name="entry_buyer_kind_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("measure__in", ["g", "count"])), name="entry_measure_known"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("unit__in", ["jin", "kg", "tonne", "zhu", "ke", "pen", "ge", "xiang", "zhi"])
                            ),
                            name="entry_unit_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("price_fen__gt", 0), ("unit_size__gt", 0)),
                            name="entry_price_positive",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("amount_fen__gte", 0),
                                    ("kind", "sale"),
                                    ("quantity__gt", 0),
                                    ("reason", ""),
                                    ("reverses", None),
                                ),
                                models.Q(
                                    ("amount_fen__lte", 0),
                                    ("kind", "reversal"),
                                    ("quantity__lt", 0),
                                    ("reverses__isnull", False),
                                    models.Q(("reason", ""), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="entry_sells_or_takes_back",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("kind", "sale"), _negated=True),
                                (
                                    "amount_fen",
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                django.db.models.expressions.CombinedExpression(
                                                    models.Value(2), "*", models.F("price_fen")
                                                ),
                                                "*",
                                                models.F("quantity"),
                                            ),
                                            "+",
                                            models.F("unit_size"),
                                        ),
                                        "/",
                                        django.db.models.expressions.CombinedExpression(
                                            models.Value(2), "*", models.F("unit_size")
                                        ),
                                    ),
                                ),
                                _connector="OR",
                            ),
                            name="entry_amount_is_price_times_quantity",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="HouseholdTotal",
                fields=[
                    ("grams", models.BigIntegerField(default=0, verbose_name="grams of produce")),
                    ("saplings", models.BigIntegerField(default=0, verbose_name="saplings")),
                    ("pieces", models.BigIntegerField(default=0, verbose_name="other goods, in pieces")),
                    ("amount_fen", models.BigIntegerField(default=0, verbose_name="amount in fen")),
                    ("sapling_fen", models.BigIntegerField(default=0, verbose_name="of it saplings, in fen")),
                    ("entries", models.BigIntegerField(default=0, verbose_name="entries")),
                    (
                        "pk",
                        models.CompositePrimaryKey(
                            "household_id",
                            "town_id",
                            "category_slug",
                            "channel",
                            blank=True,
                            editable=False,
                            primary_key=True,
                            serialize=False,
                        ),
                    ),
                    (
                        "household",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="registry.household",
                        ),
                    ),
                    (
                        "town",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="registry.town",
                        ),
                    ),
                    ("category_slug", models.CharField(max_length=40)),
                    ("channel", models.CharField(max_length=8)),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("amount_fen__gte", 0),
                                ("grams__gte", 0),
                                ("pieces__gte", 0),
                                ("sapling_fen__gte", 0),
                                ("saplings__gte", 0),
                            ),
                            name="household_total_not_below_nothing",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="BuyerTotal",
                fields=[
                    ("grams", models.BigIntegerField(default=0, verbose_name="grams of produce")),
                    ("saplings", models.BigIntegerField(default=0, verbose_name="saplings")),
                    ("pieces", models.BigIntegerField(default=0, verbose_name="other goods, in pieces")),
                    ("amount_fen", models.BigIntegerField(default=0, verbose_name="amount in fen")),
                    ("sapling_fen", models.BigIntegerField(default=0, verbose_name="of it saplings, in fen")),
                    ("entries", models.BigIntegerField(default=0, verbose_name="entries")),
                    (
                        "pk",
                        models.CompositePrimaryKey(
                            "buyer",
                            "buyer_kind",
                            blank=True,
                            editable=False,
                            primary_key=True,
                            serialize=False,
                        ),
                    ),
                    ("buyer", models.CharField(max_length=40)),
                    ("buyer_kind", models.CharField(max_length=12)),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("amount_fen__gte", 0),
                                ("grams__gte", 0),
                                ("pieces__gte", 0),
                                ("sapling_fen__gte", 0),
                                ("saplings__gte", 0),
                            ),
                            name="buyer_total_not_below_nothing",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="HouseholdYear",
                fields=[
                    ("grams", models.BigIntegerField(default=0, verbose_name="grams of produce")),
                    ("saplings", models.BigIntegerField(default=0, verbose_name="saplings")),
                    ("pieces", models.BigIntegerField(default=0, verbose_name="other goods, in pieces")),
                    ("amount_fen", models.BigIntegerField(default=0, verbose_name="amount in fen")),
                    ("sapling_fen", models.BigIntegerField(default=0, verbose_name="of it saplings, in fen")),
                    ("entries", models.BigIntegerField(default=0, verbose_name="entries")),
                    (
                        "pk",
                        models.CompositePrimaryKey(
                            "year",
                            "town_id",
                            "household_id",
                            blank=True,
                            editable=False,
                            primary_key=True,
                            serialize=False,
                        ),
                    ),
                    ("year", models.PositiveSmallIntegerField()),
                    (
                        "town",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="registry.town",
                        ),
                    ),
                    (
                        "household",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="registry.household",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="BuyerYear",
                fields=[
                    ("grams", models.BigIntegerField(default=0, verbose_name="grams of produce")),
                    ("saplings", models.BigIntegerField(default=0, verbose_name="saplings")),
                    ("pieces", models.BigIntegerField(default=0, verbose_name="other goods, in pieces")),
                    ("amount_fen", models.BigIntegerField(default=0, verbose_name="amount in fen")),
                    ("sapling_fen", models.BigIntegerField(default=0, verbose_name="of it saplings, in fen")),
                    ("entries", models.BigIntegerField(default=0, verbose_name="entries")),
                    (
                        "pk",
                        models.CompositePrimaryKey(
                            "year",
                            "buyer",
                            "buyer_kind",
                            blank=True,
                            editable=False,
                            primary_key=True,
                            serialize=False,
                        ),
                    ),
                    ("year", models.PositiveSmallIntegerField()),
                    ("buyer", models.CharField(max_length=40)),
                    ("buyer_kind", models.CharField(max_length=12)),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="HouseholdDay",
                fields=[
                    ("grams", models.BigIntegerField(default=0, verbose_name="grams of produce")),
                    ("saplings", models.BigIntegerField(default=0, verbose_name="saplings")),
                    ("pieces", models.BigIntegerField(default=0, verbose_name="other goods, in pieces")),
                    ("amount_fen", models.BigIntegerField(default=0, verbose_name="amount in fen")),
                    ("sapling_fen", models.BigIntegerField(default=0, verbose_name="of it saplings, in fen")),
                    ("entries", models.BigIntegerField(default=0, verbose_name="entries")),
                    (
                        "pk",
                        models.CompositePrimaryKey(
                            "day",
                            "household_id",
                            blank=True,
                            editable=False,
                            primary_key=True,
                            serialize=False,
                        ),
                    ),
                    ("day", models.DateField()),
                    (
                        "household",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="registry.household",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="BuyerDay",
                fields=[
                    ("grams", models.BigIntegerField(default=0, verbose_name="grams of produce")),
                    ("saplings", models.BigIntegerField(default=0, verbose_name="saplings")),
                    ("pieces", models.BigIntegerField(default=0, verbose_name="other goods, in pieces")),
                    ("amount_fen", models.BigIntegerField(default=0, verbose_name="amount in fen")),
                    ("sapling_fen", models.BigIntegerField(default=0, verbose_name="of it saplings, in fen")),
                    ("entries", models.BigIntegerField(default=0, verbose_name="entries")),
                    (
                        "pk",
                        models.CompositePrimaryKey(
                            "day",
                            "buyer",
                            "buyer_kind",
                            blank=True,
                            editable=False,
                            primary_key=True,
                            serialize=False,
                        ),
                    ),
                    ("day", models.DateField()),
                    ("buyer", models.CharField(max_length=40)),
                    ("buyer_kind", models.CharField(max_length=12)),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="ProductMonth",
                fields=[
                    ("grams", models.BigIntegerField(default=0, verbose_name="grams of produce")),
                    ("saplings", models.BigIntegerField(default=0, verbose_name="saplings")),
                    ("pieces", models.BigIntegerField(default=0, verbose_name="other goods, in pieces")),
                    ("amount_fen", models.BigIntegerField(default=0, verbose_name="amount in fen")),
                    ("sapling_fen", models.BigIntegerField(default=0, verbose_name="of it saplings, in fen")),
                    ("entries", models.BigIntegerField(default=0, verbose_name="entries")),
                    (
                        "pk",
                        models.CompositePrimaryKey(
                            "month",
                            "town_id",
                            "village_id",
                            "product_slug",
                            "category_slug",
                            "channel",
                            "buyer_kind",
                            blank=True,
                            editable=False,
                            primary_key=True,
                            serialize=False,
                        ),
                    ),
                    ("month", models.DateField()),
                    (
                        "town",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="registry.town",
                        ),
                    ),
                    (
                        "village",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="registry.village",
                        ),
                    ),
                    ("product_slug", models.CharField(max_length=60)),
                    ("category_slug", models.CharField(max_length=40)),
                    ("channel", models.CharField(max_length=8)),
                    ("buyer_kind", models.CharField(max_length=12)),
                    ("product_name", models.CharField(max_length=60)),
                    ("product_name_en", models.CharField(blank=True, max_length=80)),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="MonthTotal",
                fields=[
                    ("grams", models.BigIntegerField(default=0, verbose_name="grams of produce")),
                    ("saplings", models.BigIntegerField(default=0, verbose_name="saplings")),
                    ("pieces", models.BigIntegerField(default=0, verbose_name="other goods, in pieces")),
                    ("amount_fen", models.BigIntegerField(default=0, verbose_name="amount in fen")),
                    ("sapling_fen", models.BigIntegerField(default=0, verbose_name="of it saplings, in fen")),
                    ("entries", models.BigIntegerField(default=0, verbose_name="entries")),
                    (
                        "pk",
                        models.CompositePrimaryKey(
                            "month",
                            "town_id",
                            "category_slug",
                            "channel",
                            "buyer_kind",
                            blank=True,
                            editable=False,
                            primary_key=True,
                            serialize=False,
                        ),
                    ),
                    ("month", models.DateField()),
                    (
                        "town",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="registry.town",
                        ),
                    ),
                    ("category_slug", models.CharField(max_length=40)),
                    ("channel", models.CharField(max_length=8)),
                    ("buyer_kind", models.CharField(max_length=12)),
                    ("category_name", models.CharField(blank=True, max_length=40)),
                    ("category_name_en", models.CharField(blank=True, max_length=60)),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="DayTotal",
                fields=[
                    ("grams", models.BigIntegerField(default=0, verbose_name="grams of produce")),
                    ("saplings", models.BigIntegerField(default=0, verbose_name="saplings")),
                    ("pieces", models.BigIntegerField(default=0, verbose_name="other goods, in pieces")),
                    ("amount_fen", models.BigIntegerField(default=0, verbose_name="amount in fen")),
                    ("sapling_fen", models.BigIntegerField(default=0, verbose_name="of it saplings, in fen")),
                    ("entries", models.BigIntegerField(default=0, verbose_name="entries")),
                    (
                        "pk",
                        models.CompositePrimaryKey(
                            "day",
                            "town_id",
                            "channel",
                            "buyer_kind",
                            blank=True,
                            editable=False,
                            primary_key=True,
                            serialize=False,
                        ),
                    ),
                    ("day", models.DateField()),
                    (
                        "town",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="registry.town",
                        ),
                    ),
                    ("channel", models.CharField(max_length=8)),
                    ("buyer_kind", models.CharField(max_length=12)),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="Block",
                fields=[
                    (
                        "number",
                        models.PositiveBigIntegerField(
                            primary_key=True, serialize=False, verbose_name="number"
                        ),
                    ),
                    ("prev_hash", models.CharField(max_length=64)),
                    ("merkle_root", models.CharField(max_length=64)),
                    ("count", models.PositiveIntegerField(verbose_name="entries")),
                    ("sealed_at", models.DateTimeField(verbose_name="sealed at")),
                    ("hash", models.CharField(max_length=64, unique=True, verbose_name="hash")),
                ],
                options={
                    "verbose_name": "ledger block",
                    "verbose_name_plural": "ledger blocks",
                    "ordering": ["number"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("number__gt", 0)), name="block_counts_from_one"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("count__gt", 0)), name="block_is_not_empty"
                        ),
                        models.UniqueConstraint(fields=("prev_hash",), name="block_follows_once"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Seal",
                fields=[
                    (
                        "entry",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            primary_key=True,
                            related_name="seal",
                            serialize=False,
                            to="ledger.entry",
                        ),
                    ),
                    (
                        "block",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="seals",
                            to="ledger.block",
                        ),
                    ),
                    ("position", models.PositiveIntegerField(verbose_name="position")),
                    ("leaf", models.CharField(max_length=64)),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("block", "position"), name="seal_one_entry_per_place")
                    ],
                },
            ),
            migrations.CreateModel(
                name="Unsealed",
                fields=[
                    (
                        "entry",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            primary_key=True,
                            related_name="unsealed",
                            serialize=False,
                            to="ledger.entry",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="Posting",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("key", models.CharField(max_length=120, unique=True, verbose_name="key")),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("goods", "goods accepted or returned"),
                                ("money", "money of an order"),
                                ("transfer", "bank transfer"),
                                ("payout", "payout"),
                                ("own", "the city's own money"),
                            ],
                            max_length=8,
                            verbose_name="kind",
                        ),
                    ),
                    ("at", models.DateTimeField(verbose_name="at")),
                    ("day", models.DateField(verbose_name="ledger day")),
                    (
                        "debit",
                        models.CharField(
                            choices=[
                                ("stripe", "money at the payment service"),
                                ("cash", "cash at the cashier's"),
                                ("door", "cash in officers' hands"),
                                ("transfer", "money at the bank"),
                                ("receivable", "owed by buyers"),
                                ("advances", "paid ahead by buyers"),
                                ("refunds", "to give back to buyers"),
                                ("differences", "still to match"),
                                ("set_off", "set off"),
                                ("payable", "owed to households"),
                                ("capital", "put in by the city"),
                            ],
                            max_length=12,
                            verbose_name="debit",
                        ),
                    ),
                    (
                        "credit",
                        models.CharField(
                            choices=[
                                ("stripe", "money at the payment service"),
                                ("cash", "cash at the cashier's"),
                                ("door", "cash in officers' hands"),
                                ("transfer", "money at the bank"),
                                ("receivable", "owed by buyers"),
                                ("advances", "paid ahead by buyers"),
                                ("refunds", "to give back to buyers"),
                                ("differences", "still to match"),
                                ("set_off", "set off"),
                                ("payable", "owed to households"),
                                ("capital", "put in by the city"),
                            ],
                            max_length=12,
                            verbose_name="credit",
                        ),
                    ),
                    ("fen", models.PositiveBigIntegerField(verbose_name="amount in fen")),
                    ("order_number", models.CharField(blank=True, max_length=20, verbose_name="order")),
                    (
                        "household",
                        models.ForeignKey(
                            db_index=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="registry.household",
                            verbose_name="household",
                        ),
                    ),
                    ("about", models.CharField(blank=True, max_length=140, verbose_name="about")),
                    ("by", models.CharField(blank=True, max_length=40, verbose_name="by")),
                    ("digest", models.CharField(max_length=64)),
                ],
                options={
                    "verbose_name": "posting",
                    "verbose_name_plural": "postings",
                    "ordering": ["id"],
                    "indexes": [
                        models.Index(
                            condition=models.Q(("order_number", ""), _negated=True),
                            fields=["order_number"],
                            name="posting_of_order",
                        ),
                        models.Index(fields=["kind", "day"], name="posting_by_kind"),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("fen__gt", 0)), name="posting_more_than_nothing"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("debit", models.F("credit")), _negated=True),
                            name="posting_between_two_accounts",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "credit__in",
                                    [
                                        "stripe",
                                        "cash",
                                        "door",
                                        "transfer",
                                        "receivable",
                                        "advances",
                                        "refunds",
                                        "differences",
                                        "set_off",
                                        "payable",
                                        "capital",
                                    ],
                                ),
                                (
                                    "debit__in",
                                    [
                                        "stripe",
                                        "cash",
                                        "door",
                                        "transfer",
                                        "receivable",
                                        "advances",
                                        "refunds",
                                        "differences",
                                        "set_off",
                                        "payable",
                                        "capital",
                                    ],
                                ),
                            ),
                            name="posting_account_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("kind__in", ["goods", "money", "transfer", "payout", "own"])),
                            name="posting_kind_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("household", None),
                                    models.Q(("debit", "payable"), _negated=True),
                                    models.Q(("credit", "payable"), _negated=True),
                                ),
                                models.Q(
                                    ("household__isnull", False),
                                    models.Q(("debit", "payable"), ("credit", "payable"), _connector="OR"),
                                ),
                                _connector="OR",
                            ),
                            name="posting_owed_to_somebody",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Uncounted",
                fields=[
                    (
                        "posting",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            primary_key=True,
                            related_name="uncounted",
                            serialize=False,
                            to="ledger.posting",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="AccountTotal",
                fields=[
                    (
                        "pk",
                        models.CompositePrimaryKey(
                            "account", "kind", blank=True, editable=False, primary_key=True, serialize=False
                        ),
                    ),
                    (
                        "account",
                        models.CharField(
                            choices=[
                                ("stripe", "money at the payment service"),
                                ("cash", "cash at the cashier's"),
                                ("door", "cash in officers' hands"),
                                ("transfer", "money at the bank"),
                                ("receivable", "owed by buyers"),
                                ("advances", "paid ahead by buyers"),
                                ("refunds", "to give back to buyers"),
                                ("differences", "still to match"),
                                ("set_off", "set off"),
                                ("payable", "owed to households"),
                                ("capital", "put in by the city"),
                            ],
                            max_length=12,
                            verbose_name="account",
                        ),
                    ),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("goods", "goods accepted or returned"),
                                ("money", "money of an order"),
                                ("transfer", "bank transfer"),
                                ("payout", "payout"),
                                ("own", "the city's own money"),
                            ],
                            max_length=8,
                            verbose_name="kind",
                        ),
                    ),
                    ("debit_fen", models.BigIntegerField(default=0)),
                    ("credit_fen", models.BigIntegerField(default=0)),
                    ("postings", models.BigIntegerField(default=0)),
                ],
            ),
        )
    ]
