import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import marketplace.personal
import marketplace.private_files
import shop.green.papers_models
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
                name="Paper",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("quarantine", "plant quarantine certificate"),
                                ("origin", "certificate of origin"),
                            ],
                            max_length=10,
                            verbose_name="kind",
                        ),
                    ),
                    (
                        "lot",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="papers",
                            to="stock.lot",
                            verbose_name="lot",
                        ),
                    ),
                    (
                        "consignment",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="papers",
                            to="orders.consignment",
                            verbose_name="consignment",
                        ),
                    ),
                    ("number", models.CharField(max_length=40, verbose_name="number")),
                    ("issuer", models.CharField(max_length=80, verbose_name="issued by")),
                    ("valid_until", models.DateField(verbose_name="valid until")),
                    (
                        "file",
                        models.FileField(
                            blank=True,
                            default="",
                            storage=marketplace.private_files.private_files,
                            upload_to=shop.green.papers_models.paper_path,
                            verbose_name="photo or PDF",
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
                    ("at", models.DateTimeField(default=django.utils.timezone.now)),
                    ("withdrawn_at", models.DateTimeField(null=True)),
                    (
                        "withdrawn_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                ],
                options={
                    "verbose_name": "certificate",
                    "verbose_name_plural": "certificates",
                    "ordering": ["-id"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("kind__in", ["quarantine", "origin"])),
                            name="paper_kind_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("consignment", None), ("lot__isnull", False)),
                                models.Q(("consignment__isnull", False), ("lot", None)),
                                _connector="OR",
                            ),
                            name="paper_of_lot_or_consignment",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("number", ""), _negated=True),
                                models.Q(("issuer", ""), _negated=True),
                            ),
                            name="paper_says_who_and_which",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("withdrawn_at", None), ("withdrawn_by", None)),
                                models.Q(("withdrawn_at__isnull", False), ("withdrawn_by__isnull", False)),
                                _connector="OR",
                            ),
                            name="paper_withdrawn_by_somebody",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("lot__isnull", False), ("withdrawn_at", None)),
                            fields=("lot", "kind", "number"),
                            name="paper_once_per_lot",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("consignment__isnull", False), ("withdrawn_at", None)),
                            fields=("consignment", "kind", "number"),
                            name="paper_once_per_consignment",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Sample",
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
                            related_name="sample",
                            to="orders.orderline",
                            verbose_name="line",
                        ),
                    ),
                    ("plants", models.PositiveIntegerField(verbose_name="plants measured")),
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
                    ("trunk_least", models.PositiveIntegerField(null=True)),
                    ("trunk_mean", models.PositiveIntegerField(null=True)),
                    ("height_least", models.PositiveIntegerField(null=True)),
                    ("height_mean", models.PositiveIntegerField(null=True)),
                    ("crown_least", models.PositiveIntegerField(null=True)),
                    ("crown_mean", models.PositiveIntegerField(null=True)),
                    ("note", models.CharField(blank=True, default="", max_length=200, verbose_name="note")),
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
                    "verbose_name": "measured sample",
                    "verbose_name_plural": "measured samples",
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("plants__gt", 0)), name="sample_of_something"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("trunk_least", None), ("trunk_mean", None)),
                                models.Q(
                                    ("trunk_least__gt", 0),
                                    ("trunk_mean__gte", models.F("trunk_least")),
                                    ("trunk_mean__isnull", False),
                                ),
                                _connector="OR",
                            ),
                            name="sample_trunk_mean_not_below_least",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("height_least", None), ("height_mean", None)),
                                models.Q(
                                    ("height_least__gt", 0),
                                    ("height_mean__gte", models.F("height_least")),
                                    ("height_mean__isnull", False),
                                ),
                                _connector="OR",
                            ),
                            name="sample_height_mean_not_below_least",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("crown_least", None), ("crown_mean", None)),
                                models.Q(
                                    ("crown_least__gt", 0),
                                    ("crown_mean__gte", models.F("crown_least")),
                                    ("crown_mean__isnull", False),
                                ),
                                _connector="OR",
                            ),
                            name="sample_crown_mean_not_below_least",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("trunk_at", ""), ("trunk_least", None)),
                                models.Q(
                                    ("trunk_at__in", ["breast", "metre", "ground"]),
                                    ("trunk_least__isnull", False),
                                ),
                                _connector="OR",
                            ),
                            name="sample_trunk_is_measured_somewhere",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("trunk_least__isnull", False),
                                ("height_least__isnull", False),
                                ("crown_least__isnull", False),
                                _connector="OR",
                            ),
                            name="sample_measures_something",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Talk",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("number", models.CharField(max_length=20, unique=True, verbose_name="number")),
                    (
                        "lot",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="talks",
                            to="stock.lot",
                            verbose_name="lot",
                        ),
                    ),
                    (
                        "firm",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="talks",
                            to="buyers.buyerorganisation",
                            verbose_name="nursery firm",
                        ),
                    ),
                    (
                        "buyer",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="buyer",
                        ),
                    ),
                    (
                        "phone",
                        marketplace.personal.EncryptedTextField(blank=True, default="", verbose_name="phone"),
                    ),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("asked", "asked to look"),
                                ("visit", "day to look is set"),
                                ("seen", "looked at"),
                                ("offered", "an offer waits"),
                                ("agreed", "agreed"),
                                ("declined", "the household ended it"),
                                ("withdrawn", "the firm ended it"),
                                ("lapsed", "over without a word"),
                            ],
                            max_length=10,
                            verbose_name="state",
                        ),
                    ),
                    ("visit_on", models.DateField(null=True, verbose_name="day to look")),
                    ("held", models.BigIntegerField(default=0, verbose_name="held")),
                    ("held_until", models.DateTimeField(null=True, verbose_name="held until")),
                    (
                        "offer",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="green.step",
                        ),
                    ),
                    (
                        "order",
                        models.OneToOneField(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="talk",
                            to="orders.order",
                        ),
                    ),
                    (
                        "began_at",
                        models.DateTimeField(default=django.utils.timezone.now, verbose_name="begun at"),
                    ),
                    ("moved_at", models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    "verbose_name": "talk over saplings",
                    "verbose_name_plural": "talks over saplings",
                    "ordering": ["-moved_at", "-id"],
                    "indexes": [
                        models.Index(fields=["firm", "-moved_at"], name="talk_of_firm"),
                        models.Index(
                            condition=models.Q(("held__gt", 0)),
                            fields=["held_until"],
                            name="talk_hold_lapsing",
                        ),
                        models.Index(
                            condition=models.Q(("state__in", ["asked", "visit", "seen", "offered"])),
                            fields=["moved_at"],
                            name="talk_lapsing",
                        ),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "state__in",
                                    [
                                        "asked",
                                        "visit",
                                        "seen",
                                        "offered",
                                        "agreed",
                                        "declined",
                                        "withdrawn",
                                        "lapsed",
                                    ],
                                )
                            ),
                            name="talk_state_known",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("state__in", ["asked", "visit", "seen", "offered"])),
                            fields=("lot", "firm"),
                            name="talk_one_open_of_lot_and_firm",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("held", 0), ("held_until", None)),
                                models.Q(
                                    ("held__gt", 0),
                                    ("held__lte", 100000000000),
                                    ("held_until__isnull", False),
                                    ("state__in", ["seen", "offered"]),
                                ),
                                _connector="OR",
                            ),
                            name="talk_holds_for_a_while",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("order__isnull", False), ("state", "agreed")),
                                models.Q(models.Q(("state", "agreed"), _negated=True), ("order", None)),
                                _connector="OR",
                            ),
                            name="talk_agreed_is_an_order",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("state", "offered"), _negated=True),
                                ("offer__isnull", False),
                                _connector="OR",
                            ),
                            name="talk_offered_has_an_offer",
                        ),
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
                        "talk",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="green.talk"
                        ),
                    ),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("ask", "asks to look"),
                                ("day", "sets the day to look"),
                                ("seen", "looked at the plants"),
                                ("hold", "reserves plants"),
                                ("let_go", "lets reserved plants go"),
                                ("offer", "makes an offer"),
                                ("accept", "accepts the offer"),
                                ("decline", "does not sell"),
                                ("withdraw", "does not buy"),
                                ("unheld", "the reservation is over"),
                                ("lapse", "the talk is over"),
                            ],
                            max_length=10,
                        ),
                    ),
                    (
                        "from_state",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("asked", "asked to look"),
                                ("visit", "day to look is set"),
                                ("seen", "looked at"),
                                ("offered", "an offer waits"),
                                ("agreed", "agreed"),
                                ("declined", "the household ended it"),
                                ("withdrawn", "the firm ended it"),
                                ("lapsed", "over without a word"),
                            ],
                            max_length=10,
                        ),
                    ),
                    (
                        "to_state",
                        models.CharField(
                            choices=[
                                ("asked", "asked to look"),
                                ("visit", "day to look is set"),
                                ("seen", "looked at"),
                                ("offered", "an offer waits"),
                                ("agreed", "agreed"),
                                ("declined", "the household ended it"),
                                ("withdrawn", "the firm ended it"),
                                ("lapsed", "over without a word"),
                            ],
                            max_length=10,
                        ),
                    ),
                    (
                        "side",
                        models.CharField(
                            choices=[
                                ("firm", "nursery firm"),
                                ("household", "household"),
                                ("nobody", "the clock"),
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
                    ("why", models.CharField(blank=True, default="", max_length=200, verbose_name="note")),
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
                        ),
                    ),
                    ("day", models.DateField(null=True)),
                    ("quantity", models.BigIntegerField(null=True)),
                    ("price_fen", models.PositiveBigIntegerField(null=True)),
                    (
                        "answers",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="green.step",
                        ),
                    ),
                    ("key", models.UUIDField()),
                ],
                options={
                    "ordering": ["id"],
                    "constraints": [
                        models.UniqueConstraint(fields=("talk", "key"), name="talk_step_once_per_form"),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "kind__in",
                                    [
                                        "ask",
                                        "day",
                                        "seen",
                                        "hold",
                                        "let_go",
                                        "offer",
                                        "accept",
                                        "decline",
                                        "withdraw",
                                        "unheld",
                                        "lapse",
                                    ],
                                )
                            ),
                            name="talk_step_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("quantity", None),
                                models.Q(("quantity__gt", 0), ("quantity__lte", 100000000000)),
                                _connector="OR",
                            ),
                            name="talk_step_quantity_sane",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("price_fen", None),
                                models.Q(("price_fen__gt", 0), ("price_fen__lte", 10000000)),
                                _connector="OR",
                            ),
                            name="talk_step_price_sane",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("kind", "offer"), _negated=True),
                                models.Q(
                                    ("day__isnull", False),
                                    ("price_fen__isnull", False),
                                    ("quantity__isnull", False),
                                ),
                                _connector="OR",
                            ),
                            name="talk_offer_is_whole",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("kind", "accept"), _negated=True),
                                ("answers__isnull", False),
                                _connector="OR",
                            ),
                            name="talk_accepts_an_offer",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("by", None), ("side", "nobody")),
                                models.Q(models.Q(("side", "nobody"), _negated=True), ("by__isnull", False)),
                                _connector="OR",
                            ),
                            name="talk_step_by_somebody",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("consent__in", ["", "person", "phone", "written"])),
                            name="talk_consent_known",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("kind", "accept")),
                            fields=("talk",),
                            name="talk_accepted_once",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="DayChange",
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
                            related_name="day_changes",
                            to="orders.order",
                        ),
                    ),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("waiting", "waits for an answer"),
                                ("agreed", "agreed"),
                                ("refused", "not agreed"),
                                ("taken_back", "taken back"),
                            ],
                            default="waiting",
                            max_length=10,
                        ),
                    ),
                    ("day_before", models.DateField(null=True)),
                    ("day", models.DateField(verbose_name="lifting day")),
                    (
                        "side",
                        models.CharField(
                            choices=[
                                ("firm", "nursery firm"),
                                ("household", "household"),
                                ("nobody", "the clock"),
                            ],
                            max_length=10,
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
                    ("at", models.DateTimeField(default=django.utils.timezone.now)),
                    ("why", models.CharField(blank=True, default="", max_length=200)),
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
                        ),
                    ),
                    (
                        "answered_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("answered_at", models.DateTimeField(null=True)),
                    ("key", models.UUIDField()),
                ],
                options={
                    "ordering": ["id"],
                    "constraints": [
                        models.UniqueConstraint(fields=("order", "key"), name="day_change_once_per_form"),
                        models.UniqueConstraint(
                            condition=models.Q(("state", "waiting")),
                            fields=("order",),
                            name="day_change_one_waits",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("state__in", ["waiting", "agreed", "refused", "taken_back"])),
                            name="day_change_state_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("side__in", ["firm", "household"])),
                            name="day_change_of_a_side",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("answered_at", None), ("answered_by", None), ("state", "waiting")),
                                models.Q(
                                    models.Q(("state", "waiting"), _negated=True),
                                    ("answered_at__isnull", False),
                                    ("answered_by__isnull", False),
                                ),
                                _connector="OR",
                            ),
                            name="day_change_answered_by_somebody",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("day_before", None),
                                models.Q(("day", models.F("day_before")), _negated=True),
                                _connector="OR",
                            ),
                            name="day_change_is_another_day",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("consent__in", ["", "person", "phone", "written"])),
                            name="day_change_consent_known",
                        ),
                    ],
                },
            ),
        )
    ]
