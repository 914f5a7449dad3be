"""The independent judge: order lines as somebody exported them, summed again in plain Python.

Nothing of the ledger's own code is used: no totals, no entries but for the day on which a line was accepted or came
back, no SQL that sums. What a line is worth is price times quantity, rounded half up, of what was kept of it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from farmers.ledger.models import Entry
from farmers.registry.models import HouseholdMark
from shop.orders.models import OrderLine


class Fact(NamedTuple):
    """Goods of one order line that were accepted, or came back, on one day."""

    day: dt.date
    town: int
    village: int
    product: str
    category: str
    channel: str
    buyer_kind: str
    buyer: str  # a unit, or all persons together
    who: str  # a unit, or one person
    household: int
    weighed: bool
    sapling: bool
    quantity: int
    fen: int


def worth(price_fen: int, quantity: int, size: int) -> int:
    whole, rest = divmod(price_fen * quantity, size)
    return whole + (2 * rest >= size)


def exported() -> list[Fact]:
    """Every order line, opened out into what was accepted and what came back."""
    days: dict[tuple[int, str], list[tuple[dt.date, int]]] = defaultdict(list)
    for line, kind, day, quantity in Entry.objects.order_by("pk").values_list(
        "line", "kind", "day", "quantity"
    ):
        days[line, kind].append((day, quantity))
    facts = []
    lines = OrderLine.objects.exclude(accepted_quantity=None).exclude(accepted_quantity=0)
    for line in lines.select_related("order", "consignment"):
        order = line.order
        unit = f"unit:{order.organisation_id}" if order.organisation_id else "people"

        def fact(day: dt.date, quantity: int, fen: int, line: Any = line, unit: str = unit) -> Fact:
            return Fact(
                day, line.town_id, line.consignment.village_id, line.product_slug, line.category_slug,
                line.order.channel, line.order.buyer_kind, unit, f"{unit} {line.order.buyer_id * (unit == 'people')}",
                line.household_id, line.measure == "g",
                line.is_sapling, quantity, fen,
            )  # fmt: skip

        [(day, _quantity)] = days.pop((line.pk, "sale"))
        kept = line.accepted_quantity
        facts.append(fact(day, kept, worth(line.price_fen, kept, line.unit_size)))
        for day, quantity in days.pop((line.pk, "reversal"), []):
            before, after = (worth(line.price_fen, q, line.unit_size) for q in (kept, kept + quantity))
            kept += quantity
            facts.append(fact(day, quantity, after - before))
        assert kept == line.accepted_quantity - line.returned_quantity
    assert not days, "the ledger has entries that no order line accounts for"
    return facts


def marks() -> dict[int, list[tuple[str, dt.date, dt.date]]]:
    found = defaultdict(list)
    for household, kind, since, until in HouseholdMark.objects.values_list(
        "household", "kind", "since", "until"
    ):
        found[household].append((kind, since, until or dt.date.max))
    return found


Borne = dict[int, list[tuple[str, dt.date, dt.date]]]


def keys(fact: Fact, dimension: str, borne: Borne) -> set[Any]:
    if dimension == "month":
        return {(fact.day.year, fact.day.month)}
    if dimension == "mark":
        return {
            kind for kind, since, until in borne.get(fact.household, []) if since <= fact.day <= until
        } or {"none"}
    return {getattr(fact, dimension)}


def let_through(fact: Fact, filters: dict[str, Any], borne: Borne) -> bool:
    for name, value in filters.items():
        if name == "goods":
            if fact.sapling != (value == "saplings"):
                return False
        elif value not in keys(fact, name, borne):
            return False
    return True


def left(facts: Iterable[Fact]) -> bool:
    by_measure: dict[tuple[bool, bool], int] = defaultdict(int)
    for fact in facts:
        by_measure[fact.weighed, not fact.weighed and fact.sapling] += fact.quantity
    return any(quantity > 0 for quantity in by_measure.values())


def parties(who: Callable[[Fact], Any]) -> Callable[[Sequence[Fact]], int]:
    def count(facts: Sequence[Fact]) -> int:
        by_party = defaultdict(list)
        for fact in facts:
            by_party[who(fact)].append(fact)
        return sum(left(some) for some in by_party.values())

    return count


FIGURES: dict[str, Callable[[Sequence[Fact]], int]] = {
    "amount": lambda facts: sum(f.fen for f in facts),
    "goods_amount": lambda facts: sum(f.fen for f in facts if not f.sapling),
    "sapling_amount": lambda facts: sum(f.fen for f in facts if f.sapling),
    "grams": lambda facts: sum(f.quantity for f in facts if f.weighed),
    "saplings": lambda facts: sum(f.quantity for f in facts if f.sapling and not f.weighed),
    "pieces": lambda facts: sum(f.quantity for f in facts if not f.sapling and not f.weighed),
    "households": parties(lambda f: f.household),
    "buyers": parties(lambda f: f.who),
    "entries": len,
}


def recomputed(
    facts: Iterable[Fact],
    borne: Borne,
    *,
    rows: str,
    cols: str | None,
    days: tuple[dt.date, dt.date],
    filters: dict[str, Any],
    figure: str,
) -> tuple[dict[tuple[Any, Any], int], dict[Any, int], int]:
    """Cells by row and column (`""` without columns), rows, and the total; only those that are not nothing."""
    within = [f for f in facts if days[0] <= f.day <= days[1] and let_through(f, filters, borne)]
    cells, by_row = defaultdict(list), defaultdict(list)
    for fact in within:
        for row in keys(fact, rows, borne):
            by_row[row].append(fact)
            for col in keys(fact, cols, borne) if cols else {""}:
                cells[row, col].append(fact)
    tell = FIGURES[figure]
    return (
        {key: n for key, some in cells.items() if (n := tell(some))},
        {key: n for key, some in by_row.items() if (n := tell(some))},
        tell(within),
    )
