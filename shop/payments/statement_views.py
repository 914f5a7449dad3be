"""Statements: the list, a statement's page with its ticks, and the cashier's part in it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from marketplace.access.rules import Act, SignedIn, may, requires
from marketplace.asked import whole_number
from marketplace.days import shanghai_day
from marketplace.money import yuan
from marketplace.pdf import pdf_response
from marketplace.sheets import download
from shop.buyers.models import BuyerOrganisation, organisation_of

from . import standing, statement_page, statement_pdf, statement_xlsx, ticks
from .models import Statement, StatementLine, Tick, Transfer
from .months import month_before
from .receive import NotTaken
from .statement_forms import AnswerForm, TransferForm, WordsForm
from .statement_page import abilities, statement_for
from .statements import CannotIssue, issue_all
from .ticks import NotTicked
from .transfers import record_transfer, send_back, use_credit

PAGE_SIZE = 20


# --- the list ----------------------------------------------------------------------------------


@never_cache
@login_required
@require_safe
def statements(request: SignedIn) -> HttpResponse:
    """A unit's own; for city and cashier all of them, with what is overdue and what waits for an answer."""
    city = may(request.user, Act.SEE_CITY)
    if not (city or may(request.user, Act.SEE_UNIT_ORDERS)):
        raise PermissionDenied
    unit = _asked_unit(request) if city else organisation_of(request.user)
    rows = Statement.objects.visible_to(request.user).select_related("organisation")
    rows = rows.filter(organisation=unit) if unit else rows
    page = Paginator(rows.defer("organisation__phone"), PAGE_SIZE).get_page(request.GET.get("page"))
    found = standing.standings(page.object_list)
    late = standing.overdue(unit)
    return render(
        request,
        "payments/statements.html",
        {
            "unit": unit,
            "city": city,
            "page": page,
            "rows": [(statement, found[statement.pk]) for statement in page.object_list],
            "late": late,
            "late_fen": sum(own.due_fen for _statement, own in late),
            "balance_fen": standing.balances([unit.pk])[unit.pk] if unit else None,
            "disputes": _waiting(unit) if city else [],
            "units": _units() if city else [],
            "month": month_before(_day()) if may(request.user, Act.SETTLE) else None,
        },
    )


def _asked_unit(request: SignedIn) -> BuyerOrganisation | None:
    asked = whole_number(request.GET.get("unit", ""), 9)
    return BuyerOrganisation.objects.filter(pk=asked).defer("phone").first() if asked is not None else None


def _units() -> list[BuyerOrganisation]:
    return list(BuyerOrganisation.objects.filter(statements__isnull=False).distinct().defer("phone"))


def _waiting(unit: BuyerOrganisation | None) -> list[StatementLine]:
    """Disputed lines that nobody has answered, the oldest first."""
    lines = StatementLine.objects.filter(tick__state=Tick.State.DISPUTED, tick__answer="")
    lines = lines.filter(statement__organisation=unit) if unit else lines
    return list(lines.select_related("tick", "statement__organisation").order_by("tick__at")[:PAGE_SIZE])


def _day() -> dt.date:
    return shanghai_day(timezone.now())


@requires(Act.SETTLE)
@require_POST
def issue(request: SignedIn) -> HttpResponse:
    """Last month's for all units. Twice is once."""
    month = month_before(_day())
    if request.POST.get("month") != f"{month:%Y-%m}":
        messages.error(request, _("The month has changed since this page was opened. Look again, please."))
        return redirect("statements")
    try:
        made = len(issue_all(month, request.user))
    except CannotIssue as refused:
        messages.error(request, str(refused))
        return redirect("statements")
    if made:
        text = ngettext("%(count)d statement issued.", "%(count)d statements issued.", made)
        messages.success(request, text % {"count": made})
    else:
        messages.info(request, _("All statements of this month were issued already."))
    return redirect("statements")


# --- one statement -----------------------------------------------------------------------------


@never_cache
@login_required
@require_safe
def detail(request: SignedIn, number: str) -> HttpResponse:
    """`?dispute=<line>`: with room to say what is wrong with that line."""
    statement = statement_for(request, number)
    line = _line_of(statement, request.GET.get("dispute", ""))
    form = WordsForm(initial={"words": _words(line)}) if line else None
    if request.htmx and line:  # type: ignore[attr-defined]
        return _order_part(request, statement, line.order_number, line, form)
    return _page(request, statement, disputing=line, form=form)


def _line_of(statement: Statement, asked: str) -> StatementLine | None:
    pk = whole_number(asked, 17)
    return statement.lines.filter(pk=pk).first() if pk is not None else None


def _words(line: StatementLine) -> str:
    tick = Tick.objects.filter(line=line).first()
    return tick.words if tick else ""


def _page(request: SignedIn, statement: Statement, *, status: int = 200, **more: Any) -> HttpResponse:
    can = abilities(request.user, statement)
    shown = statement_page.context(request, statement, can)
    if can.settles and "transfer" not in more:
        more["transfer"] = TransferForm(shown["standing"].due_fen, _day())
    return render(request, "payments/statement.html", {**shown, **more}, status=status)


