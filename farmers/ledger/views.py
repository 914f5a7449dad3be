from __future__ import annotations

import datetime as dt

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from .chart import monthly
from .models import Digest
from .published import newest_and_published, public_key
from .year_page import chosen_year, year_page


@require_safe
def public(request: HttpRequest) -> HttpResponse:
    """Everybody's page of the ledger. `?year=` chooses the year; what is no year shows this one."""
    page = year_page(chosen_year(request.GET.get("year")))
    chart = monthly(
        [month.sold.amount_fen for month in page.months],
        [month.last_year.amount_fen for month in page.months],
    )
    sealed = {"newest": newest_and_published(), "key": public_key()}
    return render(request, "ledger/public.html", {"page": page, "chart": chart, **sealed})


@require_safe
def digest(request: HttpRequest, day: str | None = None) -> HttpResponse:
    """The newest digest as it was published, or that of a day."""
    rows = Digest.objects.order_by("-day")
    if day is not None:
        try:
            rows = rows.filter(day=dt.date.fromisoformat(day))
        except ValueError:
            raise Http404 from None
    found = rows.first()
    if found is None:
        raise Http404
    return HttpResponse(found.text, content_type="application/json")


@require_safe
def export(request: HttpRequest) -> FileResponse:
    """The file that the newest digest names."""
    found = Digest.objects.order_by("-day").first()
    if found is None:
        raise Http404
    try:
        file = default_storage.open(found.export)
    except OSError:
        raise Http404 from None
    return FileResponse(file, content_type="application/gzip")
