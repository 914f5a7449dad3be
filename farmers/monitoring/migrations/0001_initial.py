import uuid

import django.core.serializers.json
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

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
                name="Problem",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("title", models.CharField(max_length=80, verbose_name="problem")),
                    (
                        "words",
                        models.CharField(blank=True, default="", max_length=500, verbose_name="in words"),
                    ),
                    (
                        "town",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="registry.town",
                            verbose_name="town",
                        ),
                    ),
                    (
                        "warning",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="problems",
                            to="monitoring.warning",
                            verbose_name="warning",
                        ),
                    ),
                    ("leader", models.CharField(max_length=40, verbose_name="leader in charge")),
                    ("department", models.CharField(max_length=60, verbose_name="lead department")),
                    ("team", models.CharField(max_length=200, verbose_name="team")),
                    ("due_on", models.DateField(verbose_name="due on")),
                    (
                        "state",
                        models.CharField(
                            choices=[("open", "open"), ("closed", "closed")],
                            default="open",
                            max_length=6,
                            verbose_name="state",
                        ),
                    ),
                    (
                        "result",
                        models.CharField(blank=True, default="", max_length=500, verbose_name="result"),
                    ),
                    (
                        "opened_at",
                        models.DateTimeField(default=django.utils.timezone.now, verbose_name="opened at"),
                    ),
                    ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ],
                options={
                    "verbose_name": "problem",
                    "verbose_name_plural": "problems",
                    "ordering": ["-state", "due_on", "id"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("title", ""), _negated=True),
                                models.Q(("leader", ""), _negated=True),
                                models.Q(("department", ""), _negated=True),
                                models.Q(("team", ""), _negated=True),
                            ),
                            name="problem_has_its_four_ones",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("state", "open"),
                                models.Q(("state", "closed"), models.Q(("result", ""), _negated=True)),
                                _connector="OR",
                            ),
                            name="problem_closed_with_a_result",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Item",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "problem",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="items",
                            to="monitoring.problem",
                            verbose_name="problem",
                        ),
                    ),
                    (
                        "list",
                        models.CharField(
                            choices=[
                                ("problem", "list of problems"),
                                ("duty", "list of duties"),
                                ("mending", "list of mending"),
                                ("result", "list of results"),
                            ],
                            max_length=8,
                            verbose_name="list",
                        ),
                    ),
                    ("words", models.CharField(max_length=200, verbose_name="what is to be done")),
                    (
                        "whose",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="whose",
                        ),
                    ),
                    ("due_on", models.DateField(blank=True, null=True, verbose_name="due on")),
                    ("ticked_at", models.DateTimeField(null=True, verbose_name="ticked off at")),
                    (
                        "ticked_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="ticked off by",
                        ),
                    ),
                    ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ],
                options={
                    "verbose_name": "item of a problem",
                    "verbose_name_plural": "items of problems",
                    "ordering": ["id"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("ticked_at", None), ("ticked_by", None)),
                                models.Q(("ticked_at__isnull", False), ("ticked_by__isnull", False)),
                                _connector="OR",
                            ),
                            name="item_ticked_by_somebody",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("list__in", ["problem", "duty", "mending", "result"]),
                                models.Q(("words", ""), _negated=True),
                            ),
                            name="item_list_known",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ProblemStep",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "problem",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="steps",
                            to="monitoring.problem",
                            verbose_name="problem",
                        ),
                    ),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("opened", "opened"),
                                ("added", "item added"),
                                ("ticked", "item ticked off"),
                                ("unticked", "tick taken back"),
                                ("closed", "closed"),
                                ("reopened", "re-opened"),
                            ],
                            max_length=8,
                            verbose_name="step",
                        ),
                    ),
                    (
                        "item",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="steps",
                            to="monitoring.item",
                            verbose_name="item of a problem",
                        ),
                    ),
                    (
                        "words",
                        models.CharField(blank=True, default="", max_length=500, verbose_name="in words"),
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
                    "verbose_name": "step of a problem",
                    "verbose_name_plural": "steps of problems",
                    "ordering": ["id"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("item", None), ("kind__in", ["opened", "closed", "reopened"])),
                                models.Q(
                                    ("item__isnull", False), ("kind__in", ["added", "ticked", "unticked"])
                                ),
                                _connector="OR",
                            ),
                            name="problem_step_is_of_an_item_or_not",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="YearlyLine",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                    ("line_fen", models.PositiveBigIntegerField(verbose_name="yuan per head and year")),
                    ("source", models.CharField(max_length=200, verbose_name="source")),
                    (
                        "by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="entered by",
                        ),
                    ),
                    (
                        "at",
                        models.DateTimeField(default=django.utils.timezone.now, verbose_name="entered at"),
                    ),
                ],
                options={
                    "verbose_name": "yearly line",
                    "verbose_name_plural": "yearly lines",
                    "ordering": ["-year", "-id"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("line_fen__gt", 0),
                                ("line_fen__lte", 1000000000),
                                ("year__range", (2015, 2100)),
                            ),
                            name="line_of_sense",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("source", ""), _negated=True), name="line_has_a_source"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="OtherIncome",
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
                            related_name="incomes",
                            to="registry.household",
                            verbose_name="household",
                        ),
                    ),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("wage", "wages"),
                                ("farm", "other sales and trade"),
                                ("property", "rent of land, dividends"),
                                ("transfer", "allowances, pensions, gifts"),
                                ("cost", "costs of production"),
                                ("burden", "unavoidable costs: illness, school, disaster"),
                            ],
                            max_length=8,
                            verbose_name="kind",
                        ),
                    ),
                    ("amount_fen", models.PositiveBigIntegerField(verbose_name="amount in fen")),
                    ("first_month", models.DateField(verbose_name="first month")),
                    ("months", models.PositiveSmallIntegerField(default=1, verbose_name="months")),
                    ("source", models.CharField(max_length=120, verbose_name="where it is known from")),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="entered by",
                        ),
                    ),
                    (
                        "at",
                        models.DateTimeField(default=django.utils.timezone.now, verbose_name="entered at"),
                    ),
                    (
                        "corrects",
                        models.OneToOneField(
                            null=True,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="corrected",
                            to="monitoring.otherincome",
                            verbose_name="instead of",
                        ),
                    ),
                    ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ],
                options={
                    "verbose_name": "other income",
                    "verbose_name_plural": "other incomes",
                    "ordering": ["-first_month", "-id"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("kind__in", ["wage", "farm", "property", "transfer", "cost", "burden"])
                            ),
                            name="income_kind_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("amount_fen__lte", 1000000000), ("months__range", (1, 24))),
                            name="income_of_sense",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("first_month__day", 1)), name="income_from_a_first"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("source", ""), _negated=True), name="income_has_a_source"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Rule",
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
                                ("income", "income under the line"),
                                ("fall", "sales fell against last year's same quarter"),
                                ("unsold", "goods unsold for longer than their clock"),
                                ("silent", "no sale for long"),
                            ],
                            max_length=8,
                            verbose_name="kind",
                        ),
                    ),
                    ("on", models.BooleanField(default=True, verbose_name="in force")),
                    (
                        "watched_only",
                        models.BooleanField(
                            default=False,
                            help_text="Those with a mark of the three kinds that are watched, in force that day.",
                            verbose_name="watched households alone",
                        ),
                    ),
                    (
                        "percent",
                        models.PositiveSmallIntegerField(
                            blank=True,
                            help_text="Income: of the line, at which the warning comes (100: the line). Fall: by how much.",
                            null=True,
                            verbose_name="percent",
                        ),
                    ),
                    (
                        "months",
                        models.PositiveSmallIntegerField(
                            blank=True,
                            help_text="Income: over how many whole months it is taken and brought to a year.",
                            null=True,
                            verbose_name="months",
                        ),
                    ),
                    (
                        "days",
                        models.PositiveSmallIntegerField(
                            blank=True,
                            help_text="Unsold: for goods that do not spoil, how long on sale. No sale: for how long.",
                            null=True,
                            verbose_name="days",
                        ),
                    ),
                    (
                        "least_fen",
                        models.PositiveBigIntegerField(
                            blank=True,
                            help_text="Less is not looked at: last year's quarter, or the worth of what is unsold.",
                            null=True,
                            verbose_name="yuan at least",
                        ),
                    ),
                    (
                        "quiet_days",
                        models.PositiveSmallIntegerField(
                            default=30,
                            help_text="After a warning was closed, this rule leaves the household alone for so long.",
                            verbose_name="quiet days",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "rule",
                    "verbose_name_plural": "rules",
                    "ordering": ["id"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("kind", "income"),
                                    ("months__range", (1, 24)),
                                    ("percent__range", (1, 500)),
                                    ("days", None),
                                    ("least_fen", None),
                                ),
                                models.Q(
                                    ("kind", "fall"),
                                    ("least_fen__range", (1, 1000000000)),
                                    ("percent__range", (1, 100)),
                                    ("days", None),
                                    ("months", None),
                                ),
                                models.Q(
                                    ("days__range", (1, 1000)),
                                    ("kind", "unsold"),
                                    ("least_fen__range", (0, 1000000000)),
                                    ("months", None),
                                    ("percent", None),
                                ),
                                models.Q(
                                    ("days__range", (1, 1000)),
                                    ("kind", "silent"),
                                    ("least_fen", None),
                                    ("months", None),
                                    ("percent", None),
                                ),
                                _connector="OR",
                            ),
                            name="rule_has_what_its_kind_needs",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("quiet_days__lte", 1000)), name="rule_quiet_of_sense"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Warning",
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
                            related_name="warnings",
                            to="registry.household",
                            verbose_name="household",
                        ),
                    ),
                    (
                        "rule",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="warnings",
                            to="monitoring.rule",
                            verbose_name="rule",
                        ),
                    ),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("income", "income under the line"),
                                ("fall", "sales fell against last year's same quarter"),
                                ("unsold", "goods unsold for longer than their clock"),
                                ("silent", "no sale for long"),
                            ],
                            max_length=8,
                            verbose_name="kind",
                        ),
                    ),
                    (
                        "evidence",
                        models.JSONField(
                            encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="evidence"
                        ),
                    ),
                    (
                        "raised_at",
                        models.DateTimeField(default=django.utils.timezone.now, verbose_name="raised at"),
                    ),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("new", "new"),
                                ("checked", "checked"),
                                ("measure", "measure taken"),
                                ("closed", "closed"),
                                ("reopened", "re-opened"),
                            ],
                            default="new",
                            max_length=8,
                            verbose_name="state",
                        ),
                    ),
                    ("due_on", models.DateField(null=True, verbose_name="due on")),
                    (
                        "moved_at",
                        models.DateTimeField(default=django.utils.timezone.now, verbose_name="last step at"),
                    ),
                ],
                options={
                    "verbose_name": "warning",
                    "verbose_name_plural": "warnings",
                    "ordering": [models.OrderBy(models.F("due_on"), nulls_last=True), "id"],
                    "indexes": [models.Index(fields=["state", "due_on"], name="warning_by_due")],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("state", "closed"), _negated=True),
                            fields=("household", "rule"),
                            name="warning_one_open_of_household_and_rule",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("due_on", None), ("state", "closed")),
                                models.Q(
                                    ("due_on__isnull", False),
                                    ("state__in", ["new", "checked", "measure", "reopened"]),
                                ),
                                _connector="OR",
                            ),
                            name="warning_open_is_due",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("kind__in", ["income", "fall", "unsold", "silent"])),
                            name="warning_kind_known",
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
                        "warning",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="steps",
                            to="monitoring.warning",
                            verbose_name="warning",
                        ),
                    ),
                    (
                        "from_state",
                        models.CharField(
                            choices=[
                                ("new", "new"),
                                ("checked", "checked"),
                                ("measure", "measure taken"),
                                ("closed", "closed"),
                                ("reopened", "re-opened"),
                            ],
                            max_length=8,
                        ),
                    ),
                    (
                        "to_state",
                        models.CharField(
                            choices=[
                                ("new", "new"),
                                ("checked", "checked"),
                                ("measure", "measure taken"),
                                ("closed", "closed"),
                                ("reopened", "re-opened"),
                            ],
                            max_length=8,
                            verbose_name="state",
                        ),
                    ),
                    (
                        "reason",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("no_risk", "looked at: there is no risk"),
                                ("lifted", "the risk is gone"),
                                ("left", "the family moved, or nobody is left"),
                            ],
                            default="",
                            max_length=8,
                            verbose_name="reason",
                        ),
                    ),
                    ("words", models.CharField(max_length=300, verbose_name="in words")),
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
                    ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ],
                options={
                    "verbose_name": "step of a warning",
                    "verbose_name_plural": "steps of warnings",
                    "ordering": ["id"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("words", ""), _negated=True),
                            name="warning_step_says_something",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("reason__in", ["no_risk", "lifted", "left"]), ("to_state", "closed")
                                ),
                                models.Q(models.Q(("to_state", "closed"), _negated=True), ("reason", "")),
                                _connector="OR",
                            ),
                            name="warning_closed_with_a_reason",
                        ),
                    ],
                },
            ),
        )
    ]
