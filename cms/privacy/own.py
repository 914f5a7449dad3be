"""For a household: what is kept about it, for how long and why, and a copy of it to take along."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from farmers.registry.models import Household
from marketplace.access.rules import Act, SignedIn, requires
from marketplace.sheets import download

from .copy import Section, export_household, field_of, gather, is_as_written

# of each kind; the rest is in the copy
SHOWN = 3


def own_household(request: SignedIn) -> Household:
    """Raises Http404 to an account without one."""
    household = Household.objects.filter(user=request.user).select_related("user").first()
    if household is None:
        raise Http404
    return household


@never_cache
@requires(Act.SELL)
@require_safe
def kept_about_me(request: SignedIn) -> HttpResponse:
    sections = [_shown(section) for section in gather(own_household(request), whole=False)]
    return render(request, "cms/kept_about_me.html", {"sections": sections})


def _shown(section: Section) -> dict[str, Any]:
    """The last rows, of each what is said in it beside its word, and whether somebody wrote it so."""
    last = section.shown[: -SHOWN - 1 : -1]
    written = [is_as_written(field_of(section.held, column)) for column in section.held.told.split()]
    return {
        "title": section.held.title,
        "fate": section.fate,
        "count": len(section.shown),
        "rows": [[cell for cell in zip(section.heads, row, written, strict=True) if cell[1]] for row in last],
        "more": len(section.shown) - len(last),
    }


@never_cache
@requires(Act.SELL)
@require_POST
def kept_copy(request: SignedIn) -> HttpResponse:
    name, content = export_household(own_household(request).pk, request.user)
    return download(content, name, "application/zip")
