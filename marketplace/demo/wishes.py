"""What the demo's people say of goods they kept, where they live, what they like and what they wait for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from random import Random

from farmers.stock.models import Lot, Product
from marketplace.days import shanghai_day
from marketplace.notices.models import Notice
from shop.buyers.addresses import Place, keep
from shop.buyers.models import BackAlert, Favourite
from shop.orders.models import Review
from shop.orders.reviews import hide

from .people import City
from .write import Written

# of so many lines one has a review
ONE_IN = 14
STARS = (5, 5, 5, 5, 4, 4, 4, 3, 3, 2)
SAID: dict[int, tuple[str, ...]] = {
    5: (
        "很新鲜，叶子上还带着露水。",
        "分量足，比市场上的好吃，家里老人爱吃。",
        "装得仔细，一点没压坏，下次还买。",
        "当天摘的，味道正。",
        "",
    ),
    4: ("味道好，个头有大有小。", "新鲜，就是来得比说的晚了半小时。", "不错，泥多一点，洗洗就好。", ""),
    3: ("还行，有几个磕碰的，当面扣了秤。", "一般，价钱合适。"),
    2: ("有一部分偏老，挑出来不少。",),
}
SAID_OF_PLANTS: dict[int, tuple[str, ...]] = {
    5: ("土球完整，栽下去都活了。", "杆直，规格和说的一样。", ""),
    4: ("苗子好，有两三株偏细，已换。", ""),
    3: ("规格够，根须短了些。",),
    2: ("起苗晚了，叶子有点蔫。",),
}
HIDDEN = ("加我微信，比这里便宜。", "广告")


def say_and_wish(city: City, written: Sequence[Written]) -> None:
    _reviews(city, written)
    _addresses(city, written)
    _likes(city)


def _reviews(city: City, written: Sequence[Written]) -> None:
    rng = Random("dingzhou: reviews")
    # people say how it was within 70 hours, so none of these words would have yet to come
    last = city.day - dt.timedelta(days=4)
    reviews = []
    for each in written:
        for line in each.lines:
            if each.plan.accepted_at is None or line.kept_quantity <= 0 or rng.randrange(ONE_IN):
                continue
            stars = rng.choice(STARS)
            words = rng.choice((SAID_OF_PLANTS if line.is_sapling else SAID)[stars])
            if shanghai_day(each.plan.accepted_at) > last:
                continue
            at = each.plan.accepted_at + dt.timedelta(hours=rng.randrange(5, 70), minutes=rng.randrange(60))
            reviews.append(
                Review(
                    line=line,
                    product_id=line.lot.product_id,
                    household_id=line.household_id,
                    buyer_kind=each.order.buyer_kind,
                    by=each.plan.buyer,
                    stars=stars,
                    words=words,
                    created_at=at,
                )
            )
    reviews[-1].stars, reviews[-1].words = 1, HIDDEN[0]
    hide(Review.objects.bulk_create(reviews)[-1], city.users["editor"], HIDDEN[1])


def _addresses(city: City, written: Sequence[Written]) -> None:
    """Who has had goods brought keeps that address; the account `citizen` has one for the parents as well."""
    for each in written:
        if each.order.address and each.plan.unit is None and not each.plan.buyer.addresses.exists():
            keep(each.plan.buyer, Place(each.order.recipient, each.order.phone, each.order.address))
    keep(city.users["citizen"], Place("陈示例", "19600000099", "定州市示例镇示例村 8 号"))


def _likes(city: City) -> None:
    """The account `citizen` likes some things, waits for two, and has been told of one."""
    me = city.users["citizen"]
    on_sale = list(
        Lot.objects.on_sale(city.day)
        .in_stock()
        .filter(category__is_sapling=False)
        .select_related("product", "town")
        .order_by("product__slug", "listed_at", "household__phone_digest")
    )
    there = list({lot.product_id: lot for lot in on_sale}.values())
    gone = list(
        Product.objects.filter(category__is_sapling=False)
        .exclude(pk__in=[lot.product_id for lot in there])
        .order_by("slug")[:3]
    )
    Favourite.objects.bulk_create(
        Favourite(user=me, product=product, created_at=city.now - dt.timedelta(days=number))
        for number, product in enumerate([*(lot.product for lot in there[:4]), *gone[:1]], 1)
    )
    BackAlert.objects.bulk_create(
        BackAlert(user=me, product=product, town=town, created_at=city.now - dt.timedelta(days=3))
        for product, town in zip(gone[1:], (None, city.households[0].village.town), strict=False)
    )
    news = there[0]
    told_at = max(news.listed_at, city.now - dt.timedelta(days=1))
    alert = BackAlert.objects.create(
        user=me, product=news.product, created_at=news.listed_at - dt.timedelta(days=2), told_at=told_at
    )
    Notice.objects.create(
        user=me,
        key=f"back:{alert.pk}",
        kind="back",
        facts={
            "product": news.product.name,
            "product_en": news.product.name_en,
            "town": news.town.name,
            "town_en": news.town.name_en,
        },
        link=news.get_absolute_url(),
        created_at=told_at,
    )
