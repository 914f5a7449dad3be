from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from .chart import monthly
from .seal import newest_block
from .year_page import chosen_year, year_page


@require_safe
def public(request: HttpRequest) -> HttpResponse:
    """Everybody's page of the ledger. `?year=` chooses the year; what is no year shows this one."""
    page = year_page(chosen_year(request.GET.get("year")))
    chart = monthly(
        [month.sold.amount_fen for month in page.months],
        [month.last_year.amount_fen for month in page.months],
    )
    return render(request, "ledger/public.html", {"page": page, "chart": chart, "newest": newest_block()})
