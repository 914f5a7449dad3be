"""Plants are looked for by their measures.

A lot is found when its range and the wanted one have a size in common: who looks for trunks of 6 to 8 cm is shown a lot
of 5 to 6, for some of its trees may be right; what the lot says, the buyer then reads.
"""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _

from farmers.stock.measures import centimetres, metres
from farmers.stock.models import SaplingMeasures
from farmers.stock.saplings import Grade, Roots, Size, TrunkAt


class Between(NamedTuple):
    """What is wanted of one measure: millimetres, or years; None is open."""

    least: int | None = None
    most: int | None = None


ANY = Between()


class Wanted(NamedTuple):
    """What a buyer of plants asks for. `trunk_at` says where the trunk is measured."""

    trunk_at: str = TrunkAt.BREAST.value
    trunk: Between = ANY
    height: Between = ANY
    crown: Between = ANY
    age: Between = ANY
    roots: str = ""
    # of the ball or the container
    ball: Between = ANY
    grade: str = ""


NOTHING = Wanted()
_COLUMNS = {
    **{name: (f"measures__{name}_from", f"measures__{name}_to") for name in ("trunk", "height", "crown")},
    "age": ("measures__age_years", "measures__age_years"),
    "ball": ("measures__ball", "measures__ball"),
}


def condition(wanted: Wanted) -> Q:
    """The condition on a lot that some of its plants are as wanted."""
    fits = Q()
    for name, (smallest, largest) in _COLUMNS.items():
        asked: Between = getattr(wanted, name)
        if asked == ANY:
            continue
        if name == "trunk":
            fits &= Q(measures__trunk_at=wanted.trunk_at)
        if asked.least is not None:
            fits &= Q(**{f"{largest}__gte": asked.least})
        if asked.most is not None:
            fits &= Q(**{f"{smallest}__lte": asked.most})
    if wanted.roots:
        fits &= Q(measures__roots=wanted.roots)
    if wanted.grade:
        fits &= Q(measures__grade=wanted.grade)
    return fits


def in_words(wanted: Wanted) -> list[tuple[str, tuple[str, ...]]]:
    """Each wish in the reader's words, with the parameters that say it in an address."""
    said: list[tuple[str, tuple[str, ...]]] = []
    if wanted.trunk != ANY:
        words = _("trunk %(place)s %(size)s cm") % {
            "place": TrunkAt(wanted.trunk_at).label,
            "size": _span(wanted.trunk, 10),
        }
        said.append((words, ("trunk_from", "trunk_to", "trunk_at")))
    if wanted.height != ANY:
        words = _("height %(size)s m") % {"size": _span(wanted.height, 1000)}
        said.append((words, ("height_from", "height_to")))
    if wanted.crown != ANY:
        words = _("crown %(size)s m") % {"size": _span(wanted.crown, 1000)}
        said.append((words, ("crown_from", "crown_to")))
    if wanted.age != ANY:
        words = _("age %(years)s years") % {"years": _span(wanted.age, 1)}
        said.append((words, ("age_from", "age_to")))
    if wanted.roots:
        said.append((str(Roots(wanted.roots).label), ("roots",)))
    if wanted.ball != ANY:
        words = _("ball or container %(size)s cm") % {"size": _span(wanted.ball, 10)}
        said.append((words, ("ball_from", "ball_to")))
    if wanted.grade:
        said.append((str(Grade(wanted.grade).label), ("grade",)))
    return said


def _span(wanted: Between, unit: int) -> str:
    """`5–8`, or `≥ 5`, or `≤ 8`."""
    least, most = ("" if mm is None else f"{mm / unit:g}" for mm in wanted)
    if least and most:
        return least if least == most else f"{least}–{most}"
    return f"≥ {least}" if least else f"≤ {most}"


def plant_facts(measured: SaplingMeasures | None) -> list[tuple[str, str]]:
    """What is known of the plants of a lot, each with its name."""
    if measured is None:
        return []
    facts: list[tuple[str, str]] = []
    if measured.trunk_from and measured.trunk_to:
        label = {
            TrunkAt.BREAST: _("Trunk at breast height"),
            TrunkAt.METRE: _("Trunk at one metre"),
            TrunkAt.GROUND: _("Trunk at the ground"),
        }[TrunkAt(measured.trunk_at)]
        facts.append((label, f"{centimetres(Size(measured.trunk_from, measured.trunk_to))} cm"))
    if measured.height_from and measured.height_to:
        facts.append((_("Height"), _long(measured.height_from, measured.height_to)))
    if measured.crown_from and measured.crown_to:
        facts.append((_("Crown"), _long(measured.crown_from, measured.crown_to)))
    if measured.age_years:
        facts.append((_("Age in years"), str(measured.age_years)))
    if measured.roots:
        ball = f" {centimetres(Size(measured.ball, measured.ball))} cm" if measured.ball else ""
        facts.append((_("Roots"), f"{Roots(measured.roots).label}{ball}"))
    if measured.grade:
        facts.append((_("Grade by GB 6000"), str(Grade(measured.grade).label)))
    return facts


def _long(smallest: int, largest: int) -> str:
    size = Size(smallest, largest)
    return f"{metres(size)} m" if largest >= 1000 else f"{centimetres(size)} cm"
