"""Workbooks that people take along: what somebody wrote is never a formula to whoever opens them."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.http import HttpResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

_DATES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def cell(sheet: Any, value: Any, form: str = "", *, bold: bool = False) -> WriteOnlyCell:
    """A cell of a sheet that is only written; `form` as spreadsheets write number formats. A text stays a text."""
    one = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        one.data_type = "s"
    if form:
        one.number_format = form
    if bold:
        one.font = Font(bold=True)
    return one


def saved(book: Workbook, at: dt.datetime | None = None) -> bytes:
    """With `at`, saved as at that moment: the same cells are the same bytes then."""
    file = io.BytesIO()
    book.save(file)
    return _as_at(file, at) if at else file.getvalue()


def _as_at(file: io.BytesIO, at: dt.datetime) -> bytes:
    """Every date in the archive, and those that the workbook has of itself, are this one."""
    told, found = f"{at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}".encode(), io.BytesIO()
    with ZipFile(file) as old, ZipFile(found, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = _DATES.sub(rb"\g<1>" + told, content)
            new.writestr(ZipInfo(name, at.timetuple()[:6]), content, ZIP_DEFLATED)
    return found.getvalue()


def download(content: bytes, name: str, kind: str = XLSX) -> HttpResponse:
    """The answer that a browser saves under `name`."""
    return HttpResponse(
        content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
