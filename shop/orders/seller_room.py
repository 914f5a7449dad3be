"""A household's day on its phone: what to bring where, what was bought of its goods, and its money."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import F, Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from farmers.ledger.queries import owed
from farmers.registry.models import Household, encrypted
from farmers.selling.views import seller_key
from farmers.stock.check import OPEN
from farmers.stock.models import Lot, LotCheck
from marketplace.access.models import User
from marketplace.access.rules import Act, SignedIn, requires
from marketplace.days import today

from .models import Consignment, OrderLine, State, not_agreed
from .picking import PERSONAL, gathered_on, place_of, totals
from .views import PAGE_SIZE

# of one's goods and of what was bought, so many stand on the first page
FEW = 5


class BringDay(NamedTuple):
    """What is gathered on one morning, None: as soon as can be; in all, and for each place."""

    day: dt.date | None
    totals: list[str]
    places: list[tuple[str, list[OrderLine]]]


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
    to_bring = _page(request, _to_bring(lines), "bring")
    unseen = list(lots.filter(state__in=OPEN))
    return render(
        request,
        "orders/seller.html",
        {
            "household": household,
            "lots": lots.filter(state=Lot.State.LISTED)[:FEW],
            "on_sale": lots.filter(state=Lot.State.LISTED).count(),
            "sent_back": [lot for lot in unseen if lot.state == Lot.State.SENT_BACK],
            "waiting": [lot for lot in unseen if lot.state == Lot.State.WAITING][:FEW],
            "seller": seller_key(request.user),
            "to_bring": to_bring,
            "days": by_day(to_bring),
            "lines": Paginator(lines, FEW).get_page(1),
            "owed_fen": owed([household.pk]).get(household.pk, 0) if household else 0,
            "today": today(),
        },
    )


@never_cache
@requires(Act.SELL)
@require_safe
def bought(request: SignedIn) -> HttpResponse:
    """My orders: what to bring where, by morning; then all that was bought of my goods, the last first."""
    household = _household_of(request.user)
    lines = _lines_of(household)
    to_bring = _page(request, _to_bring(lines), "bring")
    return render(
        request,
        "orders/bought.html",
        {
            "household": household,
            "to_bring": to_bring,
            "days": by_day(to_bring),
            "lines": _page(request, lines, "page"),
            "today": today(),
        },
    )


@never_cache
@requires(Act.SELL)
@require_safe
def bring(request: SignedIn) -> HttpResponse:
    """What I have to bring, by day and place: to be printed and hung on the door."""
    household = _household_of(request.user)
    days = by_day(_to_bring(_lines_of(household)))
    return render(request, "orders/bring.html", {"household": household, "days": days, "today": today()})


def by_day(lines: Iterable[OrderLine]) -> list[BringDay]:
    """Lines in the order of their mornings, grouped by morning, and within it by where they go."""
    days = ((day, sorted(group, key=_place)) for day, group in groupby(lines, _gathered))
    return [
        BringDay(day, totals(own), [(place, list(group)) for place, group in groupby(own, _place)])
        for day, own in days
    ]


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
        order__state__in=[State.CONFIRMED, State.DISPATCHED],
        consignment__state=Consignment.State.PREPARING,
        accepted_quantity=None,
    ).order_by(
        F("order__wanted_on").asc(nulls_last=True), F("order__pickup_point").asc(nulls_first=True), "id"
    )


def _page(request: SignedIn, rows: QuerySet, name: str) -> Page:
    return Paginator(rows, PAGE_SIZE).get_page(request.GET.get(name))
