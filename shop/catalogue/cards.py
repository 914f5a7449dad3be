"""A card is a pure function of what it shows, so it is drawn once for as long as nothing on it changes.

The key holds every fact on the card (price and stock among them), the day and the language: it cannot be stale.
The choices beside the offers are drawn in the same way.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import NamedTuple

from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from farmers.stock.models import Lot
from marketplace.days import today

from .offers import Facet

# a drawn card is some 1.5 kB, so this many are 6 MB in each process
_KEPT = 4_000


class Card(NamedTuple):
    """All that a card tells of a lot."""

    slug: str
    illustration: str
    product: str
    grade: str
    price_fen: int
    unit: str
    unit_size: int
    available: int
    town: str
    watched: bool
    harvested_on: dt.date | None
    level: int


def card_of(lot: Lot, level: int = 3) -> SafeString:
    """The card of a lot that `offers()` gave."""
    language = get_language() or ""
    english = language.startswith("en")
    product, town = lot.product, lot.town
    card = Card(
        slug=lot.slug,
        illustration=product.illustration,
        product=(english and product.name_en) or product.name,
        grade=lot.grade,
        price_fen=lot.price_fen,
        unit=lot.unit,
        unit_size=lot.unit_size,
        available=lot.available,
        town=(english and town.name_en) or town.name,
        # a mark is told only of those who agreed to be shown
        watched=bool(getattr(lot, "watched", False) and lot.household.consent_on),
        harvested_on=lot.harvested_on,
        level=level,
    )
    return _drawn(card, today(), language)


@lru_cache(maxsize=_KEPT)
def _drawn(card: Card, day: dt.date, language: str) -> SafeString:
    """`day` and `language` stand in the key because the words follow them."""
    return mark_safe(get_template("catalogue/_card_drawn.html").render({"card": card}))


def choices_of(kind: str, facets: list[Facet], part: bool) -> SafeString:
    """The choices of a filter (`categories`, `towns`) with their counts; `part`: to be put into a page that stands."""
    return _drawn_choices(kind, tuple(facets), part, get_language() or "")


@lru_cache(maxsize=500)
def _drawn_choices(kind: str, facets: tuple[Facet, ...], part: bool, language: str) -> SafeString:
    template = get_template(f"catalogue/_{kind}.html")
    return mark_safe(template.render({"facets": facets, "part": part}))
