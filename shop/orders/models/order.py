"""Orders as history: what was sold, as it was sold, and every step it took."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from farmers.ledger.kinds import BuyerKind, Channel
from farmers.registry.models import Household, Town, Village, covered_by
from farmers.stock.models import Lot
from marketplace.access.rules import Act, may
from marketplace.money import line_amount_fen
from marketplace.personal import EncryptedTextField
from marketplace.quantity import Measure, Unit
from shop.buyers.models import BuyerOrganisation, PickupPoint, organisations_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from marketplace.access.models import User


class State(models.TextChoices):
    """Where an order stands. The allowed steps between them are in `transitions.py`."""

    AWAITING_PAYMENT = "awaiting_payment", _("awaiting payment")
    AWAITING_APPROVAL = "awaiting_approval", _("awaiting approval")
    CONFIRMED = "confirmed", _("being prepared")
    DISPATCHED = "dispatched", _("on its way")
    DELIVERED = "delivered", _("delivered")
    ACCEPTED = "accepted", _("accepted")
    CANCELLED = "cancelled", _("cancelled")
    EXPIRED = "expired", _("lapsed")


# the stock is held for these until `reserved_until`, and let go when nothing came of it
HELD = (State.AWAITING_PAYMENT, State.AWAITING_APPROVAL)


class PayBy(models.TextChoices):
    ON_DELIVERY = "on_delivery", _("on delivery")
    ON_ACCOUNT = "on_account", _("on account")
    ONLINE = "online", _("card, Alipay or WeChat Pay")


def not_agreed(order: str = "") -> Q:
    """The condition on an order (reached through `order`) that its unit has not agreed to it, or never did."""
    at = f"{order}__" if order else ""
    waited = Transition.objects.filter(
        order=OuterRef(f"{order}_id" if order else "pk"), from_state=State.AWAITING_APPROVAL
    )
    ended = Q(**{f"{at}pay_by": PayBy.ON_ACCOUNT, f"{at}state__in": [State.CANCELLED, State.EXPIRED]})
    return Q(**{f"{at}state": State.AWAITING_APPROVAL}) | ended & Q(Exists(waited))


class OrderQuerySet(models.QuerySet["Order"]):
    def visible_to(self, user: User | AnonymousUser) -> OrderQuerySet:
        """The orders this person may open: own, the unit's, those with goods of the own household or villages."""
        if not user.is_authenticated:
            return self.none()
        if may(user, Act.SEE_CITY):
            return self
        reach = Q(buyer=user)
        if may(user, Act.SEE_UNIT_ORDERS):
            reach |= Q(organisation__in=[unit.pk for unit in organisations_of(user)])
        if may(user, Act.SELL):
            own = OrderLine.objects.filter(household__user=user)
            reach |= Q(pk__in=own.exclude(not_agreed("order")).values("order"))
        if may(user, Act.SERVE_VILLAGE):
            reach |= Q(pk__in=Consignment.objects.visible_to(user).values("order"))
        return self.filter(reach).distinct()


