"""The rows below a header, each sorted: goods, or a subtotal, a town's heading, a note, nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from django.utils.translation import gettext as _

from farmers.registry.models import Town

from .cells import is_ditto, is_nothing
from .columns import Field
from .guess import TOTAL, columns_by_content
from .header import Header, Headings, repeated_header
from .known import Known
from .mended import with_added
from .sheets import Cell, Kind, Merge, Sheet, covered_cells
from .words import amount, tight

# a row that has one of these speaks of goods; the others may be filled in beforehand
_CORE = (Field.NAME, Field.PRODUCT, Field.QUANTITY, Field.PRICE, Field.PHONE)
_IDENTITY = (Field.SERIAL, Field.TOWN, Field.VILLAGE, Field.ADDRESS, Field.NAME, Field.PRODUCT)
_OF_SOMETHING = (Field.SERIAL, Field.VILLAGE, Field.ADDRESS, Field.UNIT, Field.PRICE, Field.MARK, Field.DATE)
# a cell merged over several rows speaks for each of them, but an amount cannot be said twice
_NOT_SHARED = (Field.SERIAL, Field.QUANTITY)
_ABOUT_PERSON = (
    Field.TOWN,
    Field.VILLAGE,
    Field.ADDRESS,
    Field.PHONE,
    Field.MARK,
    Field.MEMBERS,
    Field.OFFICER,
)

_NOTE = re.compile(
    r"(填表|制表|填报|上报|审核|审批|经办|复核|主管|分管|负责|盖章|签字|签章|签名|联系人|备注|说明|注意?|填写|单位"
    r"|日期|时间|电话|书记|镇长|乡长|主任)[^:]{0,8}:.*|(填表|制表|填报|审核|经办)人|.*[(]?(盖章|签字|签章|签名)[)]?.*|(备?注|说明)[1-9、.].*|\*.+"
)
_EXAMPLE = frozenset({"例", "示例", "样例", "举例", "例如", "范例", "例:", "(例)"})


@dataclass
class Row:
    """A row of goods: its cells by field, with merged, repeated and carried ones filled in."""

    number: int
    header: Header
    cells: dict[Field, Cell]
    by_column: dict[int, Cell]
    banner: Town | None
    # its amount stands in a cell merged over several rows of goods
    shares_amount: bool = False


@dataclass
class Passed:
    """A row that is not of goods."""

    number: int
    why: str


class Table:
    """Walks the rows of one sheet below its header."""

    def __init__(self, sheet: Sheet, header: Header, known: Known) -> None:
        self.sheet = sheet
        self.header = header
        self.first = header.bottom + 1
        self.heads = range(header.top, header.bottom + 1)
        self.known = known
        self.headings = Headings(sheet)
        self.covered: dict[tuple[int, int], Merge] = {}
        for row, column, merge in covered_cells(sheet):
            self.covered[row, column] = merge
        self.wide = {(merge.top, merge.left): merge.right - merge.left + 1 for merge in sheet.merges}
        self.banner: Town | None = None
        self.previous: dict[Field, Cell] = {}
        self.carried: dict[Field, Cell] = {}
        self.amounts: list[Decimal] = []
        self.amounts_of_all: list[Decimal] = []
        self.carrying = {one for one in (Field.TOWN, Field.VILLAGE) if self._says_only_first(one)}

    def walk(self) -> Iterator[Row | Passed]:
        for number in range(self.first, self.sheet.last_row + 1):
            own = self._own(number)
            why = self._why_passed(number, own)
            yield Passed(number, why) if why else self._row(number, own)

    # --- what a row is -------------------------------------------------------------------------

    def _own(self, number: int) -> dict[int, Cell]:
        """The row's own cells: neither empty, nor hidden below a merged one."""
        return {
            column: cell
            for column, cell in self.sheet.rows.get(number, {}).items()
            if (number, column) not in self.covered and not is_nothing(cell)
        }

    def _at(self, own: dict[int, Cell], field: Field) -> Cell | None:
        return own.get(self.header.columns.get(field, 0))

    def _why_passed(self, number: int, own: dict[int, Cell]) -> str:
        """Why the row is passed over; empty when it speaks of goods."""
        if not own:
            return _("empty row")
        if number not in self.heads and (found := repeated_header(self.headings, number)):
            # a header of two rows is passed over whole
            self.heads = range(found.top, found.bottom + 1)
            self._keep_covered_columns(found, number)
            columns_by_content(self.sheet, found, self.known)
            if found.columns != self.header.columns:
                self.header = found
        if number in self.heads:
            return _("header again")
        if self._is_total(own):
            self.carried.clear()
            self.amounts.clear()
            return _("subtotal or total")
        if self._is_column_numbers(own):
            return _("numbers of the columns")
        if self._is_numbered_beforehand(number, own):
            return _("empty row")
        if (town := self._banner(number, own)) is not None:
            self.banner = town
            self.carried.clear()
            return _("heading of a town")
        if self._is_note(number, own):
            return _("note or signature")
        serial = self._at(own, Field.SERIAL)
        if serial is not None and tight(serial.text) in _EXAMPLE:
            return _("example")
        core = [cell for field in _CORE if (cell := self._at(own, field))]
        if not core or all(cell.kind is Kind.NUMBER and not cell.raw for cell in core):
            return _("neither name nor product nor quantity")
        return ""

    def _keep_covered_columns(self, found: Header, number: int) -> None:
        """A heading that a merged cell from above hides (a town's, over its rows) is as it was."""
        for field, column in self.header.columns.items():
            taken = field in found.columns or column in found.columns.values()
            if not taken and (number, column) in self.covered:
                found.columns[field] = column
                found.headings[column] = self.header.headings[column]

    def _is_total(self, own: dict[int, Cell]) -> bool:
        labels = [cell for field in _IDENTITY if (cell := self._at(own, field))]
        nameless = not (self._at(own, Field.NAME) or self._at(own, Field.PRODUCT))
        if nameless:
            labels = list(own.values())
        if any(cell.kind is Kind.TEXT and TOTAL.fullmatch(tight(cell.text)) for cell in labels):
            return True
        quantity = self._at(own, Field.QUANTITY)
        if not nameless or quantity is None or self._at(own, Field.PHONE):
            return False
        if re.search(r"\b(SUM|SUBTOTAL)\(", quantity.formula.upper()):
            return True
        number = amount(tight(quantity.text))
        if number is None:
            return False
        # an amount that is of nobody, nowhere and nothing
        if not any(self._at(own, field) for field in _OF_SOMETHING):
            return True
        return len(self.amounts_of_all) > 1 and number in {sum(self.amounts), sum(self.amounts_of_all)}

    def _is_column_numbers(self, own: dict[int, Cell]) -> bool:
        """`1 2 3 4 …` below the headings, or 甲 乙 before them."""
        texts = [tight(own[column].text).strip("()") for column in sorted(own)]
        numbers = [text for text in texts if text not in {"甲", "乙", "丙", "丁"}]
        first = next((text for text in numbers if text.isdigit()), "")
        return (
            len(numbers) >= 4
            and first in {"0", "1"}
            and numbers == [str(int(first) + step) for step in range(len(numbers))]
        )

    def _is_numbered_beforehand(self, number: int, own: dict[int, Cell]) -> bool:
        """Only its number and town are filled in, and the rows of goods below say their town themselves."""
        columns = self.header.columns
        serial, town = self._at(own, Field.SERIAL), columns.get(Field.TOWN)
        if serial is None or not tight(serial.text).isdigit() or set(own) != {columns[Field.SERIAL], town}:
            return False
        for below in range(number + 1, self.sheet.last_row + 1):
            after = self._own(below)
            if any(self._at(after, field) for field in _CORE):
                return town in after or (below, town) in self.covered
        return True

    def _banner(self, number: int, own: dict[int, Cell]) -> Town | None:
        serial = self.header.columns.get(Field.SERIAL)
        said = {c: cell for c, cell in own.items() if c != serial or len(own) == 1}
        if len({tight(cell.text) for cell in said.values()}) != 1:
            return None
        column, cell = next(iter(said.items()))
        # in the column of towns, merged downwards, it is the town of the rows beside it
        if column == self.header.columns.get(Field.TOWN) and (number + 1, column) in self.covered:
            return None
        return self.known.town_alone(cell.text) if cell.kind is Kind.TEXT else None

    def _is_note(self, number: int, own: dict[int, Cell]) -> bool:
        notes = [
            column
            for column, cell in own.items()
            if cell.kind is Kind.TEXT and _NOTE.fullmatch(tight(cell.text))
        ]
        core = {self.header.columns[field] for field in _CORE if field in self.header.columns}
        if notes and len((core & set(own)) - set(notes)) < 2:
            return True
        texts = [cell for cell in own.values() if cell.kind is Kind.TEXT]
        if len(own) > 1 or not texts:
            return False
        ((column, cell),) = own.items()
        return column not in core or len(tight(cell.text)) > 12 or self.wide.get((number, column), 1) >= 3

    # --- what a row of goods says --------------------------------------------------------------

    def _row(self, number: int, own: dict[int, Cell]) -> Row:
        header = with_added(self.header, own)
        columns = header.columns
        homes: dict[Field, int] = {}
        cells: dict[Field, Cell] = {}
        for field, column in columns.items():
            cell = own.get(column)
            merge = self.covered.get((number, column))
            if cell is None and merge and merge.left == column and field not in _NOT_SHARED:
                cell = self.sheet.rows.get(merge.top, {}).get(column)
                homes[field] = merge.top
            if cell is not None and is_ditto(cell) and field not in _NOT_SHARED:
                homes[field] = -1
                cell = self.previous.get(field)
            if cell is not None and not is_nothing(cell):
                cells[field] = cell
        # one person's name over several rows: what is said of the person is said once, too
        if Field.NAME in homes:
            for field in _ABOUT_PERSON:
                if field not in cells and field in self.previous:
                    cells[field] = self.previous[field]
        for field in self.carrying:
            if field in cells:
                self.carried[field] = cells[field]
            elif field in self.carried:
                cells[field] = self.carried[field]
        self.previous = cells
        self._count(cells.get(Field.QUANTITY))
        by_column = {
            **{columns[field]: cell for field, cell in cells.items() if field in columns},
            **{column: cell for column, cell in own.items() if column not in columns.values()},
        }
        return Row(number, header, cells, by_column, self.banner, self._shares_amount(number))

    def _count(self, quantity: Cell | None) -> None:
        number = amount(tight(quantity.text)) if quantity is not None else None
        if number is not None:
            self.amounts.append(number)
            self.amounts_of_all.append(number)

    def _shares_amount(self, number: int) -> bool:
        column = self.header.columns[Field.QUANTITY]
        if (number, column) in self.covered:
            return True
        if (number, column) in self.sheet.mended:
            return False
        bottom = max((m.bottom for m in self.sheet.merges if m[:2] == (number, column)), default=number)
        for below in range(number + 1, min(bottom, self.sheet.last_row) + 1):
            # a row that was given an amount of its own shares no longer
            if (below, column) in self.covered:
                own = self._own(below)
                if any(self._at(own, field) for field in _CORE):
                    return True
        return False

    def _says_only_first(self, field: Field) -> bool:
        """Whether towns (villages) stand only in the first of their rows, the others left empty.

        Then the rows below belong to it. In a sheet that says the town in each row, an empty one is a mistake.
        """
        column = self.header.columns.get(field)
        if column is None or any(
            merge.left <= column <= merge.right and merge.bottom > merge.top and merge.bottom >= self.first
            for merge in self.sheet.merges
        ):
            return False
        core = [self.header.columns[one] for one in _CORE if one in self.header.columns]
        said: list[str] = []
        for number in range(self.first, self.sheet.last_row + 1):
            row = self.sheet.rows.get(number, {})
            if sum(one in row for one in core) >= 2:
                said.append(tight(row[column].text) if column in row else "")
        repeats = any(one and one == other for one, other in pairwise(said))
        return bool(said) and said[0] != "" and not repeats and said.count("") * 2 >= len(said)
