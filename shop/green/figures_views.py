"""The city's page of the green channel's trade."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from farmers.ledger.chart import monthly
from farmers.ledger.year_page import chosen_year
from marketplace.access.rules import Act, SignedIn, requires

from .figures import figures


@never_cache
@requires(Act.SEE_CITY)
@require_safe
def trade(request: SignedIn) -> HttpResponse:
    """Saplings by month and product beside the year before. For the city alone: a product may be one household's."""
    page = figures(chosen_year(request.GET.get("year")))
    chart = monthly(
        [month.row.this_year.fen for month in page.months], [month.row.last_year.fen for month in page.months]
    )
    return render(request, "green/figures.html", {"page": page, "chart": chart})
