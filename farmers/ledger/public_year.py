"""The year that everybody may see, counted now and then and kept: no visitor waits for it, however long the ledger is.

What is kept is what is shown, as plain values, and nothing else: the page, its JSON and its CSV tell the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import Subquery, Sum, Value
from django.db.models.functions import Coalesce, TruncMonth
from django.utils import timezone

from farmers.registry.models import Town
from marketplace.days import today

from .disclosure import MEASURES, Group, by_channel, grouped, merged, together, told
from .kinds import Channel
from .models import Block, Digest, Entry, HouseholdDay, HouseholdYear, MonthTotal, PublicYear
from .queries import FEWEST_HOUSEHOLDS, buyers_of
from .snapshot import one_moment

# how old a count may grow while new goods are accepted; whoever seals the ledger also counts
KEPT = dt.timedelta(minutes=10)
Told = dict[str, Any]


def public_year(year: int) -> Any:
    """The year as it was last counted, with the newest block and digest. One query, but where it is to be counted anew."""
    kept = _kept(year)
    if kept is None or (kept.entries != kept.now and timezone.now() - kept.counted_at > KEPT):
        count_year(year)
        return _kept(year)
    return kept


def _kept(year: int) -> Any:
    newest, published = Block.objects.order_by("-number"), Digest.objects.order_by("-day")
    told = {f"block_{name}": newest.values(name)[:1] for name in ("number", "hash", "sealed_at")}
    told |= {"published_on": published.values("day")[:1]}
    told |= {f"published_{name}": published.values(name)[:1] for name in ("number", "hash")}
    return (
        PublicYear.objects.filter(year=year)
        .annotate(
            now=Coalesce(Subquery(_entries(year)), 0), **{name: Subquery(one) for name, one in told.items()}
        )
        .first()
    )


def _two_years(year: int) -> tuple[dt.date, dt.date]:
    return dt.date(year - 1, 1, 1), dt.date(year, 12, 31)


def _entries(year: int) -> Any:
    """How many entries there are of the year and the one before: another number, other figures."""
    cells = MonthTotal.objects.filter(month__range=_two_years(year)).order_by()
    return cells.annotate(one=Value(1)).values("one").annotate(n=Sum("entries")).values("n")


def count_years() -> None:
    """Count what is out of date of this year and the one before: for whoever seals."""
    for year in (today().year - 1, today().year):
        kept = _kept(year)
        if kept is None or kept.entries != kept.now:
            count_year(year)


def count_year(year: int) -> None:
    """Count a year for everybody's eyes. Counted twice at once, the same is kept."""
    with one_moment():
        entries = MonthTotal.objects.filter(month__range=_two_years(year)).aggregate(
            n=Sum("entries", default=0)
        )
        counted = PublicYear(year=year, told=_counted(year), entries=entries["n"], counted_at=timezone.now())
    PublicYear.objects.bulk_create(
        [counted],
        update_conflicts=True,
        unique_fields=["year"],
        update_fields=["told", "entries", "counted_at"],
    )


def _counted(year: int) -> Told:
    months = _months(year)
    this, last = (
        {key: group for key, group in months.items() if key.startswith(f"{y}-")} for y in (year, year - 1)
    )
    whole, whole_last = together([*this.values()]), together([*last.values()])
    of_year = [this.get(f"{year}-{number:02}", together([])) for number in range(1, 13)]
    of_last = [last.get(f"{year - 1}-{number:02}", together([])) for number in range(1, 13)]
    first = MonthTotal.objects.order_by("month").values_list("month", flat=True).first()
    few = 0 < len(whole.families) < FEWEST_HOUSEHOLDS
    return {
        "year": year,
        "years": list(range(today().year, min(first.year if first else year, year) - 1, -1)),
        "fewest_households": FEWEST_HOUSEHOLDS,
        "total": _row([whole], 0)
        | {"households": None if few else len(whole.families), "buyers": buyers_of(year)},
        "last_year": _row([whole_last], 0),
        "months": [
            {
                "month": f"{year}-{at + 1:02}",
                **_row(of_year, at),
                "last_year_fen": told(of_last, "amount_fen")[at],
            }
            for at in range(12)
        ],
        "towns": [] if few else _rows(merged(_towns(year)), _town_names()),
        "channels": [] if few else _rows(merged(_channels(year)), {}),
    }


def _row(groups: list[Group], at: int) -> Told:
    return {measure: told(groups, measure)[at] for measure in MEASURES}


def _rows(groups: list[Group], names: Mapping[str, Told]) -> list[Told]:
    columns = {measure: told(groups, measure) for measure in MEASURES}
    return [
        {
            "key": group.key,
            **names.get(group.key, {}),
            "households": len(group.families),
            **{measure: columns[measure][at] for measure in MEASURES},
        }
        for at, group in enumerate(groups)
    ]


# --- groups, not yet for everybody's eyes ---------------------------------------------------------


def _months(year: int) -> dict[str, Group]:
    rows = (
        HouseholdDay.objects.filter(day__range=_two_years(year))
        .order_by()
        .values_list(TruncMonth("day"), "household")
        .annotate(fen=Sum("amount_fen"), g=Sum("grams"), s=Sum("saplings"), p=Sum("pieces"))
    )
    return {
        group.key: group for group in grouped((f"{month:%Y-%m}", *rest) for month, *rest in rows.iterator())
    }


def _towns(year: int) -> list[Group]:
    rows = HouseholdYear.objects.filter(year=year).values_list(
        "town__slug", "household", "amount_fen", "grams", "saplings", "pieces"
    )
    return grouped(rows.iterator())


def _channels(year: int) -> list[Group]:
    entries = Entry.objects.filter(day__range=(dt.date(year, 1, 1), dt.date(year, 12, 31)))
    found = {group.key: group for group in by_channel(entries)}
    return [found[channel.value] for channel in Channel if channel.value in found]


def _town_names() -> dict[str, Told]:
    return {
        slug: {"name": name, "name_en": english}
        for slug, name, english in Town.objects.values_list("slug", "name", "name_en")
    }
