"""An order's own page and what may be done there. Who may is decided here, once, by `abilities`."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from marketplace.access.models import User
from marketplace.access.rules import Act, SignedIn, may
from marketplace.access.taken import shows_a_person
from shop.buyers.models import Duty, has_duty, organisations_of

from .accept import BadQuantity, accept, give_back
from .call_off import call_off_line
from .cancel import cancel, release_lapsed
from .complain import COMPLAINABLE
from .dispatch import deliver, dispatch, report_stop
from .forms import AcceptForm, CallOffForm, NoteForm, ReasonForm, ReturnForm, ReviewForm, StopForm, to_weigh
from .models import HELD, Complaint, Consignment, Order, OrderLine, State, TrackingEvent
from .picking import LIVE, PERSONAL
from .reviews import write_review
from .transitions import NotAllowed

PAGE_SIZE = 20


class Abilities(NamedTuple):
    """What this person may do with this order now."""

    buys: bool
    decides: bool
    pay: bool
    cancel: bool
    receives: bool
    accept: bool
    give_back: bool
    call_off: bool
    complain: bool
    answer: bool
    contact: bool
    whole: bool


def abilities(user: User, order: Order) -> Abilities:
    """The one place that says so.

    `buys`: acts for the buyer; `decides`: so does the city, in the buyer's place; `receives`: says what came, for
    a unit whoever has that duty; `contact`: sees recipient, phone and address; `whole`: sees every line.
    """
    reads = order.buyer_id == user.pk or (
        order.organisation_id is not None
        and may(user, Act.SEE_UNIT_ORDERS)
        and order.organisation in organisations_of(user)
    )
    buys = reads and may(user, Act.BUY)  # who approves a unit's orders reads them, and touches none
    city = may(user, Act.CORRECT_LEDGER)
    decides = buys or city
    receives = decides
    if order.organisation is not None and not city:
        receives = reads and has_duty(user, order.organisation, Duty.Kind.RECEIVER)
    return Abilities(
        buys=buys,
        decides=decides,
        pay=buys and order.state == State.AWAITING_PAYMENT,
        cancel=decides and order.state in {State.AWAITING_PAYMENT, State.CONFIRMED},
        receives=receives,
        accept=receives and order.state in {State.DISPATCHED, State.DELIVERED},
        give_back=city and order.accepted_fen > 0,
        call_off=city and order.state in {State.CONFIRMED, State.DISPATCHED},
        complain=buys and order.state in COMPLAINABLE,
        answer=city,
        contact=reads or city or may(user, Act.SETTLE) or _brings(user, order),
        whole=reads or may(user, Act.SEE_CITY),
    )


def _brings(user: User, order: Order) -> bool:
    """Whether this officer has goods to bring for the order: until they are accepted, and no longer."""
    return (
        order.state in LIVE and may(user, Act.SERVE_VILLAGE) and order.consignments.visible_to(user).exists()
    )


def order_for(request: SignedIn, number: str) -> Order:
    """The order, if this person may open it; else 404, so that numbers tell nothing."""
    if "\0" in number:  # PostgreSQL would not even look
        raise Http404
    orders = Order.objects.visible_to(request.user).select_related(
        "organisation", "pickup_point__town", "buyer"
    )
    return get_object_or_404(orders, number=number)


def listed(orders: QuerySet[Order], page: str | None) -> Page[Order]:
    """A page of orders with the names of their goods, without the personal data that no list shows."""
    goods = OrderLine.objects.only("order_id", "product_name", "product_name_en")
    return Paginator(orders.defer(*PERSONAL).prefetch_related(Prefetch("lines", goods)), PAGE_SIZE).get_page(
        page
    )


@never_cache
@login_required
@require_safe
def mine(request: SignedIn) -> HttpResponse:
    """What I bought."""
    orders = Order.objects.filter(buyer=request.user)
    return render(request, "orders/mine.html", {"page": listed(orders, request.GET.get("page"))})


@never_cache
@login_required
@require_safe
def detail(request: SignedIn, number: str) -> HttpResponse:
    order = order_for(request, number)
    if order.state in HELD and release_lapsed(timezone.now(), order_id=order.pk):
        order.refresh_from_db()
    return detail_page(request, order)


def detail_page(
    request: SignedIn,
    order: Order,
    *,
    acceptance: AcceptForm | None = None,
    returns: ReturnForm | None = None,
    called_off: CallOffForm | None = None,
    reason: ReasonForm | None = None,
    review: ReviewForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The order with its lines and timeline; a seller or officer sees the own part of both."""
    can = abilities(request.user, order)
    lines = list(lines_for(request.user, order, can))
    parts = _parts(request.user, order, lines)
    open_lines = [line for line in lines if can.accept and to_weigh(line)]
    if acceptance is None and open_lines and order.organisation is None:
        acceptance = AcceptForm(open_lines)
    answer = render(
        request,
        "orders/detail.html",
        {
            "order": order,
            "can": can,
            "parts": parts,
            "coming": [part for part in parts if part.consignment.state != Consignment.State.CANCELLED],
            "ordered_fen": sum(line.amount_fen for line in lines if not line.called_off),
            "kept_fen": sum(line.kept_fen for line in lines),
            "weighed": any(line.accepted_quantity is not None and not line.called_off for line in lines),
            "steps": _steps(order),
            "timeline": _timeline(order, lines, can),
            "complaints": Complaint.objects.filter(line__order=order)
            .visible_to(request.user, can.whole)
            .select_related("line"),
            "acceptance": acceptance,
            # what a unit buys goes over the scale, on a page made for it
            "to_weigh": open_lines if order.organisation else [],
            "returns": [
                (line, returns if returns and returns.prefix == f"return-{line.pk}" else ReturnForm(line))
                for line in lines
                if can.give_back and line.kept_quantity
            ],
            "call_offs": [
                (
                    line,
                    called_off
                    if called_off and called_off.prefix == f"call-off-{line.pk}"
                    else CallOffForm(line),
                )
                for line in lines
                if can.call_off
                and line.accepted_quantity is None
                and line.consignment.state == Consignment.State.PREPARING
            ],
            "reviews": [
                (line, review if review and review.prefix == f"review-{line.pk}" else ReviewForm(line))
                for line in lines
                if can.buys and line.kept_quantity > 0
            ],
            "reason": reason or ReasonForm(),
            "online": bool(settings.STRIPE_SECRET_KEY),
            "paid_back": request.GET.get("paid") == "1",
        },
        status=status,
    )
    if can.contact and order.buyer_id != request.user.pk:
        shows_a_person(answer)
    return answer


