"""Cells corrected and rows left out since the workbook came: laid over its sheets, and read as if typed there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from .columns import Field
from .header import Header
from .sheets import MAX_COLUMNS, Cell, Kind, Sheet

# a row can be told what its sheet has no column for; such a cell stands to the right of all that is read
ADDED: dict[Field, tuple[int, str]] = {
    Field.TOWN: (MAX_COLUMNS + 1, "乡镇"),
    Field.PHONE: (MAX_COLUMNS + 2, "联系电话"),
}


@dataclass(frozen=True)
class Mended:
    """`cells` by sheet, row and column, an empty text for an emptied cell; `left_out` are rows not to be loaded."""

    cells: Mapping[tuple[str, int, int], str] = field(default_factory=dict)
    left_out: frozenset[tuple[str, int]] = frozenset()


AS_IT_CAME = Mended()


def lay_over(sheets: Sequence[Sheet], mended: Mended) -> None:
    """Put the corrected cells in their places, taken out of the merged ones that hid them. Changes `sheets`."""
    by_title: dict[str, Sheet] = {}
    for sheet in sheets:
        by_title.setdefault(sheet.title, sheet)
    for (title, row, column), text in mended.cells.items():
        if title not in by_title:
            continue
        sheet = by_title[title]
        cells = sheet.rows.setdefault(row, {})
        sheet.mended.add((row, column))
        if text.strip():
            cells[column] = Cell(Kind.TEXT, text, text)
        else:
            cells.pop(column, None)


def with_added(header: Header, own: Mapping[int, Cell]) -> Header:
    """The header as a row reads it that was told what its sheet has no column for."""
    if max(own, default=0) <= MAX_COLUMNS:
        return header
    added = {one: place for one, place in ADDED.items() if place[0] in own and one not in header.columns}
    return replace(
        header,
        columns={**header.columns, **{one: column for one, (column, _heading) in added.items()}},
        headings={**header.headings, **dict(added.values())},
    )
