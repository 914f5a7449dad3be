"""The green channel's trade against the same period of the year before, read from the ledger's totals alone."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import NamedTuple

from django.db.models import Max, Min, Q, Sum
from django.db.models.functions import ExtractMonth, ExtractYear

from farmers.ledger.kinds import Channel
from farmers.ledger.models import DayTotal, ProductMonth
from farmers.ledger.queries import year_before
from marketplace.days import month_end, today


class Traded(NamedTuple):
    """Saplings in pieces, and what was paid for them in fen."""

    pieces: int = 0
    fen: int = 0

    def plus(self, pieces: int, fen: int) -> Traded:
        return Traded(self.pieces + pieces, self.fen + fen)

    @property
    def whole_yuan(self) -> int:
        return self.fen // 100


NOTHING = Traded()


class Row(NamedTuple):
    """This year's trade and last year's, of a month or a product."""

    name: str
    name_en: str
    this_year: Traded
    last_year: Traded

    @property
    def change(self) -> int | None:
        """By how many percent more was paid than in the year before; None where there was nothing."""
        before = self.last_year.fen
        return None if before <= 0 else round(100 * (self.this_year.fen - before) / before)


class Month(NamedTuple):
    first: dt.date
    row: Row
    begun: bool


class Figures(NamedTuple):
    """`until`: the last day that counts, in this year; in the year before, the same day."""

    year: int
    years: list[int]
    until: dt.date
    until_before: dt.date
    total: Row
    months: list[Month]
    # by whole months alone, up to this day; None while the year has none
    products_until: dt.date | None
    products: list[Row]


def figures(year: int) -> Figures:
    """Three queries on the totals, however long the ledger is."""
    until = min(today(), dt.date(year, 12, 31))
    until_before = year_before(until)
    if until == month_end(until):  # the last of February has two dates
        until_before = month_end(until_before)
    by_month = _by_month(year, until, until_before)
    ends = DayTotal.objects.filter(channel=Channel.GREEN).aggregate(least=Min("day"))
    first_year = min(ends["least"].year if ends["least"] else year, year)
    months = [
        Month(
            dt.date(year, number, 1),
            Row("", "", by_month[year, number], by_month[year - 1, number]),
            dt.date(year, number, 1) <= until,
        )
        for number in range(1, 13)
    ]
    total = Row("", "", NOTHING, NOTHING)
    for month in months:
        total = total._replace(
            this_year=total.this_year.plus(*month.row.this_year),
            last_year=total.last_year.plus(*month.row.last_year),
        )
    whole = until if until == month_end(until) else until.replace(day=1) - dt.timedelta(days=1)
    whole_until = whole if whole.year == year else None
    return Figures(
        year=year,
        years=list(range(today().year, first_year - 1, -1)),
        until=until,
        until_before=until_before,
        total=total,
        months=months,
        products_until=whole_until,
        products=_products(year, whole_until) if whole_until else [],
    )


def _by_month(year: int, until: dt.date, until_before: dt.date) -> dict[tuple[int, int], Traded]:
    """Both years cut at the same day."""
    rows = (
        (
            DayTotal.objects.filter(channel=Channel.GREEN, day__range=(dt.date(year, 1, 1), until))
            | DayTotal.objects.filter(
                channel=Channel.GREEN, day__range=(dt.date(year - 1, 1, 1), until_before)
            )
        )
        .order_by()
        .annotate(of_year=ExtractYear("day"), of_month=ExtractMonth("day"))
        .values_list("of_year", "of_month")
        .annotate(Sum("saplings"), Sum("sapling_fen"))
    )
    found: dict[tuple[int, int], Traded] = defaultdict(Traded)
    for of_year, of_month, pieces, fen in rows:
        found[of_year, of_month] = Traded(pieces, fen)
    return found


def _products(year: int, until: dt.date) -> list[Row]:
    """Each product, what most was paid for first."""
    same_months = Q(month__range=(dt.date(year, 1, 1), until))
    same_months |= Q(month__range=(dt.date(year - 1, 1, 1), until.replace(year=year - 1, day=1)))
    cells = (
        ProductMonth.objects.filter(same_months, channel=Channel.GREEN)
        .order_by()
        .annotate(of_year=ExtractYear("month"))
        .values_list("product_slug", "of_year")
        .annotate(Max("product_name"), Max("product_name_en"), Sum("saplings"), Sum("sapling_fen"))
    )
    found: dict[str, Row] = {}
    for slug, of_year, name, name_en, pieces, fen in cells:
        row = found.get(slug, Row(name, name_en, NOTHING, NOTHING))
        which = "this_year" if of_year == year else "last_year"
        found[slug] = row._replace(**{which: getattr(row, which).plus(pieces, fen)})
    some = [row for row in found.values() if row.this_year != NOTHING or row.last_year != NOTHING]
    return sorted(some, key=lambda row: (-row.this_year.fen, -row.last_year.fen, row.name))
