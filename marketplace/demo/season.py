"""What is to be had when, for how much, and who wants it: plain functions on plain values."""

from __future__ import annotations

import datetime as dt
from functools import cache
from random import Random

from farmers.stock.reference import PRODUCTS, ProductFact

FACTS: dict[str, ProductFact] = {fact.slug: fact for fact in PRODUCTS}

# nobody looks at an apple of last autumn as of a fresh one: what is offered is at most this old
OLDEST_DAYS = 200


@cache
def harvest_days(fact: ProductFact, day: dt.date, good_for: int = 0) -> tuple[dt.date, ...]:
    """The days up to `day` on which it could have been harvested and still be good `good_for` days later."""
    if fact.shelf_life_days is None:
        return ()
    oldest = min(fact.shelf_life_days - good_for, OLDEST_DAYS)
    days = (day - dt.timedelta(days=ago) for ago in range(oldest + 1))
    return tuple(each for each in days if each.month in fact.months)


def to_be_had(fact: ProductFact, day: dt.date) -> bool:
    """Whether somebody can have it on sale that day. Plants wait in the nursery the year round, and so do animals."""
    return fact.shelf_life_days is None or bool(harvest_days(fact, day, good_for=1))


def harvest_day(fact: ProductFact, day: dt.date, rng: Random, good_for: int = 1) -> dt.date | None:
    """A plausible harvest day, rather late than early; None for what is sold alive."""
    days = harvest_days(fact, day, good_for)
    return days[min(int(rng.triangular(0, len(days), 0)), len(days) - 1)] if days else None


def asking_price(fact: ProductFact, rng: Random) -> int:
    """What a family asks, in fen per usual unit: around the reference, in a round figure."""
    step = 5 if fact.reference_price_fen < 300 else 10 if fact.reference_price_fen < 1000 else 50
    return max(round(fact.reference_price_fen * rng.uniform(0.85, 1.15) / step), 1) * step


# what canteens cook with, by weight of wish
CANTEEN_STAPLES = {
    "dabaicai": 9, "yuanbaicai": 6, "tudou": 9, "bailuobo": 6, "huluobo": 5, "yangcong": 5, "dacong": 5,
    "xihongshi": 7, "huanggua": 6, "qiezi": 5, "doujiao": 4, "qingjiao": 4, "xihulu": 4, "donggua": 4,
    "nangua": 3, "bocai": 5, "youcai": 5, "qincai": 5, "jiucai": 3, "shengcai": 2, "caihua": 4, "hongshu": 4,
    "shanyao": 2, "lianou": 2, "pinggu": 4, "xianggu": 2, "xingbaogu": 2, "jidan": 7, "mianfen": 5, "dami": 4,
    "xiaomi": 3, "huashengyou": 2, "lvdou": 2, "fentiao": 2, "pingguo": 3, "yali": 3, "xigua": 3, "suanmiao": 2,
}  # fmt: skip
CITIZEN_WISHES = {
    "pingguo": 6, "yali": 6, "xuehuali": 3, "hongzao": 5, "hetao": 4, "caomei": 4, "tao": 4, "putao": 4, "xigua": 4,
    "jidan": 8, "yadan": 3, "fengmi": 3, "xiaomi": 5, "huasheng": 3, "xiangyou": 3, "huashengyou": 2, "ji": 3,
    "hongshu": 4, "xihongshi": 4, "huanggua": 3, "dabaicai": 3, "shanyao": 3, "pinggu": 2, "xiangchun": 2,
    "lajiao": 2, "yueji": 2, "juhua": 2, "lvluo": 2, "duorou": 2, "changshouhua": 2, "shizi": 2, "lizi": 2,
}  # fmt: skip
NURSERY_WISHES = {
    "guohuai": 9, "baila": 8, "fatong": 6, "luanshu": 5, "yinxing": 4, "haitang": 5, "ziyeli": 4, "yousong": 3,
    "cebai": 4, "chuiliu": 3, "maobaiyang": 3, "jinyeyu": 4, "dayehuangyang": 5, "hongyeshinan": 4, "lianqiao": 3,
    "yinghua": 3, "ziwei": 3, "wujiaofeng": 3, "dongqing": 3, "bitao": 2, "dingxiang": 2, "yulan": 2,
}  # fmt: skip
ENTERPRISE_WISHES = {
    "mianfen": 6, "dami": 5, "xiaomi": 5, "huashengyou": 5, "xiangyou": 4, "hongzao": 5, "hetao": 4, "jidan": 5,
    "pingguo": 5, "yali": 4, "fentiao": 3, "lvdou": 3, "huasheng": 3, "fengmi": 3,
}  # fmt: skip


def choose(wishes: dict[str, int], day: dt.date, how_many: int, rng: Random) -> list[str]:
    """Different products of the season, by weight of wish."""
    left = {slug: weight for slug, weight in wishes.items() if to_be_had(FACTS[slug], day)}
    chosen = []
    for _ in range(min(how_many, len(left))):
        slug = rng.choices(list(left), list(left.values()))[0]
        del left[slug]
        chosen.append(slug)
    return chosen
