"""One row of goods as the lot it describes, or as all that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple, TypeVar

from django.utils.translation import gettext as _

from farmers.registry.models import Household, Officer, Town, Village
from farmers.stock.models import Lot, Product
from marketplace.quantity import UNITS, Unit

from . import cells
from .cells import Amount, Refusal
from .columns import LABELS, Field, price_scale, price_units, quantity_units, unit_of
from .known import Known
from .report import Problem
from .sheets import Cell
from .surroundings import Surroundings
from .table import Row
from .words import tight

T = TypeVar("T")


def _longest(model: type, name: str) -> int:
    return int(model._meta.get_field(name).max_length)  # type: ignore[attr-defined]


class Goods(NamedTuple):
    """What a row says, all of it read."""

    town: Town
    village: str
    product: Product
    grade: str
    quantity: int
    unit: Unit
    unit_word: str
    price_fen: int


class Reading:
    """Reads the fields of one row, keeping each problem under the heading where it stands."""

    def __init__(self, row: Row, around: Surroundings, known: Known) -> None:
        self.row = row
        self.around = around
        self.known = known
        self.problems: list[Problem] = []

    def cell(self, field: Field) -> Cell | None:
        return self.row.cells.get(field)

    def heading(self, field: Field) -> str:
        return self.row.header.heading(field) or str(LABELS[field])

    def take(self, field: Field, read: Callable[[], T]) -> T | None:
        """What `read` gives; None, and a problem noted under the field's heading, when it refuses."""
        try:
            return read()
        except Refusal as refusal:
            problem = Problem(self.heading(field), str(refusal))
            if problem not in self.problems:
                self.problems.append(problem)
            return None

    # --- where ---------------------------------------------------------------------------------

    def place(self) -> tuple[Town | None, str]:
        """Town and village, from their columns, an address, a heading between the rows or the sheet's title."""
        address = self.take(Field.ADDRESS, lambda: cells.said(self.cell(Field.ADDRESS))) or ""
        from_address, rest = self.known.split_address(address)
        written = self.take(Field.VILLAGE, lambda: cells.said(self.cell(Field.VILLAGE))) or ""
        from_village, village = self.known.split_address(written)
        if not village or village in {"村", "社区"}:
            # 杨家庄乡 in the column of villages is the village of that name, or a slip; the address may say
            village = rest
        town = self.take(Field.TOWN, lambda: self._town(from_address or from_village))
        if town and from_village and from_village != town:
            self.take(Field.VILLAGE, lambda: _refuse(_("The village names another town than the row does.")))
        place = Field.VILLAGE if Field.VILLAGE in self.row.header.columns else Field.ADDRESS
        village = self.take(place, lambda: _village(village)) or ""
        return town, village

    def _town(self, elsewhere: Town | None) -> Town:
        text = cells.said(self.cell(Field.TOWN))
        if text:
            town, rest = self.known.split_address(text)
            # 高蓬镇南李村 in the column of towns
            return town if town and rest else self.known.town(text)
        found = elsewhere or self.row.banner
        if found is None and Field.TOWN not in self.row.header.columns:
            found = self.around.town
        if found is None:
            raise Refusal(_("The town is missing."))
        return found

    # --- what, how much, for how much ----------------------------------------------------------

    def product(self) -> tuple[Product | None, str]:
        def read() -> tuple[Product, str]:
            text = cells.said(self.cell(Field.PRODUCT))
            if not text:
                raise Refusal(_("The product is missing."))
            return self.known.product(text)

        return self.take(Field.PRODUCT, read) or (None, "")

    def grade(self, added: str) -> str:
        header = self.row.header
        first = self.take(Field.GRADE, lambda: cells.words(self.cell(Field.GRADE), 80)) or ""
        pieces = [first]
        for column in header.more_grades:
            text = self.take(Field.GRADE, lambda c=column: cells.words(self.row.by_column.get(c), 80))  # type: ignore[misc]
            if text:
                pieces.append(f"{header.headings[column]} {text}")
        if len(pieces) > 1 and first:
            pieces[0] = f"{self.heading(Field.GRADE)} {first}"
        whole = " ".join(piece for piece in [*pieces, added] if piece)
        if len(whole) > _longest(Lot, "grade"):
            self.take(Field.GRADE, lambda: _refuse(_("The text has more than %d characters.") % 80))
        return whole

    def unit(self, amount: Amount, product: Product | None) -> tuple[Unit, str]:
        """The row's unit and the word for it, from the amount, the unit's column, the heading or the title."""
        text = cells.said(self.cell(Field.UNIT))
        in_column = unit_of(text.replace("元/", "")) if text else None
        if text and in_column is None:
            raise Refusal(cells.unknown_unit(text[:20]))
        if amount.unit and in_column and _differ(amount.unit, in_column):
            raise Refusal(_("The quantity and the unit's column name different units."))
        heading = self.row.header.heading(Field.QUANTITY)
        in_heading = _that_fits(quantity_units(heading), product)
        if in_column and in_heading and not amount.unit and _differ(in_column, in_heading):
            raise Refusal(_("The heading of the quantity and the unit's column name different units."))
        unit = amount.unit or in_column or in_heading or self.around.unit
        if unit is None:
            raise Refusal(_("The unit is missing."))
        if product and UNITS[unit].measure != product.measure:
            raise Refusal(_does_not_fit(product, unit))
        if product and unit is Unit.XIANG and product.unit != Unit.XIANG:
            raise Refusal(_("How much is in a box is not said. Give the amount in another unit."))
        quantity = self.cell(Field.QUANTITY)
        written = (quantity.text if amount.unit and quantity else "") or text or heading
        return unit, word_for(unit, written)

    def price(self, unit: Unit | None, product: Product | None) -> tuple[Decimal, Unit | None]:
        """Fen, and the unit that they are for, where cell or heading names one that the goods can have."""
        heading = self.row.header.heading(Field.PRICE)
        found = cells.price(self.cell(Field.PRICE), price_scale(heading))
        if found.unit and product and UNITS[found.unit].measure != product.measure:
            raise Refusal(_does_not_fit(product, found.unit))
        return found.fen, found.unit or _that_fits(price_units(heading), product)

    def goods(self) -> Goods | None:
        """None when something is wrong; `problems` says what."""
        town, village = self.place()
        product, added = self.product()
        grade = self.grade(added)
        amount = self.take(Field.QUANTITY, lambda: cells.quantity(self.cell(Field.QUANTITY)))
        if self.row.shares_amount:
            self.take(
                Field.QUANTITY,
                lambda: _refuse(_("One amount is merged over several rows. Give each row its own.")),
            )
        units = Field.UNIT if Field.UNIT in self.row.header.columns else Field.QUANTITY
        unit, word = None, ""
        quantity = None
        # even where the amount is wrong, a wrong unit is told at the same time
        measured = None
        if amount or self.cell(Field.UNIT):
            measured = self.take(units, lambda: self.unit(amount or Amount(Decimal(1), None), product))
        if measured:
            unit, word = measured
            if amount:
                quantity = self.take(Field.QUANTITY, lambda: cells.base_quantity(amount, measured[0]))
        priced = self.take(Field.PRICE, lambda: self.price(unit, product))
        fen = None
        if priced and unit:
            price, per = priced
            if per and UNITS[per].size != UNITS[unit].size:
                converted = price * UNITS[unit].size / UNITS[per].size
                if converted == converted.to_integral_value():
                    price = converted
                else:  # 0.85元/斤 is no whole fen for 250 g, say: then the price's own unit is kept
                    unit, word = per, word_for(per, self.row.header.heading(Field.PRICE))
            fen = self.take(Field.PRICE, lambda: cells.whole_fen(price))
        elif priced:
            self.take(Field.PRICE, lambda: cells.whole_fen(priced[0]))
        if (
            self.problems
            or town is None
            or product is None
            or unit is None
            or quantity is None
            or fen is None
        ):
            return None
        return Goods(town, village, product, grade, quantity, unit, word, fen)


