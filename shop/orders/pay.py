"""What a payment does to its order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from enum import StrEnum

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from farmers.stock import movements
from marketplace.access.models import User

from .models import Order, PayBy, State, TrackingEvent
from .place import reservations
from .transitions import Going, NotAllowed, advance, locked, move, track


class Outcome(StrEnum):
    CONFIRMED = "confirmed"
    COUNTED = "counted"
    TOO_LATE = "too late"


@transaction.atomic
def record_payment(
    order_id: int, amount_fen: int, *, by: User | None, why: str, going_back_fen: int = 0
) -> Outcome:
    """Count `amount_fen` as paid, and confirm the order that was waiting for it.

    The caller sees to it that one payment is recorded once. `going_back_fen`: of what was paid before, what is
    already on its way back, and so pays for nothing. An order that lapsed lives again if its goods
    are still there; if not, or if it was cancelled, the money shows as overpaid and has to go back.
    """
    if amount_fen <= 0:
        raise ValueError("a payment is more than nothing")
    order = locked(order_id)
    order.paid_fen += amount_fen
    order.save(update_fields=["paid_fen"])
    track(order, TrackingEvent.Kind.PAID, by)
    if order.state == State.CANCELLED:
        return Outcome.TOO_LATE
    paid_fen = order.paid_fen - going_back_fen
    if order.state not in {State.AWAITING_PAYMENT, State.EXPIRED} or paid_fen < order.total_fen:
        return Outcome.COUNTED
    try:
        with transaction.atomic():
            was = order.state
            step = advance(order, State.CONFIRMED, by, why)
            if was == State.EXPIRED:
                movements.reserve(reservations(list(order.lines.select_related("order")), step), by)
                move(order.consignments.all(), Going.PREPARING)
    except movements.NotEnough:
        return Outcome.TOO_LATE
    track(order, TrackingEvent.Kind.CONFIRMED, by)
    return Outcome.CONFIRMED


def record_payments(payments: Sequence[tuple[Order, int]], *, by: User | None) -> None:
    """Count money for locked orders of which goods are accepted: it changes nothing but what they have paid.

    The caller's transaction holds their locks, and sees to it that one payment is recorded once. In two queries.
    """
    if any(fen <= 0 or order.accepted_fen <= order.paid_fen for order, fen in payments):
        raise ValueError("money is counted so for goods that are accepted and not paid")
    now = timezone.now()
    for order, fen in payments:
        order.paid_fen += fen
    Order.objects.bulk_update({order.pk: order for order, _fen in payments}.values(), ["paid_fen"])
    TrackingEvent.objects.bulk_create(
        TrackingEvent(order=order, kind=TrackingEvent.Kind.PAID, by=by, at=now) for order, _fen in payments
    )


@transaction.atomic
def record_refund(order_id: int, amount_fen: int, *, asked: bool = True) -> Order:
    """Count money that went back to the buyer. Raises ValueError for more than was paid too much.

    Not `asked` for: a bank took it, or somebody gave it elsewhere. That may be all that was paid.
    """
    order = locked(order_id)
    if not 0 < amount_fen <= (order.overpaid_fen if asked else order.paid_fen):
        raise ValueError("no more goes back than was paid too much")
    order.paid_fen -= amount_fen
    order.save(update_fields=["paid_fen"])
    return order


@transaction.atomic
def record_return(order_id: int, amount_fen: int) -> Order:
    """Count money that had gone back and is here again. It confirms nothing: the order has been settled long since."""
    order = locked(order_id)
    order.paid_fen += amount_fen
    order.save(update_fields=["paid_fen"])
    return order


def hold_until(order: Order, moment: dt.datetime) -> None:
    """Keep the goods of a locked, unpaid order for its buyer at least until `moment`."""
    if order.reserved_until is None or order.reserved_until < moment:
        order.reserved_until = moment
        order.save(update_fields=["reserved_until"])


@transaction.atomic
def pay_on_delivery(order_id: int, *, by: User) -> Order:
    """The buyer of an unpaid order pays when the goods come, so the village may begin. Twice is once.

    Raises NotAllowed when the order no longer waits for a payment.
    """
    order = locked(order_id)
    if order.pay_by == PayBy.ON_DELIVERY:
        return order
    if order.state != State.AWAITING_PAYMENT:
        raise NotAllowed(_("This order no longer waits for a payment."))
    order.pay_by = PayBy.ON_DELIVERY
    order.save(update_fields=["pay_by"])
    advance(order, State.CONFIRMED, by)
    track(order, TrackingEvent.Kind.CONFIRMED, by)
    return order
