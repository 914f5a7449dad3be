"""What the order rooms' templates share."""

from __future__ import annotations

import datetime as dt

from django import template

from marketplace.templatetags.market import in_language
from shop.orders import picking
from shop.orders import said as words
from shop.orders.models import Consignment, Order, OrderLine

register = template.Library()


@register.filter
def village_name(consignment: Consignment) -> str:
    """The village's name that a consignment keeps, in the reader's language."""
    return in_language(consignment.village_name, consignment.village_name_en)


@register.filter
def town_name(consignment: Consignment) -> str:
    """The town's name that a consignment keeps, in the reader's language."""
    return in_language(consignment.town_name, consignment.town_name_en)


@register.filter
def said(line: OrderLine) -> words.Said | None:
    """What the scale said of a line, in words; see `said.py`."""
    return words.said(line)


@register.filter
def gathered_on(order: Order) -> dt.date | None:
    """The morning on which the village gathers an order's goods."""
    return picking.gathered_on(order)


@register.filter
def place_of(order: Order) -> str:
    """Where an order's goods go, in words that anybody may read."""
    return picking.place_of(order)
