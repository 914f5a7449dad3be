"""The demo's green channel: talks between nursery firms and households at each stage, and certificates."""

from __future__ import annotations

import datetime as dt
import uuid

from farmers.registry.models import Household
from farmers.stock.list_lot import NewLot, list_lots
from farmers.stock.models import Lot, Product, StockMovement
from marketplace.access.models import User
from shop.green import days, papers
from shop.green import talk as talks
from shop.green.first import for_firms
from shop.green.models import Paper, Talk
from shop.green.papers import NewPaper
from shop.green.talk import Said, Terms
from shop.orders.models import Order

from . import names
from .people import City

NAMESPACE = uuid.UUID("0b1d9a54-5f3e-4b0b-8c7b-3f0a4f6d1c11")
OTHER_FIRM = "north-forest"
PHONES = {names.NURSERY_UNIT: "19700000091", OTHER_FIRM: "19700000092"}
# what the seller of the demo has of pagoda trees: all of it is spoken for
TREES = 60


class _Teller:
    """Steps a few hours apart, each with a key of its own, the same every time."""

    def __init__(self, city: City) -> None:
        self.city, self.told = city, 0

    def said(self, hours_ago: float, why: str = "", consent: str = "") -> Said:
        self.told += 1
        key = uuid.uuid5(NAMESPACE, f"said:{self.told}")
        return Said(key, why, consent, self.city.now - dt.timedelta(hours=hours_ago))

    def seen(self, lot: Lot, firm: str, house: User, consent: str = "", begun: float = 70) -> Talk:
        """The firm asked to look, was let in and was there this morning."""
        talk = self.asked(lot, firm, begun)
        talks.set_day(talk.pk, self.city.day, house, self.said(begun - 20, "上午来，家里有人", consent))
        return talks.looked(talk.pk, self.city.buyers[firm], self.said(6))

    def asked(self, lot: Lot, firm: str, begun: float, why: str = "") -> Talk:
        buyer = self.city.buyers[firm]
        talk = talks.begin(lot, self.city.day, PHONES[firm], self.said(begun, why), buyer)
        nth = Talk.objects.count()
        Talk.objects.filter(pk=talk.pk).update(
            number=f"QT{self.city.day:%y%m%d}-DEMQ222{nth}",
            began_at=self.city.now - dt.timedelta(hours=begun),
        )
        talk.refresh_from_db()
        return talk

    def offers(
        self, talk: Talk, by: User, price_fen: int, count: int, hours_ago: float, said: tuple[str, str]
    ) -> None:
        lifted_on = self.city.day + dt.timedelta(days=12)
        talks.offer(talk.pk, Terms(price_fen, count, lifted_on), by, self.said(hours_ago, *said))
        talk.refresh_from_db()


def talk_over_saplings(city: City) -> None:
    """Made by the verbs that the pages use. Nobody's plants are sold twice here, either."""
    teller = _Teller(city)
    _with_the_seller(city, teller)
    early = [lot for lot in for_firms(city.day) if lot.public_on and lot.available >= 40]
    open_to_all = [lot for lot in for_firms(city.day) if not lot.public_on and lot.available >= 120]
    own = city.buyers[names.NURSERY_UNIT]
    for lot in early[:1]:
        teller.asked(lot, names.NURSERY_UNIT, 5, "想先看看树形和土球")
    for nth, lot in enumerate(open_to_all[:3]):
        officer = city.officers[lot.town_id]
        talk = teller.seen(lot, names.NURSERY_UNIT, officer, "phone")
        price = lot.price_fen
        if nth == 0:  # the household has answered: it is the firm's turn
            talks.hold(talk.pk, 60, own, teller.said(5))
            teller.offers(talk, own, price * 8 // 10, 60, 4, ("要 60 株，自己带车", ""))
            teller.offers(talk, officer, price * 9 // 10, 60, 2, ("这个价包挖包装车", "phone"))
        elif nth == 1:  # the household has not
            teller.offers(talk, own, price * 9 // 10, 80, 3, ("", ""))
        else:
            talks.end(talk.pk, own, teller.said(4, "规格偏小，这次不要了"))
    _as_of_now(city)


def _with_the_seller(city: City, teller: _Teller) -> None:
    """The account `seller`: one firm has agreed and would like another day, another firm waits for an answer."""
    home: Household = city.households[0]
    seller, officer = city.users["seller"], city.officers[home.village.town_id]
    product = Product.objects.get(slug="guohuai")
    row = NewLot(
        home,
        product,
        TREES,
        "zhu",
        4200,
        grade="胸径 6–7 厘米 · 高 4 米 · 冠幅 2 米 · 土球 60 厘米",
        note="自家苗圃，根系好",
        listed_at=city.now - dt.timedelta(hours=74),
    )
    lot = list_lots([row], seller)[0]
    talk = teller.seen(lot, names.NURSERY_UNIT, seller)
    teller.offers(talk, city.buyers[names.NURSERY_UNIT], 3800, 40, 5, ("整批要 40 株", ""))
    teller.offers(talk, seller, 4000, 40, 4, ("40 块一棵，包挖", ""))
    talk = talks.accept(
        talk.pk, talk.offer_id or 0, city.buyers[names.NURSERY_UNIT], teller.said(3, "可以，成交")
    )
    if talk.order is None:
        raise AssertionError("the demo's talk became no order")
    _number(city, talk.order)
    papers.enter(
        NewPaper(
            Paper.Kind.ORIGIN,
            "定林产检（示例）0031 号",
            "定州市林业局（示例）",
            city.day + dt.timedelta(days=300),
        ),
        officer,
        lot=lot,
    )
    days.wish(
        talk.order.pk,
        city.day + dt.timedelta(days=14),
        city.buyers[names.NURSERY_UNIT],
        teller.said(1, "那两天车排不开，晚两天行不行？"),
    )
    other = teller.seen(lot, OTHER_FIRM, seller, begun=52)
    buyer = city.buyers[OTHER_FIRM]
    talks.hold(other.pk, TREES - 40, buyer, teller.said(2.5))
    teller.offers(other, buyer, 3600, TREES - 40, 2, ("剩下的我们都要", ""))


def _number(city: City, order: Order) -> None:
    """Numbers are drawn by chance, the demo's are the same every time."""
    number = f"DZ{city.day:%y%m%d}-DEMQ2291"
    StockMovement.objects.filter(reference=order.number).update(reference=number)
    Order.objects.filter(pk=order.pk).update(number=number)


def _as_of_now(city: City) -> None:
    """The verbs tell of their own moment, which the rest of the demo has not reached yet."""
    for order in Order.objects.filter(talk__isnull=False):
        StockMovement.objects.filter(reference=order.number).update(at=city.now)
        Order.objects.filter(pk=order.pk).update(placed_at=city.now)
        order.transitions.update(at=city.now)
        order.tracking.update(at=city.now)
        order.day_changes.update(at=city.now - dt.timedelta(hours=1))
    StockMovement.objects.filter(reference__in=Talk.objects.values("number")).update(at=city.now)
    Paper.objects.update(at=city.now)
