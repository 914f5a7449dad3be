"""Money that comes in for orders, and each word of a payment provider, kept once. Amounts in fen."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from shop.orders.models import Order


class Payment(models.Model):
    """One attempt to pay one order, or cash taken for it. The order's row lock guards its payments too."""

    class Provider(models.TextChoices):
        STRIPE = "stripe", "Stripe"
        CASH = "cash", _("cash on delivery")
        TRANSFER = "transfer", _("bank transfer")

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
        ]
        indexes = [models.Index(fields=["state", "-id"], name="payment_by_state")]

    def __str__(self) -> str:
        return self.reference


class Refund(models.Model):
    """Money that went back to a buyer, with the proof of it."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="refunds", verbose_name=_("order"))
    provider = models.CharField(_("provider"), max_length=10, choices=Payment.Provider)
    reference = models.CharField(_("reference"), max_length=120)
    amount_fen = models.PositiveBigIntegerField(_("amount"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["provider", "reference"], name="refund_reference_once"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="refund_amount_positive"),
        ]

    def __str__(self) -> str:
        return self.reference


class ProviderEvent(models.Model):
    """A provider's event, stored once by its id; applied once."""

    provider = models.CharField(max_length=10, choices=Payment.Provider)
    event_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=80)
    payload = models.JSONField()
    received_at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("provider event")
        verbose_name_plural = _("provider events")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["provider", "event_id"], name="provider_event_once"),
        ]