def lines_for(user: User, order: Order, can: Abilities) -> QuerySet[OrderLine]:
    """Of the order's lines those that this person sees."""
    lines = order.lines.select_related("consignment", "review", "weighing").prefetch_related(
        "weighing__photos"
    )
    if can.whole:
        return lines
    if may(user, Act.SELL):
        return lines.filter(household__user=user)
    return lines.filter(consignment__in=Consignment.objects.visible_to(user))


def _timeline(order: Order, lines: list[OrderLine], can: Abilities) -> QuerySet[TrackingEvent]:
    """The newest first. Of other villages' goods on their way, a seller or officer sees nothing."""
    events = order.tracking.select_related("by", "consignment").order_by("-at", "-id")
    if can.whole:
        return events
    return events.filter(Q(consignment=None) | Q(consignment__in={line.consignment_id for line in lines}))


class Step(NamedTuple):
    state: State
    done: bool
    now: bool


def _steps(order: Order) -> list[Step]:
    """Where the order stands on its way; empty for one that ended without goods."""
    way = [State.CONFIRMED, State.DISPATCHED, State.DELIVERED, State.ACCEPTED]
    if order.state in HELD:
        way.insert(0, State(order.state))
    if order.state not in way:
        return []
    at = way.index(State(order.state))
    return [Step(state, place < at, place == at) for place, state in enumerate(way)]


class Part(NamedTuple):
    """A consignment with its lines, and whether this person moves it."""

    consignment: Consignment
    lines: list[OrderLine]
    mine: bool


def _parts(user: User, order: Order, lines: list[OrderLine]) -> list[Part]:
    handled = (
        set(order.consignments.visible_to(user).values_list("pk", flat=True))
        if order.state in LIVE and may(user, Act.SERVE_VILLAGE)
        else set()
    )
    by_consignment: dict[Consignment, list[OrderLine]] = {}
    for line in lines:
        by_consignment.setdefault(line.consignment, []).append(line)
    return [Part(consignment, own, consignment.pk in handled) for consignment, own in by_consignment.items()]


