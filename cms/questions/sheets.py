"""Tables that officials take along: a workbook with what it is about above it, and a CSV of heads and rows alone."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook

from marketplace.sheets import cell, download, saved

from .told import Form, Table, Told

FORMATS = {
    Form.YUAN: "#,##0.00",
    Form.JIN: "#,##0.###",
    Form.COUNT: "#,##0",
    Form.PERCENT: "0.0",
    Form.WORD: "",
}
ROWS_AT_ONCE = 500


def taken_along(kind: str, name: str, title: str, about: Sequence[str], table: Table) -> HttpResponse:
    """The table as `xlsx` or `csv`. Numbers are numbers: yuan, jin, pieces, percent."""
    heads = [_("No."), table.head, *table.columns]
    lines = [*table.rows, *([table.total] if table.total else [])]
    if kind == "csv":
        rows = (
            ["" if row is table.total else number, row.label, *(_plain(told) for told in row.told)]
            for number, row in enumerate(lines, 1)
        )
        return download(b"".join(as_csv(heads, rows)), f"{name}.csv", "text/csv; charset=utf-8")
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Table"))
    sheet.column_dimensions["B"].width = 24
    for column in range(2, len(heads)):
        sheet.column_dimensions[_letter(column)].width = 16
    sheet.append([cell(sheet, title, bold=True)])
    for line in about:
        sheet.append([cell(sheet, line)])
    sheet.append([cell(sheet, _("Made on %(day)s") % {"day": f"{timezone.localdate():%Y-%m-%d}"})])
    sheet.append([cell(sheet, head, bold=True) for head in heads])
    for number, row in enumerate(lines, 1):
        is_total = row is table.total
        sheet.append(
            [
                cell(sheet, None if is_total else number),
                cell(sheet, row.label, bold=is_total),
                *(cell(sheet, told.value, FORMATS[told.form], bold=is_total) for told in row.told),
            ]
        )
    return download(saved(book), f"{name}.xlsx")


def _letter(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _plain(told: Told) -> str:
    value = told.value
    return "" if value is None else str(value)


def _text(value: Any) -> str:
    """What begins like a formula would be one to whoever opens the file; a number below nothing is none."""
    words = "" if value is None else str(value)
    if words[:1] in ("=", "+", "@", "\t", "\r") or (words[:1] == "-" and not words[1:2].isdigit()):
        return f"'{words}"
    return words


def as_csv(heads: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """Piece by piece. Begins with a mark by which spreadsheets know UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    text.write("\ufeff")
    writer.writerow([_text(head) for head in heads])
    for number, row in enumerate(rows, 1):
        writer.writerow([_text(value) for value in row])
        if number % ROWS_AT_ONCE == 0:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def long_csv(name: str, heads: Sequence[Any], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """However many rows: sent as they are read."""
    return StreamingHttpResponse(
        as_csv(heads, rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def long_xlsx(
    name: str, heads: Sequence[Any], forms: Sequence[str], rows: Iterable[Sequence[Any]]
) -> HttpResponse:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Ledger"))
    sheet.freeze_panes = "A2"
    for column in range(len(heads)):
        sheet.column_dimensions[_letter(column)].width = 14
    sheet.append([cell(sheet, head, bold=True) for head in heads])
    for row in rows:
        sheet.append([cell(sheet, value, form) for value, form in zip(row, forms, strict=True)])
    return download(saved(book), f"{name}.xlsx")
