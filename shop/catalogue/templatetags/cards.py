from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.safestring import SafeString

from shop.catalogue.cards import cards_of, choices_of, drawer_of
from shop.catalogue.forms import FilterForm
from shop.catalogue.offers import Facet, Filters, Offer

register = template.Library()


@register.simple_tag
def cards(offers: Iterable[Offer], level: int = 3) -> SafeString:
    """The items of a list of offers, each under a heading of `level`."""
    return cards_of(offers, level)


@register.simple_tag
def choices(kind: str, facets: list[Facet], part: bool = False) -> SafeString:
    """The boxes to tick of a filter: `{% choices "towns" listing.towns part %}`."""
    return choices_of(kind, facets, bool(part))


@register.simple_tag
def drawer(form: FilterForm, filters: Filters, towns: list[Facet]) -> SafeString:
    """Order, kind, price, town: `{% drawer form filters listing.towns %}`."""
    return drawer_of(form, filters, towns)
