"""The filters in force, each with the address that takes it away."""

from __future__ import annotations

from typing import NamedTuple

from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from marketplace.money import yuan

from .offers import Facet, Filters, Listing
from .plants import in_words


class Chip(NamedTuple):
    """`address` is the query string without this filter."""

    words: str
    address: str


def chips(asked: QueryDict, filters: Filters, listing: Listing) -> list[Chip]:
    """One chip for each filter that is in force; a value that was not understood has none."""
    found: list[Chip] = []
    if filters.query:
        found.append(Chip(f"“{filters.query}”", _without(asked, "q")))
    if filters.kind:
        words = _("saplings") if filters.kind == "sapling" else _("produce")
        found.append(Chip(words, _without(asked, "kind")))
    for field, slugs, facets in (
        ("category", filters.categories, listing.categories),
        ("town", filters.towns, listing.towns),
    ):
        names = {facet.slug: _name(facet) for facet in facets}
        found += [
            Chip(names.get(slug, slug), _without(asked, field, but=slug)) for slug in dict.fromkeys(slugs)
        ]
    if filters.price_from is not None:
        words = _("from ¥%(price)s") % {"price": yuan(filters.price_from)}
        found.append(Chip(words, _without(asked, "price_from")))
    if filters.price_to is not None:
        words = _("up to ¥%(price)s") % {"price": yuan(filters.price_to)}
        found.append(Chip(words, _without(asked, "price_to")))
    found += [Chip(words, _without(asked, *names)) for words, names in in_words(filters.plants)]
    if filters.sold_out:
        found.append(Chip(_("sold-out goods too"), _without(asked, "sold_out")))
    return found


def _name(facet: Facet) -> str:
    return facet.name_en if facet.name_en and (get_language() or "").startswith("en") else facet.name


def _without(asked: QueryDict, *fields: str, but: str | None = None) -> str:
    """The query string without `fields`, or without one value of theirs; back on the first page, empty fields left out."""
    rest = asked.copy()
    rest.pop("page", None)
    for field in fields:
        rest.setlist(field, [] if but is None else [kept for kept in rest.getlist(field) if kept != but])
    for name in list(rest):
        rest.setlist(name, [kept for kept in rest.getlist(name) if kept])
    return rest.urlencode()