class Order(models.Model):
    """One purchase. Amounts in fen."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    # the buyer's form carries it, so that a form sent twice is one order
    key = models.UUIDField(editable=False)
    buyer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="orders", verbose_name=_("buyer")
    )
    organisation = models.ForeignKey(
        BuyerOrganisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="orders",
        verbose_name=_("organisation"),
    )
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    buyer_kind = models.CharField(_("kind of buyer"), max_length=12, choices=BuyerKind)
    state = models.CharField(_("state"), max_length=20, choices=State)
    pay_by = models.CharField(_("payment"), max_length=12, choices=PayBy)
    paid_fen = models.PositiveBigIntegerField(_("paid"), default=0)
    total_fen = models.PositiveBigIntegerField(_("total"))
    accepted_fen = models.PositiveBigIntegerField(_("accepted"), default=0)
    recipient = EncryptedTextField(_("recipient"))
    phone = EncryptedTextField(_("phone"))
    address = EncryptedTextField(_("address"), blank=True, default="")
    pickup_point = models.ForeignKey(
        PickupPoint, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("pick-up point")
    )
    wanted_on = models.DateField(_("wanted on"), null=True, blank=True)
    # people write telephone numbers here; the form holds it to 200 characters
    note = EncryptedTextField(_("note"), blank=True, default="")
    placed_at = models.DateTimeField(_("placed at"), default=timezone.now)
    # an order that nobody has paid or approved yet holds its stock until then
    reserved_until = models.DateTimeField(_("stock held until"), null=True, blank=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ["-placed_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["buyer", "key"], name="order_once_per_form"),
            models.CheckConstraint(condition=Q(total_fen__gt=0), name="order_total_more_than_nothing"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="order_state_known"),
            models.CheckConstraint(condition=Q(pay_by__in=PayBy.values), name="order_pay_by_known"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="order_channel_known"),
            models.CheckConstraint(
                condition=Q(buyer_kind__in=BuyerKind.values), name="order_buyer_kind_known"
            ),
            models.CheckConstraint(
                condition=~Q(pay_by=PayBy.ON_ACCOUNT) | Q(organisation__isnull=False),
                name="order_on_account_has_unit",
            ),
            models.CheckConstraint(
                condition=Q(accepted_fen__lte=F("total_fen")), name="order_accepted_within_total"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=HELD) | Q(reserved_until__isnull=False),
                name="order_awaiting_has_deadline",
            ),
        ]
        indexes = [
            models.Index(fields=["buyer", "-placed_at"], name="order_of_buyer"),
            models.Index(fields=["organisation", "-placed_at"], name="order_of_unit"),
            models.Index(fields=["state", "-placed_at"], name="order_by_state"),
            models.Index(fields=["reserved_until"], condition=Q(state__in=HELD), name="order_lapsing"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("orders:detail", args=[self.number])

    @property
    def charge_fen(self) -> int:
        """What the buyer pays in all: what was accepted once it was, the whole before, nothing when it ended."""
        if self.state in {State.CANCELLED, State.EXPIRED}:
            return 0
        return self.accepted_fen if self.state == State.ACCEPTED else self.total_fen

    @property
    def due_fen(self) -> int:
        """What is still to pay; never less than nothing."""
        return max(self.charge_fen - self.paid_fen, 0)

    @property
    def overpaid_fen(self) -> int:
        """What has to go back to the buyer."""
        return max(self.paid_fen - self.charge_fen, 0)


class ConsignmentQuerySet(models.QuerySet["Consignment"]):
    def visible_to(self, user: User | AnonymousUser) -> ConsignmentQuerySet:
        """The consignments whose goods this person handles."""
        if not user.is_authenticated:
            return self.none()
        if may(user, Act.SEE_CITY):
            return self
        if may(user, Act.SERVE_VILLAGE):
            return self.filter(covered_by(user))
        return self.none()


class Consignment(models.Model):
    """What leaves one village for one order 发运单."""

    class State(models.TextChoices):
        PREPARING = "preparing", _("being prepared")
        DISPATCHED = "dispatched", _("on its way")
        DELIVERED = "delivered", _("delivered")
        CANCELLED = "cancelled", _("cancelled")

    order = models.ForeignKey(Order, models.PROTECT, related_name="consignments", verbose_name=_("order"))
    village = models.ForeignKey(
        Village, models.PROTECT, related_name="consignments", verbose_name=_("village")
    )
    village_name = models.CharField(max_length=60)
    village_name_en = models.CharField(max_length=80, blank=True)
    town_name = models.CharField(max_length=40)
    town_name_en = models.CharField(max_length=60, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.PREPARING)

    objects = ConsignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consignment")
        verbose_name_plural = _("consignments")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["order", "village"], name="consignment_once_per_village"),
            models.CheckConstraint(
                condition=Q(state__in=["preparing", "dispatched", "delivered", "cancelled"]),
                name="consignment_state_known",
            ),
        ]
        indexes = [models.Index(fields=["village", "state"], name="consignment_of_village")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.village_name}"


class OrderLine(models.Model):
    """One lot's part of an order, copied as it was sold. Quantities in grams or pieces, prices in fen per unit."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="lines", verbose_name=_("order"))
    consignment = models.ForeignKey(
        Consignment, models.PROTECT, related_name="lines", verbose_name=_("consignment")
    )
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="order_lines", verbose_name=_("lot"))
    household = models.ForeignKey(
        Household, models.PROTECT, related_name="order_lines", verbose_name=_("household")
    )
    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    product_slug = models.CharField(max_length=60)
    product_name = models.CharField(_("product"), max_length=60)
    product_name_en = models.CharField(max_length=80, blank=True)
    illustration = models.CharField(max_length=60)
    category_slug = models.CharField(max_length=40)
    category_name = models.CharField(_("category"), max_length=40)
    category_name_en = models.CharField(max_length=60, blank=True)
    is_sapling = models.BooleanField()
    household_name = models.CharField(max_length=40)
    grade = models.CharField(max_length=80, blank=True, default="")
    measure = models.CharField(max_length=5, choices=Measure)
    unit = models.CharField(max_length=8, choices=Unit)
    unit_size = models.PositiveIntegerField()
    price_fen = models.PositiveBigIntegerField(_("price"))
    quantity = models.BigIntegerField(_("quantity"))
    amount_fen = models.PositiveBigIntegerField(_("amount"))
    accepted_quantity = models.BigIntegerField(_("accepted quantity"), null=True, blank=True)
    returned_quantity = models.BigIntegerField(_("returned quantity"), default=0)
    # before it left its village: nobody weighed it, and nothing is short
    called_off = models.BooleanField(_("called off"), default=False)

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["order", "lot"], name="order_lot_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="line_quantity_positive"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="line_amount_more_than_nothing"),
            models.CheckConstraint(
                condition=Q(accepted_quantity=None)
                | Q(accepted_quantity__gte=0, accepted_quantity__lte=F("quantity")),
                name="line_accepted_within_ordered",
            ),
            models.CheckConstraint(
                condition=Q(returned_quantity=0)
                | Q(returned_quantity__gt=0, returned_quantity__lte=F("accepted_quantity")),
                name="line_returned_within_accepted",
            ),
            models.CheckConstraint(
                condition=Q(called_off=False) | Q(accepted_quantity__isnull=False, accepted_quantity=0),
                name="line_called_off_has_nothing",
            ),
        ]
        indexes = [models.Index(fields=["household", "-id"], name="line_of_household")]

    @property
    def kept_quantity(self) -> int:
        """What the buyer accepted and did not give back."""
        return (self.accepted_quantity or 0) - self.returned_quantity

    @property
    def kept_fen(self) -> int:
        return self.amount_of(self.kept_quantity)

    def amount_of(self, quantity: int) -> int:
        """What `quantity` (grams or pieces) of this line costs, in fen, at the price it was sold for."""
        return line_amount_fen(self.price_fen, quantity, self.unit_size)


