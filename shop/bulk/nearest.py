"""What comes nearest to what could not be had: another day, a higher price, a product of the same kind."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from django.db.models import Q, Sum

from farmers.stock.models import Lot, Product
from marketplace.days import today

from .allocate import Allocation, Candidate, Line, is_affordable, is_good
from .propose import candidates

MOST_KINDRED = 3


class Nearest(NamedTuple):
    """Each in base units of the line's product, with what it takes to have it; None when it brings nothing."""

    line: Line
    missing: int
    #: if it may come on this earlier day
    on_day: tuple[dt.date, int] | None
    #: at this price in fen per the line's unit
    at_price: tuple[int, int] | None
    #: other products of the category, with what there is of them in their own base units
    kindred: list[tuple[Product, int]]


def nearest(unmet: Sequence[tuple[Line, int]], result: Allocation) -> list[Nearest]:
    """Two queries, and none when nothing is unmet."""
    if not unmet:
        return []
    taken: dict[int, int] = defaultdict(int)
    for share in result.shares:
        taken[int(share.lot)] += share.quantity
    lots: dict[int, list[Candidate]] = defaultdict(list)
    # whose turn it is matters no more: the ranks are left out
    for lot in candidates({int(line.product) for line, _ in unmet}, today(), {}):
        lots[int(lot.product)].append(lot._replace(available=lot.available - taken[int(lot.id)]))
    kin = _kindred(unmet)
    return [
        Nearest(
            line,
            missing,
            earlier(line, missing, lots[int(line.product)]),
            dearer(line, missing, lots[int(line.product)]),
            kin[int(line.product)],
        )
        for line, missing in unmet
    ]


def earlier(line: Line, missing: int, lots: Iterable[Candidate]) -> tuple[dt.date, int] | None:
    """The latest day before the wanted one on which what is missing, or as much of it as there is, is still good."""
    found = sorted(
        (lot for lot in lots if lot.good_until and not is_good(lot, line) and is_affordable(lot, line)),
        key=lambda lot: lot.good_until or dt.date.max,
        reverse=True,
    )
    reached = _until_enough(found, missing, line.unit_size)
    return reached and (reached[0].good_until or line.wanted, reached[1])


def dearer(line: Line, missing: int, lots: Iterable[Candidate]) -> tuple[int, int] | None:
    """The lowest price, in whole fen per the line's unit, at which what is missing, or as much as there is, is to be had."""
    found = sorted(
        (lot for lot in lots if is_good(lot, line) and not is_affordable(lot, line)),
        key=lambda lot: Fraction(lot.price_fen, lot.price_size or line.unit_size),
    )
    reached = _until_enough(found, missing, line.unit_size)
    if reached is None:
        return None
    last, quantity = reached
    return -(-last.price_fen * line.unit_size // (last.price_size or line.unit_size)), quantity


def _until_enough(lots: Iterable[Candidate], missing: int, size: int) -> tuple[Candidate, int] | None:
    """The lot at which the missing quantity is reached, or the last that adds to it; and the quantity."""
    sum_, last = 0, None
    for lot in lots:
        units = lot.available // size * size
        if not units:
            continue
        sum_, last = sum_ + units, lot
        if sum_ >= missing:
            break
    return last and (last, min(sum_, missing))


def _kindred(unmet: Sequence[tuple[Line, int]]) -> Mapping[int, list[tuple[Product, int]]]:
    """Of each unmet product's category, the products that there is most of on the wanted day."""
    wanted = {int(line.product): line.wanted for line, _ in unmet}
    day = min(wanted.values())
    fresh = Lot.objects.on_sale(today()).filter(Q(good_until=None) | Q(good_until__gte=day))
    products = (
        Product.objects.filter(category__in=Product.objects.filter(pk__in=wanted).values("category"))
        .order_by()
        .annotate(there=Sum("lots__available", filter=Q(lots__in=fresh), default=0))
    )
    categories = {product.pk: product.category_id for product in products}
    found: dict[int, list[tuple[Product, int]]] = {product: [] for product in wanted}
    for product in sorted(products, key=lambda each: (-each.there, each.pk)):
        for asked, kin in found.items():
            if (
                product.there
                and product.pk not in wanted
                and product.category_id == categories.get(asked)
                and len(kin) < MOST_KINDRED
            ):
                kin.append((product, product.there))
    return found
