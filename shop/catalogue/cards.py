"""A card is a pure function of what it shows, so it is drawn once for as long as nothing on it changes.

The key holds every fact of the offer (price and stock among them), the day and the language: it cannot be stale.
The choices beside the offers are drawn in the same way.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from django.core.files.storage import default_storage
from django.template.loader import get_template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from marketplace.days import today
from marketplace.drawn import drawn_once
from marketplace.templatetags import market

from .forms import FilterForm
from .offers import Facet, Filters, Offer

# a drawn card and its key are some 3 kB, so this many are 12 MB in each process
_KEPT = 4_000


def cards_of(offers: Iterable[Offer], level: int = 3) -> SafeString:
    """The cards of offers, each under a heading of `level`."""
    day, language = today(), get_language() or ""
    return SafeString("\n".join(_drawn(offer, level, day, language) for offer in offers))


@drawn_once(_KEPT)
def _drawn(offer: Offer, level: int, day: dt.date, language: str) -> str:
    """`day` and `language` stand in the key because the words follow them."""
    unit = market.unit(offer.unit)
    left = market.amount(offer.available, offer.unit_size, offer.unit)
    words = {
        "slug": offer.slug,
        # what was photographed is shown, and drawn where it was not
        "photo": default_storage.url(offer.cover) if offer.cover else "",
        "illustration": "" if offer.cover else offer.product__illustration,
        "product": market.in_language(offer.product__name, offer.product__name_en),
        "grade": market.grade_(offer.grade),
        "price": market.yuan(offer.price_fen),
        "unit": unit,
        "left": _("%(left)s left") % {"left": left} if offer.available else _("sold out"),
        "town": market.in_language(offer.town__name, offer.town__name_en),
        "fresh": market.freshness(offer),
    }
    shape = _shape(
        tuple(name for name, word in words.items() if word),
        offer.available > 0,
        # a mark is told only of those who agreed to be shown
        offer.watched and offer.household__consent_on is not None,
        level,
        language,
    )
    return shape.format_map({name: conditional_escape(word) for name, word in words.items()})


@drawn_once(100)
def _shape(told: tuple[str, ...], to_be_had: bool, watched: bool, level: int, language: str) -> str:
    """The template drawn once for all cards of one shape: where it would write a word, it writes `{word}`.

    A template takes longer over a card than the database does, and a page has 24 of them.
    """
    card = {name: f"{{{name}}}" for name in told}
    facts = {"to_be_had": to_be_had, "watched": watched, "level": level}
    drawn: str = get_template("catalogue/_card_drawn.html").render({"card": {**card, **facts}})
    return drawn


def choices_of(kind: str, facets: list[Facet], part: bool) -> SafeString:
    """The choices of a filter (`categories`, `towns`) with their counts; `part`: to be put into a page that stands."""
    return _drawn_choices(kind, tuple(facets), part, get_language() or "")


@drawn_once(500)
def _drawn_choices(kind: str, facets: tuple[Facet, ...], part: bool, language: str) -> SafeString:
    template = get_template(f"catalogue/_{kind}.html")
    return SafeString(template.render({"facets": facets, "part": part}))


PLANT_FIELDS = (
    *("trunk_at", "trunk_from", "trunk_to", "height_from", "height_to", "crown_from", "crown_to"),
    *("age_from", "age_to", "roots", "ball_from", "ball_to", "grade"),
)


def plant_filters_of(form: FilterForm, shown: bool, part: bool) -> SafeString:
    """The measures by which plants are looked for, where plants are `shown`; `part`: to be put into a page that stands."""
    asked = tuple(str(form.data.get(name, ""))[:20] for name in PLANT_FIELDS) if shown else None
    return _drawn_plants(asked, part, get_language() or "")


@drawn_once(500)
def _drawn_plants(asked: tuple[str, ...] | None, part: bool, language: str) -> SafeString:
    form = FilterForm(dict(zip(PLANT_FIELDS, asked, strict=True))) if asked else None
    return SafeString(get_template("catalogue/_plants.html").render({"form": form, "part": part}))


class Chosen(NamedTuple):
    """What the form of the filters holds, as it was typed."""

    sort: str
    kind: str
    price_from: str
    price_to: str
    sold_out: bool


def drawer_of(form: FilterForm, filters: Filters, towns: list[Facet], plants: bool) -> SafeString:
    """The filters that lie in a drawer on small pages, with what is chosen in them and what is wrong with it."""
    price_from, price_to = (str(form.data.get(name, "")) for name in ("price_from", "price_to"))
    chosen = Chosen(filters.sort, filters.kind, price_from, price_to, filters.sold_out)
    measures = plant_filters_of(form, plants, part=False)
    return _drawn_drawer(chosen, tuple(towns), measures, get_language() or "")


@drawn_once(500)
def _drawn_drawer(
    chosen: Chosen, towns: tuple[Facet, ...], measures: SafeString, language: str
) -> SafeString:
    """`measures` are the filters of plants, drawn."""
    facts = {"filters": chosen, "towns": towns, "measures": measures}
    template = get_template("catalogue/_drawer.html")
    return SafeString(template.render({"form": FilterForm(chosen._asdict()), **facts}))
