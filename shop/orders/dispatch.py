"""Goods on their way: what leaves a village for an order, and where it has come to."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.access.models import User

from .accept import BadQuantity
from .models import Consignment, Order, State, TrackingEvent, Weighing
from .transitions import THERE_OR_NOT_COMING, Going, NotAllowed, advance, locked, move, track
from .weigh import is_slip, too_much


@transaction.atomic
def dispatch(
    consignment_id: int, by: User, note: str = "", handed_over: Mapping[int, int] | None = None
) -> Consignment:
    """The goods leave the village. Raises NotAllowed unless the order is confirmed. Twice is once.

    `handed_over`: grams or pieces that the officer weighed in the village, by line id; lines may be left out.
    """
    order, consignment = _both(consignment_id)
    if consignment.state in {Going.DISPATCHED, Going.DELIVERED}:
        return consignment
    if order.state not in {State.CONFIRMED, State.DISPATCHED}:
        raise NotAllowed(
            _("These goods cannot leave: the order is “%(state)s”.") % {"state": order.get_state_display()}
        )
    _hand_over(consignment, handed_over or {})
    move([consignment], Going.DISPATCHED)
    if order.state == State.CONFIRMED:
        advance(order, State.DISPATCHED, by)
    track(order, TrackingEvent.Kind.DISPATCHED, by, consignment, note)
    return consignment


def _hand_over(consignment: Consignment, quantities: Mapping[int, int]) -> None:
    # what was called off stays here
    lines = {line.pk: line for line in consignment.lines.filter(accepted_quantity=None)}
    if set(quantities) >= set(lines) and not any(quantities.values()):
        raise NotAllowed(_("Nothing would leave the village. Write what does, or have the order called off."))
    for pk, quantity in quantities.items():
        if pk not in lines:
            raise BadQuantity(pk, _("This line is not part of the consignment."))
        if quantity < 0 or is_slip(lines[pk].quantity, quantity):
            raise BadQuantity(pk, too_much())
    Weighing.objects.bulk_create(
        Weighing(line=lines[pk], handed_over=quantity) for pk, quantity in quantities.items()
    )


@transaction.atomic
def report_stop(consignment_id: int, by: User, note: str) -> TrackingEvent:
    """Note where the goods have come to. Raises NotAllowed when they are not on their way."""
    order, consignment = _both(consignment_id)
    if consignment.state != Going.DISPATCHED:
        raise NotAllowed(_("These goods are not on their way."))
    return track(order, TrackingEvent.Kind.ARRIVED, by, consignment, note)


@transaction.atomic
def deliver(consignment_id: int, by: User, note: str = "") -> Consignment:
    """The goods have reached the buyer, who now weighs or counts them. Twice is once."""
    order, consignment = _both(consignment_id)
    if consignment.state == Going.DELIVERED:
        return consignment
    move([consignment], Going.DELIVERED)
    track(order, TrackingEvent.Kind.DELIVERED, by, consignment, note)
    if (
        order.state == State.DISPATCHED
        and not order.consignments.exclude(state__in=THERE_OR_NOT_COMING).exists()
    ):
        advance(order, State.DELIVERED, by)
    return consignment


def _both(consignment_id: int) -> tuple[Order, Consignment]:
    consignment = Consignment.objects.get(pk=consignment_id)
    order = locked(consignment.order_id)
    consignment.refresh_from_db()  # it may have moved while the lock was waited for
    return order, consignment
