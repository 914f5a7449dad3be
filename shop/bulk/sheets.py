"""Rows from a spreadsheet, pasted or as a file: columns by their headings in any order, or in the page's own order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import IO, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from farmers.stock.workbook.columns import Field, about, price_scale, price_units, quantity_units, unit_of
from farmers.stock.workbook.parts import WorkbookError
from farmers.stock.workbook.sheets import Sheet, covered_cells, read_sheets
from farmers.stock.workbook.words import amount, tight
from marketplace.quantity import UNITS

from .read import CELLS, PLACE, PRICE, PRODUCT, QUANTITY, WANTED, Typed

# a table's heading is looked for this far down: titles and notes stand above it
SEARCHED = 30
MAX_PASTED = 200_000  # characters
UNIT = "unit"

LABELS = {
    PRODUCT: gettext_lazy("product"),
    QUANTITY: gettext_lazy("quantity"),
    PRICE: gettext_lazy("highest price"),
    WANTED: gettext_lazy("wanted on"),
    PLACE: gettext_lazy("delivery place"),
}
# what a canteen's sheet says and an officer's does not; the rest is known to the officers' workbooks
_OWN = (
    (
        re.compile(
            r".*(地点|食堂|餐厅|送到|送至|收货处|收货地|交货地|送货地|校区|deliveryplace|place|canteen).*"
        ),
        PLACE,
    ),
    (
        re.compile(r".*(哪天|何时|到货日|送货日|需用日|使用日|要货日|wanted|neededon|deliveron|when)\w*"),
        WANTED,
    ),
    (re.compile(r".*(需求|采购|需要|计划|订购|订货|要货|申购|请购)(数?量|数|斤数)"), QUANTITY),
    (re.compile(r".*(限价|highestprice|maxprice|priceupto).*"), PRICE),
    (re.compile(r"菜名|食材(名称)?|菜品(名称)?|原料(名称)?"), PRODUCT),
)
_THEIRS = {
    Field.PRODUCT: PRODUCT,
    Field.QUANTITY: QUANTITY,
    Field.UNIT: UNIT,
    Field.PRICE: PRICE,
    Field.DATE: WANTED,
    Field.ADDRESS: PLACE,
}
_TOTAL = re.compile(r"(合计|总计|小计|共计|total|subtotal|sum)[::]?")


class Rows(NamedTuple):
    """What was found, and what to tell of it: rows left out, columns that nothing is known of."""

    rows: list[Typed]
    notes: list[str]


class Columns(NamedTuple):
    """Which column holds which cell, and the headings as they were read."""

    places: dict[str, int]
    headings: dict[str, str]
    unknown: list[str]


# --- headings ------------------------------------------------------------------------------------


def cell_of(heading: str) -> str | None:
    """The cell that a column of this heading fills."""
    words = tight(heading)
    if not words or len(words) > 40:
        return None
    own = next((cell for pattern, cell in _OWN if pattern.fullmatch(words)), None)
    if own:
        return own
    found = about(heading)
    return _THEIRS.get(found[0]) if found else None


def columns_of(texts: Sequence[str]) -> Columns | None:
    """The columns of a row of headings; None when the row is none."""
    places: dict[str, int] = {}
    unknown = []
    for place, text in enumerate(texts):
        cell = cell_of(text)
        if cell and cell not in places:
            places[cell] = place
        elif text.strip():
            unknown.append(" ".join(text.split())[:20])
    # one word alone may be goods of that name; figures are no headings
    if len(places) < 2 or any(amount(tight(text)) is not None for text in texts):
        return None
    return Columns(places, {cell: texts[place] for cell, place in places.items()}, unknown)


def _missing(columns: Columns) -> str:
    """A table needs products and amounts; the days may be filled in on the page."""
    lacking = [str(LABELS[cell]) for cell in (PRODUCT, QUANTITY) if cell not in columns.places]
    if not lacking:
        return ""
    found = [f"“{columns.headings[cell].strip()}”" for cell in columns.places]
    return _("The table has columns %(found)s, but none for: %(missing)s. Name it so in the first row.") % {
        "found": " ".join(found),
        "missing": ", ".join(lacking),
    }


# --- pasted --------------------------------------------------------------------------------------


def from_text(text: str, first: str = PRODUCT) -> Rows:
    """Rows as they come from a spreadsheet's clipboard: tabs between cells, or a csv's commas.

    Without headings the columns are those of the page, beginning with the cell that was pasted into.
    Raises WorkbookError for a table whose headings lack what is needed.
    """
    lines = [
        line
        for line in text.replace("\r\n", "\n").replace("\r", "\n")[:MAX_PASTED].split("\n")
        if line.strip()
    ]
    table = [_split(line) for line in lines]
    if not table:
        return Rows([], [])
    columns = columns_of(table[0])
    if columns:
        return _rows(table[1:], columns)
    places = {cell: place for place, cell in enumerate(CELLS[CELLS.index(first) :])}
    notes = []
    extra = max(len(row) for row in table) - len(places)
    if extra > 0:
        notes.append(
            ngettext(
                "%(extra)d column too many was left out. Put headings above the table to say what each is.",
                "%(extra)d columns too many were left out. Put headings above the table to say what each is.",
                extra,
            )
            % {"extra": extra}
        )
    found = _rows(table, Columns(places, {}, []))
    return Rows(found.rows, notes + found.notes)


def _split(line: str) -> list[str]:
    if "\t" in line:
        return [cell.strip().strip('"') for cell in line.split("\t")]
    return [cell.strip() for cell in re.split(r"[,，;；]| {2,}", line.strip())]


def _rows(table: Sequence[Sequence[str]], columns: Columns) -> Rows:
    if missing := _missing(columns) if columns.headings else "":
        raise WorkbookError(missing)
    rows, passed = [], 0
    for texts in table:
        row = _row(texts, columns)
        if not row or any(_TOTAL.fullmatch(tight(text)) for text in texts):
            passed += bool(any(texts))
            continue
        rows.append(row)
    notes = []
    if passed:
        notes.append(
            ngettext("%(passed)d row of sums was left out.", "%(passed)d rows of sums were left out.", passed)
            % {"passed": passed}
        )
    if columns.unknown:
        notes.append(_("Columns that were left out: %s.") % ", ".join(columns.unknown))
    return Rows(rows, notes)


def _row(texts: Sequence[str], columns: Columns) -> Typed:
    said = {
        cell: texts[place].strip() if place < len(texts) else "" for cell, place in columns.places.items()
    }
    return Typed(
        said.get(PRODUCT, ""),
        _with_unit(said.get(QUANTITY, ""), said.get(UNIT, ""), columns.headings.get(QUANTITY, "")),
        _with_price_unit(said.get(PRICE, ""), columns.headings.get(PRICE, "")),
        said.get(WANTED, ""),
        said.get(PLACE, ""),
    )


def _with_unit(text: str, unit: str, heading: str) -> str:
    """`800` beside 公斤, or below 数量（公斤）, as `800公斤`. A unit that the cell says itself stays."""
    if amount(tight(text)) is None:
        return text
    if unit:
        return f"{text} {unit}" if unit_of(unit) is None else f"{text}{unit.strip()}"
    named = quantity_units(heading)
    return f"{text}{UNITS[named[0]].words[0]}" if len(named) == 1 else text


def _with_price_unit(text: str, heading: str) -> str:
    number = amount(tight(text))
    named = price_units(heading)
    if number is None:
        return text
    scale = price_scale(heading)
    plain = text if scale == 100 else f"{number * scale / 100:f}"
    return f"{plain}元/{UNITS[named[0]].words[0]}" if len(named) == 1 else plain


# --- a file ---------------------------------------------------------------------------------------


def from_workbook(file: IO[bytes]) -> Rows:
    """The first sheet with a table of wants. Raises WorkbookError, with the columns found and those missing."""
    best: WorkbookError | None = None
    for sheet in read_sheets(file):
        if sheet.hidden or not sheet.rows:
            continue
        try:
            found = _from_sheet(sheet)
        except WorkbookError as error:
            best = best or error
            continue
        if found and found.rows:
            return found
    raise best or WorkbookError(
        _("No table was found. Its first row needs headings, such as: %s.")
        % ", ".join(str(label) for label in LABELS.values())
    )


def _from_sheet(sheet: Sheet) -> Rows | None:
    width = max((column for row in sheet.rows.values() for column in row), default=0)
    numbers = sorted(sheet.rows)
    for place, number in enumerate(numbers[:SEARCHED]):
        columns = columns_of(_texts(sheet, number, width))
        if columns:
            _share_merged(sheet, columns)
            return _rows([_texts(sheet, below, width) for below in numbers[place + 1 :]], columns)
    return None


def _texts(sheet: Sheet, number: int, width: int) -> list[str]:
    cells = sheet.rows[number]
    return [cells[column].text if column in cells else "" for column in range(1, width + 1)]


def _share_merged(sheet: Sheet, columns: Columns) -> None:
    """A day or a place merged over several rows is said of each of them; an amount is of all of them together."""
    shared = {columns.places[cell] + 1 for cell in (WANTED, PLACE) if cell in columns.places}
    for row, column, merge in covered_cells(sheet):
        said = sheet.rows.get(merge.top, {}).get(merge.left)
        if column in shared and column == merge.left and said and row in sheet.rows:
            sheet.rows[row][column] = said