class Transition(models.Model):
    """One step of an order: from where to where, by whom, when and why."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="transitions")
    from_state = models.CharField(max_length=20, choices=State, blank=True)
    to_state = models.CharField(max_length=20, choices=State)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    why = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["id"]


class TrackingEvent(models.Model):
    """A point of the timeline 物流节点 that buyer, seller and officer see."""

    class Kind(models.TextChoices):
        PLACED = "placed", _("order placed")
        APPROVED = "approved", _("approved by the unit")
        PAID = "paid", _("payment received")
        CONFIRMED = "confirmed", _("the village is preparing the goods")
        DISPATCHED = "dispatched", _("left the village")
        ARRIVED = "arrived", _("reached a stop on the way")
        DELIVERED = "delivered", _("delivered")
        ACCEPTED = "accepted", _("weighed and accepted")
        RETURNED = "returned", _("goods given back")
        CALLED_OFF = "called_off", _("goods called off")
        CANCELLED = "cancelled", _("order cancelled")
        EXPIRED = "expired", _("order lapsed")
        COMPLAINED = "complained", _("complaint made")
        ANSWERED = "answered", _("complaint answered")
        CLOSED = "closed", _("complaint closed")

    order = models.ForeignKey(Order, models.PROTECT, related_name="tracking")
    consignment = models.ForeignKey(Consignment, models.PROTECT, null=True, related_name="tracking")
    kind = models.CharField(max_length=12, choices=Kind)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    note = models.CharField(_("note"), max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("tracking event")
        verbose_name_plural = _("tracking events")
        ordering = ["at", "id"]
