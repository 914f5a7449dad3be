"""The cashier's payouts: runs, one run with whom it pays, the bank's files, cash."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from farmers.registry.models import encrypted
from marketplace.access.rules import Act, SignedIn, may, requires
from marketplace.access.taken import taken
from marketplace.days import today
from marketplace.sheets import download

from . import bank_file as files
from . import make, settle
from .forms import AgainForm, BouncedForm, CashForm, NotCollectedForm, ResultForm, RunForm
from .make import NotPaid, make_run
from .models import Payout, PayoutRun
from .owed import all_due
from .result_file import BadFile, read

PAGE_SIZE = 50
RUNS = 20
State = PayoutRun.State


@never_cache
@requires(Act.SEE_CITY)
@require_safe
def runs(request: SignedIn) -> HttpResponse:
    return _runs(request)


def _runs(request: SignedIn, form: RunForm | None = None, status: int = 200) -> HttpResponse:
    sums = all_due().values()
    due = [fen for fen in sums if fen > 0]
    behind = [fen for fen in sums if fen < 0]
    known = PayoutRun.objects.select_related("made_by", "released_by").annotate(
        failed=Count("payouts", filter=Q(payouts__state=Payout.State.FAILED))
    )
    known = known.order_by("-pk")
    return render(
        request,
        "payouts/runs.html",
        {
            "page": Paginator(known, RUNS).get_page(request.GET.get("page")),
            "due_fen": sum(due),
            "due_count": len(due),
            "behind_fen": -sum(behind),
            "behind_count": len(behind),
            "form": form or RunForm(),
            "makes": may(request.user, Act.SETTLE),
        },
        status=status,
    )


@never_cache
@requires(Act.SETTLE)
@require_POST
def new(request: SignedIn) -> HttpResponse:
    """Make a run of all that is due."""
    form = RunForm(request.POST)
    if not form.is_valid():
        return _runs(request, form, 422)
    try:
        made = make_run(form.cleaned_data["up_to"], request.user, form.cleaned_data["key"])
    except NotPaid as refused:
        form.add_error("up_to", str(refused))
        return _runs(request, form, 409)
    messages.success(request, _("Made. Somebody else has to look at it and release it."))
    return redirect(made)


@never_cache
@requires(Act.SEE_CITY)
@require_safe
def run(request: SignedIn, number: str) -> HttpResponse:
    return _run(request, number)


def _run(
    request: SignedIn,
    number: str,
    *,
    form: ResultForm | None = None,
    cash_form: tuple[int, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    one = get_object_or_404(PayoutRun.objects.select_related("made_by", "released_by"), number=number)
    payouts = one.payouts.select_related("household__village__town").defer(
        "account", *encrypted("household__")
    )
    asked = request.GET.get("state", "")
    if asked in Payout.State.values:
        payouts = payouts.filter(state=asked)
    sums = {
        (row["way"], row["state"]): row
        for row in one.payouts.order_by()
        .values("way", "state")
        .annotate(fen=Sum("amount_fen"), n=Count("pk"))
    }
    failed = sum(row["n"] for (_way, state), row in sums.items() if state == Payout.State.FAILED)
    settles, releases = may(request.user, Act.SETTLE), may(request.user, Act.RELEASE_PAYOUTS)
    waiting = {way for way, state in sums if state == Payout.State.WAITING}
    return render(
        request,
        "payouts/run.html",
        {
            "run": one,
            "page": Paginator(payouts.order_by("position"), PAGE_SIZE).get_page(request.GET.get("page")),
            "asked": asked,
            "sums": [
                (Payout.Way(way).label, Payout.State(state).label, row["n"], row["fen"])
                for (way, state), row in sorted(sums.items())
            ],
            "can_release": releases and one.state == State.DRAFT and one.made_by_id != request.user.pk,
            "waits_for_another": one.state == State.DRAFT and one.made_by_id == request.user.pk,
            "can_drop": (settles or releases)
            and one.state in {State.DRAFT, State.RELEASED}
            and not {state for _way, state in sums} - {Payout.State.WAITING},
            "can_take": settles and Payout.Way.BANK in waiting and one.state in {State.RELEASED, State.SENT},
            "taken": taken("payouts:bank_file", number=one.number),
            "can_answer": settles and Payout.Way.BANK in waiting and one.state == State.SENT,
            "pays_cash": settles and one.state in {State.RELEASED, State.SENT, State.SETTLED},
            "form": form or ResultForm(),
            "cash_form": cash_form,
            "again": AgainForm(initial={"key": uuid.uuid4()}) if failed and settles else None,
            "failed": failed,
        },
        status=status,
    )


def _one(number: str) -> PayoutRun:
    return get_object_or_404(PayoutRun, number=number)


@requires(Act.RELEASE_PAYOUTS)
@require_POST
def release(request: SignedIn, number: str) -> HttpResponse:
    """The second person agrees."""
    one = _one(number)
    try:
        make.release(one.pk, request.user)
    except NotPaid as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Released. The cashier may send it to the bank."))
    return redirect(one)


@requires(Act.RELEASE_PAYOUTS)
@require_POST
def throw_away(request: SignedIn, number: str) -> HttpResponse:
    """Nothing of it is paid."""
    one = _one(number)
    try:
        make.throw_away(one.pk, request.user)
    except NotPaid as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Thrown away. All of it is due again."))
    return redirect(one)


@never_cache
@sensitive_variables("payouts")
@requires(Act.SETTLE)
@require_POST
def bank_file(request: SignedIn, number: str) -> HttpResponse:
    """The bank's file, as `xlsx` or `csv`. Whoever takes it has looked at every account in it, and that is written down."""
    one = _one(number)
    try:
        payouts = files.take_file(one.pk, request.user)
    except NotPaid as refused:
        messages.error(request, str(refused))
        return _run(request, number, status=409)
    if request.POST.get("as") == "csv":
        return download(files.csv_text(payouts), f"{one.number}.csv", "text/csv; charset=gb18030")
    return download(files.workbook(payouts), f"{one.number}.xlsx")


