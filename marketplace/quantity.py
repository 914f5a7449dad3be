"""Quantity is an integer in a base measure: grams for weight, pieces for counts.

A unit is a display factor over the base measure. Sources: 1 斤 = 500 g and 1 公斤 = 1 kg
(State Council order on legal units, 1984); piece units have the factor 1.
"""

from __future__ import annotations

from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Measure(models.TextChoices):
    """What the base unit is."""

    GRAM = "g", _("weight")
    COUNT = "count", _("pieces")


class Unit(models.TextChoices):
    """The units goods are priced and counted in."""

    JIN = "jin", pgettext_lazy("unit", "jin")
    KG = "kg", pgettext_lazy("unit", "kg")
    TONNE = "tonne", pgettext_lazy("unit", "tonne")
    ZHU = "zhu", pgettext_lazy("unit", "plant")
    KE = "ke", pgettext_lazy("unit", "tree")
    PEN = "pen", pgettext_lazy("unit", "pot")
    GE = "ge", pgettext_lazy("unit", "piece")
    XIANG = "xiang", pgettext_lazy("unit", "box")
    ZHI = "zhi", pgettext_lazy("unit", "head")


class UnitFact(NamedTuple):
    """`size` base units (grams or pieces) make one; `words` are how people write it, folded to NFKC lower."""

    measure: Measure
    size: int
    words: tuple[str, ...]


UNITS: dict[Unit, UnitFact] = {
    Unit.JIN: UnitFact(Measure.GRAM, 500, ("斤", "市斤", "jin")),
    Unit.KG: UnitFact(Measure.GRAM, 1000, ("公斤", "千克", "kg", "kgs", "kilogram", "kilograms")),
    Unit.TONNE: UnitFact(Measure.GRAM, 1_000_000, ("吨", "公吨", "t", "tonne", "tonnes", "ton")),
    Unit.ZHU: UnitFact(Measure.COUNT, 1, ("株",)),
    Unit.KE: UnitFact(Measure.COUNT, 1, ("棵", "颗")),
    Unit.PEN: UnitFact(Measure.COUNT, 1, ("盆",)),
    Unit.GE: UnitFact(Measure.COUNT, 1, ("个", "個", "枚")),
    Unit.XIANG: UnitFact(Measure.COUNT, 1, ("箱",)),
    Unit.ZHI: UnitFact(Measure.COUNT, 1, ("只", "隻", "头")),
}

BY_WORD: dict[str, Unit] = {word: unit for unit, fact in UNITS.items() for word in fact.words}


def unit_size(unit: str) -> int:
    """How many grams or pieces one `unit` is."""
    return UNITS[Unit(unit)].size


def measure_of(unit: str) -> Measure:
    """Whether `unit` weighs or counts."""
    return UNITS[Unit(unit)].measure


def in_units(quantity: int, size: int) -> str:
    """`quantity` base units as a plain number of units of `size`: 1250 g in jin is `2.5`.

    Exact: a remainder is written with as many decimals as it needs (sizes are of the form 2^a 5^b).
    """
    sign = "-" if quantity < 0 else ""
    whole, rest = divmod(abs(quantity), size)
    if not rest:
        return f"{sign}{whole:,}"
    decimals = ""
    while rest:
        digit, rest = divmod(rest * 10, size)
        decimals += str(digit)
    return f"{sign}{whole:,}.{decimals}"


def from_units(number: str, size: int) -> int:
    """A typed number of units ("2.5" jin) as base units.

    Raises ValueError when it is no plain number or is finer than a gram or a piece.
    """
    text = number.strip().replace(",", "").replace("\uff0c", "")
    whole, _dot, decimals = text.partition(".")
    # ASCII digits alone: str.isdigit would also take superscripts and other scripts
    if not (whole + decimals).isascii() or not (whole + decimals).isdigit() or len(whole + decimals) > 15:
        raise ValueError("not a number")
    scaled = int(whole + decimals) * size
    quantity, rest = divmod(scaled, 10 ** len(decimals))
    if rest:
        raise ValueError("finer than the base measure")
    return quantity
