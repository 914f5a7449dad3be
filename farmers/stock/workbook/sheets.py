"""What stands in the cells of a workbook's sheets, as a person sees it, within bounds."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Context, Decimal, InvalidOperation
from enum import StrEnum
from typing import IO, NamedTuple

from django.utils.translation import gettext as _
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel
from openpyxl.utils.escape import unescape

from .parts import Parts, WorkbookError, relations

MAX_ROWS = 20_000
MAX_COLUMNS = 200
MAX_SHEETS = 60
MAX_MERGED_CELLS = 500_000
# a spreadsheet program allows 31
LONGEST_TITLE = 100
# a spreadsheet shows 15 digits; what lies behind them is the noise of its arithmetic
_SHOWN = Context(prec=15)
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


class Kind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    ERROR = "error"
    UNCOUNTED = "formula whose result is not in the file"


class Cell(NamedTuple):
    """`text` is what a person sees (a number with the words of its format); `raw` is what to write back."""

    kind: Kind
    text: str
    raw: str | int | float | bool | dt.date
    formula: str = ""


class Merge(NamedTuple):
    top: int
    left: int
    bottom: int
    right: int


@dataclass
class Sheet:
    """Cells by row and column, both counted from 1; empty ones are absent."""

    title: str
    hidden: bool
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    merges: list[Merge] = field(default_factory=list)
    # places where a correction stands (see mended.py), which no merged cell hides
    mended: set[tuple[int, int]] = field(default_factory=set)

    @property
    def last_row(self) -> int:
        return max(self.rows, default=0)


class Format(NamedTuple):
    """What a number's format adds: words before and after, or that the number is a date."""

    before: str = ""
    after: str = ""
    is_date: bool = False
    is_percent: bool = False


def read_sheets(file: IO[bytes]) -> list[Sheet]:
    """Every worksheet of the file. Raises WorkbookError when it is none, is damaged or goes past the bounds."""
    parts = Parts(file)
    book = next((name for kind, name in relations(parts, "").values() if kind == "officeDocument"), None)
    if book is None or book not in parts:
        raise WorkbookError(
            _("This is not an Excel workbook (.xlsx). Save the table as .xlsx and try again.")
        )
    listed: list[tuple[str, bool, str]] = []
    epoch = CALENDAR_WINDOWS_1900

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal epoch
        if tag == "sheet":
            # the key stands in a namespace of its own, of which there are two
            identity = [value for key, value in attributes.items() if key.endswith(" id")]
            listed.append(
                (
                    attributes["name"][:LONGEST_TITLE],
                    attributes.get("state", "visible") != "visible",
                    identity[0],
                )
            )
        elif tag == "workbookPr" and attributes.get("date1904") in {"1", "true"}:
            epoch = CALENDAR_MAC_1904

    parts.walk(book, start, lambda tag, text: None)
    links = relations(parts, book)
    by_kind = dict(links.values())
    reader = _Reader(
        parts,
        _shared_strings(parts, by_kind.get("sharedStrings", "")),
        _formats(parts, by_kind.get("styles", "")),
        epoch,
    )
    sheets = []
    for title, hidden, identity in listed[:MAX_SHEETS]:
        kind, name = links.get(identity, ("", ""))
        if kind == "worksheet":
            sheets.append(reader.read(Sheet(title, hidden), name))
    if not sheets:
        raise WorkbookError(_("The workbook has no sheet with a table."))
    return sheets


def _shared_strings(parts: Parts, name: str) -> list[str]:
    found: list[str] = []
    pieces: list[str] = []
    reading_aid = 0  # inside <rPh>, the sound of the characters, which is not the text

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal reading_aid
        if tag == "si":
            pieces.clear()
        elif tag == "rPh":
            reading_aid += 1

    def end(tag: str, text: str) -> None:
        nonlocal reading_aid
        if tag == "t" and not reading_aid:
            pieces.append(text)
        elif tag == "rPh":
            reading_aid -= 1
        elif tag == "si":
            found.append("".join(pieces))

    if name in parts:
        parts.walk(name, start, end)
    return found


