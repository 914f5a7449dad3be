"""A bank's file as rows of text: csv in the usual encodings, or xlsx. Opened with distrust, within bounds."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import NamedTuple

from django.utils.translation import gettext as _

from farmers.stock.workbook.parts import WorkbookError
from farmers.stock.workbook.sheets import Kind, Sheet, read_sheets

from .columns import columns

MOST_BYTES = 5_000_000
MOST_ROWS = 20_000
MOST_CELLS = 100
LONGEST_CELL = 1_000
# a header stands among the first rows
HEADER_WITHIN = 60
_XLSX, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


class FileRefused(Exception):
    """The file as a whole cannot be taken; the message tells a person why and what to do."""


class Row(NamedTuple):
    """`number` as a spreadsheet counts; `computed`: cells that hold a formula or an error, not a bank's figure."""

    number: int
    cells: list[str]
    computed: frozenset[int] = frozenset()

    def cell(self, column: int) -> str:
        return self.cells[column] if column < len(self.cells) else ""


def read_rows(data: bytes) -> list[Row]:
    """The rows that hold anything, of the one table in the file. Raises FileRefused."""
    if len(data) > MOST_BYTES:
        raise FileRefused(_("The file is larger than 5 MB. Ask the bank for a shorter time."))
    if not data.strip():
        raise FileRefused(_("The file is empty."))
    if data.startswith(_XLSX):
        return _workbook(data)
    if data.startswith(_OLD_OFFICE):
        raise FileRefused(_("This is an old .xls file. Open it, save it as .xlsx or csv, and send that."))
    if data.startswith(b"%PDF"):
        raise FileRefused(_("This is a PDF. Ask the bank's site for csv or xlsx."))
    return _csv(_text(data))


def _text(data: bytes) -> str:
    named = next((name for mark, name in _MARKS.items() if data.startswith(mark)), None)
    for encoding in [named] if named else ["utf-8", "gb18030"]:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not any(ord(char) < 32 and char not in "\t\r\n" for char in text):
            return text
        break
    raise FileRefused(_("This is no csv file, or a damaged one: it holds what is no text."))


def _csv(text: str) -> list[Row]:
    if text.lstrip().startswith("<"):
        raise FileRefused(
            _("This is a web page under another name. Open it, save it as .xlsx or csv, and send that.")
        )
    for between in ",\t;|":
        head = text.splitlines()[:HEADER_WITHIN]
        if any(columns(_cells(line.split(between))) for line in head):
            return list(_records(text, between))
    raise _no_header()


def _records(text: str, between: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True)
    number = 0
    try:
        for number, record in enumerate(reader, start=1):
            if number > MOST_ROWS:
                raise _too_long()
            if len(record) > MOST_CELLS:
                raise FileRefused(_("Row %(row)d has too many columns.") % {"row": number})
            cells = _cells(record)
            if any(cells):
                yield Row(number, cells)
    except csv.Error:
        raise FileRefused(
            _("After row %(row)d the quotation marks do not fit: the file is damaged or cut off.")
            % {"row": number}
        ) from None


def _cells(record: list[str]) -> list[str]:
    return [_cell(text) for text in record]


def _cell(text: str) -> str:
    text = text.strip().strip("\ufeff\u200b\u00a0").strip()
    if text.startswith(('="', '"')) and text.endswith('"') and len(text) > 2:
        # ="00123" keeps a spreadsheet from eating the noughts; a quoted head stands in a line not yet parsed
        text = text.removeprefix("=").strip('"').strip()
    return text[:LONGEST_CELL]


def _workbook(data: bytes) -> list[Row]:
    try:
        sheets = read_sheets(io.BytesIO(data))
    except WorkbookError as refused:
        raise FileRefused(str(refused)) from refused
    shown = [_rows(sheet) for sheet in sheets if not sheet.hidden]
    tables = [rows for rows in shown if any(columns(row.cells) for row in rows[:HEADER_WITHIN])]
    if not tables:
        raise _no_header()
    if len(tables) > 1:
        raise FileRefused(
            _("Several sheets hold a bank's lines. Leave one, and send the others as files of their own.")
        )
    if len(tables[0]) > MOST_ROWS:
        raise _too_long()
    return tables[0]


def _rows(sheet: Sheet) -> list[Row]:
    found = []
    for number, cells in sorted(sheet.rows.items()):
        texts = [""] * min(max(cells), MOST_CELLS)
        computed = set()
        for column, cell in cells.items():
            if column > MOST_CELLS:
                continue
            texts[column - 1] = _cell(cell.text)
            if cell.kind is Kind.NUMBER and len(re.sub(r"\D", "", cell.text)) > 15:
                # a spreadsheet has rounded it: shown so that nobody takes it for the bank's own number
                texts[column - 1] = f"{float(cell.raw):E}" if isinstance(cell.raw, int | float) else cell.text
            if cell.formula or cell.kind in {Kind.ERROR, Kind.UNCOUNTED}:
                computed.add(column - 1)
        found.append(Row(number, texts, frozenset(computed)))
    return found


def _no_header() -> FileRefused:
    return FileRefused(
        _(
            "No row names the columns of a bank's file: a day, and an amount or what came in. Send the file as the bank gave it."
        )
    )


def _too_long() -> FileRefused:
    return FileRefused(
        _("The file has more than %(rows)d rows. Ask the bank for a shorter time.") % {"rows": MOST_ROWS}
    )
