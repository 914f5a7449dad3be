"""The page on which both sides move an order's lifting day."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from marketplace.access.rules import SignedIn
from shop.orders.models import Order
from shop.orders.models import State as OrderState
from shop.orders.views import order_for

from . import days
from .forms import PlainForm, SaidForm, to_lift
from .models import DayChange, Side
from .steps import Refused


class WishForm(SaidForm):
    day = to_lift(gettext_lazy("Lifting day"))
    first = ("day",)


def _found(request: SignedIn, number: str) -> tuple[Order, Side | None]:
    """A green-channel order of one household that this person may open; else 404."""
    order = order_for(request, number)
    if days.household_of(order) is None:
        raise Http404
    return order, days.side_of(request.user, order)


def _another(request: SignedIn, order: Order, side: Side | None) -> bool:
    """Whether an officer speaks for the household here."""
    household = days.household_of(order)
    return side == Side.HOUSEHOLD and household is not None and household.user_id != request.user.pk


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def day(request: SignedIn, number: str) -> HttpResponse:
    """The day as it stands, what was wished and answered, and a wish of one's own."""
    order, side = _found(request, number)
    if request.method == "GET":
        return _page(request, order, side)
    if side is None:
        raise PermissionDenied
    form = WishForm(request.POST, for_another=_another(request, order, side), name="wish")
    if not form.is_valid():
        return _page(request, order, side, form, status=422)
    try:
        days.wish(order.pk, form.cleaned_data["day"], request.user, form.said())
    except Refused as why:
        return _refused(request, order, side, why)
    messages.success(request, _("Written down. The other side is told."))
    return redirect("green:day", number)


@never_cache
@login_required
@require_POST
def answer(request: SignedIn, number: str, change_id: int) -> HttpResponse:
    """Agree, do not agree, or take the own wish back: `what`."""
    order, side = _found(request, number)
    change = get_object_or_404(order.day_changes, pk=change_id)
    if side is None:
        raise PermissionDenied
    what = request.POST.get("what", "")
    own = change.side == side
    form = PlainForm(request.POST, for_another=_another(request, order, side) and not own, name="answer")
    if form.is_valid() and what not in ({"take_back"} if own else {"agree", "refuse"}):
        form.add_error(None, _("Press one of the answers."))
    if not form.is_valid():
        return _page(request, order, side, answering=form, status=422)
    try:
        if own:
            # whoever spoke for the household when it wished need not ask it again
            days.take_back(change.pk, request.user, form.said()._replace(consent=change.consent))
        else:
            days.answer(change.pk, what == "agree", request.user, form.said())
    except Refused as why:
        return _refused(request, order, side, why)
    messages.success(request, _("Written down. The other side is told."))
    return redirect("green:day", number)


def _page(
    request: SignedIn,
    order: Order,
    side: Side | None,
    form: WishForm | None = None,
    answering: PlainForm | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    another = _another(request, order, side)
    changes = list(order.day_changes.select_related("by", "answered_by").order_by("-pk"))
    waiting = next((change for change in changes if change.state == DayChange.State.WAITING), None)
    movable = side is not None and order.state == OrderState.CONFIRMED
    return render(
        request,
        "green/day.html",
        {
            "order": order,
            "line": order.lines.get(),
            "side": side,
            "changes": changes,
            "waiting": waiting,
            "ours": waiting is not None and waiting.side == side,
            "answering": answering or PlainForm(for_another=another, name="answer"),
            "form": (form or WishForm(for_another=another, name="wish", initial={"day": order.wanted_on}))
            if movable and (waiting is None or waiting.side == side)
            else None,
            "movable": movable,
        },
        status=status,
    )


def _refused(request: SignedIn, order: Order, side: Side | None, why: Refused) -> HttpResponse:
    order.refresh_from_db()
    messages.error(request, str(why))
    return _page(request, order, side, status=409)
