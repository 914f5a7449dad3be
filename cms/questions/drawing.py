"""The geometry of a table's chart: bars beside their numbers, so that it is read without colour. For a template."""

from __future__ import annotations

from typing import NamedTuple

from .told import Table, Told

WIDTH, HEAD, STEP, THICK = 1000, 26, 34, 14
LABELS, NUMBERS = 240, 110  # room for the rows' names, and for the number at a bar's end
MOST_ROWS, MOST_COLUMNS = 15, 4
LONGEST = 14  # letters of a name that fit


class Bar(NamedTuple):
    x: int
    y: int
    width: int
    said: str = ""
    said_x: int = 0
    said_y: int = 0


class Strip(NamedTuple):
    label: str
    y: int
    bars: list[Bar]
    before: Bar | None


class Drawing(NamedTuple):
    width: int
    height: int
    heads: list[tuple[int, str]]
    strips: list[Strip]
    labels_end: int  # where the rows' names end
    thick: int
    left_out: int  # rows and columns that the table has besides


def drawing(table: Table) -> Drawing | None:
    """None where there is nothing to draw."""
    shown = [row for row in table.rows if any(row.drawn) or row.before][:MOST_ROWS]
    columns = table.drawn[:MOST_COLUMNS]
    one = len(table.drawn) == 1
    most = max(
        (max(0, *row.drawn[: len(columns)], (row.before or 0) if one else 0) for row in shown), default=0
    )
    if not most:
        return None
    panel = (WIDTH - LABELS) // len(columns)
    longest = panel - NUMBERS
    strips = []
    for at, row in enumerate(shown):
        y = HEAD + at * STEP
        bars = [
            _bar(LABELS + panel * number, y, value, most, longest, str(Told(value, table.form)))
            for number, value in enumerate(row.drawn[: len(columns)])
        ]
        before = _bar(LABELS, y + THICK + 2, row.before, most, longest) if one and row.before else None
        strips.append(Strip(_short(row.label), y + THICK - 2, bars, before))
    heads = [] if one else [(LABELS + panel * at, _short(head)) for at, head in enumerate(columns)]
    left_out = sum(any(row.drawn) for row in table.rows) - len(shown) + len(table.drawn) - len(columns)
    return Drawing(WIDTH, HEAD + len(shown) * STEP, heads, strips, LABELS - 10, THICK, max(left_out, 0))


def _bar(x: int, y: int, value: int, most: int, longest: int, said: str = "") -> Bar:
    # a sale is seen even where it is small beside the largest
    width = max(2, longest * value // most) if value > 0 else 0
    return Bar(x, y, width, said, x + width + 6, y + THICK - 2)


def _short(label: str) -> str:
    """Chinese letters are twice as wide as Latin ones."""
    wide, kept = 0, ""
    for letter in label:
        wide += 2 if ord(letter) > 0x2E7F else 1
        if wide > 2 * LONGEST:
            return kept + "…"
        kept += letter
    return kept
