"""A unit's word for an order that was held for it."""

from __future__ import annotations

from django.db import transaction

from marketplace.access.models import User

from .models import Order, State, TrackingEvent
from .transitions import NotAllowed, advance, locked, track


@transaction.atomic
def approve(order_id: int, by: User) -> Order:
    """The village begins to prepare the goods. Who may say so is decided by the caller. Twice is once.

    Raises NotAllowed when the order is not held any more.
    """
    order = locked(order_id)
    if order.state == State.CONFIRMED:
        return order
    if order.state != State.AWAITING_APPROVAL:
        raise NotAllowed(order.get_state_display())
    advance(order, State.CONFIRMED, by)
    track(order, TrackingEvent.Kind.APPROVED, by)
    return order
