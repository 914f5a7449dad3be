"""The public year of the ledger: figures by month, town and channel in which no household can be recognised."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db.models import Count, Subquery, Sum

from marketplace.days import today

from .kinds import Channel
from .models import HouseholdYear, MonthTotal
from .queries import FEWEST_HOUSEHOLDS, SOMETHING_LEFT, buyers_of

FIRST_YEAR = 2000


class Sold(NamedTuple):
    produce_grams: int = 0
    saplings: int = 0
    amount_fen: int = 0

    @property
    def whole_yuan(self) -> int:
        """For large figures; the tables tell the fen."""
        return self.amount_fen // 100

    def plus(self, other: Sold) -> Sold:
        return Sold(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


class Month(NamedTuple):
    first: dt.date
    sold: Sold
    last_year: Sold
    is_over_or_running: bool


class TownYear(NamedTuple):
    """A town's year; without a name, that of all the towns too small to be shown alone."""

    name: str
    name_en: str
    households: int
    sold: Sold
    share: int = 0  # of the largest row's amount, in percent: the length of its bar


class ChannelYear(NamedTuple):
    label: str
    sold: Sold
    share: int


class YearPage(NamedTuple):
    year: int
    years: list[int]  # that can be chosen, newest first
    sold: Sold
    last_year: Sold
    households: int
    buyers: int
    months: list[Month]
    towns: list[TownYear]
    channels: list[ChannelYear]

    @property
    def year_before(self) -> int:
        return self.year - 1


def chosen_year(asked: str | None) -> int:
    """The year that was asked for; this one for whatever is no year that the ledger could hold."""
    now = today().year
    if asked and asked.isascii() and asked.isdigit() and len(asked) == 4 and FIRST_YEAR <= int(asked) <= now:
        return int(asked)
    return now


def year_page(year: int) -> YearPage:
    """Three queries on the totals, however many entries, households or towns there are."""
    by_month: dict[dt.date, Sold] = {}
    by_channel: dict[str, Sold] = {}
    first_year = year
    earliest = MonthTotal.objects.order_by("month").values("month")[:1]
    cells = (
        MonthTotal.objects.filter(month__range=(dt.date(year - 1, 1, 1), dt.date(year, 12, 31)))
        .order_by()
        .values_list("month", "channel")
        .annotate(Sum("grams"), Sum("saplings"), Sum("amount_fen"), earliest=Subquery(earliest))
    )
    for month, channel, *sums, first_month in cells:
        sold = Sold(*sums)
        by_month[month] = by_month.get(month, Sold()).plus(sold)
        if month.year == year:
            by_channel[channel] = by_channel.get(channel, Sold()).plus(sold)
        first_year = first_month.year
    towns = _towns(year)
    return YearPage(
        year=year,
        years=list(range(today().year, min(first_year, year) - 1, -1)),
        sold=_all(sold for month, sold in by_month.items() if month.year == year),
        last_year=_all(sold for month, sold in by_month.items() if month.year != year),
        households=sum(town.households for town in towns),
        buyers=buyers_of(year),
        months=[_month(dt.date(year, number, 1), by_month) for number in range(1, 13)],
        towns=with_shares(merged(towns)),
        channels=_channels(by_channel),
    )


def _all(parts: Iterable[Sold]) -> Sold:
    total = Sold()
    for part in parts:
        total = total.plus(part)
    return total


def _month(first: dt.date, by_month: dict[dt.date, Sold]) -> Month:
    before = first.replace(year=first.year - 1)
    return Month(first, by_month.get(first, Sold()), by_month.get(before, Sold()), first <= today())


def _channels(by_channel: dict[str, Sold]) -> list[ChannelYear]:
    most = max((sold.amount_fen for sold in by_channel.values()), default=0)
    return [
        ChannelYear(str(channel.label), sold, _share(sold.amount_fen, most))
        for channel in Channel
        if (sold := by_channel.get(channel.value, Sold())) != Sold()
    ]


def _towns(year: int) -> list[TownYear]:
    """Each town's own figures, the largest amount first. Not yet for everybody's eyes."""
    reached = Count("household", filter=SOMETHING_LEFT)
    rows = (
        HouseholdYear.objects.filter(year=year)
        .order_by()
        .values_list("town__name", "town__name_en")
        .annotate(reached=reached, grams_=Sum("grams"), saplings_=Sum("saplings"), fen_=Sum("amount_fen"))
    )
    towns = [TownYear(name, name_en, households, Sold(*sums)) for name, name_en, households, *sums in rows]
    return sorted(towns, key=lambda town: (-town.sold.amount_fen, town.name))


def merged(towns: Sequence[TownYear], fewest: int = FEWEST_HOUSEHOLDS) -> list[TownYear]:
    """The towns of at least `fewest` households, and the others as one row without a name.

    That row has as many itself, or a small town could be told by taking the shown ones from the sum: where
    it must, it takes along the smallest of those that could have stood alone.
    """
    shown = [town for town in towns if town.households >= fewest]
    hidden = [town for town in towns if town.households < fewest]
    while shown and hidden and sum(town.households for town in hidden) < fewest:
        smallest = min(shown, key=lambda town: (town.households, town.sold.amount_fen))
        shown.remove(smallest)
        hidden.append(smallest)
    if not hidden:
        return shown
    others = TownYear("", "", sum(town.households for town in hidden), _all(town.sold for town in hidden))
    return [*shown, others]


def with_shares(towns: Sequence[TownYear]) -> list[TownYear]:
    most = max((town.sold.amount_fen for town in towns), default=0)
    return [town._replace(share=_share(town.sold.amount_fen, most)) for town in towns]


def _share(amount_fen: int, most: int) -> int:
    return max(0, 100 * amount_fen // most) if most > 0 else 0
