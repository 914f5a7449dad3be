"""An answer as a table: its columns, rows and figures, each with the address of the entries under it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from farmers.ledger.questions.answer import Answer, Pair, Sums
from farmers.ledger.questions.asked import (
    PARTIES,
    Dimension,
    Figure,
    Goods,
    Key,
    Question,
    days_of,
    month_key,
    month_of,
)
from farmers.registry.models import MarkKind
from marketplace.money import line_amount_fen, yuan
from marketplace.percent import tenths
from marketplace.quantity import Unit, in_units, unit_size

from .forms import address
from .names import Named, Names

JIN = unit_size(Unit.JIN)


class Form(StrEnum):
    """How a number is written."""

    YUAN = "yuan"
    JIN = "jin"
    COUNT = "count"
    PERCENT = "percent"  # kept in tenths
    WORD = "word"


class Told(NamedTuple):
    """One figure. `number` in fen, grams, pieces or tenths of a percent; None where there is nothing to tell."""

    number: int | None
    form: Form
    url: str = ""
    word: str = ""

    def __str__(self) -> str:
        if self.form == Form.WORD:
            return self.word
        if self.number is None:
            return "–"
        if self.form == Form.YUAN:
            return yuan(self.number)
        if self.form == Form.JIN:
            return in_units(self.number, JIN)
        if self.form == Form.PERCENT:
            whole, tenth = divmod(abs(self.number), 10)
            return f"{'-' if self.number < 0 else '+' if self.number else ''}{whole:,}.{tenth}%"
        return f"{self.number:,}"

    @property
    def value(self) -> Decimal | int | str | None:
        """For a workbook: a number that can be added up."""
        if self.form == Form.WORD or self.number is None:
            return self.word or None
        if self.form == Form.COUNT:
            return self.number
        return Decimal(self.number) / {Form.YUAN: 100, Form.JIN: JIN, Form.PERCENT: 10}[self.form]


class Row(NamedTuple):
    label: str
    told: list[Told]
    drawn: list[int]  # what the chart shows: one number a column, or one
    before: int | None  # of the same period last year


class Table(NamedTuple):
    head: str
    columns: list[str]
    rows: list[Row]
    total: Row | None
    form: Form
    drawn: list[str]  # the names of the columns that the chart shows


def table(answer: Answer, names: Names) -> Table:
    teller = _Teller(answer, names)
    return teller.crossed() if answer.question.cols else teller.plain()


FORMS = {
    **dict.fromkeys((Figure.AMOUNT, Figure.GOODS_AMOUNT, Figure.SAPLING_AMOUNT, Figure.PRICE), Form.YUAN),
    Figure.GRAMS: Form.JIN,
}
NUMBERS: dict[Figure, Callable[[Sums], int]] = {
    Figure.AMOUNT: lambda sums: sums.amount_fen,
    Figure.GOODS_AMOUNT: lambda sums: sums.amount_fen - sums.sapling_fen,
    Figure.SAPLING_AMOUNT: lambda sums: sums.sapling_fen,
    Figure.GRAMS: lambda sums: sums.grams,
    Figure.SAPLINGS: lambda sums: sums.saplings,
    Figure.PIECES: lambda sums: sums.pieces,
    Figure.HOUSEHOLDS: lambda sums: sums.parties,
    Figure.BUYERS: lambda sums: sums.parties,
    Figure.ENTRIES: lambda sums: sums.entries,
}
# a figure that speaks of saplings, or of all but them, opens those entries alone
GOODS = {
    Figure.GOODS_AMOUNT: Goods.PRODUCE,
    Figure.SAPLING_AMOUNT: Goods.SAPLINGS,
    Figure.SAPLINGS: Goods.SAPLINGS,
}
# the columns of a table by one thing alone
BESIDES = (
    *(Figure.GRAMS, Figure.SAPLINGS, Figure.PIECES, Figure.AMOUNT),
    *(Figure.SAPLING_AMOUNT, Figure.ENTRIES),
)


def change(now: int | None, before: int | None) -> int | None:
    """In tenths of a percent, rounded half away from nothing; None where there was nothing to compare with."""
    if now is None or before is None or before <= 0:
        return None
    changed = tenths(abs(now - before), before)
    return changed if now >= before else -changed


class _Teller:
    def __init__(self, answer: Answer, names: Names) -> None:
        self.answer, self.names = answer, names
        self.question = answer.question
        self.figure = answer.question.measure
        self.form = FORMS.get(self.figure, Form.COUNT)

    # --- one dimension ---

    def plain(self) -> Table:
        if self.figure == Figure.PRICE:
            return self.prices()
        besides: Iterable[Figure] = (self.figure,) if self.figure in PARTIES else BESIDES
        figures = list(besides) if self.figure in besides else [*besides, self.figure]
        columns = [str(figure.label) for figure in figures]
        columns += [_("%(what)s, same period last year") % {"what": self.figure.label}, _("change")]
        rows = [
            self.row(self.names.label(self.question.rows, key), pair, figures, row=key)
            for key, pair in self.ordered(self.question.rows, self.answer.rows)
        ]
        total = self.row(_("Total"), self.answer.total, figures) if rows else None
        return Table(self.head, columns, rows, total, self.form, [str(self.figure.label)])

    def row(self, label: str, pair: Pair, figures: Iterable[Figure], row: Key | None = None) -> Row:
        told = [
            Told(
                number := NUMBERS[figure](pair.this),
                FORMS.get(figure, Form.COUNT),
                self.opens(number, figure, row=row),
            )
            for figure in figures
        ]
        now, before = NUMBERS[self.figure](pair.this), NUMBERS[self.figure](pair.last)
        told.append(Told(before, self.form, self.opens(before, self.figure, row=row, last=True)))
        told.append(Told(change(now, before), Form.PERCENT))
        return Row(label, told, [now], before)

    # --- two dimensions ---

    def crossed(self) -> Table:
        cols = [key for key, _pair in self.ordered(self.question.cols, self.answer.cols)]
        columns = [self.names.label(self.question.cols, col) for col in cols]
        heads = [*columns, _("Total"), _("same period last year"), _("change")]
        rows = [
            self.cross(self.names.label(self.question.rows, key), cols, pair, key)
            for key, pair in self.ordered(self.question.rows, self.answer.rows)
        ]
        total = self.cross(_("Total"), cols, self.answer.total, None) if rows else None
        return Table(self.head, heads, rows, total, self.form, columns)

    def cross(self, label: str, cols: list[Key], pair: Pair, row: Key | None) -> Row:
        cells = [
            self.answer.cols.get(col, Pair()) if row is None else self.answer.cells.get((row, col), Pair())
            for col in cols
        ]
        told = []
        for col, cell in zip(cols, cells, strict=True):
            number = self.number(cell.this, row, col)
            told.append(Told(number, self.form, self.opens(number, self.figure, row=row, col=col)))
        now, before = self.number(pair.this, row), self.number(pair.last, row)
        told.append(Told(now, self.form, self.opens(now, self.figure, row=row)))
        told.append(Told(before, self.form, self.opens(before, self.figure, row=row, last=True)))
        told.append(Told(change(now, before), Form.PERCENT))
        return Row(label, told, [one.number or 0 for one in told[: len(cols)]], before)

    def number(self, sums: Sums, row: Key | None = None, col: Key | None = None) -> int | None:
        if self.figure != Figure.PRICE:
            return NUMBERS[self.figure](sums)
        product = self.product(row, col)
        return price(sums, product) if product else None

    # --- prices ---

    def product(self, row: Key | None, col: Key | None) -> Named | None:
        """The product that a cell is of, if it is of one."""
        for dimension, key in (
            (self.question.rows, row),
            (self.question.cols, col),
            (Dimension.PRODUCT, self.question.filters.get("product")),
        ):
            if dimension == Dimension.PRODUCT and key is not None:
                return self.names.named(dimension, key)
        return None

    def prices(self) -> Table:
        """What was paid beside the market's reference, which is the one kept for the product today."""
        columns = [
            _("unit"),
            _("quantity"),
            _("amount in yuan"),
            _("average price in yuan"),
            _("reference price in yuan"),
            _("against the reference"),
            _("average price, same period last year"),
            _("change"),
        ]
        rows = [
            self.price_row(self.names.label(self.question.rows, key), pair, key)
            for key, pair in self.ordered(self.question.rows, self.answer.rows)
        ]
        one = self.product(None, None)
        total = self.price_row(_("Total"), self.answer.total, None) if one and rows else None
        return Table(self.head, columns, rows, total, Form.YUAN, [str(self.figure.label)])

    def price_row(self, label: str, pair: Pair, row: Key | None) -> Row:
        named = self.product(row, None)
        unit = Unit(named.unit) if named and named.unit else None
        paid, before = (price(sums, named) if named else None for sums in pair)
        reference = named.reference_fen if named else None
        size = unit_size(unit) if unit else 1
        quantity = in_units(pair.this.quantity, size) if unit else ""
        told = [
            Told(None, Form.WORD, word=str(unit.label) if unit else ""),
            Told(None, Form.WORD, self.opens(pair.this.quantity, Figure.AMOUNT, row=row), quantity),
            Told(pair.this.amount_fen, Form.YUAN, self.opens(pair.this.amount_fen, Figure.AMOUNT, row=row)),
            Told(paid, Form.YUAN, self.opens(paid, Figure.AMOUNT, row=row)),
            Told(reference, Form.YUAN),
            Told(change(paid, reference), Form.PERCENT),
            Told(before, Form.YUAN, self.opens(before, Figure.AMOUNT, row=row, last=True)),
            Told(change(paid, before), Form.PERCENT),
        ]
        return Row(label, told, [paid or 0], reference)

    # --- both ---

    @property
    def head(self) -> str:
        return str(self.question.rows.label)

    def ordered(self, dimension: Dimension | None, found: dict[Key, Pair]) -> list[tuple[Key, Pair]]:
        """Months by the calendar, all of the period; marks as they are listed; the rest by size."""
        if dimension == Dimension.MONTH:
            first, last = month_key(self.question.first), month_key(self.question.last)
            return [(key, found.get(key, Pair())) for key in range(first, last + 1)]
        if dimension == Dimension.MARK:
            order = [*MarkKind.values]
            return sorted(
                found.items(),
                key=lambda item: (item[0] not in order, order.index(item[0]) if item[0] in order else 0),
            )
        by = Figure.AMOUNT if self.figure == Figure.PRICE else self.figure
        tell = NUMBERS[by]
        return sorted(
            found.items(),
            key=lambda item: (
                -tell(item[1].this),
                -tell(item[1].last),
                self.names.label(dimension, item[0]),
            ),
        )

    def opens(
        self,
        number: int | None,
        figure: Figure,
        *,
        row: Key | None = None,
        col: Key | None = None,
        last: bool = False,
    ) -> str:
        """The address of the entries under a figure; none where there are none."""
        if not number:
            return ""
        first, end = self.question.year_before if last else (self.question.first, self.question.last)
        more: dict[str, str | None] = {"rows": None, "cols": None, "measure": None}
        for dimension, key in ((self.question.rows, row), (self.question.cols, col)):
            if dimension is None or key is None:
                continue
            if dimension == Dimension.MONTH:
                first, end = _month(int(key), self.question, last)
            else:
                more[dimension.value] = self.names.word(dimension, key)
        more |= {"from": first.isoformat(), "to": end.isoformat()}
        if figure in GOODS:
            more["goods"] = GOODS[figure].value
        return f"{reverse('questions:entries')}?{address(self.question, self.names, **more)}"