def word_for(unit: Unit, written: str) -> str:
    """The unit's first word. A kilogram is 公斤 to one officer and kg to another: each sees what was written."""
    if unit is Unit.KG and "kg" in tight(written):
        return "kg"
    return UNITS[unit].words[0]


def _that_fits(units: tuple[Unit, ...], product: Product | None) -> Unit | None:
    """Of the units that a heading lists (斤/棵), the one that the product can have."""
    if product is None:
        return units[0] if len(units) == 1 else None
    fitting = [unit for unit in units if UNITS[unit].measure == product.measure]
    usual = [unit for unit in fitting if unit == product.unit]
    if usual:
        return usual[0] if len({UNITS[unit].size for unit in fitting}) == 1 else None
    return fitting[0] if len({UNITS[unit].size for unit in fitting}) == 1 else None


def _differ(one: Unit, other: Unit) -> bool:
    return UNITS[one][:2] != UNITS[other][:2]


def _does_not_fit(product: Product, unit: Unit) -> str:
    fact = UNITS[unit]
    if fact.measure == "count":
        return _("%(product)s is sold by weight, not by %(unit)s.") % {
            "product": product.name,
            "unit": fact.words[0],
        }
    return _("%(product)s is sold by the piece, not by weight.") % {"product": product.name}


def _village(text: str) -> str:
    text = tight(text).removesuffix("民委员会").removesuffix("委会")
    if not text:
        raise Refusal(_("The village is missing."))
    if len(text) > _longest(Village, "name") or text.isdigit():
        raise Refusal(_("“%s” is not a village.") % text[:40])
    return text


def officer(reading: Reading) -> str:
    text = reading.take(
        Field.OFFICER, lambda: cells.words(reading.cell(Field.OFFICER), _longest(Officer, "name"))
    )
    return "".join((text or "").split())


def name(reading: Reading) -> str:
    longest = _longest(Household, "head_name")
    return (reading.take(Field.NAME, lambda: cells.name(reading.cell(Field.NAME))) or "")[:longest]


def _refuse(reason: str) -> None:
    raise Refusal(reason)
