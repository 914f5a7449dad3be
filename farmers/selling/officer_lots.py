"""The goods of an officer's own villages: off sale and on again, counted anew, each with a reason."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Case, Count, F, When
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from farmers.registry.models import encrypted
from farmers.stock.check import OPEN
from farmers.stock.models import Lot
from farmers.stock.withdraw import correct, kept_by, list_again, withdraw
from marketplace.access.rules import Act, SignedIn, requires
from marketplace.days import today

from .officer_checks import beside_reference
from .officer_forms import CountForm, PhotoForm, WhyForm

PAGE_SIZE = 20
MOVES_SHOWN = 20


@never_cache
@requires(Act.SERVE_VILLAGE)
@require_safe
def lots(request: SignedIn) -> HttpResponse:
    """By state: what spoils soonest first among what is on sale, the newest first among the rest."""
    kept = kept_by(request.user)
    counts = dict(kept.order_by().values_list("state").annotate(Count("pk")))
    state = request.GET.get("state")
    state = state if state in Lot.State.values else Lot.State.LISTED
    rows = (
        kept.filter(state=state)
        .select_related("product", "household", "village")
        .defer(*encrypted("household__"))
    )
    if state == Lot.State.LISTED:
        # what is sold out comes after what may still spoil
        gone = Case(When(available=0, then=1), default=0)
        rows = rows.order_by(gone, F("good_until").asc(nulls_last=True), "pk")
    return render(
        request,
        "selling/officer_lots.html",
        {
            "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
            "state": state,
            "states": [(each, counts.get(each.value, 0)) for each in Lot.State],
            "today": today(),
        },
    )


def _lot(request: SignedIn, lot_id: int) -> Lot:
    """The lot, if it is theirs to keep; else 404."""
    rows = kept_by(request.user).select_related("product", "household__village__town", "town", "listed_by")
    return get_object_or_404(rows.defer(*encrypted("household__")), pk=lot_id)


@never_cache
@requires(Act.SERVE_VILLAGE)
@require_safe
def lot(request: SignedIn, lot_id: int) -> HttpResponse:
    return _page(request, _lot(request, lot_id))


def _page(request: SignedIn, one: Lot, status: int = 200, **forms: Any) -> HttpResponse:
    context = {
        "lot": one,
        "price": beside_reference(one, one.product),
        "past": one.good_until is not None and one.good_until < today(),
        "photos": list(one.photos.all()),
        "history": one.transitions.select_related("by"),
        "moves": one.movements.order_by("-id")[:MOVES_SHOWN],
        "take_off": WhyForm(auto_id="off-%s"),
        "again": WhyForm(auto_id="again-%s"),
        "count": CountForm(one),
        "photo": PhotoForm(),
        "today": today(),
    }
    return render(request, "selling/officer_lot.html", context | forms, status=status)


@requires(Act.SERVE_VILLAGE)
@require_POST
def take_off(request: SignedIn, lot_id: int) -> HttpResponse:
    one = _lot(request, lot_id)
    form = WhyForm(request.POST, auto_id="off-%s")
    if not form.is_valid():
        return _page(request, one, 422, take_off=form)
    if withdraw([one.pk], request.user, form.cleaned_data["why"]):
        messages.success(request, _("It is off sale. What was ordered of it is still handed over."))
    else:
        messages.info(request, _("It was off sale already."))
    return redirect("officers:lot", one.pk)


@requires(Act.SERVE_VILLAGE)
@require_POST
def again(request: SignedIn, lot_id: int) -> HttpResponse:
    one = _lot(request, lot_id)
    form = WhyForm(request.POST, auto_id="again-%s")
    if not form.is_valid():
        return _page(request, one, 422, again=form)
    if list_again([one.pk], request.user, form.cleaned_data["why"]):
        messages.success(request, _("It is on sale again."))
    else:
        messages.info(
            request, _("It cannot go on sale: it is past its last day, was never checked, or is there.")
        )
    return redirect("officers:lot", one.pk)


@requires(Act.SERVE_VILLAGE)
@require_POST
def count(request: SignedIn, lot_id: int) -> HttpResponse:
    one = _lot(request, lot_id)
    if one.state in OPEN:  # the household's own word: changed with its consent, at the check
        return redirect("officers:check", one.pk)
    form = CountForm(one, request.POST)
    if not form.is_valid():
        return _page(request, one, 422, count=form)
    data = form.cleaned_data
    try:
        more = correct(one.pk, data["left"], request.user, data["why"], str(data["key"]))
    except PermissionDenied:
        raise Http404 from None
    except ValueError:
        form.add_error("left", _("Write a number, such as 120 or 2.5."))
        return _page(request, one, 422, count=form)
    messages.success(request, _("The stock is corrected.") if more else _("Nothing to correct."))
    return redirect("officers:lot", one.pk)
