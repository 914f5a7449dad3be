"""Compare every cell of every table of totals with the sum of its entries. The database does the summing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db.models import QuerySet, Sum
from django.db.models.functions import ExtractYear, TruncMonth

from .bad import Bad
from .models import BuyerDay, BuyerTotal, BuyerYear, Entry, Measures, MonthTotal, ProductMonth
from .totals import MEASURES, SUMS, TOTALS, cell_fields

# these are sums of another table's cells: small, so that the entries are passed over less often
SUMMED_FROM: Mapping[type[Measures], type[Measures]] = {
    BuyerTotal: BuyerDay,
    BuyerYear: BuyerDay,
    MonthTotal: ProductMonth,
}

_PERIODS = {"month": TruncMonth("day"), "year": ExtractYear("day")}


def total_holds(at: int) -> Iterator[Bad]:
    """The table at this place of TOTALS.

    No cell says what its entries do not; and all cells together have as many entries as there are, so none is missing.
    """
    table = TOTALS[at]
    names = cell_fields(table)
    kept = table._default_manager.order_by().values_list(*names, *MEASURES)
    source = SUMMED_FROM.get(table)
    due = _summed(names) if source is None else _added(source, names)
    for row in kept.difference(due).order_by(*names)[:1]:
        yield _bad_cell(table, row[: len(names)])
    counted = table._default_manager.aggregate(all=Sum("entries", default=0))["all"]
    if counted != Entry.objects.count():
        # some cell is missing: the order of both tells which
        yield _bad_cell(table, _missing(table, names))


def _summed(names: Iterable[str]) -> QuerySet[Entry, Any]:
    return with_periods(names).order_by().values(*names).annotate(**SUMS).values_list(*names, *SUMS)


def _added(source: type[Measures], names: tuple[str, ...]) -> QuerySet[Any, Any]:
    periods = {name: _PERIODS[name] for name in names if name in _PERIODS and name not in cell_fields(source)}
    sums = {f"sum_{name}": Sum(name) for name in MEASURES}
    rows = source._default_manager.annotate(**periods).order_by().values(*names).annotate(**sums)
    return rows.values_list(*names, *sums)


def with_periods(names: Iterable[str]) -> QuerySet[Entry, Any]:
    """Entries with whatever of month and year the cells are told apart by."""
    return Entry.objects.annotate(**{name: _PERIODS[name] for name in names if name in _PERIODS})


def _missing(table: type[Measures], names: tuple[str, ...]) -> tuple[Any, ...]:
    cells = with_periods(names).order_by().values_list(*names)
    found: tuple[Any, ...] = cells.difference(table._default_manager.order_by().values_list(*names)).order_by(
        *names
    )[0]
    return found


def _bad_cell(table: type[Measures], cell: tuple[Any, ...]) -> Bad:
    """What a cell says against what its entries do, and the entry that alone would explain it, if there is one."""
    names = cell_fields(table)
    of_cell = dict(zip(names, cell, strict=True))
    told, found = (
        next(iter(rows[:1]), (0,) * len(MEASURES))
        for rows in (
            table._default_manager.filter(**of_cell).order_by().values_list(*MEASURES),
            _summed(names).filter(**of_cell).values_list(*SUMS),
        )
    )
    place = ", ".join(f"{name} {value}" for name, value in of_cell.items())
    reason = f"{table._meta.model_name} of {place} says {dict(zip(MEASURES, told, strict=True))}, its entries {dict(zip(MEASURES, found, strict=True))}"
    excess = found[MEASURES.index("amount_fen")] - told[MEASURES.index("amount_fen")]
    if found[MEASURES.index("entries")] - told[MEASURES.index("entries")] == 1:
        entries = with_periods(names).order_by("-id")
        for pk, key in entries.filter(**of_cell, amount_fen=excess).values_list("id", "key")[:1]:
            return Bad(pk, key, f"it was not counted: {reason}")
    return Bad(None, "", reason)
