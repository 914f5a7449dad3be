"""An order's own page and what may be done there. Who may is decided here, once, by `abilities`."""

from __future__ import annotations

from typing import NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from marketplace.access.models import User
from marketplace.access.rules import Act, may
from shop.buyers.models import organisation_of

from .accept import BadQuantity, accept, give_back
from .cancel import cancel, release_lapsed
from .dispatch import deliver, dispatch, report_stop
from .forms import AcceptForm, NoteForm, ReasonForm, ReturnForm, StopForm
from .models import Consignment, Order, OrderLine, State
from .transitions import NotAllowed

PAGE_SIZE = 20


class Abilities(NamedTuple):
    """What this person may do with this order now."""

    pay: bool
    cancel: bool
    accept: bool
    give_back: bool
    contact: bool
    whole: bool


def abilities(user: User, order: Order) -> Abilities:
    """The one place that says so. `contact`: see recipient, phone and address; `whole`: see every line."""
    buys = order.buyer_id == user.pk or (
        order.organisation_id is not None
        and may(user, Act.SEE_UNIT_ORDERS)
        and organisation_of(user) == order.organisation
    )
    city = may(user, Act.CORRECT_LEDGER)
    handles = may(user, Act.SERVE_VILLAGE) and order.consignments.visible_to(user).exists()  # type: ignore[attr-defined]
    return Abilities(
        pay=buys and order.state == State.AWAITING_PAYMENT,
        cancel=(buys or city) and order.state in {State.AWAITING_PAYMENT, State.CONFIRMED},
        accept=(buys or city) and order.state in {State.DISPATCHED, State.DELIVERED},
        give_back=city and order.accepted_fen > 0,
        contact=buys or city or handles or may(user, Act.SETTLE),
        whole=buys or may(user, Act.SEE_CITY),
    )


def order_for(request: HttpRequest, number: str) -> Order:
    """The order, if this person may open it; else 404, so that numbers tell nothing."""
    orders = Order.objects.visible_to(request.user).select_related("organisation", "pickup_point__town", "buyer")
    return get_object_or_404(orders, number=number)


@never_cache
@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What I bought."""
    orders = Order.objects.filter(buyer=request.user).prefetch_related("lines")
    page = Paginator(orders, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "orders/mine.html", {"page": page})


@never_cache
@login_required
@require_safe
def detail(request: HttpRequest, number: str) -> HttpResponse:
    order = order_for(request, number)
    if order.state == State.AWAITING_PAYMENT and release_lapsed(timezone.now(), order_id=order.pk):
        order.refresh_from_db()
    return detail_page(request, order)


def detail_page(
    request: HttpRequest,
    order: Order,
    *,
    acceptance: AcceptForm | None = None,
    returns: ReturnForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The order with its lines and timeline; a seller or officer sees the own part of the lines."""
    can = abilities(request.user, order)
    lines = _lines_for(request, order, can)
    open_lines = [line for line in lines if line.accepted_quantity is None]
    events = order.tracking.select_related("by", "consignment").order_by("at", "id")
    return render(
        request,
        "orders/detail.html",
        {
            "order": order,
            "can": can,
            "lines": lines,
            "parts": _parts(request, order, lines),
            "timeline": events,
            "acceptance": acceptance or (AcceptForm(open_lines) if can.accept and open_lines else None),
            "returns": [
                (line, returns if returns and returns.prefix == f"return-{line.pk}" else ReturnForm(line))
                for line in lines
                if can.give_back and line.kept_quantity
            ],
            "reason": ReasonForm(),
            "paid_back": request.GET.get("paid") == "1",
        },
        status=status,
    )


def _lines_for(request: HttpRequest, order: Order, can: Abilities) -> list[OrderLine]:
    lines = order.lines.select_related("consignment")
    if can.whole:
        return list(lines)
    if may(request.user, Act.SELL):
        return list(lines.filter(household__user=request.user))
    return list(lines.filter(consignment__in=Consignment.objects.visible_to(request.user)))


class Part(NamedTuple):
    """A consignment with its lines, and whether this person moves it."""

    consignment: Consignment
    lines: list[OrderLine]
    mine: bool


