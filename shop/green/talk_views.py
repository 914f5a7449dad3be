"""The pages of a talk: one page that both sides read and write on, and each side's list of them."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from farmers.registry.models import encrypted
from farmers.stock.movements import NotEnough
from marketplace.access.models import Role
from marketplace.access.rules import Act, SignedIn, requires
from marketplace.days import today
from shop.orders.place import NotAsShown

from . import talk as talks
from .forms import AcceptForm, HoldForm, LookForm, OfferForm, SaidForm, form_for
from .models import OPEN, Side, State, Talk, firms_of, of_household
from .papers import papers_of
from .steps import Kind, Refused, allowed

PAGE_SIZE = 20
# the steps that people take on the page, by their name in the address; either side's end is one step
STEPS = {
    kind.value: kind
    for kind in (Kind.ASK, Kind.DAY, Kind.SEEN, Kind.HOLD, Kind.LET_GO, Kind.OFFER, Kind.ACCEPT)
}
END = "end"


def waits_for(side: Side) -> Q:
    """The condition on a talk that this side is the one to speak."""
    if side == Side.HOUSEHOLD:
        return Q(state=State.ASKED) | Q(state=State.OFFERED, offer__side=Side.FIRM)
    return Q(state__in=[State.VISIT, State.SEEN]) | Q(state=State.OFFERED, offer__side=Side.HOUSEHOLD)


def found(request: SignedIn, number: str) -> Talk:
    """The talk, if this person may read it; else 404, so that numbers tell nothing."""
    if "\0" in number:
        raise Http404
    seen = Talk.objects.visible_to(request.user).select_related(
        "lot__product", "lot__household", "lot__village", "lot__town", "firm", "offer", "order"
    )
    return get_object_or_404(seen.defer(*encrypted("lot__household__"), "firm__phone"), number=number)


@never_cache
@login_required
@require_safe
def talk(request: SignedIn, number: str) -> HttpResponse:
    """What was said, and the one step that is next."""
    return _page(request, found(request, number))


class Move(NamedTuple):
    """A step that this person may take now, with its form."""

    kind: str
    form: SaidForm


def _page(request: SignedIn, talk: Talk, wrong: Move | None = None, *, status: int = 200) -> HttpResponse:
    side = talks.side_of(request.user, talk)
    moves = {move.kind: move for move in _moves(request, talk, side)}
    if wrong is not None:
        moves[wrong.kind] = wrong
    steps = list(talk.steps.select_related("by"))
    return render(
        request,
        "green/talk.html",
        {
            "talk": talk,
            "lot": talk.lot,
            "side": side,
            "turn": side is not None and _is_turn(talk, side),
            "moves": moves,
            "wrong": wrong,
            "steps": steps,
            "offer_is_ours": talk.offer is not None and talk.offer.side == side,
            "phone": talk.phone if side is not None and talk.is_open else "",
            "papers": papers_of([talk.lot_id])[talk.lot_id],
            # that firms may still have of the plants
            "there": talk.lot.available > 0 and talk.lot.is_for_green_channel(today()),
            "today": today(),
        },
        status=status,
    )


def _is_turn(talk: Talk, side: Side) -> bool:
    return Talk.objects.filter(waits_for(side), pk=talk.pk).exists()


def _moves(request: SignedIn, talk: Talk, side: Side | None) -> list[Move]:
    """The steps that the table allows this side, with their forms."""
    if side is None:
        return []
    another = side == Side.HOUSEHOLD and talks.speaks_for_another(request.user, talk)
    moves = []
    for kind, (sides, _to) in allowed(talk.state).items():
        if side not in sides:
            continue
        if kind == Kind.ACCEPT and (talk.offer is None or talk.offer.side == side):
            continue
        if kind == Kind.LET_GO and not talk.held:
            continue
        if kind == Kind.HOLD and (talk.held or talk.steps.filter(kind=Kind.HOLD).exists()):
            continue  # once in a talk
        if kind == Kind.SEEN and talk.visit_on and talk.visit_on > today():
            continue
        name = END if kind in (Kind.DECLINE, Kind.WITHDRAW) else kind.value
        moves.append(Move(name, form_for(kind, talk, for_another=another)))
    return moves


@never_cache
@login_required
@require_POST
def take(request: SignedIn, number: str, step: str) -> HttpResponse:
    """Take a step. What is wrong is said at its form, with everything as it was typed."""
    talk = found(request, number)
    side = talks.side_of(request.user, talk)
    if side is None:
        raise PermissionDenied
    if step not in STEPS and step != END:
        raise Http404
    kind = STEPS.get(step, Kind.WITHDRAW if side == Side.FIRM else Kind.DECLINE)
    another = side == Side.HOUSEHOLD and talks.speaks_for_another(request.user, talk)
    form = form_for(kind, talk, request.POST, for_another=another)
    if kind == Kind.HOLD and _came_before(talk, request):
        return redirect(talk)
    if not form.is_valid():
        return _page(request, talk, Move(step, form), status=422)
    try:
        after = _do(kind, talk, form, request)
    except Refused as why:
        return _refused(request, number, str(why))
    except (NotEnough, NotAsShown):
        talk.lot.refresh_from_db(fields=["available", "state", "good_until"])
        if not talk.lot.is_for_green_channel(today()):
            return _refused(request, number, _("These plants are no longer on sale."))
        left = talk.lot.available + (0 if kind == Kind.HOLD else talk.held)
        return _refused(request, number, _("There are %(left)s left.") % {"left": left})
    if kind == Kind.ACCEPT and after.order:
        messages.success(request, _("Agreed. It is an order now."))
        return redirect(after)
    messages.success(request, _("Written down. The other side is told."))
    return redirect(after)


def _came_before(talk: Talk, request: SignedIn) -> bool:
    """Whether this very form was taken already: what is left by now no longer matters to it."""
    key = form_for(Kind.LAPSE, talk, request.POST, for_another=False)
    return key.is_valid() and talk.steps.filter(key=key.cleaned_data["key"]).exists()


def _do(kind: Kind, talk: Talk, form: SaidForm, request: SignedIn) -> Talk:
    said, by = form.said(), request.user
    if isinstance(form, LookForm):
        act = talks.ask_again if kind == Kind.ASK else talks.set_day
        return act(talk.pk, form.cleaned_data["day"], by, said)
    if isinstance(form, HoldForm):
        return talks.hold(talk.pk, form.cleaned_data["quantity"], by, said)
    if isinstance(form, OfferForm):
        return talks.offer(talk.pk, form.terms(), by, said)
    if isinstance(form, AcceptForm):
        return talks.accept(talk.pk, form.cleaned_data["offer"], by, said)
    plain = {Kind.SEEN: talks.looked, Kind.LET_GO: talks.let_go}
    return plain.get(kind, talks.end)(talk.pk, by, said)


def _refused(request: SignedIn, number: str, why: str) -> HttpResponse:
    """The talk as it is now, with why nothing was changed."""
    messages.error(request, why)
    return _page(request, found(request, number), status=409)


# --- lists -------------------------------------------------------------------------------------


def _listed(rows: QuerySet[Talk], side: Side) -> QuerySet[Talk]:
    """Those that wait for this side first, then the others that are open, then what is over."""
    order = Case(
        When(waits_for(side), then=Value(0)),
        When(state__in=OPEN, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return (
        rows.annotate(turn=order)
        .select_related(
            "lot__product", "lot__household", "lot__village", "lot__town", "firm", "offer", "order"
        )
        .defer("phone", *encrypted("lot__household__"), "firm__phone", *_order_secrets())
        .order_by("turn", "-moved_at", "-pk")
    )


def _order_secrets() -> list[str]:
    return [f"order__{name}" for name in ("recipient", "phone", "address", "note")]


def _list(request: SignedIn, rows: QuerySet[Talk], side: Side) -> HttpResponse:
    page = Paginator(_listed(rows, side), PAGE_SIZE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {"page": page, "side": side, "officer": request.user.role != Role.SELLER}
    return render(request, "green/talks.html", context)


@never_cache
@login_required
@require_safe
def mine(request: SignedIn) -> HttpResponse:
    """The firm's talks."""
    firms = firms_of(request.user)
    if not firms:
        raise PermissionDenied
    return _list(request, Talk.objects.filter(firm__in=firms), Side.FIRM)


@never_cache
@requires(Act.SELL)
@require_safe
def of_seller(request: SignedIn) -> HttpResponse:
    """Talks over the own saplings."""
    return _list(request, Talk.objects.filter(lot__household__user=request.user), Side.HOUSEHOLD)


@never_cache
@requires(Act.SERVE_VILLAGE)
@require_safe
def of_officer(request: SignedIn) -> HttpResponse:
    """Talks over saplings of the own villages' households."""
    return _list(request, Talk.objects.filter(of_household(request.user, "lot")), Side.HOUSEHOLD)


def waiting(side: Side, rows: QuerySet[Talk]) -> int:
    """How many talks wait for this side."""
    return rows.filter(waits_for(side)).count()
