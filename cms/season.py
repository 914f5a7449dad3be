"""The season calendar: what is harvested this month, and what the next months bring."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from django.utils.dates import MONTHS, MONTHS_3
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from farmers.stock.models import Category
from farmers.stock.season import ALL_YEAR, after, as_months, spans

MONTHS_SHOWN = 3


class Kind(NamedTuple):
    slug: str
    name: str
    name_en: str


class Good(NamedTuple):
    """A product as the calendar knows it; `kind` is its category's slug."""

    kind: str
    name: str
    name_en: str
    illustration: str
    months: int

    @property
    def marks(self) -> list[int]:
        """Where its months stand on a strip of twelve marks, five wide each."""
        return [(month - 1) * 5 for month in as_months(self.months)]

    @property
    def when(self) -> str:
        """`5月、10月–12月`, `May, Oct–Dec`."""
        words = [
            _month(first) if first == last else f"{_month(first)}–{_month(last)}"
            for first, last in spans(self.months)
        ]
        return _(", ").join(words)


class Month(NamedTuple):
    number: int
    is_now: bool
    goods: list[Good]

    @property
    def name(self) -> str:
        return f"{self.number}月" if _reads_chinese() else str(MONTHS[self.number])

    def at_most(self, count: int) -> Month:
        return self._replace(goods=self.goods[:count])


def kinds_and_goods() -> tuple[list[Kind], list[Good]]:
    """All categories and products, in one query."""
    rows = Category.objects.order_by("position", "pk", "products__pk").values_list(
        "slug",
        "name",
        "name_en",
        "products__name",
        "products__name_en",
        "products__illustration",
        "products__months",
    )
    kinds: dict[str, Kind] = {}
    goods = []
    for slug, name, name_en, good, good_en, illustration, months in rows:
        kinds[slug] = Kind(slug, name, name_en)
        if good:  # a category may have no product yet
            goods.append(Good(slug, good, good_en, illustration, months))
    return list(kinds.values()), goods


def calendar(goods: list[Good], now: int) -> list[Month]:
    """All that is harvested in this month, then what begins in each of the next. What grows all year has no season."""
    months = []
    for step in range(MONTHS_SHOWN):
        number = after(now, step)
        found = [
            good
            for good in goods
            if good.months != ALL_YEAR and _in(good, number) and not (step and _in(good, after(number, -1)))
        ]
        months.append(Month(number, step == 0, _varied(found)))
    return [month for month in months if month.goods]


def _in(good: Good, month: int) -> bool:
    return month in as_months(good.months)


def _varied(goods: list[Good]) -> list[Good]:
    """The first of each category, then the second of each; those of a short season before those of a long one."""
    places: Counter[str] = Counter()
    placed = []
    for good in sorted(goods, key=lambda good: len(as_months(good.months))):
        placed.append((places[good.kind], good))
        places[good.kind] += 1
    return [good for _place, good in sorted(placed, key=lambda pair: pair[0])]


def _month(number: int) -> str:
    return f"{number}月" if _reads_chinese() else str(MONTHS_3[number]).title()


def _reads_chinese() -> bool:
    return (get_language() or "").startswith("zh")
