"""Where a sheet's table begins, and which column says what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .columns import LONGEST_HEADING, Field, about, about_officer, is_known
from .sheets import Cell, Kind, Sheet, covered_cells
from .words import tight

# a heading lower than this is no longer looked for
SEARCHED_ROWS = 200
DEEPEST_HEADER = 3
# stands between a heading and the one below it, where the two are said in one line
BELOW = "›"
REQUIRED = (Field.NAME, Field.PRODUCT, Field.QUANTITY, Field.PRICE)


@dataclass
class Header:
    """The rows `top` to `bottom` are headings; `columns` says which column holds which field."""

    top: int
    bottom: int
    columns: dict[Field, int]
    headings: dict[int, str]
    more_grades: list[int] = field(default_factory=list)

    @property
    def missing(self) -> list[Field]:
        needed = [*REQUIRED] if Field.ADDRESS in self.columns else [Field.VILLAGE, *REQUIRED]
        return [one for one in needed if one not in self.columns]

    def heading(self, one: Field) -> str:
        return self.headings.get(self.columns.get(one, 0), "")


def find_header(sheet: Sheet) -> Header | None:
    """The best header of the sheet; None when nothing there looks like a table of produce."""
    texts = Headings(sheet)
    best: tuple[int, Header] | None = None
    rows = sorted(row for row in sheet.rows if row <= SEARCHED_ROWS)
    for top in rows:
        for header in texts.headers_at(top):
            score = len(header.columns) * 10 - len(header.missing) * 3 - (header.bottom - header.top)
            if _looks_like_one(header) and (best is None or score > best[0]):
                best = (score, header)
        if best is not None and not best[1].missing and top > best[1].bottom:
            break  # what follows a whole header are its rows
    return best[1] if best else None


def repeated_header(texts: Headings, row: int) -> Header | None:
    """A header further down, as at the top of each printed page; its columns may stand in another order."""
    cells = texts.sheet.rows.get(row, {}).values()
    if len(cells) < 4 or any(
        cell.kind is not Kind.TEXT or re.search("[0-9０-９]", cell.text) for cell in cells
    ):
        return None
    whole = [h for h in texts.headers_at(row) if _looks_like_one(h) and not h.missing]
    return max(whole, key=lambda header: len(header.columns), default=None)


def _looks_like_one(header: Header) -> bool:
    core = {Field.PRODUCT, Field.QUANTITY, Field.PRICE, Field.NAME} & set(header.columns)
    return len(header.columns) >= 4 and len(core) >= 2 and len(set(header.columns.values())) >= 4


class Headings:
    """The texts of header rows, with merged cells said in each cell they cover."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.merged = {
            (row, column): (merge.top, merge.left)
            for row, column, merge in covered_cells(sheet)
            if merge.bottom - merge.top < DEEPEST_HEADER
        }

    def _row(self, row: int) -> Iterable[Cell]:
        return self.sheet.rows.get(row, {}).values()

    def at(self, row: int, column: int) -> str:
        home = self.merged.get((row, column), (row, column))
        cell = self.sheet.rows.get(home[0], {}).get(home[1])
        return cell.text.strip() if cell else ""

    def headers_at(self, top: int) -> Iterator[Header]:
        """Read as a header of one row, of two, of three."""
        width = max(self.sheet.rows.get(top, {}), default=0)
        # a heading that is merged downwards says how deep the header is at least
        least = max(
            (
                merge.bottom - top
                for merge in self.sheet.merges
                if merge.top == top and merge.left == merge.right and merge.bottom - top < DEEPEST_HEADER
            ),
            default=0,
        )
        for depth in range(least, DEEPEST_HEADER):
            bottom = top + depth
            # a row below that holds but one heading's word is rather a town's heading, or goods
            if depth > least and sum(is_known(cell.text) for cell in self._row(bottom)) < 2:
                return
            width = max(width, max(self.sheet.rows.get(bottom, {}), default=0))
            yield self._read(top, bottom, width)

    def _read(self, top: int, bottom: int, width: int) -> Header:
        claims: list[tuple[int, int, Field]] = []
        headings: dict[int, str] = {}
        for column in range(1, width + 1):
            texts = [self.at(row, column) for row in range(top, bottom + 1)]
            stack = [piece.strip() for text in dict.fromkeys(texts) for piece in text.split(BELOW) if piece]
            stack = [text for text in stack if len(tight(text)) <= LONGEST_HEADING]
            if not stack:
                continue
            headings[column] = f" {BELOW} ".join(" ".join(text.split()) for text in stack)
            claim = _claim(stack)
            if claim:
                claims.append((claim[1], column, claim[0]))
        columns: dict[Field, int] = {}
        grades: list[int] = []
        for _rank, column, one in sorted(claims):
            if one not in columns:
                columns[one] = column
            elif one is Field.GRADE:
                grades.append(column)
        # 品种 beside 品名 is the variety
        for rank, column, one in sorted(claims):
            if one is Field.PRODUCT and columns[one] != column and rank == 2 and Field.GRADE not in columns:
                columns[Field.GRADE] = column
        return Header(top, bottom, columns, headings, sorted(grades))


def _claim(stack: list[str]) -> tuple[Field, int] | None:
    """The field of one column, from its headings, top first."""
    joined = "".join(stack)
    if len(stack) > 1 and about_officer(stack[0]):
        return about(joined)
    if is_known(stack[-1]):
        return about(stack[-1])
    return about(joined)
