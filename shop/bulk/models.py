"""Bulk requests 集采需求: what a unit wants next week, what was allotted for it, and who agreed to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from farmers.stock.models import MAX_PRICE_FEN, MAX_QUANTITY, Lot, Product
from marketplace.access.rules import Act, may
from marketplace.quantity import Unit
from shop.buyers.models import BuyerOrganisation, organisations_of
from shop.orders.models import Order, OrderLine

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from marketplace.access.models import User


class State(models.TextChoices):
    """Where a request stands. The allowed steps between them are in `steps.py`."""

    DRAFT = "draft", _("draft")
    HELD = "held", _("awaiting approval")
    APPROVED = "approved", _("approved")
    LAPSED = "lapsed", _("lapsed unapproved")
    WITHDRAWN = "withdrawn", pgettext_lazy("bulk request", "withdrawn")


class BulkRequestQuerySet(models.QuerySet["BulkRequest"]):
    def visible_to(self, user: User | AnonymousUser) -> BulkRequestQuerySet:
        """The requests this person may open: those of the units they act for; the city's officials all of them."""
        if not user.is_authenticated:
            return self.none()
        if may(user, Act.SEE_CITY):
            return self
        if may(user, Act.SEE_UNIT_ORDERS):
            return self.filter(organisation__in=[unit.pk for unit in organisations_of(user)])
        return self.none()


class BulkRequest(models.Model):
    """One unit's needs. Lines stay as they were typed until the request is submitted. Amounts in fen."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    organisation = models.ForeignKey(
        BuyerOrganisation,
        models.PROTECT,
        related_name="bulk_requests",
        verbose_name=_("organisation"),
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="bulk_requests", verbose_name=_("requested by")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    # every save of the draft counts one on, so that a page left open elsewhere cannot overwrite a newer one
    revision = models.PositiveIntegerField(default=0, editable=False)
    # every submission counts one on: shares, orders and approvals belong to one round
    round = models.PositiveIntegerField(default=0, editable=False)
    weekly = models.BooleanField(_("again every week"), default=False)
    copied_from = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="copies", editable=False
    )
    # what the buyer changed in the allocation: see `adjust.py`
    adjustments = models.JSONField(default=dict, editable=False)
    total_fen = models.PositiveBigIntegerField(_("total"), default=0)
    approvals_needed = models.PositiveSmallIntegerField(_("approvals needed"), default=0)
    created_at = models.DateTimeField(_("begun at"), default=timezone.now)
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    # the stock is held until then
    held_until = models.DateTimeField(_("stock held until"), null=True, blank=True)

    objects = BulkRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("bulk request")
        verbose_name_plural = _("bulk requests")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="bulk_state_known"),
            models.CheckConstraint(
                condition=~Q(state=State.HELD) | Q(held_until__isnull=False), name="bulk_held_has_deadline"
            ),
            models.UniqueConstraint(
                fields=["copied_from"], condition=Q(weekly=True), name="bulk_next_week_once"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-created_at"], name="bulk_of_unit"),
            models.Index(fields=["held_until"], condition=Q(state="held"), name="bulk_lapsing"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("bulk:request", args=[self.number])


class BulkLine(models.Model):
    """One row: the cells as they were typed, and what they mean once they could be read."""

    request = models.ForeignKey(BulkRequest, models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    product_text = models.CharField(_("product"), max_length=80, blank=True, default="")
    quantity_text = models.CharField(_("quantity"), max_length=40, blank=True, default="")
    price_text = models.CharField(_("highest price"), max_length=40, blank=True, default="")
    wanted_text = models.CharField(_("wanted on"), max_length=40, blank=True, default="")
    place_text = models.CharField(_("delivery place"), max_length=200, blank=True, default="")
    # read from the cells at submission: base units (grams, pieces), fen per unit
    product = models.ForeignKey(Product, models.PROTECT, null=True, related_name="+", editable=False)
    quantity = models.BigIntegerField(null=True, editable=False)
    unit = models.CharField(max_length=8, choices=Unit, blank=True, default="", editable=False)
    unit_size = models.PositiveIntegerField(null=True, editable=False)
    max_price_fen = models.PositiveBigIntegerField(null=True, editable=False)
    wanted_on = models.DateField(null=True, editable=False)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["request", "position"], name="bulk_line_once_per_place"),
            models.CheckConstraint(
                condition=Q(quantity=None) | Q(quantity__gt=0, quantity__lte=MAX_QUANTITY),
                name="bulk_line_quantity_sane",
            ),
            models.CheckConstraint(
                condition=Q(max_price_fen=None) | Q(max_price_fen__gt=0, max_price_fen__lte=MAX_PRICE_FEN),
                name="bulk_line_price_sane",
            ),
        ]


class BulkShare(models.Model):
    """What one lot gives for one line of a submitted request, in base units, and why: facts of `allocate.Reason`."""

    line = models.ForeignKey(BulkLine, models.CASCADE, related_name="shares")
    round = models.PositiveIntegerField()
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="+")
    quantity = models.BigIntegerField()
    reason = models.JSONField(default=dict)
    order_line = models.ForeignKey(OrderLine, models.PROTECT, null=True, related_name="bulk_shares")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["line", "round", "lot"], name="bulk_share_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="bulk_share_of_something"),
        ]


class BulkOrder(models.Model):
    """An order that a submission became: one for each day and place of delivery."""

    request = models.ForeignKey(BulkRequest, models.PROTECT, related_name="orders")
    round = models.PositiveIntegerField()
    order = models.OneToOneField(Order, models.PROTECT, related_name="bulk")


class Approval(models.Model):
    """Somebody of the unit agreed to a submission."""

    request = models.ForeignKey(BulkRequest, models.PROTECT, related_name="approvals")
    round = models.PositiveIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["request", "round", "by"], name="bulk_approved_once_each")
        ]


class Step(models.Model):
    """One step of a request: from where to where, by whom, when and why."""

    request = models.ForeignKey(BulkRequest, models.PROTECT, related_name="steps")
    from_state = models.CharField(max_length=10, choices=State, blank=True)
    to_state = models.CharField(max_length=10, choices=State)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    why = models.CharField(_("reason"), max_length=200, blank=True, default="")

    class Meta:
        ordering = ["id"]
