"""Offers: lots as a buyer sees them, filtered, counted and put in order."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any, NamedTuple, cast

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from farmers.registry.models import WATCHED_KINDS, HouseholdMark
from farmers.stock.models import HARVEST, Lot
from marketplace.days import today
from marketplace.written import Written

from .counts import Shelf, count_offers
from .plants import NOTHING, Wanted
from .plants import condition as condition_of_plants
from .search import meaning

PAGE_SIZE = 24
JIN = 500

# A lot of weight and one of pieces are compared each by its own kind of unit (fen per million grams or pieces)
SORTS: dict[str, tuple[Any, ...]] = {
    "newest": ("-listed_at", "-id"),
    "cheapest": ("comparable_price", "-id"),
    "dearest": ("-comparable_price", "-id"),
    "freshest": (HARVEST.desc(), "-id"),
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
    plants: Wanted = NOTHING


class Offer(NamedTuple):
    """A lot as a buyer sees it in a list: first the facts that a kept page goes by, then what stands beside them.

    Plain values under the names of their columns: to put together models for each would take longer than asking.
    """

    pk: int
    household_id: int
    product_id: int
    town_id: int
    state: str
    available: int
    price_fen: int
    unit: str
    unit_size: int
    harvested_on: dt.date | None
    good_until: dt.date | None
    grade: str
    note: str
    cover: str
    listed_at: dt.datetime
    household__consent_on: dt.date | None
    slug: str
    product__slug: str
    product__name: str
    product__name_en: str
    product__illustration: str
    town__name: str
    town__name_en: str
    village__name: str
    watched: bool


class Facet(NamedTuple):
    """One choice of a filter, with how many offers it would show."""

    slug: str
    name: str
    name_en: str
    count: int  # type: ignore[assignment]  # a tuple's own method of that name is nothing to a facet
    chosen: bool


class Listing(NamedTuple):
    offers: list[Offer]
    total: int
    page: int
    pages: int
    categories: list[Facet]
    towns: list[Facet]
    understood: bool
    moved: int | None = None
    # whether all that is shown are plants, which can be looked for by their measures
    plants: bool = False


def offers(day: dt.date | None = None) -> QuerySet[Lot, Offer]:
    """Lots on sale with all that a card shows, in one query."""
    return _offers(day or today()).all()


@lru_cache(maxsize=2)
def _offers(day: dt.date) -> QuerySet[Lot, Offer]:
    """Put together once a day: that takes a third as long as asking it."""
    watched = HouseholdMark.objects.filter(
        household=OuterRef("household"), kind__in=WATCHED_KINDS, since__lte=day
    ).filter(Q(until=None) | Q(until__gte=day))
    lots = Lot.objects.on_sale(day).annotate(watched=Exists(watched))
    # Django's rows of these names are as good as ours
    return cast("QuerySet[Lot, Offer]", lots.values_list(*Offer._fields, named=True))


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
    return condition & condition_of_plants(filters.plants)


def list_offers(filters: Filters, page: int) -> Listing:
    """One page of offers and the counts beside the filters.

    Two queries: the counts (or that nothing has moved since) and the page; one more when something has, and one for
    the words that are searched for.
    """
    common = _common(filters)
    if common is None:
        return Listing([], 0, 1, 1, [], [], understood=False)
    told = filters._replace(categories=(), towns=(), sort="")
    known = count_offers(common, told)
    categories = {shelf.id for shelf in known.categories if shelf.slug in filters.categories}
    towns = {shelf.id for shelf in known.towns if shelf.slug in filters.towns}
    by_category: dict[int, int] = {}
    by_town: dict[int, int] = {}
    total = 0
    shown: set[int] = set()
    # a facet counts what choosing it would show, so its own filter is left out and the other's held
    for category, town, count in known.cells:
        right_category = not filters.categories or category in categories
        right_town = not filters.towns or town in towns
        if right_town:
            by_category[category] = by_category.get(category, 0) + count
        if right_category:
            by_town[town] = by_town.get(town, 0) + count
        if right_category and right_town:
            total += count
            shown.add(category)
    if filters.categories:
        common &= Q(category__in=categories)
    if filters.towns:
        common &= Q(town__in=towns)
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    start = (page - 1) * PAGE_SIZE
    found = _page_of(common, filters.sort, start, today()).ask() if known.cells else []
    return Listing(
        found,
        max(total, start + len(found)),
        page,
        pages,
        _facets(known.categories, by_category, filters.categories),
        _facets(known.towns, by_town, filters.towns),
        understood=True,
        moved=known.moved,
        plants=bool(shown) and shown <= known.plants,
    )


@lru_cache(maxsize=200)
def _page_of(condition: Q, sort: str, start: int, day: dt.date) -> Written[Offer]:
    order = SORTS[sort]
    # the page is cut before anything is joined, or a late page would join all the offers before it
    keys = Lot.objects.on_sale(day).filter(condition).order_by(*order)[start : start + PAGE_SIZE].values("pk")
    return Written(offers(day).filter(pk__in=keys).order_by(*order))


def _facets(known: list[Shelf], counts: dict[int, int], chosen: tuple[str, ...]) -> list[Facet]:
    return [
        Facet(shelf.slug, shelf.name, shelf.name_en, counts.get(shelf.id, 0), shelf.slug in chosen)
        for shelf in known
        if counts.get(shelf.id) or shelf.slug in chosen
    ]
