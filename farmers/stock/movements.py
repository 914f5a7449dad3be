"""The one door to a lot's counters: a conditional UPDATE and its movement, inside the caller's transaction.

Quantities are in base units (grams or pieces). Two buyers can never both win the last jin, because
the UPDATE itself carries the condition that enough is left, and the table's CHECK stands behind it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db import transaction
from django.db.models import F, Q

from marketplace.access.models import User
from marketplace.days import today

from .models import MAX_QUANTITY, Lot, StockMovement, for_green_channel_on, on_sale_on
from .signals import say_listed

Kind = StockMovement.Kind


class Change(NamedTuple):
    """A wanted change of one lot; `key` makes it happen once."""

    lot_id: int
    quantity: int
    reference: str
    key: str


class NotEnough(Exception):
    """The lot named has too little left for what was asked; nothing was changed."""

    def __init__(self, lot_id: int) -> None:
        super().__init__(f"lot {lot_id} has not enough left")
        self.lot_id = lot_id


def _move(
    kind: Kind,
    changes: Iterable[Change],
    by: User | None,
    *,
    listed: int = 0,
    reserved: int = 0,
    sold: int = 0,
    only: Q | None = None,
) -> None:
    """Apply `quantity` times the three signs to each lot. Raises NotEnough when the condition fails."""
    # one order of locks for everybody, so that two orders over the same lots cannot deadlock
    wanted = sorted(changes)
    if any(not 0 < change.quantity <= MAX_QUANTITY for change in wanted):
        raise ValueError("a movement needs a positive quantity that a lot can hold")
    with transaction.atomic():
        for quantity, lot_ids in _together(wanted):
            after_listed, after_reserved, after_sold = listed * quantity, reserved * quantity, sold * quantity
            # what stays free after the change may not fall below nothing, nor any counter
            condition = Q(available__gte=after_reserved + after_sold - after_listed)
            condition &= Q(reserved__gte=-after_reserved, sold__gte=-after_sold)
            if only is not None:
                condition &= only
            enough = Lot.objects.filter(condition, pk__in=lot_ids)
            if len(lot_ids) > 1 and (short := set(lot_ids) - set(enough.values_list("pk", flat=True))):
                raise NotEnough(min(short))
            updated = enough.update(
                listed=F("listed") + after_listed,
                reserved=F("reserved") + after_reserved,
                sold=F("sold") + after_sold,
            )
            if updated < len(lot_ids):
                raise NotEnough(lot_ids[0])
        StockMovement.objects.bulk_create(
            StockMovement(
                lot_id=change.lot_id,
                kind=kind,
                listed=listed * change.quantity,
                reserved=reserved * change.quantity,
                sold=sold * change.quantity,
                reference=change.reference,
                key=change.key,
                by=by,
            )
            for change in wanted
        )
        if listed - reserved - sold > 0:
            say_listed(change.lot_id for change in wanted)


def _together(wanted: Sequence[Change]) -> list[tuple[int, list[int]]]:
    """Lots by the quantity that each moves: equal shares of a bulk request are one UPDATE, not hundreds."""
    groups: dict[int, list[int]] = defaultdict(list)
    for change in wanted:
        groups[change.quantity].append(change.lot_id)
    lot_ids = {change.lot_id for change in wanted}
    if len(groups) == len(wanted) or len(lot_ids) < len(wanted):
        return [(change.quantity, [change.lot_id]) for change in wanted]
    # one statement over several lots locks them in no order that others keep
    hold_still(lot_ids)
    return list(groups.items())


def hold_still(lot_ids: Iterable[int]) -> None:
    """Lock lots until the transaction ends, in everybody's order.

    For a verb that moves them in several calls: each call alone keeps the order, the two together might not.
    """
    list(
        Lot.objects.select_for_update(no_key=True)
        .filter(pk__in=set(lot_ids))
        .order_by("pk")
        .values_list("pk")
    )


def reserve(changes: Iterable[Change], by: User | None, *, green: bool = False) -> None:
    """Hold stock for orders. Only of lots that are on sale today. Raises NotEnough, and then holds nothing.

    `green`: for a nursery firm, which may have saplings before everybody.
    """
    on_sale = for_green_channel_on if green else on_sale_on
    _move(Kind.RESERVE, changes, by, reserved=1, only=on_sale(today()))


def release(changes: Iterable[Change], by: User | None) -> None:
    """Let go of reserved stock: it is for sale again."""
    _move(Kind.RELEASE, changes, by, reserved=-1)


def sell(changes: Iterable[Change], by: User | None) -> None:
    """Turn reserved stock into sold stock, at acceptance."""
    _move(Kind.SELL, changes, by, reserved=-1, sold=1)


def lose_reserved(changes: Iterable[Change], by: User | None) -> None:
    """Reserved goods that did not arrive: neither sold nor for sale again until an officer has looked."""
    _move(Kind.SHORTFALL, changes, by, reserved=-1, listed=-1)


def take_back(changes: Iterable[Change], by: User | None) -> None:
    """Sold goods that came back unfit: no longer sold, and not for sale again until an officer has looked."""
    _move(Kind.RETURN, changes, by, sold=-1, listed=-1)


def restock(changes: Iterable[Change], by: User | None) -> None:
    """Sold goods that came back sound: for sale again."""
    _move(Kind.RETURN, changes, by, sold=-1)


def add(changes: Iterable[Change], by: User | None, kind: Kind = Kind.LIST) -> None:
    """More of a lot than was known."""
    _move(kind, changes, by, listed=1)


def remove(changes: Iterable[Change], by: User | None) -> None:
    """Less of a lot than was known (spoiled, eaten, miscounted). Raises NotEnough for what is promised already."""
    _move(Kind.ADJUST, changes, by, listed=-1)


def spoil(changes: Iterable[Change], by: User | None) -> None:
    """What nobody bought before its last day. Raises NotEnough for what is promised already."""
    _move(Kind.SPOIL, changes, by, listed=-1)
