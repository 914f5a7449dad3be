from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.core.files.storage import default_storage
from django.templatetags.static import static
from django.utils.safestring import SafeString

from farmers.stock.models import Lot
from shop.catalogue.cards import cards_of, choices_of, drawer_of, plant_filters_of
from shop.catalogue.forms import FilterForm
from shop.catalogue.offers import Facet, Filters, Offer

register = template.Library()


@register.filter
def shown(lot: Lot) -> str:
    """Where the small picture of a lot's goods is: of these goods, or a drawing of their kind."""
    if lot.cover:
        return str(default_storage.url(lot.cover))
    return static(f"products/{lot.product.illustration}.svg")


@register.simple_tag
def cards(offers: Iterable[Offer], level: int = 3) -> SafeString:
    """The items of a list of offers, each under a heading of `level`."""
    return cards_of(offers, level)


@register.simple_tag
def choices(kind: str, facets: list[Facet], part: bool = False) -> SafeString:
    """The boxes to tick of a filter: `{% choices "towns" listing.towns part %}`."""
    return choices_of(kind, facets, bool(part))


@register.simple_tag
def plant_filters(form: FilterForm, shown: bool, part: bool = False) -> SafeString:
    """The measures of plants to look for: `{% plant_filters form plants part %}`."""
    return plant_filters_of(form, bool(shown), bool(part))


@register.simple_tag
def drawer(form: FilterForm, filters: Filters, towns: list[Facet], plants: bool) -> SafeString:
    """Order, kind, price, measures, town: `{% drawer form filters listing.towns plants %}`."""
    return drawer_of(form, filters, towns, plants)
