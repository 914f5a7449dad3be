"""Bulk requests as their unit sees them: the list, a new one, and one request in whatever state it is."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Max, Min, Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.access.rules import Act, SignedIn, may
from marketplace.days import today
from shop.buyers.models import organisations_of
from shop.buyers.progress import unit_year

from . import draft_views, drafts, shown
from .clearing import fitting
from .decision_views import SendBackForm, abilities
from .models import Approval, BulkLine, BulkOrder, BulkRequest, State
from .submit import may_request

PAGE_SIZE = 20
# of a request's rows, so many are named in a list
NAMED = 4
# earlier requests that a new one may be a copy of
RECENT = 5


def _visible(request: SignedIn, number: str) -> BulkRequest:
    return get_object_or_404(
        BulkRequest.objects.visible_to(request.user)
        .select_related("organisation", "by", "copied_from")
        .defer("organisation__phone"),
        number=number,
    )


def _must_see_some(request: SignedIn) -> None:
    if not (may(request.user, Act.SEE_UNIT_ORDERS) or may(request.user, Act.SEE_CITY)):
        raise PermissionDenied


@never_cache
@login_required
@require_safe
def requests(request: SignedIn) -> HttpResponse:
    """The unit's requests, the newest first; `state` shows those alone that stand there."""
    _must_see_some(request)
    mine = BulkRequest.objects.visible_to(request.user)
    acts_for = organisations_of(request.user)
    counts = dict(mine.order_by().values_list("state").annotate(Count("pk")))
    state = request.GET.get("state", "")
    if state in State.values:
        mine = mine.filter(state=state)
    rows = _told(mine).select_related("organisation", "by").defer("organisation__phone")
    return render(
        request,
        "bulk/requests.html",
        {
            "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
            "tabs": [(each, each.label, counts[each]) for each in State if counts.get(each)],
            "state": state,
            "all": sum(counts.values()),
            "units": drafts.units_for(request.user),
            "belongs": bool(acts_for) or may(request.user, Act.SEE_CITY),
            "several": len(acts_for) != 1,
            "clearing": fitting(acts_for, today()) if acts_for else [],
        },
    )


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def new(request: SignedIn) -> HttpResponse:
    """GET offers to begin empty or with an earlier request; POST begins a draft and leads to it."""
    units = drafts.units_for(request.user)
    if not units:
        raise PermissionDenied
    if request.method == "POST":
        chosen = request.POST.get("unit", "")
        unit = next((unit for unit in units if str(unit.pk) == chosen), units[0])
        return redirect(drafts.begin(request.user, unit))
    mine = BulkRequest.objects.visible_to(request.user).filter(organisation__in=units)
    earlier = _told(mine.exclude(lines=None))[:RECENT]
    return render(request, "bulk/new.html", {"units": units, "earlier": earlier})


def _told(requests: QuerySet[BulkRequest]) -> QuerySet[BulkRequest]:
    """The newest first, each with what a list tells of it: how many rows, their days, and the first of its goods."""
    named = BulkLine.objects.filter(position__lt=NAMED).select_related("product")
    return (
        requests.order_by("-created_at", "-pk")
        .annotate(rows=Count("lines"), first=Min("lines__wanted_on"), last=Max("lines__wanted_on"))
        .prefetch_related(Prefetch("lines", named, "named"))
    )


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def one(request: SignedIn, number: str) -> HttpResponse:
    """A draft to write in, for whoever states the unit's needs; anything else to read."""
    asked = _visible(request, number)
    writes = may_request(request.user, asked.organisation)
    if request.method == "POST":
        if not writes:
            raise PermissionDenied
        return draft_views.write(request, asked)
    if writes and asked.state == State.DRAFT:
        return draft_views.show(request, asked)
    return _read(request, asked, writes)


def _read(request: SignedIn, asked: BulkRequest, writes: bool) -> HttpResponse:
    allotted = asked.state in {State.HELD, State.APPROVED}
    filled = shown.of_request(asked) if allotted else []
    orders = BulkOrder.objects.filter(request=asked, round=asked.round).select_related("order")
    can = abilities(request.user, asked)
    return render(
        request,
        "bulk/request.html",
        {
            "asked": asked,
            "writes": writes,
            "filled": filled,
            "lines": [] if allotted else asked.lines.select_related("product"),
            "households": shown.households(filled),
            "villages": shown.villages(filled),
            "agreed": Approval.objects.filter(request=asked, round=asked.round).select_related("by"),
            "orders": orders if allotted else [],
            "can": can,
            # who decides sees what the year's reserved share still wants
            "share": unit_year(asked.organisation, today().year).progress if can["decide"] else None,
            "year": today().year,
            "send_back": SendBackForm(),
        },
    )


@never_cache
@login_required
@require_POST
def copy(request: SignedIn, number: str) -> HttpResponse:
    made = drafts.copy(_visible(request, number), request.user)
    messages.success(request, _("Copied. The days are moved to the coming week; change what is different."))
    return redirect(made)


@never_cache
@login_required
@require_POST
def remove(request: SignedIn, number: str) -> HttpResponse:
    asked = _visible(request, number)
    try:
        drafts.remove(asked.pk, request.user)
    except drafts.NoDraft:
        return draft_views.no_draft(request, asked)
    messages.success(request, _("The draft is removed."))
    return redirect("bulk:requests")
