"""How many offers stand behind each choice of a filter, counted once for as long as nothing moves.

Counting goes through every lot on sale, so it is kept under the number of the last stock movement: whoever lists,
sells or sells out starts a new count, in this process or another. Prices and stock themselves are never kept.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Hashable
from typing import NamedTuple

from django.core.cache import cache
from django.db.models import Count, Q
from django.db.models.signals import post_delete, post_save

from farmers.registry.models import Town
from farmers.stock.models import Category, Lot, StockMovement
from marketplace.days import today

_EDITS = "catalogue.edits"
# a lot's price or state can be edited without a movement, and movements may be committed out of turn
_SECONDS = 30


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
    categories: list[Shelf]
    towns: list[Shelf]
    cells: list[Cell]


def count_offers(condition: Q, told_apart_by: Hashable) -> Counts:
    """The offers that meet `condition`, counted; `told_apart_by` says the same as the condition, in plain values."""
    last = StockMovement.objects.order_by("-pk").values_list("pk", flat=True).first()
    words = repr((last, cache.get(_EDITS), today(), told_apart_by))
    key = f"catalogue.counts.{hashlib.sha256(words.encode()).hexdigest()}"
    counts: Counts | None = cache.get(key)
    if counts is None:
        counts = _count(condition)
        cache.set(key, counts, _SECONDS)
    return counts


def _count(condition: Q) -> Counts:
    shelf = [f"{table}__{field}" for table in ("category", "town") for field in Shelf._fields]
    rows = (
        Lot.objects.on_sale(today()).filter(condition).order_by().values_list(*shelf).annotate(n=Count("pk"))
    )
    width = len(Shelf._fields)
    cells = [(Shelf(*row[:width]), Shelf(*row[width:-1]), row[-1]) for row in rows]
    return Counts(
        sorted({category for category, _town, _count in cells}),
        sorted({town for _category, town, _count in cells}),
        [Cell(category.id, town.id, count) for category, town, count in cells],
    )


def forget_counts(**kwargs: object) -> None:
    """Something was edited: what was counted before no longer holds."""
    cache.set(_EDITS, uuid.uuid4().hex, None)


def watch_edits() -> None:
    """What is saved here counts here at once."""
    for model in (Lot, Category, Town):
        for signal in (post_save, post_delete):
            signal.connect(
                forget_counts, sender=model, dispatch_uid=f"{_EDITS}.{model.__name__}.{id(signal)}"
            )
