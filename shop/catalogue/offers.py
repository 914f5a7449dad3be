"""Offers: lots as a buyer sees them, filtered, counted and put in order."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from farmers.registry.models import WATCHED_KINDS, HouseholdMark
from farmers.stock.models import Lot
from marketplace.days import today

from .search import meaning

PAGE_SIZE = 24
JIN = 500

# A lot of weight and one of pieces are compared each by its own kind of unit (fen per million grams or pieces)
SORTS: dict[str, tuple[Any, ...]] = {
    "newest": ("-listed_at", "-id"),
    "cheapest": ("comparable_price", "-id"),
    "dearest": ("-comparable_price", "-id"),
    "freshest": (F("harvested_on").desc(nulls_last=True), "-id"),
    "soonest": (F("good_until").asc(nulls_last=True), "id"),
}


class Filters(NamedTuple):
    """What the buyer asked to see. Prices in fen per jin for weighed goods, per piece for counted ones."""

    query: str = ""
    categories: tuple[str, ...] = ()
    towns: tuple[str, ...] = ()
    kind: str = ""
    price_from: int | None = None
    price_to: int | None = None
    sold_out: bool = False
    sort: str = "newest"


class Facet(NamedTuple):
    """One choice of a filter, with how many offers it would show."""

    slug: str
    name: str
    name_en: str
    count: int
    chosen: bool


class Listing(NamedTuple):
    offers: list[Lot]
    total: int
    page: int
    pages: int
    categories: list[Facet]
    towns: list[Facet]
    understood: bool


def offers(day: dt.date | None = None) -> QuerySet[Lot]:
    """Lots on sale with all that a card shows, in one query."""
    day = day or today()
    watched = HouseholdMark.objects.filter(
        household=OuterRef("household"), kind__in=WATCHED_KINDS, since__lte=day
    ).filter(Q(until=None) | Q(until__gte=day))
    return (
        Lot.objects.on_sale(day)
        .select_related("product", "town", "village", "household")
        .defer("household__phone", "household__id_number", "household__bank_account")
        .annotate(watched=Exists(watched))
    )


def _common(filters: Filters) -> Q | None:
    """All of the filters but the two with facets; None when the words mean nothing."""
    condition = Q()
    if filters.query:
        words = meaning(filters.query)
        if words is None:
            return None
        condition &= words
    if filters.kind:
        condition &= Q(category__is_sapling=filters.kind == "sapling")
    for bound, word in ((filters.price_from, "gte"), (filters.price_to, "lte")):
        if bound is not None:
            condition &= Q(unit_size=1, **{f"comparable_price__{word}": bound * 1_000_000}) | Q(
                unit_size__gt=1, **{f"comparable_price__{word}": bound * 1_000_000 // JIN}
            )
    if not filters.sold_out:
        condition &= Q(available__gt=0)
    return condition


def list_offers(filters: Filters, page: int) -> Listing:
    """One page of offers and the counts beside the filters, in two queries (three when words are new)."""
    common = _common(filters)
    if common is None:
        return Listing([], 0, 1, 1, [], [], understood=False)
    cells = list(
        Lot.objects.on_sale(today())
        .filter(common)
        .order_by()
        .values(
            "category__slug",
            "category__name",
            "category__name_en",
            "category__position",
            "town__slug",
            "town__name",
            "town__name_en",
            "town__position",
        )
        .annotate(n=Count("id"))
    )
    chosen = Q()
    if filters.categories:
        chosen &= Q(category__slug__in=filters.categories)
    if filters.towns:
        chosen &= Q(town__slug__in=filters.towns)
    # a facet counts what choosing it would show, so its own filter is left out and the other's held
    categories = _facets(cells, "category", filters.categories, "town", filters.towns)
    towns = _facets(cells, "town", filters.towns, "category", filters.categories)
    total = sum(
        cell["n"]
        for cell in cells
        if _within(cell["category__slug"], filters.categories) and _within(cell["town__slug"], filters.towns)
    )
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    start = (page - 1) * PAGE_SIZE
    found = list(
        offers().filter(common & chosen).order_by(*SORTS[filters.sort])[start : start + PAGE_SIZE]
        if total
        else []
    )
    return Listing(found, total, page, pages, categories, towns, understood=True)


def _within(slug: str, chosen: tuple[str, ...]) -> bool:
    return not chosen or slug in chosen


def _facets(
    cells: list[dict[str, Any]], field: str, chosen: tuple[str, ...], other: str, others: tuple[str, ...]
) -> list[Facet]:
    counts: dict[str, int] = {}
    facts: dict[str, tuple[int, str, str]] = {}
    for cell in cells:
        slug = cell[f"{field}__slug"]
        facts[slug] = (cell[f"{field}__position"], cell[f"{field}__name"], cell[f"{field}__name_en"])
        if _within(cell[f"{other}__slug"], others):
            counts[slug] = counts.get(slug, 0) + cell["n"]
    return [
        Facet(slug, name, name_en, counts.get(slug, 0), slug in chosen)
        for slug, (_position, name, name_en) in sorted(facts.items(), key=lambda item: item[1])
        if counts.get(slug) or slug in chosen
    ]
