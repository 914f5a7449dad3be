"""What the templates of bulk requests share."""

from __future__ import annotations

from typing import Any

from django import template

from farmers.stock.models import Lot
from marketplace.access.models import User
from marketplace.quantity import unit_size
from marketplace.templatetags.market import amount
from shop.bulk.models import BulkLine
from shop.bulk.shown import Touched
from shop.bulk.waiting import MOST, sent_back, to_decide

register = template.Library()


@register.filter
def amount_field(lot: Lot, line: BulkLine) -> str:
    """The name of the field that holds the lot's share of the line."""
    return f"amount-{line.pk}-{lot.pk}"


@register.filter
def more_or_less(touched: Touched) -> str:
    """`+20 斤`, `−30 斤`, in the product's usual unit."""
    product = touched.lot.product
    sign = "+" if touched.difference > 0 else "−"
    return f"{sign}{amount(abs(touched.difference), unit_size(product.unit), product.unit)}"


@register.inclusion_tag("bulk/_waiting.html")
def bulk_waiting(user: User) -> dict[str, Any]:
    """What this person has to decide or to change, at the top of the page they begin on."""
    return {"to_decide": to_decide(user)[:MOST], "sent_back": sent_back(user)[:MOST]}
