"""What a household was paid, each payout down to its entries: on its own phone, or printed by its officer."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from farmers.payouts.models import Payout
from farmers.payouts.owed import Owed, owed_to
from farmers.payouts.paper import paper
from farmers.registry.models import Household, encrypted
from marketplace.access.rules import Act, SignedIn, requires
from marketplace.pdf import pdf_response

from .views import household_of

PAGE_SIZE = 20


def _payouts(household: Household | None) -> QuerySet[Payout]:
    rows = Payout.objects.filter(household=household) if household else Payout.objects.none()
    return rows.exclude(state=Payout.State.DROPPED).select_related("run").defer("account").order_by("-pk")


@never_cache
@requires(Act.SELL)
@require_safe
def payouts(request: SignedIn) -> HttpResponse:
    """All of mine, the newest first, with what is owed and what was paid."""
    household = household_of(request.user)
    return render(
        request,
        "selling/payouts.html",
        {
            "page": Paginator(_payouts(household), PAGE_SIZE).get_page(request.GET.get("page")),
            "owed": owed_to([household.pk])[household.pk] if household else Owed(),
        },
    )


@never_cache
@requires(Act.SELL)
@require_safe
def payout(request: SignedIn, payout_id: int) -> HttpResponse:
    """One of mine, down to what it pays for."""
    one = get_object_or_404(_payouts(household_of(request.user)), pk=payout_id)
    return render(request, "selling/payout.html", {"payout": one, "lines": one.lines.select_related("entry")})


@never_cache
@requires(Act.SERVE_VILLAGE)
@require_safe
def of_household(request: SignedIn, household_id: int) -> HttpResponse:
    """For those without a telephone: what they are owed, and each payout to print."""
    household = _theirs(request, household_id)
    return render(
        request,
        "selling/officer_payouts.html",
        {
            "household": household,
            "page": Paginator(_payouts(household), PAGE_SIZE).get_page(request.GET.get("page")),
            "owed": owed_to([household.pk])[household.pk],
        },
    )


@never_cache
@requires(Act.SERVE_VILLAGE)
@require_safe
def paper_of(request: SignedIn, household_id: int, payout_id: int) -> HttpResponse:
    """One payout as a paper to hand over."""
    household = _theirs(request, household_id)
    one = get_object_or_404(_payouts(household), pk=payout_id)
    one.household = household
    return pdf_response(paper(one), f"{one.number}.pdf")


def _theirs(request: SignedIn, household_id: int) -> Household:
    rows = Household.objects.visible_to(request.user).select_related("village__town").defer(*encrypted())
    return get_object_or_404(rows, pk=household_id)
