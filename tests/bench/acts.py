"""The pages and acts that DESIGN.md gives budgets for."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import quote

from django.core.cache import cache, caches

from farmers.stock.models import Lot
from marketplace.access.models import User
from marketplace.days import today
from shop.basket.hold import set_quantity
from shop.basket.models import Basket
from shop.buyers.models import PickupPoint

from .visitor import Visitor, Weight, weigh

ROUNDS, WRITES, SLOW = 40, 20, 10


class Budget(NamedTuple):
    queries: int
    ratio: float


class Act(NamedTuple):
    name: str
    budget: Budget
    weigh: Callable[[Any], Weight]


def _lots(count: int) -> list[Lot]:
    """Lots on sale with plenty left, all of different families."""
    found = (
        Lot.objects.on_sale(today()).in_stock().filter(reserved=0).select_related("product").order_by("-pk")
    )
    return [lot for lot in found[: count * 2] if lot.available >= 20 * lot.unit_size][:count]


def an_offer() -> str:
    return _lots(1)[0].get_absolute_url()


def listing_new(site: Any) -> Weight:
    """Another page each time."""
    visitor = Visitor(site)
    return weigh(site, lambda n: visitor.get(f"/shop/?page={n + 4}"), ROUNDS)


def listing_cold(site: Any) -> Weight:
    """Nothing cached at all, as after a start."""
    visitor = Visitor(site)

    def ask(n: int) -> Any:
        cache.clear()
        return visitor.get("/shop/")

    return weigh(site, ask, SLOW)


def listing_search(site: Any) -> Weight:
    """Words whose counts are known, but no page of theirs."""
    visitor = Visitor(site)
    words = ("baicai", "土豆", "高蓬", "苹果", "xhs", "国槐", "egg", "定州白菜")

    def ask(n: int) -> Any:
        caches["pages"].clear()
        return visitor.get(f"/shop/?q={quote(words[n % len(words)])}&sort=cheapest")

    return weigh(site, ask, ROUNDS)


def listing_seen(site: Any) -> Weight:
    visitor = Visitor(site)
    return weigh(site, lambda n: visitor.get("/shop/"), ROUNDS)


def offer_new(site: Any) -> Weight:
    visitor, lots = Visitor(site), _lots(ROUNDS + 3)
    return weigh(site, lambda n: visitor.get(lots[n + 3].get_absolute_url()), len(lots) - 3)


def offer_seen(site: Any) -> Weight:
    visitor, address = Visitor(site), an_offer()
    return weigh(site, lambda n: visitor.get(address), ROUNDS)


def home_cold(site: Any) -> Weight:
    visitor = Visitor(site)

    def ask(n: int) -> Any:
        cache.clear()
        return visitor.get("/")

    return weigh(site, ask, SLOW)


def home_seen(site: Any) -> Weight:
    visitor = Visitor(site)
    return weigh(site, lambda n: visitor.get("/"), ROUNDS)


def add_to_basket(site: Any) -> Weight:
    """A guest who has a basket already adds another thing."""
    visitor, lots = Visitor(site), _lots(WRITES + 3)
    return weigh(
        site, lambda n: visitor.post(f"/basket/add/{lots[n + 3].pk}/", amount="2"), len(lots) - 3, expect=302
    )


def place_an_order(site: Any) -> Weight:
    """The form of the checkout page is sent: five lines."""
    user = User.objects.get(username="citizen-01")
    visitor, lots = Visitor(site, user), _lots(5 * WRITES)
    basket, _new = Basket.objects.get_or_create(user=user)
    point = PickupPoint.objects.filter(open=True)[0]

    def ask(n: int) -> Any:
        start = (n + 1) * 5
        for lot in lots[start : start + 5]:
            set_quantity(basket, lot, lot.unit_size)
        page = visitor.get("/checkout/")
        offer = re.search(r'name="offer"\s+value="([^"]+)"', page.body)
        assert offer, page.body[:500]
        return visitor.post(
            "/checkout/",
            offer=offer[1],
            recipient="示例",
            phone="19600000001",
            way="pickup",
            pickup_point=point.pk,
            pay_by="on_delivery",
        )

    return weigh(site, ask, len(lots) // 5 - 1, expect=302, warm=1)


def ledger_summary(site: Any) -> Weight:
    visitor = Visitor(site)

    def ask(n: int) -> Any:
        cache.clear()
        return visitor.get("/ledger/")

    return weigh(site, ask, SLOW)


SHOP = (
    Act("listing, a page not seen before", Budget(4, 4), listing_new),
    Act("listing, nothing cached", Budget(4, 4), listing_cold),
    Act("listing, searched and sorted", Budget(4, 4), listing_search),
    Act("listing, seen before", Budget(1, 1), listing_seen),
    Act("offer, not seen before", Budget(5, 4), offer_new),
    Act("offer, seen before", Budget(1, 1), offer_seen),
    Act("home, nothing cached", Budget(5, 4), home_cold),
    Act("home, seen before", Budget(1, 1), home_seen),
    Act("add to basket", Budget(6, 5), add_to_basket),
    Act("place an order of 5 lines", Budget(20, 20), place_an_order),
)
LEDGER = Act("ledger summary, nothing cached", Budget(2, 4), ledger_summary)