def _month(key: int, question: Question, last: bool) -> tuple[dt.date, dt.date]:
    if not last:
        return days_of(key, question)
    first, end = question.year_before
    before = Question(question.rows, first, end)
    return days_of(key - 12, before)


def price(sums: Sums, named: Named) -> int | None:
    """Fen per usual unit, rounded half up; None where nothing is left to divide by."""
    if sums.quantity <= 0 or not named.unit:
        return None
    return line_amount_fen(sums.amount_fen, unit_size(named.unit), sums.quantity)


def title(question: Question, names: Names) -> str:
    """The question in words."""
    facts = {"what": question.measure.label, "rows": question.rows.label}
    if question.cols:
        said = _("%(what)s by %(rows)s and %(cols)s") % {**facts, "cols": question.cols.label}
    else:
        said = _("%(what)s by %(rows)s") % facts
    return capfirst(said)


def limits(question: Question, names: Names) -> list[str]:
    """The filters in words."""
    said = []
    for name, key in question.filters.items():
        if name == "goods":
            said.append(str(Goods(str(key)).label))
        else:
            dimension = Dimension(name)
            said.append(f"{dimension.label}: {names.label(dimension, key)}")
    return said


__all__ = ["Form", "Row", "Table", "Told", "change", "limits", "month_of", "table", "title"]