def _parts(request: HttpRequest, order: Order, lines: list[OrderLine]) -> list[Part]:
    handled = (
        set(order.consignments.visible_to(request.user).values_list("pk", flat=True))  # type: ignore[attr-defined]
        if may(request.user, Act.SERVE_VILLAGE)
        else set()
    )
    by_consignment: dict[Consignment, list[OrderLine]] = {}
    for line in lines:
        by_consignment.setdefault(line.consignment, []).append(line)
    return [Part(consignment, own, consignment.pk in handled) for consignment, own in by_consignment.items()]


@login_required
@require_POST
def accept_order(request: HttpRequest, number: str) -> HttpResponse:
    order = order_for(request, number)
    # an acceptance sent twice still finds its lines, so that the second is recognised as the first
    form = AcceptForm(list(order.lines.all()), request.POST)
    can = abilities(request.user, order)
    if not (can.accept or (can.whole and order.state == State.ACCEPTED)):
        raise PermissionDenied
    if not form.is_valid():
        return detail_page(request, order, acceptance=form, status=422)
    try:
        accept(order.pk, form.quantities(), request.user, form.cleaned_data["note"])
    except BadQuantity as bad:
        form.add_error(f"line-{bad.line_id}", str(bad))
        return detail_page(request, order, acceptance=form, status=422)
    except NotAllowed as refused:
        return _refused(request, order, refused)
    messages.success(request, _("Recorded. What you accepted is in the ledger."))
    return redirect(order)


@login_required
@require_POST
def cancel_order(request: HttpRequest, number: str) -> HttpResponse:
    order = order_for(request, number)
    can = abilities(request.user, order)
    if not can.cancel and not (can.contact and order.state == State.CANCELLED):
        if order.buyer_id == request.user.pk:
            return _refused(request, order, NotAllowed(_("The goods have left; this order can no longer be cancelled.")))
        raise PermissionDenied
    form = ReasonForm(request.POST)
    why = form.cleaned_data["why"] if form.is_valid() else ""
    try:
        cancel(order.pk, request.user, why)
    except NotAllowed as refused:
        return _refused(request, order, refused)
    messages.success(request, _("Cancelled. The goods are for sale again."))
    return redirect(order)


@login_required
@require_POST
def return_line(request: HttpRequest, number: str, line_id: int) -> HttpResponse:
    order = order_for(request, number)
    if not abilities(request.user, order).give_back:
        raise PermissionDenied
    line = get_object_or_404(order.lines, pk=line_id)
    form = ReturnForm(line, request.POST)
    if not form.is_valid():
        return detail_page(request, order, returns=form, status=422)
    data = form.cleaned_data
    try:
        give_back(
            line.pk,
            data["quantity"],
            returned_before=data["returned_before"],
            sound=data["sound"],
            reason=data["reason"],
            by=request.user,
        )
    except BadQuantity as bad:
        form.add_error("quantity", str(bad))
        return detail_page(request, order, returns=form, status=422)
    except NotAllowed as refused:
        return _refused(request, order, refused)
    messages.success(request, _("Recorded as a reversing entry."))
    return redirect(order)


@login_required
@require_POST
def move(request: HttpRequest, consignment_id: int, step: str) -> HttpResponse:
    """An officer sends goods off, says where they are, or hands them over."""
    if not may(request.user, Act.SERVE_VILLAGE):
        raise PermissionDenied
    consignment = get_object_or_404(
        Consignment.objects.visible_to(request.user).select_related("order"), pk=consignment_id
    )
    form = (StopForm if step == "stop" else NoteForm)(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say where the goods are."))
        return redirect(consignment.order)
    act = {"dispatch": dispatch, "deliver": deliver, "stop": report_stop}[step]
    try:
        act(consignment.pk, request.user, form.cleaned_data["note"])
    except NotAllowed as refused:
        return _refused(request, consignment.order, refused)
    messages.success(request, _("Recorded. Buyer and seller can see it."))
    return redirect(consignment.order)


def _refused(request: HttpRequest, order: Order, refused: NotAllowed) -> HttpResponse:
    order.refresh_from_db()
    messages.error(request, str(refused))
    return detail_page(request, order, status=409)