def _order_part(
    request: SignedIn,
    statement: Statement,
    order_number: str,
    disputing: StatementLine | None = None,
    form: WordsForm | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    """One order's lines, and how far the whole is."""
    (group,) = statement_page.groups(statement_page.lines_of(statement, order_number))
    return render(
        request,
        "payments/_statement_part.html",
        {
            "statement": statement,
            "can": abilities(request.user, statement),
            "group": group,
            "disputing": disputing,
            "form": form,
            "problem": problem,
            "progress": statement_page.progress(statement),
        },
        status=status,
    )


@login_required
@require_POST
def tick(request: SignedIn, number: str) -> HttpResponse:
    """One of `agree`, `open`, `dispute` (a line's id) or `order` (a number), as the page's buttons say."""
    statement = _books(request, number)
    line = _ticked_line(request, statement)
    form = WordsForm(request.POST) if "dispute" in request.POST else None
    status, problem = 200, ""
    if form and not form.is_valid():
        status = 422
    else:
        try:
            _tick(request, line, form)
        except NotTicked as refused:
            status, problem = 409, str(refused)
    disputing = line if status == 422 else None
    if request.htmx:  # type: ignore[attr-defined]
        return _order_part(
            request, statement, line.order_number, disputing, form if disputing else None, problem, status
        )
    if status == 200:
        return redirect(f"{statement.get_absolute_url()}#line-{line.pk}")
    if problem:
        messages.error(request, problem)
    return _page(request, statement, disputing=disputing, form=form, status=status)


def _books(request: SignedIn, number: str) -> Statement:
    """The statement for who keeps the unit's books."""
    statement = statement_for(request, number)
    if not statement_page.keeps_books(request.user, statement):
        raise PermissionDenied
    return statement


def _ticked_line(request: SignedIn, statement: Statement) -> StatementLine:
    """The line that is meant, or the first of the order that is."""
    asked = {name: request.POST[name] for name in ("agree", "open", "dispute") if name in request.POST}
    if "order" in request.POST:
        line = statement.lines.filter(order_number=request.POST["order"].replace("\0", "")).first()
    else:
        line = _line_of(statement, next(iter(asked.values()), ""))
    if line is None:
        raise Http404
    return line


def _tick(request: SignedIn, line: StatementLine, form: WordsForm | None) -> None:
    if form:
        ticks.dispute(line, form.cleaned_data["words"], request.user)
    elif "order" in request.POST:
        ticks.agree_order(line.statement_id, line.order_number, request.user)
    elif "open" in request.POST:
        ticks.reopen(line, request.user)
    else:
        ticks.agree(line, request.user)


@login_required
@require_POST
def close(request: SignedIn, number: str) -> HttpResponse:
    """Every line was looked at."""
    statement = _books(request, number)
    try:
        ticks.close(statement.pk, request.user)
    except NotTicked as refused:
        messages.error(request, str(refused))
        return _page(request, statement, status=409)
    messages.success(
        request, _("Closed. What is disputed is answered here, and put right in a later statement.")
    )
    return redirect(statement)


@login_required
@require_POST
def answer(request: SignedIn, number: str, line_id: int) -> HttpResponse:
    """City or cashier answers a dispute."""
    statement = statement_for(request, number)
    if not abilities(request.user, statement).answers:
        raise PermissionDenied
    line = get_object_or_404(statement.lines, pk=line_id)
    form = AnswerForm(request.POST, auto_id=f"answer-{line_id}-%s")
    if not form.is_valid():
        return _page(request, statement, answering=line, answer_form=form, status=422)
    try:
        ticks.answer(line, form.cleaned_data["words"], request.user)
    except NotTicked as refused:
        messages.error(request, str(refused))
        return _page(request, statement, status=409)
    messages.success(request, _("Answered. The unit's bookkeeper reads it beside the line."))
    return redirect(f"{statement.get_absolute_url()}#disputes")


# --- money -------------------------------------------------------------------------------------


@requires(Act.SETTLE)
@require_POST
def pay(request: SignedIn, number: str) -> HttpResponse:
    """A bank transfer for a statement; what it does not ask for is used for the unit's others, or kept as credit."""
    statement = statement_for(request, number)
    form = TransferForm(0, _day(), request.POST)
    if not form.is_valid():
        return _page(request, statement, transfer=form, status=422)
    facts = form.cleaned_data
    try:
        transfer = record_transfer(
            statement.organisation_id,
            facts["amount"],
            facts["came_on"],
            facts["reference"],
            key=facts["key"],
            by=request.user,
        )
    except NotTaken as refused:
        form.add_error(None, str(refused))
        return _page(request, statement, transfer=form, status=409)
    if transfer.left_fen:
        text = _("Recorded. ¥%(left)s is more than the statements ask for and stays as the unit's credit.")
        messages.success(request, text % {"left": yuan(transfer.left_fen)})
    else:
        messages.success(request, _("Recorded and shared out over the unit's orders, the oldest first."))
    return redirect(statement)


@requires(Act.SETTLE)
@require_POST
def credit_use(request: SignedIn, transfer_id: int) -> HttpResponse:
    """A unit's credit for what it accepted since."""
    transfer = get_object_or_404(Transfer, pk=transfer_id)
    used = use_credit(transfer.pk, request.user)
    if used:
        messages.success(request, _("¥%(used)s found its orders.") % {"used": yuan(used)})
    else:
        messages.info(request, _("This unit has nothing to pay now. Its credit waits."))
    return redirect("cashier")


@requires(Act.SETTLE)
@require_POST
def credit_back(request: SignedIn, transfer_id: int) -> HttpResponse:
    """A unit's credit goes back: it shows under money to give back."""
    transfer = get_object_or_404(Transfer, pk=transfer_id)
    try:
        send_back(transfer.pk, request.user)
    except NotTaken as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("It stands under money to give back now."))
    return redirect("cashier")


# --- papers ------------------------------------------------------------------------------------


@never_cache
@login_required
@require_safe
def workbook(request: SignedIn, number: str) -> HttpResponse:
    statement = statement_for(request, number)
    return download(statement_xlsx.workbook(statement), f"{statement.number}.xlsx")


@never_cache
@login_required
@require_safe
def paper(request: SignedIn, number: str) -> HttpResponse:
    statement = statement_for(request, number)
    return pdf_response(statement_pdf.paper(statement), f"{statement.number}.pdf")
