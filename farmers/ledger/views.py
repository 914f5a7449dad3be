from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def public(request: HttpRequest) -> HttpResponse:
    """Everybody's page of the ledger."""
    return render(request, "ledger/public.html")
