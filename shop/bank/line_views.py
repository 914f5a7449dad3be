"""The bank's lines: what each probably is, deciding with one button or by hand, and a list of what is left."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from openpyxl import Workbook

from marketplace.access.rules import Act, SignedIn, requires
from marketplace.days import shanghai_day
from marketplace.sheets import cell, download, saved
from shop.payments.own import LABELS
from shop.payments.receive import NotTaken

from .forms import AsideForm, HandForm, OwnForm, parts_of, written
from .guess import Asked, Guess, asked, guess, is_payer, own_way
from .match import Part, match, put_back, set_aside, take_as_own
from .models import BankLine
from .paid_out import PaidOut, paid_out
from .views import progress

PAGE_SIZE, MOST_ASKING = 20, 10
State = BankLine.State
# a document in Chinese, like the bank's own
HEADS = ("日期", "金额（元）", "付款方", "付款方账号", "附言", "流水号", "可能是", "说明")


class Shown(NamedTuple):
    """A line, what it probably is, who that is, and that as its button carries it; of money that went out, to whom."""

    line: BankLine
    guess: Guess | None
    who: list[Any]
    parts: str
    paid_out: PaidOut | None = None
    # by the bank's words it is the city's own money: which of `own.WAYS`, and what that is called
    own: tuple[int, str] | None = None


def shown(line: BankLine, of: Asked, paid: Mapping[int, PaidOut] | None = None) -> Shown:
    best = guess(line, of) if line.state == State.NEW else None
    if best is None:
        way = own_way(line) if line.state == State.NEW else None
        own = None if way is None else (way, str(LABELS[way]))
        return Shown(line, None, [], "", (paid or {}).get(line.pk), own)
    asking = [order for some in of.asking.values() for order in some]
    orders = {order.pk: order for order in (*of.orders.values(), *asking)}
    who = [of.units[part.unit] if part.unit else orders[part.order or 0] for part in best.parts]
    return Shown(line, best, who, written(best.parts))


@never_cache
@requires(Act.SETTLE)
@require_safe
def lines(request: SignedIn) -> HttpResponse:
    """`?state=`: those to match, the oldest first, or matched, set aside, gone out, the newest first."""
    state = request.GET.get("state", State.NEW)
    state = state if state in State.values else State.NEW
    rows = BankLine.objects.filter(state=state).select_related("file", "decided_by").defer("file__content")
    if state == State.NEW:
        rows = rows.order_by("day", "time", "pk")
    else:
        rows = rows.order_by("-day", "-time", "-pk").prefetch_related(
            "matches__transfer__organisation", "matches__payment__order"
        )
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    of = asked(list(page.object_list)) if state == State.NEW else Asked()
    paid = paid_out(list(page.object_list)) if state == State.OUT else {}
    return render(
        request,
        "bank/lines.html",
        {
            "state": state,
            "states": [(value, label) for value, label in State.choices],
            "page": page,
            "rows": [shown(line, of, paid) for line in page.object_list],
            "progress": progress(),
        },
    )


@never_cache
@requires(Act.SETTLE)
@require_safe
def line(request: SignedIn, line_id: int) -> HttpResponse:
    found = get_object_or_404(BankLine, pk=line_id)
    return _page(request, found)


def _page(
    request: SignedIn,
    found: BankLine,
    *,
    hand: HandForm | None = None,
    aside: AsideForm | None = None,
    own: OwnForm | None = None,
    status: int = 200,
) -> HttpResponse:
    of = asked([found])
    one = shown(found, of, paid_out([found]))
    return render(
        request,
        "bank/line.html",
        {
            "line": found,
            "shown": one,
            "asking": [
                (order, is_payer(found, order), written((Part(found.amount_fen, order=order.pk),)))
                for order in of.asking.get(found.amount_fen, ())[:MOST_ASKING]
            ],
            "own": own or OwnForm(initial={"way": one.own[0]} if one.own else None),
            "hand": hand or HandForm(found, of),
            "aside": aside or AsideForm(),
            "matches": found.matches.select_related("transfer__organisation", "payment__order"),
            "owed": [(of.units[unit], owed) for unit, owed in of.owed.items()]
            if found.state == State.NEW
            else [],
        },
        status=status,
    )


@requires(Act.SETTLE)
@require_POST
def match_line(request: SignedIn, line_id: int) -> HttpResponse:
    """As proposed (`parts`), or by hand."""
    found = get_object_or_404(BankLine, pk=line_id)
    form = None
    if "parts" in request.POST:
        parts = parts_of(request.POST["parts"])
    else:
        form = HandForm(found, asked([found], request.POST.get("numbers", "")), request.POST)
        parts = form.cleaned_data.get("parts") if form.is_valid() else None
    if not parts:
        return _page(request, found, hand=form, status=422)
    try:
        match(found.pk, parts, request.user)
    except NotTaken as refused:
        messages.error(request, str(refused))
        return _page(request, BankLine.objects.get(pk=found.pk), hand=form, status=409)
    messages.success(request, _("Matched: %(reference)s.") % {"reference": found.reference})
    return redirect("bank:lines")


@requires(Act.SETTLE)
@require_POST
def aside(request: SignedIn, line_id: int) -> HttpResponse:
    found = get_object_or_404(BankLine, pk=line_id)
    form = AsideForm(request.POST)
    if not form.is_valid():
        return _page(request, found, aside=form, status=422)
    try:
        set_aside(found.pk, form.cleaned_data["reason"], request.user)
    except NotTaken as refused:
        messages.error(request, str(refused))
        return redirect("bank:line", found.pk)
    messages.success(request, _("Set aside: %(reference)s.") % {"reference": found.reference})
    return redirect("bank:lines")


@requires(Act.SETTLE)
@require_POST
def own_line(request: SignedIn, line_id: int) -> HttpResponse:
    """It is the city's own money."""
    found = get_object_or_404(BankLine, pk=line_id)
    form = OwnForm(request.POST)
    if not form.is_valid():
        return _page(request, found, own=form, status=422)
    try:
        take_as_own(found.pk, form.cleaned_data["way"], request.user)
    except NotTaken as refused:
        form.add_error("way", str(refused))
        return _page(request, BankLine.objects.get(pk=found.pk), own=form, status=409)
    messages.success(request, _("In the books as own money: %(reference)s.") % {"reference": found.reference})
    return redirect("bank:lines")


@requires(Act.SETTLE)
@require_POST
def back(request: SignedIn, line_id: int) -> HttpResponse:
    """What was set aside is to be matched after all."""
    found = get_object_or_404(BankLine, pk=line_id)
    try:
        put_back(found.pk, request.user)
    except NotTaken as refused:
        messages.error(request, str(refused))
    return redirect("bank:line", found.pk)


@never_cache
@requires(Act.SETTLE)
@require_safe
def unmatched(request: SignedIn) -> HttpResponse:
    """What is still to match, as a workbook to ask the units with."""
    rows = list(BankLine.objects.filter(state=State.NEW).order_by("day", "time", "pk"))
    of = asked(rows)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("待匹配")
    sheet.append(HEADS)
    for row in rows:
        one = shown(row, of)
        likely = "、".join(str(who) for who in one.who)
        but = one.guess.but if one.guess else ""
        tail = f"****{row.payer_tail}" if row.payer_tail else ""
        texts = (row.payer, tail, row.words, row.serial, likely, but)
        sheet.append([row.day, Decimal(row.amount_fen) / 100, *(cell(sheet, text) for text in texts)])
    return download(saved(book), f"bank-unmatched-{shanghai_day(timezone.now())}.xlsx")
