"""Totals are kept with the entries: every cell an entry counts in moves in the entry's own transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Aggregate, Count, F, Field, Q, Sum

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

Cell = tuple[Any, ...]

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
    return tuple(table._meta.pk.field_names)  # type: ignore[attr-defined]


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
        added: dict[Cell, list[int]] = defaultdict(lambda: [0] * len(MEASURES))
        first: dict[Cell, Entry] = {}
        for entry in entries:
            cell = tuple(getattr(entry, name) for name in names)
            first.setdefault(cell, entry)
            added[cell] = [sum(pair) for pair in zip(added[cell], measures_of(entry), strict=True)]
        if table._meta.constraints:
            # a negative row would be refused before it met the cell that it is to be taken from
            for cell in sorted(cell for cell, more in added.items() if min(more) < 0):
                _take_from(table, cell, added.pop(cell))
        _add(table, [(*cell, *_labels(table, first[cell]), *added[cell]) for cell in sorted(added)])


def _labels(table: type[Measures], entry: Entry) -> list[Any]:
    return [getattr(entry, name) for name in label_fields(table)]


def _take_from(table: type[Measures], cell: Cell, more: Sequence[int]) -> None:
    changes = {name: F(name) + number for name, number in zip(MEASURES, more, strict=True) if number}
    if not table._default_manager.filter(pk=cell).update(**changes):
        raise LookupError(f"{table._meta.model_name} has no cell {cell} to take from")


def _add(table: type[Measures], rows: Sequence[tuple[Any, ...]]) -> None:
    """Make each row's cell or add to it, one statement for as many rows as the database takes at once.

    `bulk_create` can overwrite on a conflict but not add, hence the SQL, the same on both databases.
    """
    quote = connection.ops.quote_name
    into = quote(table._meta.db_table)
    cell = cell_fields(table)
    columns = [*cell, *label_fields(table), *MEASURES]
    fields: list[Field[Any, Any]] = [table._meta.get_field(name) for name in columns]  # type: ignore[misc]
    head = f"INSERT INTO {into} ({', '.join(map(quote, columns))}) VALUES "  # noqa: S608
    places = f"({', '.join(['%s'] * len(columns))})"
    sums = ", ".join(f"{name} = {into}.{name} + excluded.{name}" for name in map(quote, MEASURES))
    tail = f" ON CONFLICT ({', '.join(map(quote, cell))}) DO UPDATE SET {sums}"
    size = max(connection.ops.bulk_batch_size(fields, rows), 1)
    with connection.cursor() as cursor:
        for start in range(0, len(rows), size):
            some = rows[start : start + size]
            values = [
                field.get_db_prep_save(value, connection)
                for row in some
                for field, value in zip(fields, row, strict=True)
            ]
            cursor.execute(head + ", ".join([places] * len(some)) + tail, values)
