"""The pages where canteens and sellers begin: their own orders, goods and what to do next."""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from typing import NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import F, Prefetch, Q, QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from farmers.ledger.queries import owed
from farmers.registry.models import Household, encrypted
from farmers.selling.views import seller_key
from farmers.stock.models import Lot, LotCheck
from marketplace.access.models import User
from marketplace.access.rules import Act, SignedIn, requires
from marketplace.days import today
from shop.buyers.models import organisations_of

from .models import Consignment, Order, OrderLine, State, not_agreed
from .picking import LIVE, PERSONAL, gathered_on, place_of, totals
from .views import PAGE_SIZE, listed

# of one's goods, so many stand on the first page
FEW = 5


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


@never_cache
@requires(Act.SELL)
@require_safe
def seller(request: SignedIn) -> HttpResponse:
    """My goods, what was bought of them and when it is fetched, and my money."""
    household = _household_of(request.user)
    lots = Lot.objects.filter(household=household, available__gt=0).select_related("product")
    lots = lots.prefetch_related("photos", Prefetch("checks", LotCheck.objects.order_by("-pk")))
    lines = _lines_of(household)
    if household is None:
        lots = lots.none()
    return render(
        request,
        "orders/seller.html",
        {
            "household": household,
            "lots": lots.filter(state=Lot.State.LISTED)[:FEW],
            "on_sale": lots.filter(state=Lot.State.LISTED).count(),
            "sent_back": lots.filter(state=Lot.State.SENT_BACK),
            "waiting": lots.filter(state=Lot.State.WAITING)[:FEW],
            "seller": seller_key(request.user),
            "to_bring": _page(request, _to_bring(lines), "bring"),
            "lines": _page(request, lines, "page"),
            "owed_fen": owed([household.pk]).get(household.pk, 0) if household else 0,
            "today": today(),
        },
    )


@never_cache
@requires(Act.SELL)
@require_safe
def bring(request: SignedIn) -> HttpResponse:
    """What I have to bring, by day and place: to be printed and hung on the door."""
    household = _household_of(request.user)
    lines = list(_to_bring(_lines_of(household)))
    days = [
        BringDay(day, totals(own), [(place, list(group)) for place, group in groupby(own, _place)])
        for day, own in ((day, sorted(group, key=_place)) for day, group in groupby(lines, _gathered))
    ]
    return render(request, "orders/bring.html", {"household": household, "days": days, "today": today()})


class BringDay(NamedTuple):
    """What is gathered on one morning, None: as soon as can be; in all, and for each place."""

    day: dt.date | None
    totals: list[str]
    places: list[tuple[str, list[OrderLine]]]


def _gathered(line: OrderLine) -> dt.date | None:
    return gathered_on(line.order)


def _place(line: OrderLine) -> str:
    return place_of(line.order)


def _household_of(user: User) -> Household | None:
    return (
        Household.objects.filter(user=user)
        .select_related("village__town", "officer")
        .defer(*encrypted(), "officer__phone")
        .first()
    )


def _lines_of(household: Household | None) -> QuerySet[OrderLine]:
    """What was bought of a household. What a unit has not agreed to yet is no business of theirs."""
    lines = (
        OrderLine.objects.filter(household=household)
        .exclude(not_agreed("order"))
        .select_related("order__organisation", "order__pickup_point", "consignment", "weighing")
        .defer(*(f"order__{field}" for field in PERSONAL), "order__organisation__phone", "weighing__receiver")
        .order_by("-id")
    )
    return lines if household else lines.none()


def _to_bring(lines: QuerySet[OrderLine]) -> QuerySet[OrderLine]:
    """What has not left yet, by the morning on which it is gathered: what is brought from door to door the day before."""
    return lines.filter(
        order__state__in=[State.CONFIRMED, State.DISPATCHED], consignment__state=Consignment.State.PREPARING
    ).order_by(
        F("order__wanted_on").asc(nulls_last=True), F("order__pickup_point").asc(nulls_first=True), "id"
    )


def _page(request: SignedIn, rows: QuerySet, name: str) -> Page:
    return Paginator(rows, PAGE_SIZE).get_page(request.GET.get(name))
