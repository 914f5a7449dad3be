"""How many offers stand behind each choice of a filter, counted once for as long as nothing moves.

Counting goes through every lot on sale, so it is kept under the number of the last stock movement: whoever lists,
sells or sells out starts a new count, in this process or another. Prices and stock themselves are never kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable
from typing import NamedTuple

from django.core.cache import cache
from django.db.models import Count, Q, Value
from django.db.models.signals import post_delete, post_save

from farmers.registry.models import Town
from farmers.stock.models import Category, Lot, StockMovement
from marketplace.days import today

_SHELVES = "catalogue.shelves"
_EDITS = "catalogue.edits"
# a lot's price or state can be edited without a movement, and movements may be committed out of turn
_SECONDS = 30


class Shelf(NamedTuple):
    """A category or a town, as the filters name it."""

    id: int
    slug: str
    name: str
    name_en: str


class Shelves(NamedTuple):
    categories: list[Shelf]
    towns: list[Shelf]


class Cell(NamedTuple):
    """How many offers there are of a category in a town."""

    category: int
    town: int
    count: int


def shelves() -> Shelves:
    """Every category and town in its order, in one query and kept for half a minute."""
    known: Shelves | None = cache.get(_SHELVES)
    if known is None:
        columns = ("shelf", "position", "id", "slug", "name", "name_en")
        categories, towns = (
            table.objects.order_by().annotate(shelf=Value(number)).values_list(*columns)
            for number, table in enumerate((Category, Town))
        )
        rows = sorted(categories.union(towns, all=True))
        known = Shelves(*([Shelf(*row[2:]) for row in rows if row[0] == number] for number in (0, 1)))
        cache.set(_SHELVES, known, _SECONDS)
    return known


def count_cells(condition: Q, told_apart_by: Hashable) -> list[Cell]:
    """The offers that meet `condition`, counted; `told_apart_by` says the same as the condition, in plain values."""
    last = StockMovement.objects.order_by("-pk").values_list("pk", flat=True).first()
    words = repr((last, cache.get(_EDITS), today(), told_apart_by))
    key = f"catalogue.cells.{hashlib.sha256(words.encode()).hexdigest()}"
    cells: list[Cell] | None = cache.get(key)
    if cells is None:
        counted = (
            Lot.objects.on_sale(today())
            .filter(condition)
            .order_by()
            .values_list("category", "town")
            .annotate(n=Count("pk"))
        )
        cells = [Cell(*row) for row in counted]
        cache.set(key, cells, _SECONDS)
    return cells


def forget_shelves(**kwargs: object) -> None:
    cache.delete(_SHELVES)


def forget_counts(**kwargs: object) -> None:
    """A lot was edited: counts made before no longer hold."""
    cache.set(_EDITS, cache.get(_EDITS, 0) + 1, None)


def watch_lots() -> None:
    """What is saved here counts here at once."""
    for model in (Category, Town):
        for signal in (post_save, post_delete):
            signal.connect(
                forget_shelves, sender=model, dispatch_uid=f"{_SHELVES}.{model.__name__}.{id(signal)}"
            )
    for signal in (post_save, post_delete):
        signal.connect(forget_counts, sender=Lot, dispatch_uid=f"{_EDITS}.{id(signal)}")
