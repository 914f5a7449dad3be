"""Which table tells a question: totals as far as their cells reach, the entries themselves for the rest.

Totals that are kept by month or year tell the whole months or years of a period, and the entries of the few days
before and after are added to them, so that a long period costs no more than its cells.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import ExtractMonth, ExtractYear

from farmers.registry.models import HouseholdMark, MarkKind
from marketplace.days import month_end

from ..models import (
    BuyerDay,
    BuyerYear,
    DayTotal,
    Entry,
    HouseholdDay,
    HouseholdYear,
    Measures,
    MonthTotal,
    ProductMonth,
)
from ..totals import SUMS
from .asked import PARTIES, PEOPLE, UNMARKED, Dimension, Goods, Question

Days = tuple[dt.date, dt.date]

# what every row of a union carries for the sum of all, where the marks of one household overlap
ALL = "*"


class Source(NamedTuple):
    """A table of totals: what it can tell apart, and by which column it is kept in time."""

    table: type[Measures]
    kept_by: str  # day, month or year
    knows: frozenset[str]


# the smallest first
SOURCES = (
    Source(MonthTotal, "month", frozenset({"town", "category", "channel", "buyer_kind", "month"})),
    Source(DayTotal, "day", frozenset({"town", "channel", "buyer_kind", "month"})),
    Source(
        ProductMonth,
        "month",
        frozenset({"town", "village", "product", "category", "channel", "buyer_kind", "month"}),
    ),
    Source(BuyerYear, "year", frozenset({"buyer", "buyer_kind"})),
    Source(BuyerDay, "day", frozenset({"buyer", "buyer_kind", "month"})),
    Source(HouseholdYear, "year", frozenset({"town", "household"})),
    Source(HouseholdDay, "day", frozenset({"household", "mark", "month"})),
)


class Part(NamedTuple):
    """Rows of one table that answer for some days of the period and of the one a year before."""

    rows: QuerySet[Any]
    is_entries: bool
    this: Q | None
    last: Q | None


def parts_of(question: Question, entries: QuerySet[Entry] | None) -> list[Part]:
    """The parts that together tell a question. With `entries`, all a person may see, those alone tell it."""
    now, before = (question.first, question.last), question.year_before
    if entries is None:
        source = _source(question, now, before)
        if source:
            whole_now, rest_now = split(now, source.kept_by)
            whole_before, rest_before = split(before, source.kept_by)
            parts = [_part(source.table._default_manager.all(), source.kept_by, whole_now, whole_before)]
            if rest_now or rest_before:
                parts.append(_part(Entry.objects.all(), "day", rest_now, rest_before))
            return [part._replace(rows=_filtered(part, question)) for part in parts]
    part = _part(Entry.objects.all() if entries is None else entries, "day", [now], [before])
    return [part._replace(rows=_filtered(part, question))]


def _source(question: Question, now: Days, before: Days) -> Source | None:
    needed = {*question.dimensions, *question.filters}
    if question.measure in PARTIES:
        needed.add(PARTIES[question.measure])
    fitting = [source for source in SOURCES if needed <= source.knows]
    exact = [s for s in fitting if not (split(now, s.kept_by)[1] or split(before, s.kept_by)[1])]
    partly = [s for s in fitting if split(now, s.kept_by)[0] and split(before, s.kept_by)[0]]
    return next(iter([*exact, *partly]), None)


def split(days: Days, kept_by: str) -> tuple[list[Days], list[Days]]:
    """The whole days, months or years of a period, and the days that are left before and after."""
    first, last = days
    if kept_by == "day":
        return [days], []
    month = kept_by == "month"
    begin = first.replace(day=1) if month else first.replace(month=1, day=1)
    if begin < first:
        # the next one's first day; the last year of the calendar has none
        end = _end(first, month)
        if end >= last or end == dt.date.max:
            return [], [days]
        begin = end + dt.timedelta(1)
    end = _end(last, month)
    if end > last:
        end = (last.replace(day=1) if month else last.replace(month=1, day=1)) - dt.timedelta(1)
    if end < begin:
        return [], [days]
    rest = []
    if first < begin:
        rest.append((first, begin - dt.timedelta(1)))
    if end < last:
        rest.append((end + dt.timedelta(1), last))
    return [(begin, end)], rest


def _end(day: dt.date, month: bool) -> dt.date:
    return month_end(day) if month else day.replace(month=12, day=calendar.monthrange(day.year, 12)[1])


def _part(rows: QuerySet[Any], kept_by: str, this: Sequence[Days], last: Sequence[Days]) -> Part:
    return Part(rows, rows.model is Entry, _in(kept_by, this), _in(kept_by, last))


def _in(kept_by: str, ranges: Sequence[Days]) -> Q | None:
    """The condition on a row that it lies in one of the ranges; None when there is none."""
    found: Q | None = None
    for first, last in ranges:
        span = (first.year, last.year) if kept_by == "year" else (first, last)
        found = (found or Q()) | Q(**{f"{kept_by}__range": span})
    return found


# --- filters ------------------------------------------------------------------------------------

_COLUMNS = {"product": "product_slug", "category": "category_slug"}


def column(dimension: str) -> str:
    return _COLUMNS.get(dimension, dimension)


def _filtered(part: Part, question: Question) -> QuerySet[Any]:
    when = [condition for condition in (part.this, part.last) if condition is not None]
    rows = part.rows.filter(when[0] | when[1] if len(when) == 2 else when[0])
    return filtered(rows, question)


def filtered(rows: QuerySet[Any], question: Question) -> QuerySet[Any]:
    """Rows of entries, or of totals that know them, which the question's filters let through."""
    for name, value in question.filters.items():
        if name == "goods":
            rows = rows.filter(is_sapling=value == Goods.SAPLINGS)
        elif name == Dimension.MARK:
            rows = rows.filter(~_bears() if value == UNMARKED else _bears(kind=value))
        elif name == Dimension.BUYER:
            units = Q(buyer__startswith="unit:")
            rows = rows.filter(~units if value == PEOPLE else Q(buyer=value))
        else:
            rows = rows.filter(**{column(name): value})
    return rows


