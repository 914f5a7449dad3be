"""Workbooks that people take along: what somebody wrote is never a formula to whoever opens them."""

from __future__ import annotations

import io
from typing import Any

from django.http import HttpResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

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


def saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def download(content: bytes, name: str, kind: str = XLSX) -> HttpResponse:
    """The answer that a browser saves under `name`."""
    return HttpResponse(
        content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
