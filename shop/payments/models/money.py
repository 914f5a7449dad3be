"""Money that comes in for orders and goes back, and each word of a payment provider. Amounts in fen."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from shop.buyers.models import BuyerOrganisation
from shop.orders.models import Order


class Provider(models.TextChoices):
    """How money comes and goes."""

    STRIPE = "stripe", "Stripe"
    CASH = "cash", _("cash on delivery")
    TRANSFER = "transfer", _("bank transfer")
    # paid too much for another order of the unit, and counted for this one instead of sent back
    SET_OFF = "set_off", _("set off")


class Transfer(models.Model):
    """Money that a unit sent, by bank or through a statement's payment link: shared out over its orders by
    `transfers.py`, the rest kept as its credit."""

    organisation = models.ForeignKey(
        BuyerOrganisation, models.PROTECT, related_name="transfers", verbose_name=_("organisation")
    )
    # the cashier's form carries it, so that a form sent twice is one transfer
    key = models.UUIDField(unique=True, editable=False)
    reference = models.CharField(_("reference"), max_length=120, unique=True)
    provider = models.CharField(_("provider"), max_length=10, choices=Provider, default=Provider.TRANSFER)
    # what the provider calls the money itself, to give it back by
    intent = models.CharField(max_length=120, blank=True, default="")
    amount_fen = models.PositiveBigIntegerField(_("amount"))
    # what no order has taken yet
    left_fen = models.PositiveBigIntegerField(_("still to match"))
    came_on = models.DateField(_("came on"))
    # nobody: the provider told us
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("recorded at"), default=timezone.now)

    class Meta:
        verbose_name = _("bank transfer")
        verbose_name_plural = _("bank transfers")
        ordering = ["came_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="transfer_amount_positive"),
            models.CheckConstraint(condition=Q(left_fen__lte=F("amount_fen")), name="transfer_left_within"),
            models.CheckConstraint(
                condition=Q(provider="transfer", by__isnull=False) | Q(provider="stripe"),
                name="transfer_by_bank_or_link",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation"], condition=Q(left_fen__gt=0), name="transfer_to_match")
        ]

    def __str__(self) -> str:
        return self.reference


# what the reference of cash that an officer took at a door begins with
DOOR = "door:"


class HandIn(models.Model):
    """Cash that an officer took at doors and a cashier has counted 交款. Its payments name it, and are its sum.

    Written by `door.py` alone. Never changed, never deleted, and its payments stay in it: triggers (see `counted.py`).
    """

    # the cashier's form carries it, so that a form sent twice is one hand-in
    key = models.UUIDField(unique=True, editable=False)
    # as it is in the cashier's book
    receipt = models.CharField(_("receipt number"), max_length=120, unique=True)
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("officer")
    )
    # nobody: handed in before these were kept, and the books do not say who counted
    cashier = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("cashier")
    )
    amount_fen = models.PositiveBigIntegerField(_("amount"))
    at = models.DateTimeField(_("recorded at"), default=timezone.now)

    class Meta:
        verbose_name = _("hand-in")
        verbose_name_plural = _("hand-ins")
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="hand_in_amount_positive"),
            models.CheckConstraint(condition=~Q(receipt=""), name="hand_in_has_a_receipt"),
        ]

    def __str__(self) -> str:
        return self.receipt


class Payment(models.Model):
    """One attempt to pay one order, or cash taken for it. The order's row lock guards its payments too."""

    Provider = Provider

    class State(models.TextChoices):
        STARTED = "started", _("started")
        PENDING = "pending", _("on its way")  # the buyer has paid, the money has yet to come
        PAID = "paid", _("paid")
        FAILED = "failed", _("failed")
        TO_REFUND = "to_refund", _("to be given back")
        DIFFERS = "differs", _("amount differs")  # money that came, and is not what was asked for

    order = models.ForeignKey(Order, models.PROTECT, related_name="payments", verbose_name=_("order"))
    provider = models.CharField(_("provider"), max_length=10, choices=Provider)
    # the provider's own id (until it is known, the key we asked with), or the receipt's number
    reference = models.CharField(_("reference"), max_length=120)
    # what the provider calls the money itself, once it knows: refunds and disputes name it
    intent = models.CharField(max_length=120, blank=True, default="")
    # the part of a unit's bank transfer that this is
    transfer = models.ForeignKey(
        Transfer, models.PROTECT, null=True, related_name="payments", verbose_name=_("bank transfer")
    )
    # cash from a door: what it was brought to the cashier with. Nothing while its officer has it in hand
    hand_in = models.ForeignKey(
        HandIn, models.PROTECT, null=True, related_name="payments", verbose_name=_("hand-in")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.STARTED)
    amount_fen = models.PositiveBigIntegerField(_("amount"))
    # what really came; nothing while it has not, or when it is in a currency that is not counted here
    received_fen = models.PositiveBigIntegerField(_("received"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True, default="")
    url = models.URLField(max_length=2000, blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField(_("started at"), default=timezone.now)
    # the provider takes the money until then
    expires_at = models.DateTimeField(_("open until"), null=True, blank=True)
    paid_at = models.DateTimeField(_("paid at"), null=True, blank=True)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["provider", "reference"], name="payment_reference_once"),
            models.CheckConstraint(
                condition=Q(state__in=["started", "pending", "paid", "failed", "to_refund", "differs"]),
                name="payment_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["paid", "to_refund"], received_fen__gt=0, received_fen__isnull=False)
                | Q(state="differs")
                | Q(state__in=["started", "pending", "failed"], received_fen=None),
                name="payment_received_as_its_state_says",
            ),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="payment_amount_positive"),
            models.CheckConstraint(
                condition=Q(hand_in=None)
                | Q(
                    provider="cash", reference__startswith=DOOR, received_fen__isnull=False, by__isnull=False
                ),
                name="payment_handed_in_from_a_door",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="payment_by_state"),
            models.Index(fields=["intent"], condition=~Q(intent=""), name="payment_by_intent"),
            models.Index(
                fields=["paid_at"], condition=Q(received_fen__isnull=False), name="payment_by_moment"
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class Refund(models.Model):
    """Money that goes back to a buyer, with the proof of it. Only what SUCCEEDED is counted.

    What a provider is asked for is written down as ASKED before it is asked, and never counted twice. Money that
    went back and then came in again after all (a bounced refund, a dispute won) is a payment of its own.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("on its way back")
        SUCCEEDED = "succeeded", _("given back")
        FAILED = "failed", _("could not be given back")

    class Kind(models.TextChoices):
        GIVEN = "given", _("given back by us")
        ELSEWHERE = "elsewhere", _("given back at the payment service")
        DISPUTED = "disputed", _("taken back by the buyer's bank")

    order = models.ForeignKey(Order, models.PROTECT, related_name="refunds", verbose_name=_("order"))
    # the payment that it goes back on; what is given back by hand names none
    payment = models.ForeignKey(
        Payment, models.PROTECT, null=True, related_name="refunds", verbose_name=_("payment")
    )
    provider = models.CharField(_("provider"), max_length=10, choices=Provider)
    # the provider's own id (until it is known, the key we asked with), or the receipt's number
    reference = models.CharField(_("reference"), max_length=120)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.SUCCEEDED)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.GIVEN)
    amount_fen = models.PositiveBigIntegerField(_("amount"))
    # why a provider would not
    note = models.CharField(_("note"), max_length=200, blank=True, default="")
    # how often the provider was asked
    tries = models.PositiveSmallIntegerField(default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    # when it went back; while it has not, when it was asked for
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["provider", "reference"], name="refund_reference_once"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="refund_amount_positive"),
            models.CheckConstraint(
                condition=Q(state="succeeded") | Q(state__in=["asked", "failed"], payment__isnull=False),
                name="refund_asked_on_a_payment",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["given", "elsewhere", "disputed"]), name="refund_kind_known"
            ),
        ]
        indexes = [
            models.Index(fields=["asked_at"], condition=Q(state="asked"), name="refund_on_its_way"),
        ]

    def __str__(self) -> str:
        return self.reference


class Dispute(models.Model):
    """A buyer's bank wants a payment back. Written by `stripe/disputes.py` alone, in whatever order we hear of it."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="disputes", verbose_name=_("payment"))
    reference = models.CharField(_("reference"), max_length=120, unique=True)
    amount_fen = models.PositiveBigIntegerField(_("amount"))
    reason = models.CharField(_("reason"), max_length=60, blank=True, default="")
    # the provider's word for it
    status = models.CharField(_("state"), max_length=40, blank=True, default="")
    # the money was taken out, and put back
    withdrawn = models.BooleanField(default=False)
    reinstated = models.BooleanField(default=False)
    opened_at = models.DateTimeField(_("opened at"), default=timezone.now)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="dispute_amount_positive"),
        ]

    def __str__(self) -> str:
        return self.reference


class ProviderEvent(models.Model):
    """A provider's event, stored once by its id; applied once."""

    provider = models.CharField(max_length=10, choices=Provider)
    event_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=80)
    payload = models.JSONField()
    received_at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=200, blank=True, default="")
    # told before we knew of its payment: the provider's name for that money, until it comes
    waits_for = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        verbose_name = _("provider event")
        verbose_name_plural = _("provider events")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["provider", "event_id"], name="provider_event_once"),
        ]
        indexes = [
            models.Index(fields=["waits_for"], condition=~Q(waits_for=""), name="provider_event_waiting"),
        ]