def _bears(**kind: Any) -> Exists:
    """That the household bore a mark on the day of the entry."""
    marks = HouseholdMark.objects.on(OuterRef("day"))
    return Exists(marks.filter(household=OuterRef("household"), **kind))


# --- grouping -----------------------------------------------------------------------------------


def branches(part: Part, question: Question) -> Iterator[tuple[QuerySet[Any], dict[str, Combinable]]]:
    """The part's rows with the expressions of the row's and column's key.

    A household can bear several marks on a day, or none, and counts under each: by mark there is a branch for each
    kind, one for those without any, and one for all.
    """
    keys = {"r": _key(question.rows, part), "c": _key(question.cols, part)}
    if Dimension.MARK not in question.dimensions:
        yield part.rows, keys
        return
    which = "r" if question.rows == Dimension.MARK else "c"
    for kind in MarkKind.values:
        yield part.rows.filter(_bears(kind=kind)), {**keys, which: _text(kind)}
    yield part.rows.filter(~_bears()), {**keys, which: _text(UNMARKED)}
    yield part.rows, {**keys, which: _text(ALL)}


def _text(word: str) -> Value:
    return Value(word, output_field=CharField())


def _key(dimension: Dimension | None, part: Part) -> Combinable:
    if dimension is None or dimension == Dimension.MARK:
        return _text("")
    if dimension == Dimension.MONTH:
        kept = "day" if "day" in {f.name for f in part.rows.model._meta.fields} else "month"
        return ExtractYear(kept) * 12 + ExtractMonth(kept)
    if dimension == Dimension.BUYER:
        return Case(When(buyer__startswith="unit:", then=F("buyer")), default=_text(PEOPLE))
    return F(column(dimension))


# --- sums ---------------------------------------------------------------------------------------


def sums_of(part: Part, measures: Sequence[str]) -> dict[str, Combinable]:
    """The measures of totals, `this_` and `last_`, whether the part's rows are totals or entries."""
    found: dict[str, Combinable] = {}
    for when, condition in (("this", part.this), ("last", part.last)):
        for name in measures:
            summed: Combinable = Value(0, output_field=BigIntegerField())
            if condition is not None and part.is_entries:
                summed = _of_entries(name, condition)
            elif condition is not None:
                summed = Sum(name, filter=condition, default=0)
            found[f"{when}_{name}"] = summed
    return found


def _of_entries(name: str, condition: Q) -> Combinable:
    summed = SUMS[f"sum_{name}"].copy()
    summed.filter = condition if summed.filter is None else summed.filter & condition
    return summed
