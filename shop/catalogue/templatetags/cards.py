from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from shop.catalogue.cards import card_of, choices_of
from shop.catalogue.offers import Facet, Offer

register = template.Library()


@register.simple_tag
def card(offer: Offer, level: int | str = 3) -> SafeString:
    """One offer in a list, under a heading of `level`."""
    return card_of(offer, int(level or 3))


@register.simple_tag
def choices(kind: str, facets: list[Facet], part: bool = False) -> SafeString:
    """The boxes to tick of a filter: `{% choices "towns" listing.towns part %}`."""
    return choices_of(kind, facets, bool(part))
