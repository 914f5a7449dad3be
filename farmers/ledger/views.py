from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from marketplace.sheets import download
from marketplace.templatetags.sharing import absolute

from .models import Briefing, Digest
from .public_year import public_year
from .published import public_key
from .year_page import as_csv, chosen_year, year_page

BRIEFINGS_SHOWN = 12


@require_safe
def public(request: HttpRequest) -> HttpResponse:
    """Everybody's page of the ledger. `?year=` chooses the year; what is no year shows this one. Two queries."""
    kept = public_year(chosen_year(request.GET.get("year")))
    briefings = Briefing.objects.filter(is_public=True).only(
        "start", "end", "public_chinese", "public_english"
    )[:BRIEFINGS_SHOWN]
    shown = {"page": year_page(kept), "newest": kept, "key": public_key(), "briefings": briefings}
    return render(request, "ledger/public.html", shown)


@require_safe
def figures_json(request: HttpRequest) -> HttpResponse:
    """What the page of the year tells, as it is kept: fen, grams and pieces; null where too few households sold."""
    kept = public_year(chosen_year(request.GET.get("year")))
    told = {**kept.told, "counted_at": kept.counted_at.isoformat()}
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False})


@require_safe
def figures_csv(request: HttpRequest) -> HttpResponse:
    kept = public_year(chosen_year(request.GET.get("year")))
    # with a mark that tells spreadsheets which script it is in
    content = f"\ufeff{as_csv(kept.told)}".encode()
    return download(content, f"ledger-{kept.year}.csv", "text/csv; charset=utf-8")


@require_safe
def briefing(request: HttpRequest, number: int) -> HttpResponse:
    """A published briefing, to read and to print: for everybody, or for who sees the city's figures alone."""
    rows = Briefing.objects.visible_to(request.user).select_related("town")
    # a number that no table could hold
    found = get_object_or_404(rows, pk=number if number < 2**63 else 0)
    shown = {
        "briefing": found,
        "pieces": found.told_to(request.user),
        "address": absolute(found.get_absolute_url()),
    }
    return render(request, "ledger/briefing.html", shown)


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


@require_safe
def program(request: HttpRequest) -> FileResponse:
    """What checks the export, for whoever wants to run it at home."""
    file = (settings.BASE_DIR / "docs" / "verify_published.py").open("rb")
    return FileResponse(file, content_type="text/x-python; charset=utf-8")
