"""The tables of the steps of an order and of its consignments, and the functions that take them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.access.models import User

from .models import Consignment, Order, State, TrackingEvent, Transition
from .told import order_moved

ALLOWED: dict[str, frozenset[State]] = {
    "": frozenset({State.AWAITING_PAYMENT, State.AWAITING_APPROVAL, State.CONFIRMED}),
    State.AWAITING_PAYMENT: frozenset({State.CONFIRMED, State.CANCELLED, State.EXPIRED}),
    State.AWAITING_APPROVAL: frozenset({State.CONFIRMED, State.CANCELLED, State.EXPIRED}),
    # money may come after the stock was let go; if the goods are still there, the order lives again
    State.EXPIRED: frozenset({State.CONFIRMED}),
    State.CONFIRMED: frozenset({State.DISPATCHED, State.CANCELLED}),
    State.DISPATCHED: frozenset({State.DELIVERED, State.ACCEPTED}),
    State.DELIVERED: frozenset({State.ACCEPTED}),
    State.ACCEPTED: frozenset(),
    State.CANCELLED: frozenset(),
}

Going = Consignment.State
MOVES: dict[str, frozenset[Going]] = {
    Going.PREPARING: frozenset({Going.DISPATCHED, Going.CANCELLED}),
    Going.DISPATCHED: frozenset({Going.DELIVERED}),
    Going.DELIVERED: frozenset(),
    # of an order that lapsed and lives again
    Going.CANCELLED: frozenset({Going.PREPARING}),
}

# consignments that nobody waits for any more
THERE_OR_NOT_COMING = (Going.DELIVERED, Going.CANCELLED)


class NotAllowed(Exception):
    """The order, or the request that it came of, is not in a state from which this step may be taken. The message is for the person."""


def locked(order_id: int) -> Order:
    """The order with its row lock, for the rest of the transaction. Every verb on an order begins here."""
    return Order.objects.select_for_update(of=("self",), no_key=True).get(pk=order_id)


def begin(order: Order, by: User) -> Transition:
    """Record the step that an order just written begins with. Raises NotAllowed."""
    if order.state not in ALLOWED[""]:
        raise _refusal("", State(order.state))
    step = Transition.objects.create(order=order, to_state=order.state, by=by)
    if order.state == State.CONFIRMED:
        _leave_word(order, "", State.CONFIRMED)
    return step


def _refusal(now: str, then: State) -> NotAllowed:
    return NotAllowed(
        _("An order that is “%(now)s” cannot become “%(then)s”.") % {"now": now, "then": then.label}
    )


def advance(order: Order, to: State, by: User | None, why: str = "") -> Transition:
    """Take one step of a locked order and record it. Raises NotAllowed, and then nothing has changed."""
    if to not in ALLOWED[order.state]:
        raise _refusal(order.get_state_display(), to)
    with transaction.atomic():
        step = Transition.objects.create(order=order, from_state=order.state, to_state=to, by=by, why=why)
        before, order.state = order.state, to
        order.save(update_fields=["state"])
        _leave_word(order, before, to)
    return step


def _leave_word(order: Order, before: str, now: State) -> None:
    """For the worker, who tells those whom the step concerns: it stands or falls with the step."""
    order_moved.enqueue(order.pk, str(before), str(now.value))


def move(consignments: Iterable[Consignment], to: Going) -> None:
    """Take one step with consignments of a locked order. Raises NotAllowed, and then none of them has moved."""
    moving = list(consignments)
    for consignment in moving:
        if to not in MOVES[consignment.state]:
            raise NotAllowed(
                _("Goods that are “%(now)s” cannot become “%(then)s”.")
                % {"now": consignment.get_state_display(), "then": to.label}
            )
    Consignment.objects.filter(pk__in=[consignment.pk for consignment in moving]).update(state=to)
    for consignment in moving:
        consignment.state = to


def locked_all(order_ids: Collection[int]) -> list[Order]:
    """Several with their row locks, taken in key order as everywhere; the rest of a transaction sees them as they are."""
    orders = Order.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=order_ids)
    return list(orders.order_by("pk"))


def track(
    order: Order,
    kind: TrackingEvent.Kind,
    by: User | None,
    consignment: Consignment | None = None,
    note: str = "",
) -> TrackingEvent:
    """Add a point to the timeline."""
    return TrackingEvent.objects.create(
        order=order, consignment=consignment, kind=kind, by=by, at=timezone.now(), note=note
    )
