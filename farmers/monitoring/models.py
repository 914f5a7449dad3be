"""Who may fall back into poverty: income, the yearly line, rules as data, and the warnings 预警 that come of them."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from farmers.registry.models import Household, about_households_of
from marketplace.access.rules import Act, may

from .problem_models import Item as Item
from .problem_models import Problem as Problem
from .problem_models import ProblemStep as ProblemStep

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from marketplace.access.models import User

# bounds of sense: 10 million yuan
MAX_FEN = 1_000_000_000
MOST_MONTHS = 24

# --- income -------------------------------------------------------------------------------------


class YearlyLine(models.Model):
    """The year's income per head, in fen, under which a family is looked at 监测标准线. Added to, never changed.

    The State Council's office for poverty relief and the Ministry of Finance set it at about one and a half times the
    poverty line (国开办发〔2020〕6号, March 2020: 建立防止返贫监测和帮扶机制); each province publishes its own for the year.
    The site brings none: the city enters it with the paper it stands in. Of a year's lines the newest counts.
    """

    year = models.PositiveSmallIntegerField(_("year"))
    line_fen = models.PositiveBigIntegerField(_("yuan per head and year"))
    source = models.CharField(_("source"), max_length=200)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("entered by")
    )
    at = models.DateTimeField(_("entered at"), default=timezone.now)

    class Meta:
        verbose_name = _("yearly line")
        verbose_name_plural = _("yearly lines")
        ordering = ["-year", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(year__range=(2015, 2100), line_fen__gt=0, line_fen__lte=MAX_FEN),
                name="line_of_sense",
            ),
            models.CheckConstraint(condition=~Q(source=""), name="line_has_a_source"),
        ]

    def __str__(self) -> str:
        return str(self.year)


class OtherIncomeQuerySet(models.QuerySet["OtherIncome"]):
    def visible_to(self, user: User | AnonymousUser) -> OtherIncomeQuerySet:
        return self.filter(about_households_of(user)) if may(user, Act.WATCH) else self.none()

    def that_count(self) -> OtherIncomeQuerySet:
        """Those that nothing stands in the place of, and that take nothing back."""
        return self.filter(corrected=None).exclude(corrects__isnull=False, amount_fen=0)


class OtherIncome(models.Model):
    """What a household lives on besides its sales here, or spends so that it may: fen for a span of months.

    Added to, never changed: a correction is a row of its own, which stands in the place of one other. A correction to
    nothing takes it back. Triggers refuse anything else, until the household is being erased.
    """

    class Kind(models.TextChoices):
        WAGE = "wage", _("wages")
        FARM = "farm", _("other sales and trade")
        PROPERTY = "property", _("rent of land, dividends")
        TRANSFER = "transfer", _("allowances, pensions, gifts")
        COST = "cost", _("costs of production")
        BURDEN = "burden", _("unavoidable costs: illness, school, disaster")

    household = models.ForeignKey(
        Household, models.CASCADE, related_name="incomes", verbose_name=_("household")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    amount_fen = models.PositiveBigIntegerField(_("amount in fen"))
    first_month = models.DateField(_("first month"))
    months = models.PositiveSmallIntegerField(_("months"), default=1)
    source = models.CharField(_("where it is known from"), max_length=120)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("entered by")
    )
    at = models.DateTimeField(_("entered at"), default=timezone.now)
    corrects = models.OneToOneField(
        "self", models.CASCADE, null=True, related_name="corrected", verbose_name=_("instead of")
    )
    # the form carries it, so that a form sent twice is one income
    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    objects = OtherIncomeQuerySet.as_manager()

    class Meta:
        verbose_name = _("other income")
        verbose_name_plural = _("other incomes")
        ordering = ["-first_month", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["wage", "farm", "property", "transfer", "cost", "burden"]),
                name="income_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(amount_fen__lte=MAX_FEN, months__range=(1, MOST_MONTHS)), name="income_of_sense"
            ),
            models.CheckConstraint(condition=Q(first_month__day=1), name="income_from_a_first"),
            models.CheckConstraint(condition=~Q(source=""), name="income_has_a_source"),
        ]

    @property
    def signed_fen(self) -> int:
        return -self.amount_fen if self.kind in COSTS else self.amount_fen

    @property
    def last_month(self) -> dt.date:
        """The first day of its last month."""
        number = self.first_month.year * 12 + self.first_month.month - 2 + self.months
        return dt.date(number // 12, number % 12 + 1, 1)


COSTS = (OtherIncome.Kind.COST, OtherIncome.Kind.BURDEN)

# --- rules --------------------------------------------------------------------------------------


class RuleKind(models.TextChoices):
    """What a rule looks at; `rules.py` says how."""

    INCOME = "income", _("income under the line")
    FALL = "fall", _("sales fell against last year's same quarter")
    UNSOLD = "unsold", _("goods unsold for longer than their clock")
    SILENT = "silent", _("no sale for long")


# of each kind, what can be set
PARAMETERS: dict[str, tuple[str, ...]] = {
    RuleKind.INCOME: ("percent", "months"),
    RuleKind.FALL: ("percent", "least_fen"),
    RuleKind.UNSOLD: ("days", "least_fen"),
    RuleKind.SILENT: ("days",),
}


class Rule(models.Model):
    """When somebody has to look at a household. What its kind does not use is null."""

    kind = models.CharField(_("kind"), max_length=8, choices=RuleKind)
    on = models.BooleanField(_("in force"), default=True)
    watched_only = models.BooleanField(
        _("watched households alone"),
        default=False,
        help_text=_("Those with a mark of the three kinds that are watched, in force that day."),
    )
    percent = models.PositiveSmallIntegerField(
        _("percent"),
        null=True,
        blank=True,
        help_text=_("Income: of the line, at which the warning comes (100: the line). Fall: by how much."),
    )
    months = models.PositiveSmallIntegerField(
        _("months"),
        null=True,
        blank=True,
        help_text=_("Income: over how many whole months it is taken and brought to a year."),
    )
    days = models.PositiveSmallIntegerField(
        _("days"),
        null=True,
        blank=True,
        help_text=_("Unsold: for goods that do not spoil, how long on sale. No sale: for how long."),
    )
    least_fen = models.PositiveBigIntegerField(
        _("yuan at least"),
        null=True,
        blank=True,
        help_text=_("Less is not looked at: last year's quarter, or the worth of what is unsold."),
    )
    quiet_days = models.PositiveSmallIntegerField(
        _("quiet days"),
        default=30,
        help_text=_("After a warning was closed, this rule leaves the household alone for so long."),
    )

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="income", percent__range=(1, 500), months__range=(1, 24))
                & Q(days=None, least_fen=None)
                | Q(kind="fall", percent__range=(1, 100), least_fen__range=(1, MAX_FEN))
                & Q(days=None, months=None)
                | Q(kind="unsold", days__range=(1, 1000), least_fen__range=(0, MAX_FEN))
                & Q(percent=None, months=None)
                | Q(kind="silent", days__range=(1, 1000)) & Q(percent=None, months=None, least_fen=None),
                name="rule_has_what_its_kind_needs",
            ),
            models.CheckConstraint(condition=Q(quiet_days__lte=1000), name="rule_quiet_of_sense"),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def parameters(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in PARAMETERS[self.kind]}


# --- warnings -----------------------------------------------------------------------------------


class State(models.TextChoices):
    """Where a warning stands. The allowed steps are in `handle.py`."""

    NEW = "new", pgettext_lazy("warning", "new")
    CHECKED = "checked", pgettext_lazy("warning", "checked")
    MEASURE = "measure", pgettext_lazy("warning", "measure taken")
    CLOSED = "closed", pgettext_lazy("warning", "closed")
    REOPENED = "reopened", pgettext_lazy("warning", "re-opened")


class WarningQuerySet(models.QuerySet["Warning"]):
    def visible_to(self, user: User | AnonymousUser) -> WarningQuerySet:
        """The warnings this person may read and handle: the own villages', the city's office all."""
        return self.filter(about_households_of(user)) if may(user, Act.WATCH) else self.none()

    def open(self) -> WarningQuerySet:
        return self.exclude(state=State.CLOSED)

    def overdue(self, day: dt.date) -> WarningQuerySet:
        return self.filter(due_on__lt=day)


class Warning(models.Model):
    """A rule's finding about a household, with the evidence as it was that day. Handled by `handle.py` alone.

    `evidence`: the figures, the ids of the entries or lots they come from, the rule's parameters. Frozen by triggers.
    """

    household = models.ForeignKey(
        Household, models.CASCADE, related_name="warnings", verbose_name=_("household")
    )
    rule = models.ForeignKey(Rule, models.PROTECT, related_name="warnings", verbose_name=_("rule"))
    kind = models.CharField(_("kind"), max_length=8, choices=RuleKind)
    evidence = models.JSONField(_("evidence"), encoder=DjangoJSONEncoder)
    raised_at = models.DateTimeField(_("raised at"), default=timezone.now)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.NEW)
    # of the next step; a closed one has none
    due_on = models.DateField(_("due on"), null=True)
    moved_at = models.DateTimeField(_("last step at"), default=timezone.now)

    objects = WarningQuerySet.as_manager()

    class Meta:
        verbose_name = _("warning")
        verbose_name_plural = _("warnings")
        ordering = [F("due_on").asc(nulls_last=True), "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["household", "rule"],
                condition=~Q(state="closed"),
                name="warning_one_open_of_household_and_rule",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", due_on=None)
                | Q(state__in=["new", "checked", "measure", "reopened"], due_on__isnull=False),
                name="warning_open_is_due",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["income", "fall", "unsold", "silent"]), name="warning_kind_known"
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="warning_by_due")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("monitoring:warning", args=[self.pk])

    def is_overdue(self, day: dt.date) -> bool:
        return self.due_on is not None and self.due_on < day

    @property
    def found(self) -> str:
        """The finding in one line."""
        from .shown import summary

        return summary(self)


class CloseReason(models.TextChoices):
    NO_RISK = "no_risk", _("looked at: there is no risk")
    LIFTED = "lifted", _("the risk is gone")
    LEFT = "left", _("the family moved, or nobody is left")


class Step(models.Model):
    """One step of a warning: by whom, when, in which words. Never changed; goes only when the household is erased."""

    warning = models.ForeignKey(Warning, models.CASCADE, related_name="steps", verbose_name=_("warning"))
    from_state = models.CharField(max_length=8, choices=State)
    to_state = models.CharField(_("state"), max_length=8, choices=State)
    reason = models.CharField(_("reason"), max_length=8, choices=CloseReason, blank=True, default="")
    words = models.CharField(_("in words"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)
    # the form carries it, so that a form sent twice is one step
    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    class Meta:
        verbose_name = _("step of a warning")
        verbose_name_plural = _("steps of warnings")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="warning_step_says_something"),
            models.CheckConstraint(
                condition=Q(to_state="closed", reason__in=["no_risk", "lifted", "left"])
                | (~Q(to_state="closed") & Q(reason="")),
                name="warning_closed_with_a_reason",
            ),
        ]
