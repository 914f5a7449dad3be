"""What an order's page says of money that goes back: the page is of the orders' room, which knows nothing of payments."""

from __future__ import annotations

from django import template
from django.db.models import QuerySet

from shop.orders.models import Order

from ..models import Provider, Refund
from ..refunds import refundable, spare_fen

register = template.Library()


@register.simple_tag
def refunds_of(order: Order) -> QuerySet[Refund]:
    """The newest first. What a unit had set off went nowhere."""
    return order.refunds.exclude(provider=Provider.SET_OFF).order_by("-pk")


@register.simple_tag
def spare_of(order: Order) -> int:
    """What was paid too much, is not on its way back, and can go back by the way it came."""
    return spare_fen(order) if order.overpaid_fen and refundable(order).exists() else 0
