"""The workbook to mend: refused rows with their reasons, laid out so that it can be loaded again."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import Cell as Written
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from marketplace.quantity import UNITS

from .columns import Field
from .report import Refused, Report
from .sheets import Sheet

# A hidden sheet that travels with the rows to mend: fingerprints (keyed, so they tell nothing) of the rows that
# were accepted beside them. A mended row that comes to say the same as one of those is then a second batch,
# and not taken for a row loaded already.
ACCEPTED_SHEET = "accepted-before"
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_BAD_TITLE = re.compile(r"[\[\]*?:/\\']")
_HEAD = PatternFill("solid", fgColor="FFF3E3C3")
_WRONG = PatternFill("solid", fgColor="FFFBE3DF")


def accepted_before(sheets: Sequence[Sheet]) -> Counter[str]:
    """How often each content was accepted from the workbook that this one was split from."""
    texts = [
        row[1].text
        for sheet in sheets
        if sheet.hidden and sheet.title == ACCEPTED_SHEET
        for row in sheet.rows.values()
        if 1 in row
    ]
    return Counter(text for text in texts if _FINGERPRINT.fullmatch(text))


def write_refused(report: Report, file: IO[bytes]) -> None:
    """Write the refused rows to `file` as a workbook."""
    book = Workbook()
    book.remove(book.active)
    groups: dict[tuple[str, int], list[Refused]] = {}
    for one in report.refused:
        groups.setdefault((one.sheet, id(one.header)), []).append(one)
    for number, ((title, _identity), rows) in enumerate(groups.items(), start=1):
        name = _BAD_TITLE.sub(" ", title)[:24].strip() or "sheet"
        _write_table(book.create_sheet(name if len(groups) == 1 else f"{name} {number}"), rows, report)
    before = book.create_sheet(ACCEPTED_SHEET)
    before.sheet_state = "hidden"
    for content in sorted([*report.accepted_before.elements(), *(one.content for one in report.accepted)]):
        before.append([content])
    book.save(file)


def _write_table(sheet: Any, rows: list[Refused], report: Report) -> None:
    header = rows[0].header
    columns = sorted(header.headings)
    added: list[tuple[str, Field]] = []
    if Field.TOWN not in header.columns and Field.ADDRESS not in header.columns:
        added.append(("乡镇", Field.TOWN))
    headings = [heading for heading, _field in added] + [header.headings[column] for column in columns]
    reasons = [_("reason"), _("row in the first workbook")]
    lines = [
        _("Rows to mend: correct what the reason says, save, and load this workbook."),
        *_said_around(rows[0]),
    ]
    for number, line in enumerate(lines, start=1):
        _put(sheet, number, 1, line)
    top = len(lines) + 1
    for position, heading in enumerate([*headings, *reasons], start=1):
        cell = _put(sheet, top, position, heading)
        cell.font, cell.fill = Font(bold=True), _HEAD
        sheet.column_dimensions[get_column_letter(position)].width = 14
    sheet.column_dimensions[get_column_letter(len(headings) + 1)].width = 60
    for offset, one in enumerate(rows, start=1):
        _write_row(sheet, top + offset, one, columns, added)
    sheet.freeze_panes = sheet.cell(top + 1, 1)


def _write_row(
    sheet: Any, row: int, one: Refused, columns: list[int], added: list[tuple[str, Field]]
) -> None:
    wrong = {problem.column for problem in one.problems}
    position = 1
    for _heading, _field in added:
        _put(sheet, row, position, one.town)
        position += 1
    for column in columns:
        source = one.cells.get(column)
        value = source.raw if source else None
        if value is None and column == one.header.columns.get(Field.TOWN):
            value = one.town
        cell = _put(sheet, row, position, value)
        if one.header.headings[column] in wrong:
            cell.fill = _WRONG
        position += 1
    reason = _put(sheet, row, position, one.reason)
    reason.alignment = Alignment(wrap_text=True, vertical="top")
    _put(sheet, row, position + 1, one.row)


def _put(sheet: Any, row: int, column: int, value: object) -> Written:
    """Write a value; a text stays a text, whatever formula it looks like."""
    cell: Written = sheet.cell(row, column)
    if isinstance(value, str):
        cell.value = _UNPRINTABLE.sub("", value)[:32_000]
        if cell.value:
            cell.data_type = "s"
            cell.quotePrefix = cell.value[:1] in "=+-@\t\r"
    elif isinstance(value, bool | int | float | dt.date):
        cell.value = value
    return cell


def _said_around(one: Refused) -> list[str]:
    """Lines above the table that its rows lean on: the year of `4月15日`, the unit of bare amounts."""
    around = one.around
    day = around.day
    lines = [f"填报时间：{day.year}年{day.month}月{day.day}日" if day else f"{around.year}年"]
    return [*lines, f"单位：{UNITS[around.unit].words[0]}"] if around.unit else lines
