"""What an order's page says of money that goes back: the page is of the orders' room, which knows nothing of payments."""

from __future__ import annotations

from django import template

from shop.orders.models import Order

from ..models import Provider, Refund
from ..refunds import BY_ITSELF

register = template.Library()


@register.simple_tag
def refunds_of(order: Order) -> list[Refund]:
    """The newest first. What a unit had set off went nowhere. One query, none where they were fetched before."""
    found = [refund for refund in order.refunds.all() if refund.provider != Provider.SET_OFF]
    return sorted(found, key=lambda refund: -refund.pk)


@register.simple_tag
def spare_of(order: Order) -> int:
    """What was paid too much, is not on its way back, and may go back by the way it came."""
    if not any(payment.provider in BY_ITSELF and payment.received_fen for payment in order.payments.all()):
        return 0
    asked = sum(refund.amount_fen for refund in order.refunds.all() if refund.state == Refund.State.ASKED)
    return max(order.overpaid_fen - asked, 0)
