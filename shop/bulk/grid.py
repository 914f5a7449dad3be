"""The rows of a draft as the page shows them: each cell with what was typed, what it was taken for, or what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.template.loader import get_template
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from farmers.stock.workbook.words import tight
from marketplace.money import yuan
from marketplace.quantity import unit_size
from marketplace.templatetags.market import amount, month_day
from marketplace.templatetags.market import unit as unit_name

from .drafts import LONGEST
from .named import called
from .read import PLACE, PRICE, PRODUCT, QUANTITY, WANTED, Row, Wrong

LABELS: dict[str, str | Promise] = {
    PRODUCT: _("Product"),
    QUANTITY: _("Quantity"),
    PRICE: _("Highest price"),
    WANTED: _("Wanted on"),
    PLACE: _("Delivery place"),
}
# empty rows to write in, below those that are filled
SPARE = 2


class Cell(NamedTuple):
    name: str
    at: int
    text: str
    meant: str = ""
    wrong: Wrong | None = None

    @property
    def id(self) -> str:
        return f"{self.name}-{self.at}"

    @property
    def number(self) -> int:
        """The row's number as people count."""
        return self.at + 1

    @property
    def label(self) -> str | Promise:
        return LABELS[self.name]

    @property
    def longest(self) -> int:
        return LONGEST[self.name]


class GridRow(NamedTuple):
    at: int
    cells: list[Cell]


def grid(rows: Sequence[Row], check: bool = False, spare: int = SPARE) -> list[GridRow]:
    """`check`: also say what is missing; while somebody types, an empty cell is no mistake."""
    filled = [_shown(at, row, check) for at, row in enumerate(rows)]
    return filled + [blank(at) for at in range(len(rows), len(rows) + spare)]


def blank(at: int) -> GridRow:
    return GridRow(at, [Cell(name, at, "") for name in LABELS])


def _shown(at: int, row: Row, check: bool) -> GridRow:
    meant = meanings(row)
    return GridRow(
        at,
        [
            Cell(
                name,
                at,
                text,
                meant.get(name, ""),
                row.errors.get(name) if row.typed and (check or text.strip()) else None,
            )
            for name, text in row.typed._asdict().items()
        ],
    )


def meanings(row: Row) -> dict[str, str]:
    """What each cell was taken for, where it does not say so itself."""
    found: dict[str, str] = {}
    typed = row.typed
    if row.product and tight(called(row.product)) != tight(typed.product):
        found[PRODUCT] = called(row.product)
    if row.quantity and row.unit:
        said = amount(row.quantity, unit_size(row.unit), row.unit)
        if tight(said).replace(",", "") != tight(typed.quantity).replace(",", ""):
            found[QUANTITY] = f"= {said}"
        if row.max_price_fen:
            found[PRICE] = f"≤ ¥{yuan(row.max_price_fen)} / {unit_name(row.unit)}"
    if row.wanted_on:
        found[WANTED] = f"{month_day(row.wanted_on)} {WEEKDAYS_ABBR[row.wanted_on.weekday()]}"
    return found


def notes(rows: Sequence[Row], check: bool = False) -> list[dict[str, str]]:
    """For a page that is being written: what to say below each cell of each row, as HTML."""
    template = get_template("bulk/_note.html")
    return [
        {
            cell.name: template.render({"cell": cell}).strip() if cell.wrong or cell.meant else ""
            for cell in each.cells
        }
        for each in grid(rows, check, spare=0)
    ]


def wrong_cells(rows: Sequence[GridRow]) -> list[Cell]:
    return [cell for row in rows for cell in row.cells if cell.wrong]
