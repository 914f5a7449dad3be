"""What the officer's day page says of cash: the page is of the orders' room, which knows nothing of payments."""

from __future__ import annotations

from typing import NamedTuple

from django import template
from django.db.models import Case, Count, F, Sum, When

from marketplace.access.models import User
from shop.orders.models import Order, State
from shop.orders.picking import PERSONAL

from ..door import in_hand, to_collect

register = template.Library()
FIRST = 3


class Cash(NamedTuple):
    """To collect at doors: how many orders, how much, and the first of them; and what is in hand already."""

    orders: int
    fen: int
    first: list[Order]
    hand_fen: int


@register.simple_tag
def cash_of(user: User) -> Cash:
    orders = to_collect(user)
    charge = Case(When(state=State.ACCEPTED, then=F("accepted_fen")), default=F("total_fen"))
    sums = orders.aggregate(n=Count("pk"), fen=Sum(charge - F("paid_fen"), default=0))
    first = orders.select_related("organisation", "pickup_point").defer(*PERSONAL)[:FIRST]
    hand = in_hand().filter(by=user).aggregate(fen=Sum("received_fen", default=0))
    return Cash(sums["n"], sums["fen"], list(first), hand["fen"])
