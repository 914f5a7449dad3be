"""What a buyer changes in an allocation: a lot left out for another, a village dropped, an amount set by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from .allocate import (
    BY_HAND,
    Allocation,
    Candidate,
    Id,
    Line,
    Reason,
    Share,
    Unmet,
    allocate,
    is_affordable,
    is_good,
    order_of,
)


class Adjustments(NamedTuple):
    """Lots and villages that are left out, and amounts set by hand: base units, by lot."""

    lots_out: frozenset[int] = frozenset()
    villages_out: frozenset[int] = frozenset()
    fixed: Mapping[int, int] = {}

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Adjustments:
        return cls(
            frozenset(kept.get("lots_out", ())),
            frozenset(kept.get("villages_out", ())),
            {int(lot): quantity for lot, quantity in kept.get("fixed", {}).items()},
        )

    def kept(self) -> dict[str, Any]:
        return {
            "lots_out": sorted(self.lots_out),
            "villages_out": sorted(self.villages_out),
            "fixed": {str(lot): quantity for lot, quantity in sorted(self.fixed.items())},
        }

    @property
    def any(self) -> bool:
        return bool(self.lots_out or self.villages_out or self.fixed)


def adjusted(lines: Sequence[Line], lots: Sequence[Candidate], changes: Adjustments) -> Allocation:
    """The allocation with the buyer's changes: amounts set by hand first, the rest shared out by the rules."""
    kept = [lot for lot in lots if lot.id not in changes.lots_out and lot.village not in changes.villages_out]
    need = {line.id: line.quantity for line in lines}
    by_hand = _by_hand(lines, kept, changes.fixed, need)
    rest = allocate(
        [line._replace(quantity=need[line.id]) for line in lines],
        [lot for lot in kept if lot.id not in changes.fixed],
    )
    homes = {lot.id: lot for lot in kept}
    reasons = dict(rest.reasons)
    for share in by_hand:
        lot = homes[share.lot]
        all_of_it = share.quantity == lot.available
        reasons[share.lot] = [
            Reason(share.line, lot.household, lot.rank, share.quantity, 1, 1, all_of_it, BY_HAND)
        ]
    unmet = [Unmet(each.line, each.quantity) for each in rest.unmet]
    return Allocation([*by_hand, *rest.shares], unmet, reasons)


def _by_hand(
    lines: Sequence[Line], lots: Sequence[Candidate], fixed: Mapping[int, int], need: dict[Id, int]
) -> list[Share]:
    """The shares set by hand, each for the first line that its lot fits; taken off `need`."""
    shares = []
    in_order = sorted(lines, key=lambda line: (line.wanted, order_of(line.id)))
    for lot in sorted(lots, key=lambda lot: order_of(lot.id)):
        asked = fixed.get(int(lot.id))
        if not asked:
            continue
        for line in in_order:
            if line.product != lot.product or not is_good(lot, line) or not is_affordable(lot, line):
                continue
            quantity = min(asked, lot.available, need[line.id]) // line.unit_size * line.unit_size
            if quantity:
                need[line.id] -= quantity
                shares.append(Share(line.id, lot.id, quantity))
                break
    return shares
