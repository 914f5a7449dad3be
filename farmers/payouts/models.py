"""Paying households 结算付款: runs, what each pays to whom, and the ledger entries it pays for. Amounts in fen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from farmers.ledger.models import Entry
from farmers.registry.models import Household, about_households_of
from marketplace.personal import EncryptedTextField

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from marketplace.access.models import User


class PayoutRun(models.Model):
    """One round of paying 付款批次: made by one person, released by another, sent to the bank, settled by its answer.

    Written by `make.py`, `send.py` and `settle.py` alone; triggers (see `frozen.py`) keep what it was made as.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("to be released")
        RELEASED = "released", _("released")
        SENT = "sent", _("at the bank")
        SETTLED = "settled", _("settled")
        DROPPED = "dropped", _("thrown away")

    number = models.CharField(_("number"), max_length=20, unique=True)
    # the cashier's form carries it, so that a form sent twice is one run
    key = models.UUIDField(unique=True, editable=False)
    up_to = models.DateField(_("up to"))  # the last ledger day that it pays
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.DRAFT)
    amount_fen = models.PositiveBigIntegerField(_("amount"))
    payout_count = models.PositiveIntegerField(_("payouts"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("released by")
    )
    released_at = models.DateTimeField(_("released at"), null=True)
    # when the bank's file was first taken
    sent_at = models.DateTimeField(_("sent at"), null=True)
    settled_at = models.DateTimeField(_("settled at"), null=True)

    class Meta:
        verbose_name = _("payout run")
        verbose_name_plural = _("payout runs")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "released", "sent", "settled", "dropped"]),
                name="payout_run_state_known",
            ),
            models.CheckConstraint(
                condition=Q(released_by=None) | ~Q(released_by=F("made_by")), name="payout_run_takes_two"
            ),
            models.CheckConstraint(
                condition=Q(released_by=None, released_at=None, state__in=["draft", "dropped"])
                | Q(released_by__isnull=False, released_at__isnull=False) & ~Q(state="draft"),
                name="payout_run_released_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(amount_fen__gt=0, payout_count__gt=0), name="payout_run_pays_something"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("payouts:run", args=[self.number])


class PayoutQuerySet(models.QuerySet["Payout"]):
    def visible_to(self, user: User | AnonymousUser) -> PayoutQuerySet:
        """The payouts this person may open: all for the city, the own villages' for an officer, the own for a seller."""
        return self.filter(about_households_of(user))

    def live(self) -> PayoutQuerySet:
        """Paid, or on their way: their entries are in no other payout."""
        return self.filter(state__in=LIVE)


class Payout(models.Model):
    """What one run pays to one household. Its sum, lines and account never change."""

    class Way(models.TextChoices):
        BANK = "bank", _("by bank")
        CASH = "cash", _("in cash")

    class State(models.TextChoices):
        WAITING = "waiting", _("on its way")
        PAID = "paid", _("paid")
        FAILED = "failed", _("failed")
        DROPPED = "dropped", _("thrown away")

    run = models.ForeignKey(PayoutRun, models.PROTECT, related_name="payouts", db_index=False)
    position = models.PositiveIntegerField(_("No."))
    household = models.ForeignKey(
        Household, models.PROTECT, related_name="payouts", verbose_name=_("household")
    )
    way = models.CharField(_("way"), max_length=4, choices=Way)
    # as it was when the run was made; empty for cash. Its last four digits are what people compare
    account = EncryptedTextField(_("bank account"), blank=True, default="")
    account_tail = models.CharField(max_length=4, blank=True, default="")
    # whose account it is, as it was then: the bank's file says the same whenever it is taken
    name = models.CharField(_("account holder"), max_length=40)
    amount_fen = models.PositiveBigIntegerField(_("amount"))
    line_count = models.PositiveIntegerField(_("lines"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    # why it failed
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="")
    # of cash: the number in the cashier's book
    receipt = models.CharField(_("receipt number"), max_length=60, blank=True, default="")
    ended_at = models.DateTimeField(_("ended at"), null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = PayoutQuerySet.as_manager()

    class Meta:
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        ordering = ["run", "position"]
        constraints = [
            models.UniqueConstraint(fields=["run", "position"], name="payout_in_its_place"),
            models.UniqueConstraint(fields=["run", "household"], name="payout_once_in_a_run"),
            models.UniqueConstraint(fields=["receipt"], condition=~Q(receipt=""), name="payout_receipt_once"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="payout_more_than_nothing"),
            models.CheckConstraint(condition=Q(position__gt=0, line_count__gt=0), name="payout_has_lines"),
            models.CheckConstraint(
                condition=Q(way="bank") & ~Q(account_tail="") & Q(receipt="")
                | Q(way="cash", account_tail="") & (~Q(state="paid") | ~Q(receipt="")),
                name="payout_way_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "paid", "dropped"], reason="")
                | Q(state="failed") & ~Q(reason=""),
                name="payout_fails_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", ended_at=None) | ~Q(state="waiting") & Q(ended_at__isnull=False),
                name="payout_ends_at_a_moment",
            ),
        ]

    @property
    def number(self) -> str:
        return f"{self.run.number}-{self.position:04}"


LIVE = (Payout.State.WAITING, Payout.State.PAID)
# how the key of the posting ends that takes back a payout's
RETURNED = ":returned"


class PayoutLine(models.Model):
    """One ledger entry that a payout pays; a reversal, below nothing, is taken off. Never changed.

    `live` ends when the payout failed or was thrown away, and the entry may be paid by another.
    """

    payout = models.ForeignKey(Payout, models.PROTECT, related_name="lines", db_index=False)
    position = models.PositiveIntegerField()
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="payout_lines")
    amount_fen = models.BigIntegerField(_("amount"))
    live = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("payout line")
        verbose_name_plural = _("payout lines")
        ordering = ["payout", "position"]
        constraints = [
            models.UniqueConstraint(fields=["payout", "position"], name="payout_line_in_its_place"),
            models.UniqueConstraint(fields=["entry"], condition=Q(live=True), name="payout_entry_paid_once"),
            models.CheckConstraint(condition=Q(position__gt=0), name="payout_line_counts_from_one"),
        ]
