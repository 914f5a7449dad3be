"""One typed row of a bulk request as values, or what is wrong with each of its cells. No database in it.

A number without a unit counts in the product's usual unit. A price without one is per the unit of the row's
quantity. What is not exact is refused with what to write instead: nobody is sent an amount that they did not state.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import NamedTuple, TypeVar

from django.utils.translation import gettext as _

from farmers.stock.models import Product
from farmers.stock.workbook import cells
from farmers.stock.workbook.cells import Refusal
from farmers.stock.workbook.sheets import Cell, Kind
from farmers.stock.workbook.words import fold, tight
from marketplace.quantity import UNITS, Measure, Unit
from marketplace.templatetags.market import amount as in_words
from marketplace.templatetags.market import unit as unit_name

from .days_said import day_said
from .named import Named, Unknown, called

T = TypeVar("T")
PRODUCT, QUANTITY, PRICE, WANTED, PLACE = CELLS = ("product", "quantity", "price", "wanted", "place")

# English words for pieces, which an officer's workbook does not have
_ENGLISH_UNITS = {
    **dict.fromkeys(("plant", "plants"), "株"),
    **dict.fromkeys(("tree", "trees"), "棵"),
    **dict.fromkeys(("pot", "pots"), "盆"),
    **dict.fromkeys(("piece", "pieces", "pc", "pcs"), "个"),
    **dict.fromkeys(("box", "boxes"), "箱"),
    **dict.fromkeys(("head", "heads"), "只"),
}
_ANY_PRICE = frozenset({"不限", "不限价", "任意", "任意价", "都行", "any", "anyprice", "nolimit"})
_AT_MOST = re.compile(
    r"^(?:<=|<|≤|不超过|不高于|最高价?|至多|最多|upto|atmost|max\.?):?|(?:以下|以内|之内|封顶)$"
)
# a unit that holds several pieces
_PACKS = frozenset({Unit.XIANG})


class Typed(NamedTuple):
    """The cells of one row as somebody typed them."""

    product: str = ""
    quantity: str = ""
    price: str = ""
    wanted: str = ""
    place: str = ""

    def __bool__(self) -> bool:
        return any(text.strip() for text in self)


class Wrong(NamedTuple):
    """What is the matter with one cell, and names to choose from where some are near."""

    message: str
    near: tuple[str, ...] = ()


class ReadLine(NamedTuple):
    """What a row means: grams or pieces, shared out in whole `unit`s; fen per `unit`, None for any price."""

    product: Product
    quantity: int
    unit: Unit
    unit_size: int
    max_price_fen: int | None
    wanted_on: dt.date
    place: str


class Row(NamedTuple):
    """A typed row, what could be read of it, and what could not."""

    typed: Typed
    product: Product | None
    quantity: int | None
    unit: Unit | None
    max_price_fen: int | None
    wanted_on: dt.date | None
    errors: dict[str, Wrong]

    @property
    def line(self) -> ReadLine | None:
        """The row as values; None while a cell is wrong."""
        if self.errors or not (self.product and self.quantity and self.unit and self.wanted_on):
            return None
        size = UNITS[self.unit].size
        place = " ".join(self.typed.place.split())
        return ReadLine(
            self.product, self.quantity, self.unit, size, self.max_price_fen, self.wanted_on, place
        )


def read_rows(rows: Sequence[Typed], named: Named, today: dt.date) -> list[Row]:
    return [read_row(row, named, today) for row in rows]


def read_row(typed: Typed, named: Named, today: dt.date) -> Row:
    errors: dict[str, Wrong] = {}

    def take(cell: str, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except Refusal as refusal:
            errors[cell] = Wrong(str(refusal))
        except Unknown as unknown:
            errors[cell] = Wrong(str(unknown), unknown.near)
        return None

    product = take(PRODUCT, lambda: _product(typed.product, named))
    wanted = take(QUANTITY, lambda: _quantity(typed.quantity, product))
    quantity, unit, written = wanted or (None, None, None)
    price = take(PRICE, lambda: _price(typed.price, product, unit, written))
    day = take(WANTED, lambda: day_said(typed.wanted, today))
    return Row(typed, product, quantity, unit, price, day, errors)


def _cell(text: str) -> Cell:
    return Cell(Kind.TEXT, text, text)


def _product(text: str, named: Named) -> Product:
    if not fold(text):
        raise Refusal(_("The product is missing."))
    return named.find(text)


def _quantity(text: str, product: Product | None) -> tuple[int | None, Unit | None, Unit | None]:
    """Base units, the unit that it is shared out in, and the one that was written."""
    try:
        found = cells.quantity(_cell(_in_chinese_units(text)))
        written = found.unit or (Unit(product.unit) if product else None)
        if product is None or written is None:
            if found.unit:
                cells.base_quantity(found, found.unit)
            return None, None, written
        _must_fit(product, written)
        quantity = cells.base_quantity(found, written)
    except Refusal as refusal:
        # said as it was typed: “a few” rather than “afew”
        why = str(refusal).replace(f"“{tight(text)}”", f"“{fold(text)}”")
        raise Refusal(f"{why} {_write_like(product)}") from None
    return quantity, _shared_in(product, written, quantity), written


def _in_chinese_units(text: str) -> str:
    match = re.search(r"([a-z]+)\.?$", fold(text))
    word = _ENGLISH_UNITS.get(match[1]) if match else None
    return fold(text)[: match.start()] + word if match and word else text


def _write_like(product: Product | None) -> str:
    unit = Unit(product.unit) if product else Unit.JIN
    size = UNITS[unit].size
    return _("Write it like %s.") % in_words((800 if size > 1 else 50) * size, size, unit)


def _must_fit(product: Product, unit: Unit) -> None:
    """Pieces may be called by another word (棵 for 株), but a box is not a piece."""
    usual = Unit(product.unit)
    if UNITS[unit].measure == product.measure and (unit in _PACKS) == (usual in _PACKS):
        return
    if product.measure == Measure.COUNT and UNITS[unit].measure == Measure.GRAM:
        raise Refusal(_("%(product)s is sold by the piece, not by weight.") % {"product": called(product)})
    if product.measure == Measure.GRAM:
        raise Refusal(
            _("%(product)s is sold by weight, not by %(unit)s.")
            % {"product": called(product), "unit": unit_name(unit)}
        )
    raise Refusal(
        _("%(product)s is counted by %(usual)s, not by %(unit)s.")
        % {"product": called(product), "usual": unit_name(usual), "unit": unit_name(unit)}
    )


def _shared_in(product: Product, written: Unit, quantity: int) -> Unit:
    """The unit of which every household gives whole ones: as written, but what is ordered by the tonne goes by the jin."""
    if product.measure == Measure.COUNT:
        return written
    usual = Unit(product.unit)
    for unit in (written, usual, Unit.JIN):
        if unit is not Unit.TONNE and quantity % UNITS[unit].size == 0:
            return unit
    raise Refusal(_("Give whole jin: less than one is not shared out."))


def _price(text: str, product: Product | None, unit: Unit | None, written: Unit | None) -> int | None:
    """Fen per `unit`, or None for any price."""
    said = _AT_MOST.sub("", tight(_in_chinese_units(text))).replace("per", "/")
    if said in cells.NOTHING or said in _ANY_PRICE:
        return None
    found = cells.price(_cell(said))
    if found.unit and product:
        _must_fit(product, found.unit)
    per = found.unit or written
    if unit is None or per is None:
        cells.whole_fen(found.fen)
        return None
    fen = Decimal(found.fen) * UNITS[unit].size / UNITS[per].size
    if fen != fen.to_integral_value():
        raise Refusal(
            _("The price is finer than one fen per %(unit)s. Write it like %(example)s.")
            % {"unit": unit_name(unit), "example": f"1.20 元/{UNITS[unit].words[0]}"}
        )
    return cells.whole_fen(fen)