@never_cache
@requires(Act.SETTLE)
@require_POST
def result(request: SignedIn, number: str) -> HttpResponse:
    """The bank's answer, all of it or nothing."""
    one = _one(number)
    form = ResultForm(request.POST, request.FILES)
    if not form.is_valid():
        return _run(request, number, form=form, status=422)
    try:
        settle.take_in(one.pk, read(form.cleaned_data["file"]), request.user)
    except (BadFile, NotPaid) as refused:
        form.add_error("file", str(refused))
        return _run(request, number, form=form, status=409)
    messages.success(request, _("Taken in. What failed is due again."))
    return redirect(one)


@requires(Act.SETTLE)
@require_POST
def again(request: SignedIn, number: str) -> HttpResponse:
    """Another run for those that this one could not pay."""
    one = _one(number)
    form = AgainForm(request.POST)
    if not form.is_valid():
        return redirect(one)
    failed = one.payouts.filter(state=Payout.State.FAILED).values_list("household", flat=True)
    try:
        made = make_run(today(), request.user, form.cleaned_data["key"], list(failed))
    except NotPaid:
        messages.error(request, _("All that failed here is paid, or in another run already."))
        return redirect(one)
    messages.success(request, _("Made. Somebody else has to look at it and release it."))
    return redirect(made)


def _payout(request: SignedIn, number: str, position: int) -> Payout:
    return get_object_or_404(
        Payout.objects.visible_to(request.user)
        .select_related("run", "household__village__town")
        .defer("account", *encrypted("household__")),
        run__number=number,
        position=position,
    )


@never_cache
@requires(Act.SEE_CITY)
@require_safe
def payout(request: SignedIn, number: str, position: int) -> HttpResponse:
    """One household's payout down to its entries."""
    return _payout_page(request, _payout(request, number, position))


def _payout_page(
    request: SignedIn, one: Payout, form: BouncedForm | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "payout": one,
        "lines": one.lines.select_related("entry"),
        "bounces": may(request.user, Act.SETTLE)
        and one.way == Payout.Way.BANK
        and one.state == Payout.State.PAID,
        "form": form or BouncedForm(),
    }
    return render(request, "payouts/payout.html", context, status=status)


@never_cache
@requires(Act.SETTLE)
@require_POST
def bounced(request: SignedIn, number: str, position: int) -> HttpResponse:
    """The bank returned it after all."""
    one = _payout(request, number, position)
    form = BouncedForm(request.POST)
    if not form.is_valid():
        return _payout_page(request, one, form, 422)
    try:
        settle.bounced(one.pk, form.cleaned_data["reason"], request.user)
    except NotPaid as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Noted. It is due again."))
    return redirect("payouts:payout", number, position)


@never_cache
@requires(Act.SETTLE)
@require_POST
def cash(request: SignedIn, number: str, position: int) -> HttpResponse:
    """The household has signed for its money."""
    one = _payout(request, number, position)
    form = CashForm(request.POST)
    if not form.is_valid():
        return _run(request, number, cash_form=(one.pk, form), status=422)
    try:
        settle.pay_cash(one.pk, form.cleaned_data["receipt"], request.user)
    except NotPaid as refused:
        form.add_error("receipt", str(refused))
        return _run(request, number, cash_form=(one.pk, form), status=409)
    messages.success(request, _("Paid in cash. The household sees it."))
    return redirect(one.run)


@never_cache
@requires(Act.SETTLE)
@require_POST
def not_collected(request: SignedIn, number: str, position: int) -> HttpResponse:
    """Nobody came for it."""
    one = _payout(request, number, position)
    form = NotCollectedForm(request.POST)
    if not form.is_valid():
        return _run(request, number, cash_form=(one.pk, form), status=422)
    try:
        settle.not_collected(one.pk, form.cleaned_data["reason"], request.user)
    except NotPaid as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Noted. It is due again."))
    return redirect(one.run)
