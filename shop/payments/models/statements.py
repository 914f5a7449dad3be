"""Monthly statements, their lines and payments, what the bookkeeper says of them, and links to pay them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from farmers.ledger.models import Entry
from marketplace.access.rules import Act, may
from marketplace.quantity import Unit
from shop.buyers.models import BuyerOrganisation
from shop.orders.models import Order, OrderLine

from .money import Payment, Refund, Transfer

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from marketplace.access.models import User


class StatementQuerySet(models.QuerySet["Statement"]):
    def visible_to(self, user: User | AnonymousUser) -> StatementQuerySet:
        """The statements this person may open: the own unit's; all of them for city and cashier."""
        if not user.is_authenticated:
            return self.none()
        if may(user, Act.SEE_CITY):
            return self
        if may(user, Act.SEE_UNIT_ORDERS):
            return self.filter(organisation__members__user=user)
        return self.none()


class Statement(models.Model):
    """What a unit bought on account in a month 对账单, and what it owes at the month's end.

    Written by `statements.py` alone. Frozen once issued: triggers (see `frozen.py`) let nothing but its
    closing change, and no line be added; what was wrong is put right in the next month's.
    """

    number = models.CharField(_("number"), max_length=20, unique=True)
    organisation = models.ForeignKey(
        BuyerOrganisation, models.PROTECT, related_name="statements", verbose_name=_("organisation")
    )
    # its first day; the month is a Shanghai month
    period = models.DateField(_("month"))
    opening_fen = models.BigIntegerField(_("opening balance"))
    accepted_fen = models.BigIntegerField(_("accepted"))
    returned_fen = models.BigIntegerField(_("returned"))
    # what came in less what went back
    paid_fen = models.BigIntegerField(_("paid"))
    closing_fen = models.BigIntegerField(_("closing balance"))
    line_count = models.PositiveIntegerField(_("lines"))
    credit_count = models.PositiveIntegerField(_("payments"))
    due_on = models.DateField(_("to be paid by"))
    issued_at = models.DateTimeField(_("issued at"))
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = StatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        ordering = ["-period", "organisation"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "period"], name="statement_once_a_month"),
            models.CheckConstraint(
                condition=Q(
                    closing_fen=F("opening_fen") + F("accepted_fen") - F("returned_fen") - F("paid_fen")
                ),
                name="statement_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(accepted_fen__gte=0, returned_fen__gte=0), name="statement_sums_not_below_nothing"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="statement_closed_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["due_on"], name="statement_by_due_day")]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("statement", args=[self.number])


class PayLink(models.Model):
    """A page of the payment service on which a statement is paid. What comes there is a transfer of the unit."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        PAID = "paid", _("paid")
        CLOSED = "closed", _("closed")

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="links")
    # the provider's own id; until it is known, the key we asked with
    reference = models.CharField(max_length=120, unique=True)
    amount_fen = models.PositiveBigIntegerField(_("amount"))
    state = models.CharField(max_length=6, choices=State, default=State.OPEN)
    url = models.URLField(max_length=2000, blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("payment link")
        verbose_name_plural = _("payment links")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["statement"], condition=Q(state="open"), name="pay_link_open_once_a_statement"
            ),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="pay_link_amount_positive"),
        ]


class StatementLine(models.Model):
    """A copy of one ledger entry: goods accepted, or (below nothing) taken back. No entry stands on two."""

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="lines", db_index=False)
    position = models.PositiveIntegerField()
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="+")
    order_line = models.ForeignKey(OrderLine, models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, models.PROTECT, related_name="+")
    order_number = models.CharField(_("order"), max_length=20)
    day = models.DateField(_("day"))
    product_name = models.CharField(_("product"), max_length=60)
    product_name_en = models.CharField(max_length=80, blank=True)
    # masked, and empty where the household has not agreed to be named
    household_name = models.CharField(_("household"), max_length=40, blank=True)
    village_name = models.CharField(_("village"), max_length=60)
    village_name_en = models.CharField(max_length=80, blank=True)
    town_name = models.CharField(_("town"), max_length=40)
    town_name_en = models.CharField(max_length=60, blank=True)
    quantity = models.BigIntegerField(_("quantity"))
    unit = models.CharField(_("unit"), max_length=8, choices=Unit)
    unit_size = models.PositiveIntegerField()
    price_fen = models.BigIntegerField(_("price"))
    amount_fen = models.BigIntegerField(_("amount"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("statement line")
        verbose_name_plural = _("statement lines")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["statement", "position"], name="statement_line_in_its_place"),
            models.CheckConstraint(condition=Q(position__gt=0), name="statement_line_counts_from_one"),
        ]

    @property
    def is_return(self) -> bool:
        return self.quantity < 0


class StatementCredit(models.Model):
    """A copy of money that came in on account or (below nothing) went back. None of it stands on two statements."""

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="credits", db_index=False)
    position = models.PositiveIntegerField()
    transfer = models.OneToOneField(Transfer, models.PROTECT, null=True, related_name="+")
    payment = models.OneToOneField(Payment, models.PROTECT, null=True, related_name="+")
    refund = models.OneToOneField(Refund, models.PROTECT, null=True, related_name="+")
    day = models.DateField(_("day"))
    reference = models.CharField(_("reference"), max_length=120)
    # the order it was for; a bank transfer is for many
    order_number = models.CharField(_("order"), max_length=20, blank=True)
    amount_fen = models.BigIntegerField(_("amount"))

    class Meta:
        verbose_name = _("payment on a statement")
        verbose_name_plural = _("payments on a statement")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["statement", "position"], name="statement_credit_in_its_place"),
            models.CheckConstraint(condition=Q(position__gt=0), name="statement_credit_counts_from_one"),
            models.CheckConstraint(
                condition=Q(transfer__isnull=False, payment=None, refund=None)
                | Q(transfer=None, payment__isnull=False, refund=None)
                | Q(transfer=None, payment=None, refund__isnull=False),
                name="statement_credit_is_one_thing",
            ),
        ]


class Tick(models.Model):
    """What the bookkeeper says of a line 逐条对账. A line without one is open. Written by `ticks.py` alone."""

    class State(models.TextChoices):
        AGREED = "agreed", _("agreed")
        DISPUTED = "disputed", _("disputed")

    line = models.OneToOneField(StatementLine, models.PROTECT, related_name="tick")
    state = models.CharField(_("state"), max_length=8, choices=State)
    words = models.CharField(_("what is wrong"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("tick")
        verbose_name_plural = _("ticks")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["agreed", "disputed"]), name="tick_state_known"),
            models.CheckConstraint(
                condition=~Q(state="disputed") | ~Q(words=""), name="tick_disputed_in_words"
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_by=None, answered_at=None)
                | (~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
                name="tick_answered_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["line"], condition=Q(state="disputed", answer=""), name="tick_waiting_for_answer"
            )
        ]
