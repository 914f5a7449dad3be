"""Mending in place: cells typed anew, rows left out or put back, and the workbook read again at once."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from farmers.stock.workbook.mended import ADDED
from farmers.stock.workbook.parts import WorkbookError
from marketplace.access.rules import Act, SignedIn, requires

from .cards import LONGEST
from .mend import ChangedMeanwhile, Mend, mend
from .models import WorkbookUpload
from .reading import AT_ONCE, facts_of, is_read, read_now
from .views import FATES, own, show, unreadable

_CELL = re.compile(r"cell-([0-9]{1,3}-[0-9]{1,6})-([0-9]{1,3})")
_TRIES = 3


@requires(Act.LOAD_STOCK)
@require_POST
def mend_rows(request: SignedIn, uuid: UUID) -> HttpResponse:
    """Keep what was typed, and read again; a row that another window has changed since is asked about."""
    upload = own(request.user, uuid)
    typed = _typed(request)
    for _attempt in range(_TRIES):
        if upload.state == WorkbookUpload.State.LOADED:
            return redirect(upload)
        try:
            if not is_read(upload):
                read_now(upload, request.user)
            mends, unsaved = _compared(facts_of(upload), typed, request)
            if mends:
                refused = upload.numbers["refused"]
                mend(upload, request.user, mends, upload.revision)
                if sum(upload.numbers[fate] for fate in FATES) <= AT_ONCE:
                    read_now(upload, request.user)
                    _say(request, len(mends), refused - upload.numbers["refused"])
        except ChangedMeanwhile:
            upload = own(request.user, uuid)
            continue
        except WorkbookError as error:
            return unreadable(request, upload, error)
        if unsaved:
            return show(request, upload, unsaved=unsaved, status=409)
        if not mends:
            messages.info(request, _("Nothing was typed anew."))
        return redirect(_back(request, upload))
    messages.error(request, _("The workbook was changed at the same moment. Look once more, please."))
    return redirect(upload)


@requires(Act.LOAD_STOCK)
@require_POST
def put_back(request: SignedIn, uuid: UUID) -> HttpResponse:
    """A row that was left out by hand is to be loaded after all."""
    upload = own(request.user, uuid)
    if upload.state == WorkbookUpload.State.LOADED:
        return redirect(upload)
    sheet, row = _row(facts_of(upload) if upload.reading else {"rows": []}, request.POST.get("row", ""))
    if row:
        try:
            mend(upload, request.user, [Mend(sheet, row, {}, left_out=False)], upload.revision)
        except ChangedMeanwhile:
            messages.error(request, _("The workbook was changed at the same moment. Look once more, please."))
    return redirect(f"{reverse('workbooks:preview', args=[upload.uuid])}?show=skipped")


def _typed(request: SignedIn) -> dict[str, dict[str, str]]:
    """By row, then by column; a text is cut at what a cell can usefully hold."""
    typed: dict[str, dict[str, str]] = {}
    for name, text in request.POST.items():
        if match := _CELL.fullmatch(name):
            typed.setdefault(match[1], {})[match[2]] = " ".join(str(text).split())[:LONGEST]
    return typed


def _compared(
    facts: dict[str, Any], typed: dict[str, dict[str, str]], request: SignedIn
) -> tuple[list[Mend], dict[str, dict[str, str]]]:
    """What is to be kept; and, of rows that do not stand as they did when the page was shown, what was typed."""
    rows = {row["id"]: row for row in facts["rows"]}
    mends: list[Mend] = []
    unsaved: dict[str, dict[str, str]] = {}
    out = {key for key in rows if request.POST.get(f"out-{key}")}
    for key in typed.keys() | out:
        row = rows.get(key)
        if row is None or "cells" not in row or row["fate"] == "before":
            continue
        added = {str(column) for column, _heading in ADDED.values()}
        known = set(row["cells"]) | (added - set(row["cells"]) if not row.get("fenced") else set())
        cells = {
            column: text
            for column, text in typed.get(key, {}).items()
            if column in known and text != row["cells"].get(column, "")[:LONGEST]
        }
        if not cells and key not in out:
            continue
        if request.POST.get(f"seen-{key}") != row["seen"] and key not in out:
            unsaved[key] = typed[key]
        else:
            sheet = facts["sheets"][row["sheet"]]
            mends.append(Mend(sheet, row["row"], cells, left_out=True if key in out else None))
    return mends, unsaved


def _row(facts: dict[str, Any], key: str) -> tuple[str, int]:
    for row in facts["rows"]:
        if row["id"] == key and row.get("by_hand"):
            return facts["sheets"][row["sheet"]], row["row"]
    return "", 0


def _say(request: SignedIn, mended: int, fewer: int) -> None:
    said = ngettext("%d row was read again.", "%d rows were read again.", mended) % mended
    if fewer > 0:
        good = ngettext("%d row less to mend.", "%d rows less to mend.", fewer) % fewer
        messages.success(request, f"{said} {good}")
    else:
        messages.warning(request, said)


def _back(request: SignedIn, upload: WorkbookUpload) -> str:
    """The same rows of the preview that the form came from."""
    fate, page = request.POST.get("show", ""), request.POST.get("page", "")
    address = reverse("workbooks:preview", args=[upload.uuid])
    if fate not in FATES or (fate == "refused" and not upload.numbers["refused"]):
        return address
    return f"{address}?show={fate}" + (f"&page={page}" if page.isascii() and page.isdigit() else "")
