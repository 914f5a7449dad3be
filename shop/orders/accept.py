"""Acceptance 验收: what was really weighed or counted becomes sold stock and a ledger entry, line by line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from farmers.ledger.post import SaleFact, post_sales, reverse
from farmers.stock import movements
from marketplace.access.models import User

from .models import Order, OrderLine, State, TrackingEvent
from .signals import charge_fell
from .told import goods_returned
from .transitions import THERE_OR_NOT_COMING, Going, NotAllowed, advance, locked, move, track


class BadQuantity(Exception):
    """A quantity that cannot have been accepted or returned. Names the line; the message is for the person.

    `field`: which of a line's fields is meant, where a form has several.
    """

    def __init__(self, line_id: int, message: str, field: str = "line") -> None:
        super().__init__(message)
        self.line_id = line_id
        self.field = field


def accept_key(line_id: int) -> str:
    """What makes an order line's acceptance one movement and one ledger entry."""
    return f"accept:{line_id}"


def sale_fact(order: Order, line: OrderLine, quantity: int, at: dt.datetime) -> SaleFact:
    """The plain facts that the ledger keeps of an accepted line. No name of a person is among them.

    Wants the line's `household` (with `village_id`) and the order's `organisation` at hand.
    """
    return SaleFact(
        key=accept_key(line.pk),
        at=at,
        household_id=line.household_id,
        village_id=line.consignment.village_id,
        town_id=line.town_id,
        product_slug=line.product_slug,
        product_name=line.product_name,
        category_slug=line.category_slug,
        is_sapling=line.is_sapling,
        measure=line.measure,
        quantity=quantity,
        unit=line.unit,
        unit_size=line.unit_size,
        price_fen=line.price_fen,
        amount_fen=line.amount_of(quantity),
        channel=order.channel,
        buyer_kind=order.buyer_kind,
        buyer=f"unit:{order.organisation_id}" if order.organisation_id else f"person:{order.buyer_id}",
        buyer_name=order.organisation.name if order.organisation else "",
        order_number=order.number,
        line=line.pk,
        product_name_en=line.product_name_en,
        category_name=line.category_name,
        category_name_en=line.category_name_en,
    )


@transaction.atomic
def accept(order_id: int, quantities: Mapping[int, int], by: User, note: str = "") -> Order:
    """Record what was really received of each line (grams or pieces, by line id), some or all of the lines.

    What is short is neither sold nor for sale again until an officer has looked. The same acceptance
    sent twice posts once; a different one for a line already accepted raises NotAllowed.
    Raises BadQuantity for less than nothing or more than was ordered. Nothing is half-saved.
    """
    order = locked(order_id)
    lines = list(order.lines.select_related("consignment").order_by("pk"))
    fresh = _fresh(order, lines, quantities)
    if not fresh:
        return order
    now = timezone.now()
    for line in fresh:
        line.accepted_quantity = quantities[line.pk]
    movements.hold_still(line.lot_id for line in fresh)
    movements.sell(_changes(order, [(line, quantities[line.pk]) for line in fresh], "accept"), by)
    movements.lose_reserved(
        _changes(order, [(line, line.quantity - quantities[line.pk]) for line in fresh], "short"), by
    )
    OrderLine.objects.bulk_update(fresh, ["accepted_quantity"])
    post_sales([sale_fact(order, line, quantities[line.pk], now) for line in fresh if quantities[line.pk]])
    _count(order, lines)
    _arrive(order, fresh, by)
    track(order, TrackingEvent.Kind.ACCEPTED, by, note=note)
    if all(line.accepted_quantity is not None for line in lines):
        advance(order, State.ACCEPTED, by, note)
    elif (
        order.state == State.DISPATCHED
        and not order.consignments.exclude(state__in=THERE_OR_NOT_COMING).exists()
    ):
        # whoever weighs part of the goods has all of them at hand
        advance(order, State.DELIVERED, by)
    charge_fell.send(sender=Order, order=order)
    return order


def _arrive(order: Order, lines: Sequence[OrderLine], by: User) -> None:
    """What is weighed has come, whether or not an officer wrote it down."""
    parcels = {line.consignment_id: line.consignment for line in lines}
    fresh = [parcel for parcel in parcels.values() if parcel.state == Going.DISPATCHED]
    move(fresh, Going.DELIVERED)
    for parcel in fresh:
        track(order, TrackingEvent.Kind.DELIVERED, by, parcel)


def _fresh(order: Order, lines: Sequence[OrderLine], quantities: Mapping[int, int]) -> list[OrderLine]:
    """The lines that this acceptance is the first for, checked."""
    if unknown := set(quantities) - {line.pk for line in lines}:
        raise BadQuantity(min(unknown), _("This line is not part of the order."))
    fresh = []
    for line in lines:
        if line.pk not in quantities:
            continue
        quantity = quantities[line.pk]
        if line.accepted_quantity is not None:
            if line.accepted_quantity != quantity:
                raise NotAllowed(_("This line was accepted already, with another quantity."))
            continue
        if not 0 <= quantity <= line.quantity:
            raise BadQuantity(line.pk, _("Enter what was received: from nothing up to what was ordered."))
        if line.consignment.state not in {Going.DISPATCHED, Going.DELIVERED}:
            raise NotAllowed(_("These goods have not left the village yet."))
        fresh.append(line)
    return fresh


def _changes(order: Order, parts: Sequence[tuple[OrderLine, int]], word: str) -> list[movements.Change]:
    return [
        movements.Change(line.lot_id, quantity, order.number, f"{word}:{line.pk}")
        for line, quantity in parts
        if quantity
    ]


def _count(order: Order, lines: Sequence[OrderLine]) -> None:
    order.accepted_fen = sum(line.kept_fen for line in lines)
    order.save(update_fields=["accepted_fen"])


@transaction.atomic
def give_back(
    line_id: int, quantity: int, *, returned_before: int, sound: bool, reason: str, by: User
) -> OrderLine:
    """Take back part or all of an accepted line, or correct an acceptance: a reversing entry, never a change.

    `quantity` in grams or pieces. `returned_before` is what the person saw as returned already, so that the
    same form sent twice is one return. `sound` goods are for sale again. Raises BadQuantity, NotAllowed.
    """
    line = OrderLine.objects.select_related("consignment").get(pk=line_id)
    order = locked(line.order_id)
    line.refresh_from_db(fields=["accepted_quantity", "returned_quantity"])
    if line.returned_quantity != returned_before:
        raise NotAllowed(_("Somebody recorded a return of this line meanwhile. Look again, please."))
    if not 0 < quantity <= line.kept_quantity:
        raise BadQuantity(line.pk, _("No more can come back than was accepted."))
    key = f"return:{line.pk}:{returned_before}"
    change = [movements.Change(line.lot_id, quantity, order.number, key)]
    (movements.restock if sound else movements.take_back)(change, by)
    line.returned_quantity += quantity
    line.save(update_fields=["returned_quantity"])
    reverse(accept_key(line.pk), key=key, quantity=quantity, at=timezone.now(), reason=reason, by=by)
    _count(order, list(order.lines.all()))
    track(order, TrackingEvent.Kind.RETURNED, by, line.consignment, reason)
    charge_fell.send(sender=Order, order=order)
    goods_returned.enqueue(line.pk, returned_before, quantity)
    return line
