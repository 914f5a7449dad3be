"""A card is a pure function of what it shows, so it is drawn once for as long as nothing on it changes.

The key holds every fact on the card (price and stock among them), the day and the language: it cannot be stale.
The choices beside the offers are drawn in the same way.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import NamedTuple

from django.template.loader import get_template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from farmers.stock.models import Lot
from marketplace.days import today
from marketplace.templatetags import market

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
    unit = market.unit(card.unit)
    left = market.amount(card.available, card.unit_size, card.unit)
    words = {
        "picture": f"{static('products/')}{card.illustration}.svg",
        "address": reverse("shop:offer", args=[card.slug]),
        "product": card.product,
        "grade": card.grade,
        "price": market.yuan(card.price_fen),
        "unit": unit,
        "left": _("%(left)s left") % {"left": left} if card.available else _("sold out"),
        "town": card.town,
        "fresh": market.freshness(card),
    }
    shape = _shape(
        tuple(name for name, word in words.items() if word),
        card.available > 0,
        card.watched,
        card.level,
        language,
    )
    return mark_safe(shape.format_map({name: conditional_escape(word) for name, word in words.items()}))


@lru_cache(maxsize=100)
def _shape(told: tuple[str, ...], to_be_had: bool, watched: bool, level: int, language: str) -> str:
    """The template drawn once for all cards of one shape: where it would write a word, it writes `{word}`.

    A template takes longer over a card than the database does, and a page has 24 of them.
    """
    card = {name: f"{{{name}}}" for name in told}
    facts = {"to_be_had": to_be_had, "watched": watched, "level": level}
    return get_template("catalogue/_card_drawn.html").render({"card": {**card, **facts}})


def choices_of(kind: str, facets: list[Facet], part: bool) -> SafeString:
    """The choices of a filter (`categories`, `towns`) with their counts; `part`: to be put into a page that stands."""
    return _drawn_choices(kind, tuple(facets), part, get_language() or "")


@lru_cache(maxsize=500)
def _drawn_choices(kind: str, facets: tuple[Facet, ...], part: bool, language: str) -> SafeString:
    template = get_template(f"catalogue/_{kind}.html")
    return mark_safe(template.render({"facets": facets, "part": part}))
