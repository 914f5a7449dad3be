"""How many households were reached, and how many sold nothing for a while: the registry beside the ledger."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

from django.db.models import Count, F, Q, QuerySet, Sum

from farmers.registry.models import Household, HouseholdMark, MarkKind

from ..models import HouseholdDay
from .asked import UNMARKED, Dimension, Key

# the days without a sale after which somebody asks why
QUIET_DAYS = 90


class Reached(NamedTuple):
    """Households of the registry: all, those with something left of the period, and those quiet for QUIET_DAYS."""

    households: int = 0
    reached: int = 0
    quiet: int = 0


def sold_in(first: dt.date, last: dt.date) -> QuerySet[HouseholdDay, Any]:
    """The ids of households with something left of what they sold in these days. Not evaluated: for a subquery."""
    net = {"net_grams": Sum("grams"), "net_saplings": Sum("saplings"), "net_pieces": Sum("pieces")}
    left = Q(net_grams__gt=0) | Q(net_saplings__gt=0) | Q(net_pieces__gt=0)
    days = HouseholdDay.objects.filter(day__range=(first, last)).order_by()
    return days.values("household").annotate(**net).filter(left).values("household")


def quiet(households: QuerySet[Household], last: dt.date) -> QuerySet[Household]:
    """Those of the households that sold nothing in the QUIET_DAYS up to `last`."""
    return households.exclude(pk__in=sold_in(last - dt.timedelta(QUIET_DAYS - 1), last))


def reached(
    households: QuerySet[Household], by: Dimension, first: dt.date, last: dt.date
) -> tuple[dict[Key, Reached], Reached]:
    """By town, village or mark (as borne on the last day), and of all. One query.

    The households are those on the registry today, where they live today: of earlier days it keeps no record.
    """
    counts = {
        "all_of_them": Count("pk", distinct=True),
        "reached": Count("pk", distinct=True, filter=Q(pk__in=sold_in(first, last))),
        "quiet": Count(
            "pk",
            distinct=True,
            filter=~Q(pk__in=sold_in(last - dt.timedelta(QUIET_DAYS - 1), last)),
        ),
    }
    rows = households.order_by()
    key = {Dimension.TOWN: "village__town", Dimension.VILLAGE: "village"}.get(by)
    if key:
        grouped = rows.annotate(r=F(key)).values("r").annotate(**counts).values_list("r", *counts)
        found: dict[Key, Reached] = {row: Reached(*numbers) for row, *numbers in grouped}
        # a household lives in one place
        return found, Reached(*map(sum, zip(*found.values(), strict=True))) if found else Reached()
    return _by_mark(rows, counts, last)


def _by_mark(
    rows: QuerySet[Household], counts: dict[str, Count], last: dt.date
) -> tuple[dict[Key, Reached], Reached]:
    holding = HouseholdMark.objects.on(last)
    # one query in spite of marks that overlap: each has its own counts of the same rows
    wanted: dict[Key, Q] = {
        kind: Q(pk__in=holding.filter(kind=kind).values("household")) for kind in MarkKind.values
    }
    wanted[UNMARKED] = ~Q(pk__in=holding.values("household"))
    named = {
        f"{number}_{name}": Count(
            "pk", distinct=True, filter=where if count.filter is None else where & count.filter
        )
        for number, where in enumerate(wanted.values())
        for name, count in counts.items()
    }
    sums = rows.aggregate(**{f"k{name}": count for name, count in named.items()}, **counts)
    found = {
        key: Reached(*(sums[f"k{number}_{name}"] for name in counts)) for number, key in enumerate(wanted)
    }
    return {k: v for k, v in found.items() if v.households}, Reached(*(sums[name] for name in counts))
