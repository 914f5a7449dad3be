"""How many offers stand behind each choice of a filter, counted once for as long as nothing moves.

Counting goes through every lot on sale, so it is kept until the next stock movement: whoever lists, sells or sells
out starts a new count, in this process or another.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Hashable
from functools import lru_cache
from typing import Any, NamedTuple

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet, Subquery

from farmers.stock.models import Lot
from marketplace.days import today
from marketplace.written import Written

from .kept import edition, last_movement, moved_last

# a lot's price or state can be edited without a movement, and movements may be committed out of turn
_SECONDS = 10


class Shelf(NamedTuple):
    """A category or a town, as the filters name it; shelves sort by their place."""

    position: int
    id: int
    slug: str
    name: str
    name_en: str


class Cell(NamedTuple):
    """How many offers there are of a category in a town."""

    category: int
    town: int
    number: int


class Counts(NamedTuple):
    """`moved`: the last stock movement before counting; `plants`: which categories are of plants."""

    categories: list[Shelf]
    towns: list[Shelf]
    cells: list[Cell]
    moved: int | None
    plants: frozenset[int] = frozenset()


def count_offers(condition: Q, told_apart_by: Hashable) -> Counts:
    """The offers that meet `condition`, counted; `told_apart_by` says the same as the condition, in plain values.

    One query, or two when something has moved since.
    """
    words = repr((edition(), today(), told_apart_by))
    key = f"catalogue.counts.{hashlib.sha256(words.encode()).hexdigest()}"
    counts: Counts | None = cache.get(key)
    if counts is None or counts.moved != moved_last():
        counts = _count(condition)
        cache.set(key, counts, _SECONDS)
    return counts


def _count(condition: Q) -> Counts:
    width = len(Shelf._fields)
    rows = _counting(condition, today()).ask()
    plants = frozenset(number for _moved, is_plant, _position, number, *_row in rows if is_plant)
    found = [(moved, Shelf(*row[:width]), Shelf(*row[width:-1]), row[-1]) for moved, _plant, *row in rows]
    return Counts(
        sorted({category for _moved, category, _town, _count in found}),
        sorted({town for _moved, _category, town, _count in found}),
        [Cell(category.id, town.id, count) for _moved, category, town, count in found],
        moved=found[0][0] if found else moved_last(),
        plants=plants,
    )


@lru_cache(maxsize=100)
def _counting(condition: Q, day: dt.date) -> Written[tuple[Any, ...]]:
    shelf = [f"{table}__{field}" for table in ("category", "town") for field in Shelf._fields]
    lots: QuerySet[Lot, Any] = (
        Lot.objects.on_sale(day)
        .filter(condition)
        .order_by()
        .annotate(moved=Subquery(last_movement))
        .values_list("moved", "category__is_sapling", *shelf)
        .annotate(n=Count("pk"))
    )
    return Written(lots)
