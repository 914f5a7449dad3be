"""The pages and acts that DESIGN.md gives budgets for.

A page is weighed in five states. Seen before: it is kept whole. Not seen before, or drawn anew: it is not, as for
whoever is signed in, or comes first after a change of stock; but what many pages share is drawn already (frame,
filters, the blocks of the home page), and the SQL of their questions is written. After an edit: what was read, counted
or drawn of the database is as good as gone. After a start: nothing is kept at all, but for the templates' source.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Callable
from functools import _lru_cache_wrapper
from typing import Any, NamedTuple
from urllib.parse import quote

from django.core.cache import caches

from farmers.stock.models import Lot
from marketplace.access.models import User
from marketplace.days import today
from shop.basket.hold import set_quantity
from shop.basket.models import Basket
from shop.buyers.models import PickupPoint
from shop.catalogue.kept import begin_anew

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


def _remembered() -> list[Any]:
    """All functions of the site that remember what they answered."""
    rooms = ("marketplace", "farmers", "shop", "cms")
    known = [found for found in gc.get_objects() if type(found) is _lru_cache_wrapper]
    return [found for found in known if str(getattr(found, "__module__", "")).split(".")[0] in rooms]


def anew(address: str) -> Callable[[Any], Weight]:
    """The page itself is not kept; the pieces that it is drawn from are."""

    def weighed(site: Any) -> Weight:
        visitor = Visitor(site)

        def ask(n: int) -> Any:
            caches["pages"].clear()
            return visitor.get(address)

        return weigh(site, ask, ROUNDS)

    return weighed


def edited(address: str) -> Callable[[Any], Weight]:
    """Somebody has just edited a page, a name or a lot."""

    def weighed(site: Any) -> Weight:
        visitor = Visitor(site)

        def ask(n: int) -> Any:
            begin_anew()
            return visitor.get(address)

        return weigh(site, ask, SLOW)

    return weighed


def started(address: str) -> Callable[[Any], Weight]:
    """Nothing at all is kept, as after a start (but for the templates, which are read already)."""

    def weighed(site: Any) -> Weight:
        visitor, remembered = Visitor(site), _remembered()

        def ask(n: int) -> Any:
            for known in caches.all():
                known.clear()
            for function in remembered:
                function.cache_clear()
            return visitor.get(address)

        return weigh(site, ask, SLOW)

    return weighed


def seen(address: str) -> Callable[[Any], Weight]:
    """Somebody was here some seconds ago."""

    def weighed(site: Any) -> Weight:
        visitor = Visitor(site)
        return weigh(site, lambda n: visitor.get(address), ROUNDS)

    return weighed


def of_an_offer(act: Callable[[str], Callable[[Any], Weight]]) -> Callable[[Any], Weight]:
    return lambda site: act(an_offer())(site)


def listing_new(site: Any) -> Weight:
    """Another page each time."""
    visitor = Visitor(site)
    return weigh(site, lambda n: visitor.get(f"/shop/?page={n + 4}"), ROUNDS)


def listing_search(site: Any) -> Weight:
    """Words whose counts are known, but no page of theirs."""
    visitor = Visitor(site)
    words = ("baicai", "土豆", "高蓬", "苹果", "xhs", "国槐", "egg", "定州白菜")

    def ask(n: int) -> Any:
        caches["pages"].clear()
        return visitor.get(f"/shop/?q={quote(words[n % len(words)])}&sort=cheapest")

    return weigh(site, ask, ROUNDS)


def offer_new(site: Any) -> Weight:
    """Another offer each time."""
    visitor, lots = Visitor(site), _lots(ROUNDS + 3)
    return weigh(site, lambda n: visitor.get(lots[n + 3].get_absolute_url()), len(lots) - 3)


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
        # it is drawn each time; the frame of all pages is kept
        return visitor.get("/ledger/")

    return weigh(site, ask, SLOW)


LISTING, OFFER, HOME, SEEN = Budget(4, 4), Budget(5, 4), Budget(5, 4), Budget(1, 1)
SHOP = (
    Act("listing, a page not seen before", LISTING, listing_new),
    Act("listing, searched and sorted", LISTING, listing_search),
    Act("listing, drawn anew", LISTING, anew("/shop/")),
    Act("listing, after an edit", LISTING, edited("/shop/")),
    Act("listing, after a start", LISTING, started("/shop/")),
    Act("listing, seen before", SEEN, seen("/shop/")),
    Act("offer, not seen before", OFFER, offer_new),
    Act("offer, after an edit", OFFER, of_an_offer(edited)),
    Act("offer, after a start", OFFER, of_an_offer(started)),
    Act("offer, seen before", SEEN, of_an_offer(seen)),
    Act("home, drawn anew", HOME, anew("/")),
    Act("home, after an edit", HOME, edited("/")),
    Act("home, after a start", HOME, started("/")),
    Act("home, seen before", SEEN, seen("/")),
    Act("add to basket", Budget(6, 5), add_to_basket),
    Act("place an order of 5 lines", Budget(20, 20), place_an_order),
)
# no bound against the floor: against its own cost when the ledger was small, see `measure_ledger`
LEDGER = Act("ledger summary", Budget(2, 1_000), ledger_summary)
