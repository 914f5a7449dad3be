"""What buyers said, beside an offer."""

from __future__ import annotations

from typing import Any

from django import template

from farmers.stock.models import Lot
from shop.orders.reviews import told_of

register = template.Library()


@register.inclusion_tag("orders/_reviews_of.html")
def reviews(lot: Lot) -> dict[str, Any]:
    """`{% reviews lot %}`: one query. Wants the lot's household at hand."""
    return {"lot": lot, "told": told_of(lot)}


@register.inclusion_tag("orders/_stars.html")
def stars(number: int) -> dict[str, Any]:
    """Five stars, so many of them full, and the number in words for who does not see them."""
    return {"number": number, "five": range(1, 6)}
