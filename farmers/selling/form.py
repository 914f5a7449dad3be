"""What is asked of whoever lists: which goods, how much, for how much, harvested when. Read as farmers write it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farmers.registry.models import Household
from farmers.stock.list_lot import NewLot
from farmers.stock.measure_forms import MEASURE_CELLS, PREFIX, MeasuresForm, plants_told
from farmers.stock.measures import LONGEST, NONE, in_words, read_measures, says_a_size
from farmers.stock.models import Lot, Product
from farmers.stock.workbook import cells
from farmers.stock.workbook.cells import Refusal
from farmers.stock.workbook.sheets import Cell, Kind
from marketplace.days import today
from marketplace.photo_fields import PhotoField
from marketplace.quantity import UNITS, Measure, Unit

# what an unsold harvest may be; older is a slip of the year
OLDEST = dt.timedelta(days=400)
WEIGHTS = (Unit.JIN, Unit.KG, Unit.TONNE)
# the cells that are kept as they are typed
CELLS = ("product", "amount", "unit", "price", "when", "day", "grade", "note", *MEASURE_CELLS)


class When:
    """How people say the day of harvest."""

    TODAY, YESTERDAY, DAY, UNKNOWN = "today", "yesterday", "day", ""
    CHOICES = (
        (TODAY, gettext_lazy("today")),
        (YESTERDAY, gettext_lazy("yesterday")),
        (DAY, gettext_lazy("another day")),
        (UNKNOWN, gettext_lazy("not harvested yet, or unknown")),
    )


def units_of(product: Product) -> tuple[Unit, ...]:
    """What an amount of it can be said in, the usual one first."""
    usual = Unit(product.unit)
    if product.measure == Measure.GRAM:
        return (usual, *(unit for unit in WEIGHTS if unit != usual))
    return (usual,)


class ListingForm(forms.Form):
    """One household's batch. Messages stand at the field; `row()` is what to list once it is valid."""

    product = forms.ModelChoiceField(
        Product.objects.select_related("category"),
        to_field_name="slug",
        label=gettext_lazy("What have you got?"),
        error_messages={
            "required": gettext_lazy("Tap what you have."),
            "invalid_choice": gettext_lazy("Tap what you have."),
        },
    )
    amount = forms.CharField(
        label=gettext_lazy("How much is there?"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Write how much there is.")},
    )
    unit = forms.ChoiceField(label=gettext_lazy("unit"), choices=Unit.choices, required=False)
    price = forms.CharField(
        label=gettext_lazy("What should it cost?"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Write a price.")},
    )
    when = forms.ChoiceField(
        label=gettext_lazy("Harvested when?"), choices=When.CHOICES, required=False, widget=forms.RadioSelect
    )
    day = forms.DateField(
        label=gettext_lazy("Day of harvest"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    grade = forms.CharField(label=gettext_lazy("Grade or size"), max_length=LONGEST, required=False)
    note = forms.CharField(
        label=gettext_lazy("Anything else buyers should know"), max_length=300, required=False
    )
    photo = PhotoField(label=gettext_lazy("A photo of these goods"), required=False)

    @cached_property
    def plants(self) -> MeasuresForm:
        """How large plants are: asked of those alone, and shown for whatever may still be tapped."""
        if self.is_bound:
            product = self.cleaned_data.get("product") if hasattr(self, "cleaned_data") else None
            return MeasuresForm(product.plant if product else "", self.data, every=True)
        known = {
            name.removeprefix(f"{PREFIX}-"): self.initial[name]
            for name in MEASURE_CELLS
            if name in self.initial
        }
        return MeasuresForm("", initial=known, every=True)

    @cached_property
    def kinds(self) -> str:
        """Which goods are plants, for measures.js."""
        return plants_told(Product.objects.exclude(plant="").order_by("pk"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        product = data.get("product")
        if product is None:
            return data
        if product.plant:
            self._plants(data)
        for name, read in (("amount", _amount), ("price", _price)):
            if data.get(name):
                try:
                    data.update(read(product, data))
                except Refusal as refusal:
                    self.add_error(name, str(refusal))
        if "listing_unit" in data and "typed_unit" in data and not self.errors:
            self._one_unit(data)
        self._harvest(data)
        return data

    def _plants(self, data: dict[str, Any]) -> None:
        """The grade says how large they are, in words that read back as these measures."""
        sizes = self.plants
        if sizes.is_valid():
            typed = data.get("grade", "")
            measures = sizes.measures()
            if not says_a_size(measures) and not says_a_size(read_measures(typed, sizes.plant)):
                sizes.need_one()
            if measures != NONE:
                data["grade"] = " · ".join(filter(None, (in_words(measures), typed)))
                if len(data["grade"]) > LONGEST:
                    self.add_error("grade", _("Write less here: the sizes say it already."))
        for name, messages in sizes.errors.items():
            self.errors[f"{PREFIX}-{name}"] = messages

    def _one_unit(self, data: dict[str, Any]) -> None:
        """Pieces have one name in a lot; weights may be typed by the tonne and priced by the jin."""
        if UNITS[data["typed_unit"]].size == UNITS[data["listing_unit"]].size == 1:
            data["listing_unit"] = data["typed_unit"]

    def _harvest(self, data: dict[str, Any]) -> None:
        day = today()
        when = data.get("when")
        harvested = {When.TODAY: day, When.YESTERDAY: day - dt.timedelta(days=1)}.get(str(when))
        if when == When.DAY:
            harvested = data.get("day")
            if harvested is None and "day" not in self.errors:
                self.add_error("day", _("Choose the day."))
            elif harvested and harvested > day:
                self.add_error("day", _("This day is still to come."))
            elif harvested and harvested < day - OLDEST:
                self.add_error("day", _("That is longer ago than a year."))
        data["harvested_on"] = harvested

    def row(self, household: Household, **facts: Any) -> NewLot:
        """What to list, for this household. Grams or pieces, fen per unit."""
        data = self.cleaned_data
        return NewLot(
            household=household,
            product=data["product"],
            quantity=data["quantity"],
            unit=data["listing_unit"],
            price_fen=data["price_fen"],
            harvested_on=data["harvested_on"],
            grade=data["grade"],
            note=data["note"],
            **{"state": Lot.State.WAITING, **facts},
        )


def _cell(text: str) -> Cell:
    return Cell(Kind.TEXT, text, text)


def _amount(product: Product, data: dict[str, Any]) -> dict[str, Any]:
    """`80`, `80斤`, `半吨`: a unit that is written wins over the one that was chosen."""
    found = cells.quantity(_cell(data["amount"]))
    chosen = data.get("unit")
    unit = found.unit or (Unit(chosen) if chosen else Unit(product.unit))
    must_fit(product, unit)
    return {"quantity": cells.base_quantity(found, unit), "typed_unit": unit}


def _price(product: Product, data: dict[str, Any]) -> dict[str, Any]:
    """`1.2`, `1块2`, `3毛5`, `3元/公斤`: per the usual unit unless it is written."""
    found = cells.price(_cell(data["price"]))
    unit = found.unit or Unit(product.unit)
    must_fit(product, unit)
    return {"price_fen": cells.whole_fen(Decimal(found.fen)), "listing_unit": unit}


def must_fit(product: Product, unit: Unit) -> None:
    """Raises Refusal for pieces of what is weighed, and the other way round."""
    if UNITS[unit].measure == product.measure:
        return
    if product.measure == Measure.GRAM:
        raise Refusal(_("These goods are sold by weight. Write jin."))
    raise Refusal(_("These goods are counted. Write how many."))
