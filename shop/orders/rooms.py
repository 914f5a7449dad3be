"""The pages where canteens, sellers and officers begin: their own orders, goods and what to do next."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import F, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from farmers.ledger.queries import owed
from farmers.registry.models import Household, Officer
from farmers.stock.models import Lot
from marketplace.access.rules import Act, requires
from shop.buyers.models import organisation_of

from .models import Consignment, Order, OrderLine, State

PAGE_SIZE = 20
LIVE = (State.CONFIRMED, State.DISPATCHED, State.DELIVERED)


@never_cache
@requires(Act.SEE_UNIT_ORDERS)
@require_safe
def canteen(request: HttpRequest) -> HttpResponse:
    """The unit's orders: what is coming, what to weigh, what it came to."""
    unit = organisation_of(request.user)
    orders = Order.objects.filter(organisation=unit) if unit else Order.objects.none()
    sums = orders.aggregate(
        accepted=Sum("accepted_fen", default=0),
        due=Sum(F("accepted_fen") - F("paid_fen"), filter=Q(state=State.ACCEPTED, accepted_fen__gt=F("paid_fen")), default=0),
    )
    page = Paginator(orders.prefetch_related("lines"), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "orders/canteen.html",
        {
            "unit": unit,
            "page": page,
            "coming": orders.filter(state__in=LIVE).count(),
            "to_weigh": orders.filter(state=State.DELIVERED).count(),
            "sums": sums,
        },
    )


@never_cache
@requires(Act.SELL)
@require_safe
def seller(request: HttpRequest) -> HttpResponse:
    """My goods, what was bought of them and when it is fetched, and my money."""
    household = Household.objects.filter(user=request.user).select_related("village__town", "officer").first()
    lots = (
        Lot.objects.filter(household=household).select_related("product").order_by("-listed_at")
        if household
        else Lot.objects.none()
    )
    lines = (
        OrderLine.objects.filter(household=household).select_related("order", "consignment").order_by("-id")
        if household
        else OrderLine.objects.none()
    )
    return render(
        request,
        "orders/seller.html",
        {
            "household": household,
            "lots": Paginator(lots.filter(available__gt=0), PAGE_SIZE).get_page(request.GET.get("lots")),
            "to_bring": lines.filter(order__state=State.CONFIRMED, consignment__state=Consignment.State.PREPARING)[:50],
            "lines": Paginator(lines, PAGE_SIZE).get_page(request.GET.get("page")),
            "owed_fen": owed([household.pk]).get(household.pk, 0) if household else 0,
        },
    )


@never_cache
@requires(Act.SERVE_VILLAGE)
@require_safe
def officer(request: HttpRequest) -> HttpResponse:
    """What to collect and hand over in my villages, and what goods are there."""
    consignments = (
        Consignment.objects.visible_to(request.user)
        .filter(order__state__in=LIVE)
        .exclude(state=Consignment.State.DELIVERED)
        .select_related("order__organisation", "order__pickup_point", "village__town")
        .prefetch_related("lines__household")
        .order_by("order__wanted_on", "id")
    )
    lots = Lot.objects.visible_to(request.user).select_related("product", "household", "village")
    return render(
        request,
        "orders/officer.html",
        {
            "post": Officer.objects.for_user(request.user).select_related("town", "village").first(),
            "consignments": Paginator(consignments, PAGE_SIZE).get_page(request.GET.get("page")),
            "lots": Paginator(lots.filter(available__gt=0).order_by(F("good_until").asc(nulls_last=True), "id"), PAGE_SIZE).get_page(
                request.GET.get("lots")
            ),
            "households": Household.objects.visible_to(request.user).count(),
        },
    )
