"""What other rooms and pages ask of the ledger, read from the totals: never slower for a longer ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import Count, Q, Sum

from farmers.registry.models import Village
from marketplace.days import today
from marketplace.money import line_amount_fen

from .models import BuyerYear, Entry, HouseholdTotal, HouseholdYear

# a party counts when something of what it sold or bought in the period was not taken back in it
SOMETHING_LEFT = Q(grams__gt=0) | Q(saplings__gt=0) | Q(pieces__gt=0)


def owed(household_ids: Sequence[int] | None = None) -> dict[int, int]:
    """What each of the households, or every one, sold for in all, in fen. One that never sold is not in the answer."""
    cells = HouseholdTotal.objects.order_by()
    if household_ids is not None:
        cells = cells.filter(household__in=household_ids)
    return dict(cells.values_list("household").annotate(Sum("amount_fen")))


# a public figure of fewer would tell neighbours what one of them earned
FEWEST_HOUSEHOLDS = 5


class YearFigures(NamedTuple):
    """`households` reached are those with something left when returns are taken off."""

    year: int
    produce_grams: int
    saplings: int
    amount_fen: int
    households: int

    @property
    def yuan(self) -> int:
        """Whole yuan: a figure to take in at a glance."""
        return self.amount_fen // 100


def year_figures(year: int | None = None) -> YearFigures:
    """The figures of a calendar year in Shanghai, by default of this one up to now. One query."""
    year = year or today().year
    sold = HouseholdYear.objects.filter(year=year).aggregate(
        produce_grams=Sum("grams", default=0),
        all_saplings=Sum("saplings", default=0),
        all_fen=Sum("amount_fen", default=0),
        households=Count("household", filter=SOMETHING_LEFT, distinct=True),
    )
    return YearFigures(
        year=year,
        produce_grams=sold["produce_grams"],
        saplings=sold["all_saplings"],
        amount_fen=sold["all_fen"],
        households=sold["households"],
    )


def buyers_of(year: int) -> int:
    return BuyerYear.objects.filter(SOMETHING_LEFT, year=year).aggregate(n=Count("buyer", distinct=True))["n"]


def year_before(day: dt.date) -> dt.date:
    """The same day a year earlier; 29 February becomes the 28th."""
    try:
        return day.replace(year=max(day.year - 1, 1))
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


# of fewer sellers an average would tell what one of them got
FEWEST_NEIGHBOURS = 3


class Nearby(NamedTuple):
    """What others got for goods, in fen per 1,000 grams or pieces: those of the village, or else of its town."""

    fen: int
    in_village: bool


def got_nearby(village: Village, since: dt.date, besides: int) -> dict[str, Nearby]:
    """What goods of each product lately fetched near a household, by slug. One query.

    What household `besides` sold itself is no news to it and does not count. The village's own price is told where
    FEWEST_NEIGHBOURS others of it sold, else the town's where as many did, else none.
    """
    near = Q(village=village)
    rows = (
        Entry.objects.filter(town=village.town_id, day__gte=since, kind=Entry.Kind.SALE)
        .exclude(household=besides)
        .order_by()
        .values("product_slug")
        .annotate(
            sellers=Count("household", distinct=True),
            fen=Sum("amount_fen"),
            sold=Sum("quantity"),
            near_sellers=Count("household", filter=near, distinct=True),
            near_fen=Sum("amount_fen", filter=near),
            near_sold=Sum("quantity", filter=near),
        )
        .filter(sellers__gte=FEWEST_NEIGHBOURS, sold__gt=0)
    )
    found = {}
    for row in rows:
        in_village = row["near_sellers"] >= FEWEST_NEIGHBOURS
        fen, sold = (row["near_fen"], row["near_sold"]) if in_village else (row["fen"], row["sold"])
        found[row["product_slug"]] = Nearby(line_amount_fen(fen, 1_000, sold), in_village)
    return found
