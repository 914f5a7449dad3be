"""A household's own page of the ledger: what it sold month by month, and each sale with its sums."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from django.core.paginator import Paginator
from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from farmers.ledger.chart import Chart, monthly
from farmers.ledger.models import Entry
from farmers.payouts.owed import Owed, owed_to
from marketplace.access.rules import Act, SignedIn, requires
from marketplace.days import last_months, today

from .views import household_of

PAGE_SIZE = 20
MONTHS = 12


class Month(NamedTuple):
    """`amount_fen`: what was sold in it, less what came back in it."""

    first: dt.date
    amount_fen: int
    entries: int


@never_cache
@requires(Act.SELL)
@require_safe
def ledger(request: SignedIn) -> HttpResponse:
    """What I sold, entry by entry, with its months: as it stands in the city's ledger."""
    household = household_of(request.user)
    entries = Entry.objects.filter(household=household) if household else Entry.objects.none()
    months = _months(entries)
    return render(
        request,
        "selling/ledger.html",
        {
            "household": household,
            "page": Paginator(entries.order_by("-day", "-pk"), PAGE_SIZE).get_page(request.GET.get("page")),
            "months": months,
            "shown": [month for month in reversed(months) if month.entries],
            "chart": _chart(months),
            "owed": owed_to([household.pk])[household.pk] if household else Owed(),
        },
    )


def _months(entries: QuerySet[Entry]) -> list[Month]:
    """The last twelve, the earliest first."""
    firsts = last_months(today(), MONTHS)
    rows = (
        entries.filter(day__gte=firsts[0])
        .order_by()
        .annotate(first=TruncMonth("day"))
        .values("first")
        .annotate(amount=Sum("amount_fen"), entries=Count("pk"))
    )
    known = {row["first"]: Month(row["first"], row["amount"], row["entries"]) for row in rows}
    return [known.get(first) or Month(first, 0, 0) for first in firsts]


def _chart(months: Sequence[Month]) -> Chart | None:
    if not any(month.amount_fen for month in months):
        return None
    return monthly([month.amount_fen for month in months], [0] * len(months))


@never_cache
@requires(Act.SELL)
@require_safe
def entry(request: SignedIn, entry_id: int) -> HttpResponse:
    """One sale with its sum and what came back of it. What was taken back stands with the sale it was taken from."""
    found = get_object_or_404(Entry, household__user=request.user, pk=entry_id)
    if found.reverses_id:
        return redirect("selling:entry", found.reverses_id)
    back = list(found.reversals.order_by("pk"))
    return render(
        request,
        "selling/entry.html",
        {
            "entry": found,
            "back": back,
            "left": found.quantity + sum(each.quantity for each in back),
            "left_fen": found.amount_fen + sum(each.amount_fen for each in back),
            "exact": found.price_fen * found.quantity % found.unit_size == 0,
        },
    )
