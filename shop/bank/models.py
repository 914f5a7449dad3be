"""What a bank says came and went, line by line, and which of it is whose. Amounts in fen."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.personal import EncryptedTextField
from shop.payments.models import Payment, Transfer

# how long a file waits to be taken in
KEPT_DAYS = 14


class BankFile(models.Model):
    """A file of the bank, once. Its content is kept, encrypted, until its lines are taken in."""

    class State(models.TextChoices):
        WAITING = "waiting", _("to be looked at")
        TAKEN = "taken", _("taken in")

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    # sha256 of its bytes
    fingerprint = models.CharField(max_length=64, unique=True, editable=False)
    name = models.CharField(_("file name"), max_length=120)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    # base64
    content = EncryptedTextField(default="", editable=False)
    # the last digits of the own account's number: the file's, or else the cashier's word
    account_tail = models.CharField(max_length=4, blank=True, default="")
    first_on = models.DateField(_("first day"))
    last_on = models.DateField(_("last day"))
    line_count = models.PositiveIntegerField(_("lines"))
    in_fen = models.PositiveBigIntegerField(_("came in"))
    out_fen = models.PositiveBigIntegerField(_("went out"))
    # before its first line and after its last; unknown where the file tells no balances
    opening_fen = models.BigIntegerField(_("opening balance"), null=True)
    closing_fen = models.BigIntegerField(_("closing balance"), null=True)
    # of its lines, those that no file before had
    added = models.PositiveIntegerField(_("new lines"), default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("sent at"), default=timezone.now)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(_("taken in at"), null=True)

    class Meta:
        verbose_name = _("bank file")
        verbose_name_plural = _("bank files")
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", taken_by=None, taken_at=None, added=0)
                | Q(state="taken", taken_by__isnull=False, taken_at__isnull=False, content=""),
                name="bank_file_waits_or_was_taken",
            ),
            models.CheckConstraint(condition=Q(added__lte=F("line_count")), name="bank_file_added_within"),
            models.CheckConstraint(
                condition=Q(opening_fen=None, closing_fen=None)
                | Q(closing_fen=F("opening_fen") + F("in_fen") - F("out_fen")),
                name="bank_file_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("bank:file", args=[self.uuid])


class BankLine(models.Model):
    """One movement on the market's account, as its bank tells it. Its facts never change; what it was for is decided
    once, by `match.py` alone."""

    class State(models.TextChoices):
        NEW = "new", _("to be matched")
        MATCHED = "matched", _("matched")
        ASIDE = "aside", _("set aside")
        OUT = "out", _("went out")

    file = models.ForeignKey(BankFile, models.PROTECT, related_name="lines", verbose_name=_("bank file"))
    # a digest of account and serial number, or of all its facts: the same line of two files is one
    identity = models.CharField(max_length=64, unique=True, editable=False)
    row = models.PositiveIntegerField(_("row"))
    day = models.DateField(_("day"))
    time = models.CharField(max_length=6, blank=True, default="")
    came_in = models.BooleanField()
    amount_fen = models.PositiveBigIntegerField(_("amount"))
    balance_fen = models.BigIntegerField(_("balance"), null=True)
    # a payer may be a person
    payer = EncryptedTextField(_("payer"), blank=True, default="")
    payer_key = models.CharField(max_length=64, blank=True, default="", editable=False)
    payer_tail = models.CharField(max_length=4, blank=True, default="")
    words = EncryptedTextField(_("words"), blank=True, default="")
    serial = models.CharField(_("serial number"), max_length=60, blank=True, default="")
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.NEW)
    # why it is set aside
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided at"), null=True)

    class Meta:
        verbose_name = _("bank line")
        verbose_name_plural = _("bank lines")
        ordering = ["day", "time", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="bank_line_moves_something"),
            models.CheckConstraint(
                condition=Q(came_in=False, state="out")
                | Q(came_in=True, state__in=["new", "matched", "aside"]),
                name="bank_line_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state="aside") & ~Q(reason="") | ~Q(state="aside") & Q(reason=""),
                name="bank_line_aside_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["new", "out"], decided_by=None, decided_at=None)
                | Q(state__in=["matched", "aside"], decided_by__isnull=False, decided_at__isnull=False),
                name="bank_line_decided_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "day"], name="bank_line_by_state"),
            models.Index(fields=["day"], name="bank_line_by_day"),
            models.Index(fields=["payer_key"], condition=~Q(payer_key=""), name="bank_line_by_payer"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """What its transfer is called by: the bank's serial number, or a number of ours."""
        return self.serial or f"YH{self.day:%Y%m%d}-{self.identity[:8].upper()}"

    @property
    def opening_fen(self) -> int | None:
        """The balance before it."""
        if self.balance_fen is None:
            return None
        return self.balance_fen - self.amount_fen if self.came_in else self.balance_fen + self.amount_fen


class Match(models.Model):
    """Whose a line's money is, or a part of it: a unit's transfer, or the payment of one order."""

    line = models.ForeignKey(BankLine, models.PROTECT, related_name="matches")
    transfer = models.OneToOneField(Transfer, models.PROTECT, null=True, related_name="bank_match")
    payment = models.OneToOneField(Payment, models.PROTECT, null=True, related_name="bank_match")
    amount_fen = models.PositiveBigIntegerField(_("amount"))
    # nobody looked: number or name, and amount, said the same
    by_itself = models.BooleanField(default=False)
    # the money was recorded by hand before the bank's file came
    recorded_before = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("match of a bank line")
        verbose_name_plural = _("matches of bank lines")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="bank_match_of_something"),
            models.CheckConstraint(
                condition=Q(transfer__isnull=False, payment=None) | Q(transfer=None, payment__isnull=False),
                name="bank_match_is_one_thing",
            ),
        ]


class ClosedMonth(models.Model):
    """A month that the cashier has gone through and closed, with its figures as they stood then."""

    month = models.DateField(_("month"), unique=True)
    figures = models.JSONField()
    # what was left open, and why
    words = models.CharField(_("words"), max_length=500, blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("closed month")
        verbose_name_plural = _("closed months")
        ordering = ["-month"]
        constraints = [
            models.CheckConstraint(condition=Q(month__day=1), name="closed_month_by_its_first_day"),
        ]
