"""What a unit files each year of its canteen's budget, and which citizens' purchases count for a unit."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .quota import MAX_BUDGET_FEN, reserved_fen


class CanteenBudget(models.Model):
    """One filing 食堂预算填报: a year's food budget and the share of it that is kept for poor households' produce.

    Its figures never change, and once it is decided nothing of it does: triggers refuse it. A new filing is a new
    version. Written by `budgets.py` alone.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting to be checked")
        CHECKED = "checked", _("checked")
        SENT_BACK = "sent_back", _("sent back")
        REPLACED = "replaced", _("replaced by a newer filing")

    organisation = models.ForeignKey(
        "buyers.BuyerOrganisation", models.PROTECT, related_name="budgets", verbose_name=_("organisation")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    version = models.PositiveSmallIntegerField(_("version"))
    budget_fen = models.PositiveBigIntegerField(_("food budget, in fen"))
    reserved_percent = models.PositiveSmallIntegerField(_("reserved share, in percent"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("filed by")
    )
    filed_at = models.DateTimeField(_("filed at"), default=timezone.now)
    # whoever checked it, sent it back, or replaced it by a newer one
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    reason = models.CharField(_("why it was sent back"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("canteen budget")
        verbose_name_plural = _("canteen budgets")
        ordering = ["organisation", "-year", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "year", "version"], name="budget_version_once_a_year"
            ),
            models.UniqueConstraint(
                fields=["organisation", "year"],
                condition=Q(state="waiting"),
                name="budget_one_waits_to_be_checked",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "checked", "sent_back", "replaced"]),
                name="budget_state_known",
            ),
            models.CheckConstraint(
                condition=Q(budget_fen__gt=0, budget_fen__lte=MAX_BUDGET_FEN),
                name="budget_more_than_nothing",
            ),
            models.CheckConstraint(
                condition=Q(reserved_percent__gte=1, reserved_percent__lte=100),
                name="budget_share_is_a_percentage",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_by=None, decided_at=None)
                | (~Q(state="waiting") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="budget_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=(Q(state="sent_back") & ~Q(reason="")) | (~Q(state="sent_back") & Q(reason="")),
                name="budget_sent_back_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "replaced"]) | ~Q(decided_by=F("filed_by")),
                name="budget_not_checked_by_who_filed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.year} v{self.version}"

    @property
    def reserved_fen(self) -> int:
        return reserved_fen(self.budget_fen, self.reserved_percent)


class CreditedOrder(models.Model):
    """A citizen's order that counts for a unit, because its buyer said so.

    Which orders may be credited is known where orders are: written by `shop/orders/credit.py` alone.
    """

    class Kind(models.TextChoices):
        STAFF = "staff", _("as one of its staff")
        UNION = "union", _("for its trade union")

    order_number = models.CharField(_("order"), max_length=20, unique=True)
    organisation = models.ForeignKey(
        "buyers.BuyerOrganisation",
        models.PROTECT,
        related_name="credited_orders",
        verbose_name=_("organisation"),
    )
    kind = models.CharField(_("how it counts"), max_length=6, choices=Kind)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("purchase that counts for a unit")
        verbose_name_plural = _("purchases that count for units")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["staff", "union"]), name="credit_kind_known")
        ]

    def __str__(self) -> str:
        return self.order_number
