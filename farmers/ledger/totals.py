"""Totals are kept with the entries: every cell an entry counts in moves in the entry's own transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection
from django.db.models import Aggregate, Count, Q, Sum

from marketplace.quantity import Measure

from .models import (
    BuyerDay,
    BuyerTotal,
    BuyerYear,
    DayTotal,
    Entry,
    HouseholdDay,
    HouseholdTotal,
    HouseholdYear,
    Measures,
    MonthTotal,
    ProductMonth,
)

# everybody takes locks in this order, and those that most postings share are held for the shortest time
TOTALS: tuple[type[Measures], ...] = (
    HouseholdTotal,
    BuyerTotal,
    HouseholdYear,
    BuyerYear,
    HouseholdDay,
    BuyerDay,
    ProductMonth,
    MonthTotal,
    DayTotal,
)

MEASURES = tuple(field.name for field in Measures._meta.fields)

_WEIGHED = Q(measure=Measure.GRAM)
_SAPLINGS = Q(measure=Measure.COUNT, is_sapling=True)
_PIECES = Q(measure=Measure.COUNT, is_sapling=False)

# the same measures summed from the entries, for whoever checks; named apart from the entry's own columns
SUMS: dict[str, Aggregate] = {
    "sum_grams": Sum("quantity", filter=_WEIGHED, default=0),
    "sum_saplings": Sum("quantity", filter=_SAPLINGS, default=0),
    "sum_pieces": Sum("quantity", filter=_PIECES, default=0),
    "sum_amount_fen": Sum("amount_fen", default=0),
    "sum_sapling_fen": Sum("amount_fen", filter=Q(is_sapling=True), default=0),
    "sum_entries": Count("pk"),
}


def cell_fields(table: type[Measures]) -> tuple[str, ...]:
    """The names, shared with Entry, of what a cell is told apart by."""
    return tuple(table._meta.pk.field_names)


def label_fields(table: type[Measures]) -> list[str]:
    """Names a cell carries for display and is not told apart by."""
    known = {*MEASURES, *cell_fields(table)}
    return [f.attname for f in table._meta.concrete_fields if f.attname not in known]


def measures_of(entry: Entry) -> tuple[int, ...]:
    """What one entry adds to its cells, in the order of MEASURES."""
    weighed = entry.measure == Measure.GRAM
    return (
        entry.quantity if weighed else 0,
        entry.quantity if not weighed and entry.is_sapling else 0,
        entry.quantity if not weighed and not entry.is_sapling else 0,
        entry.amount_fen,
        entry.amount_fen if entry.is_sapling else 0,
        1,
    )


def count_in(entries: Sequence[Entry]) -> None:
    """Add the entries to every table of totals, inside the caller's transaction.

    Call it once in a transaction: cells are locked in one order for everybody, so postings cannot deadlock.
    """
    for table in TOTALS:
        names = cell_fields(table)
        added: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0] * len(MEASURES))
        first: dict[tuple[Any, ...], Entry] = {}
        for entry in entries:
            cell = tuple(getattr(entry, name) for name in names)
            first.setdefault(cell, entry)
            added[cell] = [sum(pair) for pair in zip(added[cell], measures_of(entry), strict=True)]
        labels = label_fields(table)
        for cells in _chunks(sorted(added), len(names)):
            _add(table, cells, added, [{name: getattr(first[c], name) for name in labels} for c in cells])


def _add(
    table: type[Measures],
    cells: Sequence[tuple[Any, ...]],
    added: dict[tuple[Any, ...], list[int]],
    labels: Sequence[dict[str, Any]],
) -> None:
    # new cells first, in order: whoever makes the same one waits here and then finds it
    table._default_manager.bulk_create(
        [table(pk=cell, **label) for cell, label in zip(cells, labels, strict=True)], ignore_conflicts=True
    )
    # locked and read in order; what is written below is therefore never stale
    held = list(table._default_manager.select_for_update(no_key=True).filter(pk__in=cells).order_by("pk"))
    for row in held:
        for name, more in zip(MEASURES, added[row.pk], strict=True):
            setattr(row, name, getattr(row, name) + more)
    table._default_manager.bulk_create(
        held, update_conflicts=True, unique_fields=list(cell_fields(table)), update_fields=list(MEASURES)
    )


def _chunks(cells: Sequence[tuple[Any, ...]], width: int) -> Iterator[Sequence[tuple[Any, ...]]]:
    """All at once where the database lets us: locks of one statement are taken in one order."""
    limit = connection.features.max_query_params
    size = limit // width if limit else max(len(cells), 1)
    for start in range(0, len(cells), size):
        yield cells[start : start + size]


def sum_measures(rows: Iterable[Sequence[int]]) -> tuple[int, ...]:
    """Measures of several cells as those of one."""
    return tuple(map(sum, zip(*rows, strict=True))) or (0,) * len(MEASURES)
