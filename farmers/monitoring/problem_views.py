"""Problems in which something is an officer's to do: the four lists, and the own items ticked off on the telephone."""

from __future__ import annotations

from typing import NamedTuple

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from marketplace.access.models import User
from marketplace.access.rules import Act, SignedIn, may, requires
from marketplace.days import today

from .forms import TickForm
from .models import Item, Problem
from .problem_models import ListKind
from .problems import Refused, tick

PAGE_SIZE = 20


class OneList(NamedTuple):
    """One of the four, with its items; `done`: how many are ticked off."""

    kind: ListKind
    items: list[Item]

    @property
    def done(self) -> int:
        return sum(item.ticked_at is not None for item in self.items)


def four_lists(problem: Problem) -> list[OneList]:
    """In their order, empty ones too. One query."""
    items = list(problem.items.select_related("whose", "ticked_by"))
    return [OneList(kind, [item for item in items if item.list == kind]) for kind in ListKind]


@never_cache
@requires(Act.WATCH)
@require_safe
def problems(request: SignedIn) -> HttpResponse:
    """The open ones by their day, then what is closed."""
    mine = Q(items__whose=request.user)
    rows = (
        Problem.objects.visible_to(request.user)
        .select_related("town")
        .annotate(
            all_items=Count("items"),
            ticked=Count("items", filter=Q(items__ticked_at__isnull=False)),
            waiting=Count("items", filter=mine & Q(items__ticked_at=None)),
        )
        .order_by("-state", "due_on", "pk")
    )
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "monitoring/problems.html", {"page": page, "today": today()})


@never_cache
@requires(Act.WATCH)
@require_safe
def problem(request: SignedIn, problem_id: int) -> HttpResponse:
    rows = Problem.objects.visible_to(request.user).select_related("town")
    one = get_object_or_404(rows, pk=problem_id)
    day = today()
    return render(
        request,
        "monitoring/problem.html",
        {
            "problem": one,
            "lists": [
                (
                    each,
                    [(item, item.is_overdue(day), _may_tick(item, one, request.user)) for item in each.items],
                )
                for each in four_lists(one)
            ],
            "steps": one.steps.select_related("by", "item"),
            "overdue": one.state == Problem.State.OPEN and one.due_on < day,
            "city": may(request.user, Act.KEEP_WATCH),
            "form": TickForm(),
        },
    )


def _may_tick(item: Item, problem: Problem, user: User) -> bool:
    theirs = item.whose_id == user.pk or may(user, Act.KEEP_WATCH)
    return theirs and item.ticked_at is None and problem.state == Problem.State.OPEN


@requires(Act.WATCH)
@require_POST
def done(request: SignedIn, item_id: int) -> HttpResponse:
    """The item is done: ticked off by whose it is."""
    items = Item.objects.filter(problem__in=Problem.objects.visible_to(request.user))
    if not may(request.user, Act.KEEP_WATCH):
        items = items.filter(whose=request.user)
    item = get_object_or_404(items.select_related("problem"), pk=item_id)
    form = TickForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Nothing was ticked off: say it in at most 200 characters."))
        return redirect(item.problem)
    try:
        tick(item.pk, request.user, form.cleaned_data["words"])
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Ticked off."))
    return redirect(item.problem)