@login_required
@require_POST
def accept_order(request: SignedIn, number: str) -> HttpResponse:
    order = order_for(request, number)
    if not abilities(request.user, order).receives:
        raise PermissionDenied
    if order.organisation is not None:
        return refused(request, order, _("What a unit buys is weighed line by line, on its own page."))
    # an acceptance sent twice still finds its lines, so that the second is recognised as the first
    form = AcceptForm(list(order.lines.select_related("consignment")), request.POST)
    if not form.is_valid():
        return detail_page(request, order, acceptance=form, status=422)
    if not form.quantities():
        form.add_error(None, _("Write down at least one line, please."))
        return detail_page(request, order, acceptance=form, status=422)
    try:
        accept(order.pk, form.quantities(), request.user, form.cleaned_data["note"])
    except BadQuantity as bad:
        form.add_error(f"line-{bad.line_id}", str(bad))
        return detail_page(request, order, acceptance=form, status=422)
    except NotAllowed as why:
        return refused(request, order, why)
    messages.success(request, _("Recorded. What you accepted is in the ledger."))
    return redirect(order)


@login_required
@require_POST
def cancel_order(request: SignedIn, number: str) -> HttpResponse:
    order = order_for(request, number)
    if not abilities(request.user, order).decides:
        raise PermissionDenied
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return detail_page(request, order, reason=form, status=422)
    try:
        cancel(order.pk, request.user, form.cleaned_data["why"])
    except NotAllowed:
        return refused(request, order, _("The goods have left; this order can no longer be cancelled."))
    messages.success(request, _("Cancelled. The goods are for sale again."))
    return redirect(order)


@login_required
@require_POST
def return_line(request: SignedIn, number: str, line_id: int) -> HttpResponse:
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
    except NotAllowed as why:
        return refused(request, order, why)
    messages.success(request, _("Recorded as a reversing entry."))
    return redirect(order)


@login_required
@require_POST
def call_off(request: SignedIn, number: str, line_id: int) -> HttpResponse:
    """A line that will not come: what was paid for it goes back."""
    order = order_for(request, number)
    if not abilities(request.user, order).decides or not may(request.user, Act.CORRECT_LEDGER):
        raise PermissionDenied
    line = get_object_or_404(order.lines, pk=line_id)
    form = CallOffForm(line, request.POST)
    if not form.is_valid():
        return detail_page(request, order, called_off=form, status=422)
    data = form.cleaned_data
    try:
        call_off_line(line.pk, restock=data["restock"], reason=data["reason"], by=request.user)
    except NotAllowed as why:
        return refused(request, order, why)
    messages.success(request, _("Called off. What was paid for it goes back."))
    return redirect(order)


@login_required
@require_POST
def review_line(request: SignedIn, number: str, line_id: int) -> HttpResponse:
    """Who bought says how the goods were."""
    order = order_for(request, number)
    if not abilities(request.user, order).buys:
        raise PermissionDenied
    line = get_object_or_404(order.lines, pk=line_id)
    form = ReviewForm(line, request.POST)
    if not form.is_valid():
        return detail_page(request, order, review=form, status=422)
    try:
        write_review(line.pk, form.cleaned_data["stars"], form.cleaned_data["words"], request.user)
    except NotAllowed as why:
        return refused(request, order, why)
    messages.success(request, _("Thank you. It stands beside what this household sells."))
    return redirect(order)


@login_required
@require_POST
def move(request: SignedIn, consignment_id: int, step: str) -> HttpResponse:
    """An officer sends goods off, says where they are, or hands them over."""
    if not may(request.user, Act.SERVE_VILLAGE):
        raise PermissionDenied
    consignment = get_object_or_404(
        Consignment.objects.visible_to(request.user).select_related("order"), pk=consignment_id
    )
    order = order_for(request, consignment.order.number)
    form = (StopForm if step == "stop" else NoteForm)(request.POST)
    if not form.is_valid():
        return refused(request, order, _("Say in a few words where the goods are."), status=422)
    acts: dict[str, Callable[[int, User, str], object]] = {
        "dispatch": dispatch,
        "deliver": deliver,
        "stop": report_stop,
    }
    try:
        acts[step](consignment.pk, request.user, form.cleaned_data["note"])
    except NotAllowed as why:
        return refused(request, order, why)
    messages.success(request, _("Recorded. Buyer and seller can see it."))
    # the officer's own pages have the same buttons, and there the next one waits
    back = request.POST.get("back")
    if back == "parcel" and order.state in LIVE:
        return redirect("parcel", consignment.pk)
    return redirect("officer") if back == "officer" else redirect(order)


def refused(request: SignedIn, order: Order, why: NotAllowed | str, status: int = 409) -> HttpResponse:
    """The order's page as it is now, with why it was not changed."""
    order.refresh_from_db()
    messages.error(request, str(why))
    return detail_page(request, order, status=status)
