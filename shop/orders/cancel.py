"""Orders that end without goods: cancelled by somebody, or lapsed unpaid. Their stock is for sale again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from farmers.stock import movements
from marketplace.access.models import User
from marketplace.alone import each_alone

from .models import HELD, Order, State, TrackingEvent
from .place import reservations
from .signals import charge_fell, say_cancelled, say_lapsed
from .transitions import Going, advance, locked, move, track


@transaction.atomic
def cancel(order_id: int, by: User, why: str) -> Order:
    """Call the order off before anything has left. Raises NotAllowed after that. Twice is once."""
    order = locked(order_id)
    if order.state == State.CANCELLED:
        return order
    _end(order, State.CANCELLED, TrackingEvent.Kind.CANCELLED, by, why)
    say_cancelled(order)
    return order


def _end(order: Order, state: State, kind: TrackingEvent.Kind, by: User | None, why: str) -> None:
    step = advance(order, state, by, why)
    # what was called off before holds nothing any more
    held = order.lines.filter(accepted_quantity=None).select_related("order")
    movements.release(reservations(list(held), step), by)
    move(order.consignments.exclude(state=Going.CANCELLED), Going.CANCELLED)
    track(order, kind, by, note=why)
    charge_fell.send(sender=Order, order=order)


def release_lapsed(
    now: dt.datetime, lot_ids: Sequence[int] | None = None, order_id: int | None = None
) -> int:
    """Let go of the stock of orders whose time to be paid or approved is over (of these lots or this order alone).

    Returns how many orders lapsed. Safe to run at any moment and by several at once: each order is
    looked at again under its lock, and one that fails is logged and holds up no other.
    """
    lapsed = Order.objects.filter(state__in=HELD, reserved_until__lt=now)
    if lot_ids is not None:
        lapsed = lapsed.filter(lines__lot__in=lot_ids).distinct()
    if order_id is not None:
        lapsed = lapsed.filter(pk=order_id)
    ids = list(lapsed.order_by("pk").values_list("pk", flat=True))
    return each_alone("letting go of order", ids, partial(_lapse, now=now))


def _lapse(order_id: int, now: dt.datetime) -> bool:
    order = locked(order_id)
    if order.state not in HELD or order.reserved_until is None or order.reserved_until >= now:
        return False
    _end(order, State.EXPIRED, TrackingEvent.Kind.EXPIRED, None, "")
    say_lapsed(order)
    return True


def on_stock_missed(sender: Any, lot_ids: Sequence[int], **kwargs: Any) -> None:
    """Somebody wants these lots and finds nothing: lapsed reservations must not stand in the way."""
    release_lapsed(timezone.now(), lot_ids)
