"""Writing a draft: one form for the whole grid. Each button saves first, so that nothing that was typed is lost."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.defaultfilters import date
from django.utils import timezone
from django.utils.translation import gettext as _

from farmers.stock.workbook.parts import WorkbookError
from marketplace.access.rules import SignedIn
from marketplace.asked import whole_number
from marketplace.days import today

from . import drafts
from .drafts import MAX_LINES, NoDraft, Stale, TooMany
from .grid import SPARE, blank, grid, notes, wrong_cells
from .models import BulkRequest, State
from .named import Named
from .read import CELLS, PRODUCT, Typed, read_rows
from .sheets import Rows, from_text, from_workbook

# "more rows" gives as many
MORE = 10
_MAX_SPARE = 50
# the number that the page's script puts a new row's own in place of
TEMPLATE = 9999


def show(request: HttpRequest, asked: BulkRequest) -> HttpResponse:
    more = whole_number(request.GET.get("more", ""), 3)
    spare = SPARE if more is None else min(more, _MAX_SPARE)
    return page(request, asked, _kept(asked), check="check" in request.GET, spare=spare)


def page(
    request: HttpRequest,
    asked: BulkRequest,
    typed: Sequence[Typed],
    *,
    check: bool = False,
    spare: int = SPARE,
    refused: str = "",
    mine: Sequence[Typed] | None = None,
    status: int = 200,
) -> HttpResponse:
    """`refused`: why a table was not taken; `mine`: what was typed on a page that is no longer the newest."""
    rows = grid(read_rows(typed, Named.load(), today()), check, spare if len(typed) < MAX_LINES else 0)
    sent_back = asked.steps.filter(to_state=State.DRAFT).exclude(why="").order_by("pk").last()
    return render(
        request,
        "bulk/draft.html",
        {
            "asked": asked,
            "rows": rows,
            "template": blank(TEMPLATE),
            "filled": len(typed),
            "check": check,
            "wrong": wrong_cells(rows),
            "refused": refused,
            "mine": mine,
            "sent_back": sent_back,
            "most": MAX_LINES,
        },
        status=status,
    )


def write(request: SignedIn, asked: BulkRequest) -> HttpResponse:
    """The form of the grid. `do` says what else than saving it is for."""
    in_background = request.headers.get("X-Saving") == "draft"
    rows = typed_rows(request.POST)
    if rows is None:
        return HttpResponse(_("The form was not whole. Please load the page again."), status=400)
    word, _colon, rest = request.POST.get("do", "").partition(":")
    refused, told = "", Rows([], [])
    try:
        rows, told = _changed(request, word, rest, rows)
    except WorkbookError as error:
        refused = str(error)
    revision = whole_number(request.POST.get("revision", ""), 9) or 0
    weekly = "weekly" in request.POST
    try:
        asked = drafts.save(asked.pk, request.user, revision, rows, weekly)
    except Stale as stale:
        return _stale(request, stale.request, rows, in_background)
    except NoDraft:
        return no_draft(request, asked, in_background)
    except TooMany:
        why = _("A request has %(most)d rows at most; this would be %(rows)d. Nothing was saved.") % {
            "most": MAX_LINES,
            "rows": sum(bool(row) for row in rows),
        }
        if in_background:
            return JsonResponse({"why": why}, status=422)
        return page(request, asked, [row for row in rows if row][:MAX_LINES], refused=why, status=422)
    if in_background:
        return _saved(asked, rows, "check" in request.POST)
    if refused:
        return page(request, asked, _kept(asked), refused=refused, status=422)
    for note in told.notes:
        messages.info(request, note)
    return _onward(request, asked, word, len(told.rows))


def _onward(request: SignedIn, asked: BulkRequest, word: str, taken: int) -> HttpResponse:
    """Where a saved draft leads to."""
    if word == "submit":
        if drafts.settle_lines(asked):
            return page(request, asked, _kept(asked), check=True, status=422)
        return redirect("bulk:proposal", asked.number)
    if word in {"paste", "upload"}:
        messages.success(request, _("Rows taken over: %d.") % taken)
    elif word == "save":
        messages.success(request, _("Saved."))
    address = asked.get_absolute_url()
    return redirect(f"{address}?more={MORE}#add" if word == "add" else address)


def _changed(request: SignedIn, word: str, rest: str, rows: list[Typed]) -> tuple[list[Typed], Rows]:
    """The rows after what a button is for. Raises WorkbookError for a table that cannot be taken."""
    place, _colon, name = rest.partition(":")
    asked = whole_number(place, 5)
    index = len(rows) if asked is None else asked
    if word == "remove" and index < len(rows):
        return [*rows[:index], *rows[index + 1 :]], Rows([], [])
    if word == "take" and index < len(rows):
        return [*rows[:index], rows[index]._replace(product=name), *rows[index + 1 :]], Rows([], [])
    if word == "paste":
        first = request.POST.get("paste_cell", "")
        found = from_text(request.POST.get("paste", ""), first if first in CELLS else PRODUCT)
        at = whole_number(request.POST.get("paste_row", ""), 5)
        if at is not None:
            return _laid_over(rows, found.rows, at), found
        return [*filter(None, rows), *found.rows], found
    if word == "upload":
        file = request.FILES.get("file")
        if file is None:
            raise WorkbookError(_("Choose a file first."))
        found = from_workbook(file)
        return [*filter(None, rows), *found.rows], found
    return rows, Rows([], [])


def _laid_over(rows: Sequence[Typed], found: Sequence[Typed], at: int) -> list[Typed]:
    """As in a spreadsheet: from the row that was pasted into, over what stands there; empty cells cover nothing."""
    at = min(at, len(rows))
    rows = [*rows, *([Typed()] * (at + len(found) - len(rows)))]
    for offset, new in enumerate(found):
        old = rows[at + offset]
        rows[at + offset] = Typed(*(after or before for before, after in zip(old, new, strict=True)))
    return rows


def typed_rows(form: QueryDict) -> list[Typed] | None:
    """The grid's rows; None when a column lost a cell on the way."""
    columns = [form.getlist(cell) for cell in CELLS]
    if len({len(column) for column in columns}) != 1:
        return None
    return [Typed(*cells) for cells in zip(*columns, strict=True)]


def _kept(asked: BulkRequest) -> list[Typed]:
    return [drafts.typed(line) for line in asked.lines.all()]


def _saved(asked: BulkRequest, rows: Sequence[Typed], check: bool) -> JsonResponse:
    """For the page that stays open: when it was saved, and what each row was taken for."""
    return JsonResponse(
        {
            "revision": asked.revision,
            "at": date(timezone.localtime(), "H:i"),
            # 明天 was kept as the day that it is
            "wanted": [drafts.tidy(row, today()).wanted for row in rows],
            "notes": notes(read_rows(rows, Named.load(), today()), check),
        }
    )


def _stale(request: SignedIn, asked: BulkRequest, rows: Sequence[Typed], in_background: bool) -> HttpResponse:
    why = _("This draft was changed on another page meanwhile. What you type here is not saved.")
    if in_background:
        return JsonResponse({"why": why, "stale": True}, status=409)
    mine = [row for row in rows if row]
    return page(request, asked, _kept(asked), mine=mine, status=409)


def no_draft(request: SignedIn, asked: BulkRequest, in_background: bool = False) -> HttpResponse:
    """What was a draft when the page was opened is one no more."""
    why = _("This request was submitted or taken back meanwhile: it is no draft any more.")
    if in_background:
        return JsonResponse({"why": why, "stale": True}, status=409)
    messages.error(request, why)
    return redirect(asked)
