"""Before goods are sent they are looked over, and after it is told what comes next."""

from __future__ import annotations

import uuid
from typing import cast

from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from farmers.registry.officers import answering_for
from farmers.stock.models import Lot
from marketplace.access.rules import Act, SignedIn, requires

from .form import ListingForm
from .look import ANCHORS, facts_of, looked_over
from .models import LotDraft
from .send import send, sent_as


@never_cache
@requires(Act.SELL)
@require_http_methods(["GET", "POST"])
def look(request: SignedIn, key: uuid.UUID) -> HttpResponse:
    """The draft as it will stand in the shop; by POST it is sent. What was sent already leads to what comes next."""
    draft = (
        LotDraft.objects.of(request.user).filter(pk=key).select_related("household__village__town").first()
    )
    if draft is None or draft.household.user_id != request.user.pk:
        lot = sent_as(key)
        if lot is None or lot.household.user_id != request.user.pk:
            raise Http404
        return redirect("selling:sent", lot.pk)
    form = ListingForm(draft.cells)
    if not form.is_valid():
        return redirect("selling:new")
    if request.method == "POST":
        try:
            lot, _new = send(form.row(draft.household), key, request.user)
        except ValidationError:  # its photo is none any more
            return redirect("selling:new")
        return redirect("selling:sent", lot.pk)
    words = looked_over(form)
    return render(
        request,
        "selling/look.html",
        {
            "draft": draft,
            "product": form.cleaned_data["product"],
            "words": words,
            "facts": facts_of(words),
            "anchors": ANCHORS,
        },
    )


@never_cache
@requires(Act.SELL)
@require_safe
def photo(request: SignedIn, key: uuid.UUID) -> HttpResponse:
    """The photo of a draft, for whoever took it."""
    draft = get_object_or_404(LotDraft.objects.of(request.user).exclude(photo=""), pk=key)
    try:
        return cast(HttpResponse, FileResponse(draft.photo.open("rb"), content_type="image/jpeg"))
    except FileNotFoundError:
        raise Http404 from None


@never_cache
@requires(Act.SELL)
@require_safe
def sent(request: SignedIn, lot_id: int) -> HttpResponse:
    """What happens next with these goods."""
    lot = get_object_or_404(
        Lot.objects.filter(household__user=request.user).select_related("product", "village"), pk=lot_id
    )
    return render(
        request,
        "selling/sent.html",
        {"lot": lot, "photo": lot.photos.first(), "looks": bool(answering_for([lot.village_id]))},
    )