def _formats(parts: Parts, name: str) -> list[Format]:
    codes: dict[int, str] = dict(BUILTIN_FORMATS)
    found: list[Format] = []
    inside = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        if tag == "numFmt":
            codes[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif tag == "cellXfs":
            inside = True
        elif tag == "xf" and inside:
            found.append(read_format(codes.get(int(attributes.get("numFmtId", "0")), "")))

    def end(tag: str, text: str) -> None:
        nonlocal inside
        if tag == "cellXfs":
            inside = False

    if name in parts:
        parts.walk(name, start, end)
    return found


def read_format(code: str) -> Format:
    """`0.0"公斤"` adds 公斤 after the number; `yyyy/m/d` makes it a date."""
    shown = code.split(";")[0]
    if is_date_format(shown):
        return Format(is_date=True)
    # [$¥-804] shows ¥; other brackets are colours and conditions; "words" and \x are shown as they are
    shown = re.sub(r"\[\$([^\]-]*)[^\]]*\]|\[[^\]]*\]", r"\1", shown)
    shown = re.sub(r"[_*].", "", shown)
    shown = re.sub(r'"([^"]*)"|\\(.)', lambda m: m.group(1) or m.group(2) or "", shown)
    number = re.search(r"[0#?][0#?.,]*", shown)
    if number is None:
        return Format()
    before, after = shown[: number.start()].strip(), shown[number.end() :].strip()
    # `@` and `General` stand for the value itself; exponents and fractions change nothing that is said
    plain = not re.search(r"[0#?@]|E[+-]|General", before + after)
    return Format(before, after, is_percent="%" in after) if plain else Format()


class _Reader:
    """Reads worksheets one after another, with the workbook's strings, formats and calendar at hand."""

    def __init__(self, parts: Parts, strings: list[str], formats: list[Format], epoch: dt.datetime) -> None:
        self.parts = parts
        self.strings = strings
        self.formats = formats
        self.epoch = epoch

    def read(self, sheet: Sheet, name: str) -> Sheet:
        row = column = rows = covered = 0
        attributes_of_cell: dict[str, str] = {}
        value: str | None = None
        inline: list[str] = []
        formula: str | None = None

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal row, column, rows, covered, attributes_of_cell, value, formula
            if tag == "row":
                rows += 1
                row = int(attributes["r"]) if "r" in attributes else row + 1
                column = 0
                if rows > MAX_ROWS:
                    raise _too_many_rows(sheet)
            elif tag == "c":
                place = _REFERENCE.fullmatch(attributes.get("r", ""))
                column = _column_number(place.group(1)) if place else column + 1
                attributes_of_cell, value, formula = attributes, None, None
                inline.clear()
            elif tag == "mergeCell":
                merge = _merge(attributes["ref"])
                if merge is not None:
                    width = max(min(merge.right, MAX_COLUMNS) - merge.left + 1, 0)
                    covered += width * (min(merge.bottom, MAX_ROWS) - merge.top + 1)
                    if covered > MAX_MERGED_CELLS:
                        raise WorkbookError(_("The sheet “%s” merges too many cells.") % sheet.title)
                    sheet.merges.append(merge)

        def end(tag: str, text: str) -> None:
            nonlocal value, formula
            if tag == "v":
                value = text
            elif tag == "t":
                inline.append(text)
            elif tag == "f":
                formula = text or "="
            elif tag == "c":
                if value is None and inline:
                    value = "".join(inline)
                cell = self.cell(attributes_of_cell, value, formula)
                if cell is not None:
                    self.put(sheet, row, column, cell)

        self.parts.walk(name, start, end)
        return sheet

    def put(self, sheet: Sheet, row: int, column: int, cell: Cell) -> None:
        if row > MAX_ROWS:
            raise _too_many_rows(sheet)
        if column > MAX_COLUMNS:
            raise WorkbookError(
                _("The sheet “%(sheet)s” has more than %(number)d columns. Delete those that are not needed.")
                % {"sheet": sheet.title, "number": MAX_COLUMNS}
            )
        sheet.rows.setdefault(row, {})[column] = cell

    def cell(self, attributes: dict[str, str], value: str | None, formula: str | None) -> Cell | None:
        kind = attributes.get("t", "n")
        written = formula or ""
        if value is None or (value == "" and kind != "str"):
            return Cell(Kind.UNCOUNTED, f"={written}", f"={written}", written) if formula else None
        if kind == "s":
            value = self.strings[int(value)]
        if kind in {"s", "str", "inlineStr"}:
            text = unescape(value)
            return Cell(Kind.TEXT, text, text, written) if text.strip() or formula else None
        if kind == "b":
            return Cell(Kind.BOOLEAN, "TRUE" if value == "1" else "FALSE", value == "1", written)
        if kind == "e":
            return Cell(Kind.ERROR, value, value, written)
        if kind == "d":
            day = dt.datetime.fromisoformat(value).date()
            return Cell(Kind.DATE, day.isoformat(), day, written)
        return self.number(value, int(attributes.get("s", "0")), written)

    def number(self, value: str, style: int, written: str) -> Cell:
        form = self.formats[style] if style < len(self.formats) else Format()
        try:
            amount = _SHOWN.create_decimal(value.strip())
        except InvalidOperation as error:
            raise ValueError("not a number") from error
        if not amount.is_finite() or abs(amount.adjusted()) > 30:
            return Cell(Kind.TEXT, value, value, written)
        if form.is_date and (day := self.day(amount)) is not None:
            return Cell(Kind.DATE, day.isoformat(), day, written)
        raw = int(amount) if amount == amount.to_integral_value() else float(amount)
        if form.is_percent:
            return Cell(Kind.TEXT, f"{plain(amount * 100)}%", raw, written)
        return Cell(Kind.NUMBER, f"{form.before}{plain(amount)}{form.after}", raw, written)

    def day(self, amount: Decimal) -> dt.date | None:
        try:
            moment = from_excel(float(amount), self.epoch)
        except (ValueError, OverflowError):
            return None
        return moment.date() if isinstance(moment, dt.datetime) else None


def plain(amount: Decimal) -> str:
    """`1.5E+3` as `1500`, `2.40` as `2.4`."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _merge(reference: str) -> Merge | None:
    """`B4:B13` as numbers; None for what is no range of more than one cell."""
    corners = [_REFERENCE.fullmatch(corner) for corner in reference.replace("$", "").split(":")]
    if len(corners) != 2 or corners[0] is None or corners[1] is None:
        return None
    columns = sorted(_column_number(corner.group(1)) for corner in corners if corner)
    rows = sorted(int(corner.group(2)) for corner in corners if corner)
    return Merge(rows[0], columns[0], rows[1], columns[1]) if rows[0] <= MAX_ROWS else None


def _too_many_rows(sheet: Sheet) -> WorkbookError:
    return WorkbookError(
        _(
            "The sheet “%(sheet)s” has more than %(number)d rows, counting empty ones. Delete the empty rows "
            "below the table, or split the table, and try again."
        )
        % {"sheet": sheet.title, "number": MAX_ROWS}
    )


def covered_cells(sheet: Sheet) -> Iterator[tuple[int, int, Merge]]:
    """Each cell hidden by a merge (all but its top left one), within the rows and columns that are read."""
    last = sheet.last_row
    for merge in sheet.merges:
        for row in range(merge.top, min(merge.bottom, last) + 1):
            for column in range(merge.left, min(merge.right, MAX_COLUMNS) + 1):
                if (row, column) != (merge.top, merge.left) and (row, column) not in sheet.mended:
                    yield row, column, merge
