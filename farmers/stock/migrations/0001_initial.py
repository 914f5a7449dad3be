import datetime

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import farmers.stock.models
from marketplace.migrating import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("registry", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="SaplingMeasures",
                fields=[
                    (
                        "lot",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.CASCADE,
                            primary_key=True,
                            related_name="measures",
                            serialize=False,
                            to="stock.lot",
                            verbose_name="lot",
                        ),
                    ),
                    (
                        "trunk_at",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("breast", "at breast height"),
                                ("metre", "at one metre"),
                                ("ground", "at the ground"),
                            ],
                            default="",
                            max_length=6,
                            verbose_name="trunk measured",
                        ),
                    ),
                    (
                        "trunk_from",
                        models.PositiveIntegerField(blank=True, null=True, verbose_name="trunk from"),
                    ),
                    ("trunk_to", models.PositiveIntegerField(blank=True, null=True, verbose_name="trunk to")),
                    (
                        "height_from",
                        models.PositiveIntegerField(blank=True, null=True, verbose_name="height from"),
                    ),
                    (
                        "height_to",
                        models.PositiveIntegerField(blank=True, null=True, verbose_name="height to"),
                    ),
                    (
                        "crown_from",
                        models.PositiveIntegerField(blank=True, null=True, verbose_name="crown from"),
                    ),
                    ("crown_to", models.PositiveIntegerField(blank=True, null=True, verbose_name="crown to")),
                    (
                        "age_years",
                        models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="age in years"),
                    ),
                    (
                        "roots",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("bare", "bare roots"),
                                ("ball", "root ball"),
                                ("container", "container"),
                            ],
                            default="",
                            max_length=9,
                            verbose_name="roots",
                        ),
                    ),
                    (
                        "ball",
                        models.PositiveIntegerField(blank=True, null=True, verbose_name="ball or container"),
                    ),
                    (
                        "grade",
                        models.CharField(
                            blank=True,
                            choices=[("1", "grade I"), ("2", "grade II")],
                            default="",
                            max_length=1,
                            verbose_name="grade by GB 6000",
                        ),
                    ),
                    (
                        "by",
                        models.ForeignKey(
                            blank=True,
                            editable=False,
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="measured by",
                        ),
                    ),
                    (
                        "at",
                        models.DateTimeField(
                            default=django.utils.timezone.now, editable=False, verbose_name="at"
                        ),
                    ),
                ],
                options={
                    "verbose_name": "measures of saplings",
                    "verbose_name_plural": "measures of saplings",
                    "indexes": [
                        models.Index(fields=["trunk_at", "trunk_from", "trunk_to"], name="measures_by_trunk"),
                        models.Index(fields=["height_from", "height_to"], name="measures_by_height"),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("trunk_from", None), ("trunk_to", None)),
                                models.Q(
                                    ("trunk_from__gt", 0),
                                    ("trunk_to__gte", models.F("trunk_from")),
                                    ("trunk_to__isnull", False),
                                ),
                                _connector="OR",
                            ),
                            name="measures_trunk_is_a_range",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("height_from", None), ("height_to", None)),
                                models.Q(
                                    ("height_from__gt", 0),
                                    ("height_to__gte", models.F("height_from")),
                                    ("height_to__isnull", False),
                                ),
                                _connector="OR",
                            ),
                            name="measures_height_is_a_range",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("crown_from", None), ("crown_to", None)),
                                models.Q(
                                    ("crown_from__gt", 0),
                                    ("crown_to__gte", models.F("crown_from")),
                                    ("crown_to__isnull", False),
                                ),
                                _connector="OR",
                            ),
                            name="measures_crown_is_a_range",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("trunk_at", ""), ("trunk_from", None)),
                                models.Q(
                                    ("trunk_at__in", ["breast", "metre", "ground"]),
                                    ("trunk_from__isnull", False),
                                ),
                                _connector="OR",
                            ),
                            name="measures_trunk_is_measured_somewhere",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("ball", None), ("roots__in", ["", "bare"])),
                                ("roots__in", ["ball", "container"]),
                                _connector="OR",
                            ),
                            name="measures_ball_is_of_something",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("grade__in", ["", "1", "2"])), name="measures_grade_known"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="LotCheck",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "lot",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="checks",
                            to="stock.lot",
                            verbose_name="lot",
                        ),
                    ),
                    (
                        "by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="by",
                        ),
                    ),
                    ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="at")),
                    ("approved", models.BooleanField(verbose_name="let on sale")),
                    ("stock_seen", models.BooleanField(default=False, verbose_name="stock seen")),
                    (
                        "photo_true",
                        models.BooleanField(default=False, verbose_name="the photo shows these goods"),
                    ),
                    ("grade_true", models.BooleanField(default=False, verbose_name="the grade is right")),
                    ("why", models.CharField(blank=True, default="", max_length=200, verbose_name="reason")),
                ],
                options={
                    "verbose_name": "check of a lot",
                    "verbose_name_plural": "checks of lots",
                    "ordering": ["id"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("approved", True), ("stock_seen", True)),
                                models.Q(("approved", False), models.Q(("why", ""), _negated=True)),
                                _connector="OR",
                            ),
                            name="check_sees_or_says_why",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Rescue",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "lot",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="rescue",
                            to="stock.lot",
                            verbose_name="lot",
                        ),
                    ),
                    ("since", models.DateField(verbose_name="in danger since")),
                    ("at_risk", models.BigIntegerField(verbose_name="at risk")),
                    ("ended_on", models.DateField(blank=True, null=True, verbose_name="ended on")),
                    ("saved", models.BigIntegerField(default=0, verbose_name="saved")),
                    ("lost", models.BigIntegerField(default=0, verbose_name="lost")),
                ],
                options={
                    "verbose_name": "lot in danger",
                    "verbose_name_plural": "lots in danger",
                    "ordering": ["since", "id"],
                    "indexes": [models.Index(fields=["ended_on", "since"], name="rescue_by_end")],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("at_risk__gt", 0),
                                (
                                    "at_risk__gte",
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("saved"), "+", models.F("lost")
                                    ),
                                ),
                                ("lost__gte", 0),
                                ("saved__gte", 0),
                            ),
                            name="rescue_adds_up",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("ended_on", None), ("ended_on__gte", models.F("since")), _connector="OR"
                            ),
                            name="rescue_ends_after_it_began",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Category",
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
                    ("is_sapling", models.BooleanField(default=False, verbose_name="nursery saplings")),
                    ("pinyin", models.CharField(default="", editable=False, max_length=80)),
                    ("initials", models.CharField(default="", editable=False, max_length=20)),
                    ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                ],
                options={
                    "verbose_name": "category",
                    "verbose_name_plural": "categories",
                    "ordering": ["position", "id"],
                },
            ),
            migrations.CreateModel(
                name="Product",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "category",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="products",
                            to="stock.category",
                            verbose_name="category",
                        ),
                    ),
                    ("slug", models.SlugField(max_length=60, unique=True, verbose_name="slug")),
                    ("name", models.CharField(max_length=60, unique=True, verbose_name="name")),
                    ("name_en", models.CharField(max_length=80, verbose_name="name in English")),
                    ("pinyin", models.CharField(default="", editable=False, max_length=160)),
                    ("initials", models.CharField(default="", editable=False, max_length=40)),
                    (
                        "measure",
                        models.CharField(
                            choices=[("g", "weight"), ("count", "pieces")],
                            max_length=5,
                            verbose_name="measure",
                        ),
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
                            verbose_name="usual unit",
                        ),
                    ),
                    (
                        "shelf_life_days",
                        models.PositiveSmallIntegerField(
                            blank=True, null=True, verbose_name="shelf life in days"
                        ),
                    ),
                    (
                        "reference_price_fen",
                        models.PositiveIntegerField(
                            blank=True, null=True, verbose_name="reference price in fen per usual unit"
                        ),
                    ),
                    ("illustration", models.CharField(max_length=60, verbose_name="illustration")),
                    ("months", models.PositiveSmallIntegerField(default=0, verbose_name="months of harvest")),
                    (
                        "plant",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("tree", "tree, by its trunk at breast height"),
                                ("small", "small tree, by its trunk at the ground"),
                                ("conifer", "conifer, by its height"),
                                ("shrub", "shrub, by height and crown"),
                                ("seedling", "young plant, by grade"),
                                ("potted", "in a pot, by the pot"),
                            ],
                            default="",
                            max_length=8,
                            verbose_name="measured as",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "product",
                    "verbose_name_plural": "products",
                    "ordering": ["category", "id"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("measure__in", ["g", "count"])), name="product_measure_known"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("unit__in", ["jin", "kg", "tonne", "zhu", "ke", "pen", "ge", "xiang", "zhi"])
                            ),
                            name="product_unit_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("months__lt", 4096)), name="product_months_of_one_year"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("plant__in", ["", "tree", "small", "conifer", "shrub", "seedling", "potted"])
                            ),
                            name="product_plant_known",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ProductAlias",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "product",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="aliases",
                            to="stock.product",
                            verbose_name="product",
                        ),
                    ),
                    ("name", models.CharField(max_length=60, unique=True, verbose_name="name")),
                    ("pinyin", models.CharField(default="", editable=False, max_length=160)),
                    ("initials", models.CharField(default="", editable=False, max_length=40)),
                ],
                options={
                    "verbose_name": "alias",
                    "verbose_name_plural": "aliases",
                },
            ),
            migrations.CreateModel(
                name="Lot",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("slug", models.SlugField(max_length=120, unique=True, verbose_name="slug")),
                    (
                        "household",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="lots",
                            to="registry.household",
                            verbose_name="household",
                        ),
                    ),
                    (
                        "product",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="lots",
                            to="stock.product",
                            verbose_name="product",
                        ),
                    ),
                    (
                        "village",
                        models.ForeignKey(
                            editable=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="registry.village",
                        ),
                    ),
                    (
                        "town",
                        models.ForeignKey(
                            editable=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="registry.town",
                        ),
                    ),
                    (
                        "category",
                        models.ForeignKey(
                            editable=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="stock.category",
                        ),
                    ),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("waiting", "to be checked"),
                                ("sent_back", "sent back"),
                                ("listed", "on sale"),
                                ("withdrawn", "withdrawn"),
                            ],
                            default="listed",
                            max_length=10,
                            verbose_name="state",
                        ),
                    ),
                    ("listed", models.BigIntegerField(default=0, editable=False, verbose_name="listed")),
                    ("reserved", models.BigIntegerField(default=0, editable=False, verbose_name="reserved")),
                    ("sold", models.BigIntegerField(default=0, editable=False, verbose_name="sold")),
                    (
                        "available",
                        models.GeneratedField(
                            db_persist=True,
                            expression=django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    models.F("listed"), "-", models.F("reserved")
                                ),
                                "-",
                                models.F("sold"),
                            ),
                            output_field=models.BigIntegerField(verbose_name="available"),
                        ),
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
                            verbose_name="unit",
                        ),
                    ),
                    ("unit_size", models.PositiveIntegerField(verbose_name="grams or pieces per unit")),
                    ("price_fen", models.PositiveBigIntegerField(verbose_name="price in fen per unit")),
                    (
                        "comparable_price",
                        models.GeneratedField(
                            db_persist=True,
                            expression=django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    models.F("price_fen"), "*", models.Value(1000000)
                                ),
                                "/",
                                models.F("unit_size"),
                            ),
                            output_field=models.BigIntegerField(verbose_name="comparable price"),
                        ),
                    ),
                    ("harvested_on", models.DateField(blank=True, null=True, verbose_name="harvested on")),
                    ("good_until", models.DateField(blank=True, null=True, verbose_name="good until")),
                    (
                        "grade",
                        models.CharField(blank=True, default="", max_length=80, verbose_name="grade or size"),
                    ),
                    ("note", models.CharField(blank=True, default="", max_length=300, verbose_name="note")),
                    ("cover", models.CharField(blank=True, default="", editable=False, max_length=100)),
                    (
                        "listed_at",
                        models.DateTimeField(default=django.utils.timezone.now, verbose_name="listed at"),
                    ),
                    ("public_on", models.DateField(blank=True, null=True, verbose_name="for everybody from")),
                    (
                        "listed_by",
                        models.ForeignKey(
                            blank=True,
                            editable=False,
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="listed by",
                        ),
                    ),
                    (
                        "consent",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("person", "said it in person"),
                                ("phone", "said it on the phone"),
                                ("written", "signed for it"),
                            ],
                            default="",
                            max_length=8,
                            verbose_name="how the household agreed",
                        ),
                    ),
                    (
                        "import_key",
                        models.CharField(blank=True, editable=False, max_length=64, null=True, unique=True),
                    ),
                ],
                options={
                    "verbose_name": "lot",
                    "verbose_name_plural": "lots",
                    "ordering": ["-listed_at", "-id"],
                    "indexes": [
                        models.Index(fields=["state", "-listed_at", "-id"], name="lot_newest"),
                        models.Index(fields=["state", "category", "-listed_at"], name="lot_by_category"),
                        models.Index(fields=["state", "town", "-listed_at"], name="lot_by_town"),
                        models.Index(fields=["state", "comparable_price"], name="lot_by_price"),
                        models.Index(fields=["state", "good_until"], name="lot_by_freshness"),
                        models.Index(
                            models.F("state"),
                            models.OrderBy(
                                django.db.models.functions.comparison.Coalesce(
                                    "harvested_on", models.Value(datetime.date(1, 1, 1))
                                ),
                                descending=True,
                            ),
                            models.OrderBy(models.F("id"), descending=True),
                            name="lot_by_harvest",
                        ),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("sold__gte", 0),
                                ("reserved__gte", 0),
                                (
                                    "listed__gte",
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("sold"), "+", models.F("reserved")
                                    ),
                                ),
                            ),
                            name="lot_never_oversold",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("price_fen__gt", 0), ("price_fen__lte", 10000000)),
                            name="lot_price_sane",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("listed__lte", 100000000000)), name="lot_quantity_sane"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("unit_size__gt", 0)), name="lot_unit_size_positive"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("unit__in", ["jin", "kg", "tonne", "zhu", "ke", "pen", "ge", "xiang", "zhi"])
                            ),
                            name="lot_unit_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("state__in", ["waiting", "sent_back", "listed", "withdrawn"])
                            ),
                            name="lot_state_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("consent__in", ["", "person", "phone", "written"])),
                            name="lot_consent_known",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="LotPhoto",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "lot",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="photos",
                            to="stock.lot",
                            verbose_name="lot",
                        ),
                    ),
                    (
                        "image",
                        models.ImageField(
                            height_field="height",
                            upload_to=farmers.stock.models.photo_path,
                            verbose_name="picture",
                            width_field="width",
                        ),
                    ),
                    ("width", models.PositiveIntegerField(default=0, editable=False)),
                    ("height", models.PositiveIntegerField(default=0, editable=False)),
                    (
                        "small",
                        models.ImageField(
                            blank=True,
                            upload_to=farmers.stock.models.photo_path,
                            verbose_name="small picture",
                        ),
                    ),
                    ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                ],
                options={
                    "verbose_name": "photo",
                    "verbose_name_plural": "photos",
                    "ordering": ["position", "id"],
                },
            ),
            migrations.CreateModel(
                name="StockMovement",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "lot",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="movements",
                            to="stock.lot",
                            verbose_name="lot",
                        ),
                    ),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("list", "listed"),
                                ("reserve", "reserved for an order"),
                                ("release", "reservation released"),
                                ("sell", "accepted by the buyer"),
                                ("shortfall", "missing at acceptance"),
                                ("return", "returned"),
                                ("adjust", "stock corrected"),
                                ("spoil", "spoiled unsold"),
                            ],
                            max_length=10,
                            verbose_name="kind",
                        ),
                    ),
                    ("listed", models.BigIntegerField(default=0, verbose_name="listed")),
                    ("reserved", models.BigIntegerField(default=0, verbose_name="reserved")),
                    ("sold", models.BigIntegerField(default=0, verbose_name="sold")),
                    (
                        "reference",
                        models.CharField(blank=True, default="", max_length=80, verbose_name="reference"),
                    ),
                    (
                        "key",
                        models.CharField(
                            help_text="what makes the movement happen once",
                            max_length=120,
                            null=True,
                            unique=True,
                        ),
                    ),
                    (
                        "by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="by",
                        ),
                    ),
                    ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="at")),
                ],
                options={
                    "verbose_name": "stock movement",
                    "verbose_name_plural": "stock movements",
                    "ordering": ["id"],
                    "indexes": [models.Index(fields=["lot", "id"], name="movement_of_lot")],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "kind__in",
                                    [
                                        "list",
                                        "reserve",
                                        "release",
                                        "sell",
                                        "shortfall",
                                        "return",
                                        "adjust",
                                        "spoil",
                                    ],
                                )
                            ),
                            name="movement_kind_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("listed", 0), ("reserved", 0), ("sold", 0), _negated=True),
                            name="movement_moves_something",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="LotTransition",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "lot",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="transitions",
                            to="stock.lot",
                            verbose_name="lot",
                        ),
                    ),
                    (
                        "to_state",
                        models.CharField(
                            choices=[
                                ("waiting", "to be checked"),
                                ("sent_back", "sent back"),
                                ("listed", "on sale"),
                                ("withdrawn", "withdrawn"),
                            ],
                            max_length=10,
                            verbose_name="state",
                        ),
                    ),
                    (
                        "by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="by",
                        ),
                    ),
                    ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="at")),
                    ("why", models.CharField(blank=True, default="", max_length=200, verbose_name="reason")),
                ],
                options={
                    "verbose_name": "change of a lot's state",
                    "verbose_name_plural": "changes of lots' states",
                    "ordering": ["id"],
                },
            ),
        )
    ]
