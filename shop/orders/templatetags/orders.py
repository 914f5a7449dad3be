"""What the order rooms' templates share."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template
from django.templatetags.static import static

from marketplace.templatetags.market import in_language
from shop.orders import picking
from shop.orders import said as words
from shop.orders.models import Consignment, Order, OrderLine

register = template.Library()


@register.simple_tag(takes_context=True)
def page_address(context: dict[str, Any], param: str, number: int) -> str:
    """The address of another page of the list that `param` names; every other list stays where it is."""
    asked = context["request"].GET.copy()
    asked[param] = str(number)
    return f"?{asked.urlencode()}"


@register.filter
def picture(stem: str) -> str:
    """The address of a product's drawing."""
    return static(f"products/{stem}.svg")


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
