"""What became of each row of a workbook: accepted, refused or skipped. Plain facts, nothing saved."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from farmers.registry.models import MarkKind, Town
from farmers.stock.models import Product
from marketplace.quantity import UNITS, Unit

from .header import Header
from .sheets import Cell
from .surroundings import Surroundings


class Problem(NamedTuple):
    """`column` is its heading as the officer sees it."""

    column: str
    reason: str


@dataclass(frozen=True, eq=False)
class Accepted:
    """A row that can be loaded. `quantity` in grams or pieces, `price_fen` per `unit`."""

    sheet: str
    row: int
    town: Town
    village: str
    name: str
    phone: str
    members: int | None
    marks: tuple[MarkKind, ...]
    officer: str
    product: Product
    grade: str
    quantity: int
    unit: Unit
    unit_word: str
    price_fen: int
    harvested_on: dt.date | None
    note: str
    # a fingerprint of what the row says, and of its being the first, second, … in the file that says so
    content: str
    key: str
    header: Header
    cells: dict[int, Cell]
    around: Surroundings


@dataclass(frozen=True)
class Refused:
    """A row to mend. `cells` are as in the sheet, but with what merged cells and banners said filled in."""

    sheet: str
    row: int
    problems: tuple[Problem, ...]
    header: Header
    cells: dict[int, Cell]
    around: Surroundings
    town: str = ""
    # of a place that whoever loads does not answer for
    fenced: bool = False

    @property
    def column(self) -> str:
        return self.problems[0].column

    @property
    def reason(self) -> str:
        first, *others = self.problems
        return " ".join([first.reason, *(f"{other.column}: {other.reason}" for other in others)])


@dataclass(frozen=True)
class Skipped:
    sheet: str
    row: int
    why: str
    by_hand: bool = False


@dataclass
class Report:
    """Every row after a header has one fate here. `leaves_out` names sheets without a table."""

    accepted: list[Accepted] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    leaves_out: list[str] = field(default_factory=list)
    # what a workbook to mend says of the workbook it comes from: how often each content was accepted there
    accepted_before: Counter[str] = field(default_factory=Counter)

    @property
    def sheets(self) -> list[str]:
        fates: list[Accepted | Refused | Skipped] = [*self.accepted, *self.refused, *self.skipped]
        return list(dict.fromkeys(fate.sheet for fate in fates))

    def as_json(self) -> dict[str, list[dict[str, Any]]]:
        """DESIGN.md's answer for scripts. With more than one table, each row also says its sheet."""
        several = len(self.sheets) > 1

        def where(fate: Accepted | Refused | Skipped) -> dict[str, Any]:
            return {"sheet": fate.sheet, "row": fate.row} if several else {"row": fate.row}

        return {
            "accepted": [
                {
                    **where(one),
                    "town": one.town.name,
                    "village": one.village,
                    "household": one.name,
                    "product": one.product.name,
                    "measure": str(UNITS[one.unit].measure),
                    "base_quantity": one.quantity,
                    "price_fen": one.price_fen,
                    "unit": one.unit_word,
                }
                for one in self.accepted
            ],
            "refused": [{**where(one), "column": one.column, "reason": one.reason} for one in self.refused],
            "skipped": [{**where(one), "why": one.why} for one in self.skipped],
        }
