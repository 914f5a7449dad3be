"""Which lots a row of the home page shows: picked by a rule or by hand, always with the price and stock of now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple, cast

from django.db.models import BigIntegerField, Case, Q, QuerySet, When
from django.db.models.functions import Cast

from farmers.stock.models import Lot
from marketplace.days import today
from marketplace.quantity import UNITS
from marketplace.written import Written
from shop.catalogue.offers import Offer, offers

# read beside those shown: they step in for a second of the same product
SPARE = 12

_REFERENCE = Cast("product__reference_price_fen", BigIntegerField())
# a lot's price and its product's reference price in the same measure: fen per million grams or pieces
_USUAL_PRICE = Case(
    *[When(product__unit=unit, then=_REFERENCE * (1_000_000 // fact.size)) for unit, fact in UNITS.items()]
)


class Rule(NamedTuple):
    """A kind of lots: which, and which of them first."""

    condition: Q
    order: tuple[str, ...]


RULES = {
    "newest": Rule(Q(), ("-listed_at", "-pk")),
    "soon": Rule(Q(good_until__isnull=False), ("good_until", "pk")),
    "saplings": Rule(Q(category__is_sapling=True), ("-listed_at", "-pk")),
    "clearance": Rule(Q(comparable_price__lt=_USUAL_PRICE), ("-listed_at", "-pk")),
}


class Pick(NamedTuple):
    """One row's wish: `limit` lots by a rule, or the newest lot of each product named."""

    rule: str
    limit: int
    products: tuple[str, ...] = ()

    @classmethod
    def of(cls, value: Any) -> Pick:
        # a preview shows what its editor has not written to the end
        rule = value["rule"] or "newest"
        products = tuple(filter(None, value["products"])) if rule == "chosen" else ()
        return cls(rule, value["count"] or 0, products)


def pick_lots(picks: Iterable[Pick]) -> dict[Pick, list[Offer]]:
    """The lots that each pick shows, best first: in one query for all picks."""
    wanted = frozenset(picks)
    lots = _lots_for(wanted, today()).ask()
    return {pick: _fitting(pick, lots) for pick in wanted}


@lru_cache(maxsize=50)
def _lots_for(picks: frozenset[Pick], day: dt.date) -> Written[Offer]:
    """Written once a day."""
    # one beside the other, so that each is asked once: joined with a union of them, PostgreSQL may ask for every lot
    shown = Q()
    for pick in picks:
        for source in _sources(pick, day):
            shown |= Q(pk__in=source)
    rules = {pick.rule for pick in picks} & RULES.keys()
    fits = {
        f"fits_{rule}": Case(When(RULES[rule].condition, then=True), default=False)
        for rule in rules
        if RULES[rule].condition
    }
    chosen = offers(day).filter(shown) if shown else offers(day).none()
    lots = chosen.annotate(**fits).values_list(*Offer._fields, *fits, named=True)
    return Written(cast("QuerySet[Lot, Offer]", lots))


def _sources(pick: Pick, day: dt.date) -> Iterable[QuerySet[Lot, Any]]:
    """Queries for the keys of the lots that a pick may show."""
    on_sale = Lot.objects.on_sale(day).in_stock()
    if pick.rule == "chosen":
        for slug in pick.products[: pick.limit]:
            yield on_sale.filter(product__slug=slug).order_by("-listed_at", "-pk").values("pk")[:1]
    elif pick.rule in RULES:
        rule = RULES[pick.rule]
        yield on_sale.filter(rule.condition).order_by(*rule.order).values("pk")[: pick.limit + SPARE]


def _fitting(pick: Pick, lots: list[Offer]) -> list[Offer]:
    """A pick's own lots among those of all picks, in the same order as its query has them."""
    if pick.rule == "chosen":
        newest = _sorted(lots, RULES["newest"].order)
        firsts = (next((lot for lot in newest if lot.product__slug == slug), None) for slug in pick.products)
        return [lot for lot in firsts if lot is not None][: pick.limit]
    if pick.rule not in RULES:
        return []
    fitting = [lot for lot in lots if getattr(lot, f"fits_{pick.rule}", True)]
    return _firsts(_sorted(fitting, RULES[pick.rule].order))[: pick.limit]


def _sorted(lots: list[Offer], order: tuple[str, ...]) -> list[Offer]:
    for name in reversed(order):
        lots = sorted(lots, key=attrgetter(name.lstrip("-")), reverse=name.startswith("-"))
    return lots


def _firsts(lots: list[Offer]) -> list[Offer]:
    """The first lot of each product."""
    found: dict[int, Offer] = {}
    for lot in lots:
        found.setdefault(lot.product_id, lot)
    return list(found.values())
