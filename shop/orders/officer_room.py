"""An officer's day on one page: what is urgent first, each list short, with the way to the whole of it."""

from __future__ import annotations

from typing import NamedTuple

from django.core.paginator import Paginator
from django.db.models import Count, F, Model, Prefetch, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from farmers.registry.models import Household, Officer, encrypted
from farmers.stock.check import to_check
from farmers.stock.clearance import in_danger
from farmers.stock.models import Lot
from marketplace.access.models import User
from marketplace.access.rules import Act, SignedIn, may, requires
from marketplace.days import today

from .models import Complaint, Consignment, OrderLine, not_agreed
from .picking import LIVE, PERSONAL
from .views import PAGE_SIZE

# as many of each list as a telephone shows without losing the next one
FIRST = 5
Going = Consignment.State


class Short(NamedTuple):
    """The beginning of a list, and how long it is in all."""

    rows: list[Model]
    total: int

    @property
    def more(self) -> int:
        return self.total - len(self.rows)


def _short(rows: QuerySet, total: int | None = None) -> Short:
    """`total`: how many there are, where that is known; what has none is not asked for."""
    first = list(rows[:FIRST]) if total is None or total else []
    if total is None:
        total = len(first) if len(first) < FIRST else rows.count()
    return Short(first, total)


def handled(user: User) -> QuerySet[Consignment]:
    """The consignments that this officer has something to do for, the most urgent first."""
    # what was called off is gathered by nobody
    goods = OrderLine.objects.exclude(accepted_quantity=0).select_related("household")
    goods = goods.defer(*encrypted("household__"))
    return (
        Consignment.objects.visible_to(user)
        .filter(order__state__in=LIVE)
        .select_related("order__organisation", "order__pickup_point")
        .defer(*(f"order__{field}" for field in PERSONAL), "order__organisation__phone")
        .prefetch_related(Prefetch("lines", goods))
        .order_by(F("order__wanted_on").asc(nulls_last=True), "id")
    )


@never_cache
@requires(Act.SERVE_VILLAGE)
@require_safe
def officer(request: SignedIn) -> HttpResponse:
    """What to check, collect, hand over; what spoils; what was complained of."""
    day = today()
    consignments = handled(request.user)
    going = dict(consignments.order_by().values_list("state").annotate(Count("pk")))
    lots = (
        Lot.objects.visible_to(request.user)
        .filter(available__gt=0, state=Lot.State.LISTED)
        .select_related("product", "household", "village")
        .defer(*encrypted("household__"))
        .order_by(F("good_until").asc(nulls_last=True), "id")
    )
    on_sale = lots.order_by().aggregate(all=Count("pk"), danger=Count("pk", filter=in_danger(day)))
    waiting = (
        to_check(request.user)
        .select_related("product", "household", "village")
        .defer(*encrypted("household__"))
    )
    complaints = (
        Complaint.objects.filter(state=Complaint.State.OPEN)
        .visible_to(request.user, may(request.user, Act.SEE_CITY))
        .select_related("line__consignment", "line__order")
        .defer(*(f"line__order__{field}" for field in PERSONAL))
        .order_by("at", "pk")
    )
    return render(
        request,
        "orders/officer.html",
        {
            "post": Officer.objects.for_user(request.user).select_related("town", "village").first(),
            "city": may(request.user, Act.SEE_CITY),
            "check": _short(waiting),
            "collect": _short(consignments.filter(state=Going.PREPARING), going.get(Going.PREPARING, 0)),
            "hand_over": _short(consignments.filter(state=Going.DISPATCHED), going.get(Going.DISPATCHED, 0)),
            "lots": _short(lots, on_sale["all"]),
            "danger": on_sale["danger"],
            "complaints": _short(complaints),
            "today": day,
        },
    )


@never_cache
@requires(Act.SERVE_VILLAGE)
@require_safe
def consignments(request: SignedIn) -> HttpResponse:
    """All that is to be sent off, or to be handed over."""
    state = request.GET.get("state")
    state = state if state in {Going.PREPARING, Going.DISPATCHED} else Going.PREPARING
    page = Paginator(handled(request.user).filter(state=state), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "orders/consignments.html", {"page": page, "state": state, "today": today()})


@never_cache
@requires(Act.SERVE_VILLAGE)
@require_safe
def household_orders(request: SignedIn, household_id: int) -> HttpResponse:
    """What was bought of one household: what it has to bring first, then all of it, the last first."""
    household = get_object_or_404(
        Household.objects.visible_to(request.user).select_related("village__town").defer(*encrypted()),
        pk=household_id,
    )
    lines = (
        OrderLine.objects.filter(household=household)
        .exclude(not_agreed("order"))
        .select_related("order__organisation", "order__pickup_point", "consignment")
        .defer(*(f"order__{field}" for field in PERSONAL), "order__organisation__phone")
    )
    to_bring = Q(order__state__in=LIVE, consignment__state=Going.PREPARING, accepted_quantity=None)
    bring = lines.filter(to_bring).order_by(F("order__wanted_on").asc(nulls_last=True), "id")
    page = Paginator(lines.order_by("-id"), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "orders/household_orders.html",
        {
            "household": household,
            "bring": Paginator(bring, PAGE_SIZE).get_page(request.GET.get("bring")),
            "page": page,
            "today": today(),
        },
    )
