"""Measures of plants, from a nurseryman's words (胸径5-6公分 高2.5米 3年生) into millimetres, and back into words.

The words of a lot's measures are its grade: what a card, an order line and a paper show of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from marketplace.access.models import User

from .measure_words import read
from .models import Lot
from .saplings import Grade, Plant, Roots, SaplingMeasures, Size, TrunkAt, trunk_of

LONGEST = 80  # of a lot's grade


class Measures(NamedTuple):
    """What is known of the plants of a lot. `trunk_at` goes with `trunk`, `ball` with `roots`."""

    trunk_at: str = ""
    trunk: Size | None = None
    height: Size | None = None
    crown: Size | None = None
    age: int | None = None
    roots: str = ""
    ball: int | None = None
    grade: str = ""


NONE = Measures()
_TRUNK = {TrunkAt.BREAST: "胸径", TrunkAt.METRE: "米径", TrunkAt.GROUND: "地径"}
_GRADES = {Grade.FIRST: "一级苗", Grade.SECOND: "二级苗"}


def read_measures(words: str, plant: str = "") -> Measures:
    """What can be understood of `words`; a size without a name is the trunk's, where such a `plant` is measured."""
    found = read(words, trunk_of(plant))
    # of a grown tree, a grade is the grower's own word
    if plant != Plant.SEEDLING and "级苗" not in words:
        found.pop("grade", None)
    return Measures(**found) if found else NONE


def in_words(measures: Measures) -> str:
    """As it stands in the books, in Chinese: `胸径 5–6 厘米 · 高 2.5–3 米 · 3 年生 · 土球 40 厘米`. Reads back the same."""
    parts: list[str] = []
    if measures.trunk:
        parts.append(f"{_TRUNK[TrunkAt(measures.trunk_at)]} {centimetres(measures.trunk)} 厘米")
    for name, size in (("高", measures.height), ("冠幅", measures.crown)):
        if size and size.largest >= 1000:
            parts.append(f"{name} {metres(size)} 米")
        elif size:
            parts.append(f"{name} {centimetres(size)} 厘米")
    if measures.age:
        parts.append(f"{measures.age} 年生")
    if measures.roots == Roots.BARE:
        parts.append("裸根")
    elif measures.roots:
        name, alone = ("土球", "带土球") if measures.roots == Roots.BALL else ("容器", "容器苗")
        ball = measures.ball
        parts.append(f"{name} {centimetres(Size(ball, ball))} 厘米" if ball else alone)
    if measures.grade:
        parts.append(_GRADES[Grade(measures.grade)])
    words = " · ".join(parts)
    # set closely where there is much to say
    return words if len(words) <= LONGEST else words.replace(" ", "")


def centimetres(size: Size) -> str:
    return _scaled(size, 10)


def metres(size: Size) -> str:
    return _scaled(size, 1000)


def _scaled(size: Size, unit: int) -> str:
    """`5–6`, or `5` when all are alike; exact."""
    ends = dict.fromkeys(
        f"{mm // unit}.{mm % unit:0{len(str(unit)) - 1}d}".rstrip("0").rstrip(".") for mm in size
    )
    return "–".join(ends)


def says_a_size(measures: Measures) -> bool:
    """Whether buyers can choose by it: how the roots come tells no size."""
    return measures._replace(roots="", trunk_at="") != NONE


def columns(measures: Measures) -> dict[str, object]:
    """As the table keeps them."""
    found: dict[str, object] = {
        name: getattr(measures, name) for name in ("trunk_at", "roots", "ball", "grade")
    }
    for name in ("trunk", "height", "crown"):
        size: Size | None = getattr(measures, name)
        found |= {f"{name}_from": size and size.smallest, f"{name}_to": size and size.largest}
    return found | {"age_years": measures.age}


def measures_of(row: SaplingMeasures) -> Measures:
    sizes = {
        name: Size(smallest, getattr(row, f"{name}_to"))
        for name in ("trunk", "height", "crown")
        if (smallest := getattr(row, f"{name}_from")) is not None
    }
    return Measures(
        trunk_at=row.trunk_at, age=row.age_years, roots=row.roots, ball=row.ball, grade=row.grade, **sizes
    )


def set_measures(lot: Lot, measures: Measures, by: User | None) -> None:
    """Write down how large the plants of `lot` are, and who says so; its grade says it in words."""
    with transaction.atomic():
        if measures == NONE:
            SaplingMeasures.objects.filter(lot=lot).delete()
        else:
            facts = {**columns(measures), "by": by, "at": timezone.now()}
            SaplingMeasures.objects.update_or_create(lot=lot, defaults=facts)
        lot.grade = in_words(measures)
        Lot.objects.filter(pk=lot.pk).update(grade=lot.grade)


def measure_lots(lots: Iterable[Lot], by: User | None, at: dt.datetime | None = None) -> None:
    """What the grades of new lots of plants say, as measures. What cannot be understood stays words alone."""
    known = [
        (lot, measures)
        for lot in lots
        if lot.grade
        and lot.product.plant
        and (measures := read_measures(lot.grade, lot.product.plant)) != NONE
    ]
    SaplingMeasures.objects.bulk_create(
        SaplingMeasures(lot=lot, by=by, at=at or lot.listed_at, **columns(measures))
        for lot, measures in known
    )


def measure_again(lot: Lot, by: User | None) -> None:
    """After `lot`'s grade was put right: what it says now is how large its plants are."""
    SaplingMeasures.objects.filter(lot=lot).delete()
    lot._state.fields_cache.pop("measures", None)
    measure_lots([lot], by, timezone.now())
