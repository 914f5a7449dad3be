"""The page where canteens begin: the unit's own orders, what is coming, what to weigh."""

from __future__ import annotations

from django.db.models import F, Q, QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from marketplace.access.rules import Act, SignedIn, requires
from shop.buyers.models import organisations_of

from .models import Consignment, Order, OrderLine, State
from .picking import LIVE
from .views import listed


@never_cache
@requires(Act.SEE_UNIT_ORDERS)
@require_safe
def canteen(request: SignedIn) -> HttpResponse:
    """The orders of the unit, and of those that it cooks for: what is coming, what to weigh, what it came to."""
    units = organisations_of(request.user)
    orders = Order.objects.filter(organisation__in=[unit.pk for unit in units])
    sums = orders.aggregate(
        accepted=Sum("accepted_fen", default=0),
        due=Sum(
            F("accepted_fen") - F("paid_fen"),
            filter=Q(state=State.ACCEPTED, accepted_fen__gt=F("paid_fen")),
            default=0,
        ),
    )
    return render(
        request,
        "orders/canteen.html",
        {
            "unit": units[0] if units else None,
            "page": listed(orders, request.GET.get("page")),
            "coming": orders.filter(state__in=LIVE).count(),
            "to_weigh": _to_weigh(orders),
            "sums": sums,
        },
    )


def _to_weigh(orders: QuerySet[Order]) -> int:
    """Orders of which something was handed over that nobody has weighed or counted yet."""
    here = OrderLine.objects.filter(
        order__in=orders.filter(state__in=[State.DISPATCHED, State.DELIVERED]),
        consignment__state=Consignment.State.DELIVERED,
        accepted_quantity=None,
    )
    return here.values("order").distinct().count()
