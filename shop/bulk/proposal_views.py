"""The proposal: what the villages can bring, what the buyer makes of it, and holding it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from marketplace.access.rules import SignedIn
from marketplace.asked import whole_number
from marketplace.quantity import from_units, in_units
from shop.orders.transitions import NotAllowed

from . import shown
from .adjust import Adjustments
from .drafts import settle_lines
from .models import BulkRequest, State
from .propose import Proposal, propose
from .steps import locked
from .submit import Busy, Changed, NothingToHold, approvals_needed, may_request, submit, total_fen


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def proposal(request: SignedIn, number: str) -> HttpResponse:
    """GET shows what is allotted now; POST changes it (`do` says how) or holds it."""
    asked = get_object_or_404(
        BulkRequest.objects.visible_to(request.user).select_related("organisation"), number=number
    )
    if not may_request(request.user, asked.organisation):
        raise PermissionDenied
    if asked.state != State.DRAFT:
        return redirect(asked)
    if settle_lines(asked):
        # the draft's page says at its cells what cannot be read
        return redirect(f"{asked.get_absolute_url()}?check=1")
    if request.method == "GET":
        return _page(request, asked, propose(asked))
    if request.POST.get("do") == "hold":
        return _hold(request, asked)
    wrong = _change(request, asked)
    if wrong:
        return _page(request, asked, propose(asked), wrong=wrong, status=422)
    return _page(request, asked, propose(asked))


def _hold(request: SignedIn, asked: BulkRequest) -> HttpResponse:
    try:
        held = submit(asked.pk, request.user, request.POST.get("shown", ""))
    except Changed as changed:
        return _page(request, asked, changed.proposal, changed=True, status=409)
    except NothingToHold:
        return _page(request, asked, propose(asked), status=409)
    except NotAllowed as taken_back:
        messages.error(request, str(taken_back))
        return _onward(request, asked)
    except Busy:
        messages.error(request, _("Others are buying the same goods at this moment. Please try once more."))
        return _page(request, asked, propose(asked), status=409)
    if held.state == State.HELD:
        messages.success(request, _("The goods are held for you. A colleague has to agree now."))
    else:
        messages.success(request, _("Thank you. The villages have your request."))
    return _onward(request, held)


def _onward(request: SignedIn, asked: BulkRequest) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(headers={"HX-Redirect": asked.get_absolute_url()})
    return redirect(asked)


def _change(request: SignedIn, asked: BulkRequest) -> dict[int, str]:
    """Take over one change of the allocation. Returns what is wrong with the amounts typed, by lot; then nothing is."""
    word, _colon, which = request.POST.get("do", "set").partition(":")
    with transaction.atomic():
        draft = locked(asked.pk)
        if draft.state != State.DRAFT:
            return {}
        kept = Adjustments.read(draft.adjustments)
        number = whole_number(which, 15)
        if word == "undo":
            kept = Adjustments()
        elif word == "leave_out" and number:
            kept = kept._replace(lots_out=kept.lots_out | {number})
        elif word == "drop" and number:
            kept = kept._replace(villages_out=kept.villages_out | {number})
        else:
            fixed, wrong = _amounts(request, propose(draft), kept)
            if wrong:
                return wrong
            kept = kept._replace(fixed={**kept.fixed, **fixed})
        asked.adjustments = draft.adjustments = kept.kept()
        draft.save(update_fields=["adjustments"])
    return {}


def _amounts(request: SignedIn, now: Proposal, kept: Adjustments) -> tuple[dict[int, int], dict[int, str]]:
    """The amounts that were typed anew, in base units, and what is wrong with others; by lot."""
    lines = {line.id: line for line in now.lines}
    # what of each line is still to be given, beside the amounts that stand by hand already
    room = {line.id: line.quantity for line in now.lines}
    anew = []
    for share in now.chosen.shares:
        size = lines[share.line].unit_size
        typed = request.POST.get(f"amount-{share.line}-{share.lot}")
        if typed is not None and _bare(typed) != _bare(in_units(share.quantity, size)):
            anew.append((share, typed))
        elif int(share.lot) in kept.fixed:
            room[share.line] -= share.quantity
    fixed: dict[int, int] = {}
    wrong: dict[int, str] = {}
    for share, typed in anew:
        lot, line = now.lots[int(share.lot)], lines[share.line]
        try:
            quantity = from_units(typed, line.unit_size)
        except ValueError:
            wrong[int(lot.id)] = _("Write a plain number.")
            continue
        most = min(lot.available, room[line.id]) // line.unit_size * line.unit_size
        if quantity % line.unit_size:
            wrong[int(lot.id)] = _("Whole units only.")
        elif quantity > lot.available:
            there = lot.available // line.unit_size * line.unit_size
            wrong[int(lot.id)] = _("There are %(most)s at most.") % {"most": in_units(there, line.unit_size)}
        elif quantity > most:
            wrong[int(lot.id)] = _("More than is wanted: %(most)s at most.") % {
                "most": in_units(most, line.unit_size)
            }
        else:
            room[line.id] -= quantity
            fixed[int(lot.id)] = quantity
    return fixed, wrong


def _bare(number: str) -> str:
    return number.replace(",", "").strip()


def _page(
    request: SignedIn,
    asked: BulkRequest,
    now: Proposal,
    *,
    wrong: dict[int, str] | None = None,
    changed: bool = False,
    status: int = 200,
) -> HttpResponse:
    filled = shown.of_proposal(asked, now)
    adjusted = Adjustments.read(asked.adjustments).any
    total = total_fen(now)
    return render(
        request,
        "bulk/proposal.html",
        {
            "asked": asked,
            "filled": filled,
            "total_fen": total,
            "households": shown.households(filled),
            "villages": shown.villages(filled),
            "missing": sum(each.missing > 0 for each in filled),
            "approvals": approvals_needed(asked.organisation, total),
            "touched": shown.touched(now) if adjusted else [],
            "adjusted": adjusted,
            "digest": now.digest,
            "wrong": wrong or {},
            "typed": request.POST,
            "changed": changed,
        },
        status=status,
    )
