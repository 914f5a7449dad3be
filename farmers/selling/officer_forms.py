"""The forms of officers' pages: households, goods, and what was seen of them."""

from __future__ import annotations

import datetime as dt
import unicodedata
import uuid
from itertools import groupby
from operator import attrgetter
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from farmers.registry.households import Facts
from farmers.registry.models import ENCRYPTED, Household, Village
from farmers.stock.check import Right
from farmers.stock.models import MAX_PRICE_FEN, MAX_QUANTITY, Consent, Lot, Product
from marketplace.days import today
from marketplace.money import yuan
from marketplace.photo_fields import PhotoField
from marketplace.quantity import Unit, from_units, in_units
from marketplace.templatetags.market import name_

from .form import OLDEST, ListingForm


def folded(text: str) -> str:
    """Full-width figures as plain ones, without the gaps people leave between them."""
    return "".join(unicodedata.normalize("NFKC", text).split())


class NumberField(forms.CharField):
    """Figures that name a person, as typed; kept without gaps."""

    def __init__(self, pattern: str, words: Any, **kwargs: Any) -> None:
        super().__init__(
            required=False,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            validators=[RegexValidator(rf"\A(?:{pattern})\Z", words)],
            **kwargs,
        )

    def to_python(self, value: Any) -> str:
        return folded(super().to_python(value) or "").replace("-", "").upper()


class YuanField(forms.CharField):
    """A price typed in yuan, understood in fen."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=12,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            **kwargs,
        )

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            fen = from_units(folded(text).removeprefix("¥"), 100)
        except ValueError:
            raise ValidationError(_("Write a price like 1.50.")) from None
        if not 0 < fen <= MAX_PRICE_FEN:
            raise ValidationError(_("Write a price like 1.50."))
        return fen


def base_quantity(text: str, size: int, *, least: int = 1) -> int:
    """What was typed in units of `size`, in grams or pieces. Raises ValidationError."""
    try:
        quantity = from_units(folded(text), size)
    except ValueError:
        raise ValidationError(_("Write a number, such as 120 or 2.5.")) from None
    if not least <= quantity <= MAX_QUANTITY:
        raise ValidationError(_("Write a number, such as 120 or 2.5."))
    return quantity


def amount_field(**kwargs: Any) -> forms.CharField:
    return forms.CharField(
        max_length=16,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        **kwargs,
    )


def harvest_field() -> forms.DateField:
    return forms.DateField(
        label=_("Harvested on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


def check_harvest(day: dt.date | None) -> dt.date | None:
    if day is not None and not today() - OLDEST <= day <= today():
        raise ValidationError(_("Choose a day that is over, within the last year."))
    return day


class VillageField(forms.ModelChoiceField):
    """Villages by their names in the reader's language."""

    def label_from_instance(self, obj: Village) -> str:
        return name_(obj)


class HouseholdForm(forms.Form):
    """A household. What is encrypted is shown in part, and stays as it is where nothing is typed."""

    village = VillageField(Village.objects.none(), label=_("Village"))
    head_name = forms.CharField(label=_("Head of household"), max_length=40)
    members = forms.IntegerField(label=_("Members"), required=False, min_value=1, max_value=30)
    phone = NumberField(
        r"1[0-9]{10}|0[0-9]{9,11}",
        _("Write a telephone number with all its figures."),
        label=_("Phone"),
    )
    id_number = NumberField(
        r"[0-9]{17}[0-9X]", _("An identity number has 18 figures."), label=_("Identity number")
    )
    bank_account = NumberField(
        r"[0-9]{9,23}", _("Write the account's number with all its figures."), label=_("Bank account")
    )

    def __init__(self, villages: list[Village], data: Any = None, household: Household | None = None) -> None:
        initial: dict[str, Any] = {"village": villages[0].pk if villages else None}
        if household is not None:
            initial = {
                "village": household.village_id,
                "head_name": household.head_name,
                "members": household.members,
            }
        super().__init__(data, initial=initial)
        mine = [village.pk for village in villages]
        if household is not None:
            mine = [household.village_id]
            for name, known in parts_of(household).items():
                if known:
                    self.fields[name].help_text = _("Known: %(part)s. Leave it empty to keep it.") % {
                        "part": known
                    }
        field = self.fields["village"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        field.queryset = Village.objects.filter(pk__in=mine).order_by("name")

    def facts(self) -> Facts:
        data = self.cleaned_data
        return Facts(
            data["village"],
            data["head_name"].strip(),
            data["members"],
            *(data[field] or None for field in ENCRYPTED),
        )


def parts_of(household: Household) -> dict[str, str]:
    """Of what is encrypted, as much as an officer needs to recognise it."""

    def end(text: str) -> str:
        return f"****{text[-4:]}" if text else ""

    return {
        "phone": household.masked_phone,
        "id_number": end(household.id_number),
        "bank_account": end(household.bank_account),
    }


class ListForForm(ListingForm):
    """Goods that an officer has seen at a household which wants to sell them: read as the household's own listing is."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    consent = forms.ChoiceField(
        label=_("How did the household agree?"), choices=Consent.choices, widget=forms.RadioSelect
    )
    seen = forms.BooleanField(label=_("I saw these goods, and this is what they are"))

    def __init__(self, recent: list[Product], data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, initial={"key": uuid.uuid4()})
        field = self.fields["product"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        every = list(Product.objects.select_related("category").order_by("category__position", "name"))
        kept = {product.pk for product in recent}
        # what this family sold before stands first
        shelves = [(gettext("Sold before"), recent)] if recent else []
        for category, group in groupby(every, key=attrgetter("category")):
            shelves.append((name_(category), [each for each in group if each.pk not in kept]))
        field.choices = [
            ("", gettext("Choose")),
            *((shelf, [(each.slug, product_label(each)) for each in group]) for shelf, group in shelves),
        ]
        unit = self.fields["unit"]
        assert isinstance(unit, forms.ChoiceField)  # noqa: S101
        unit.choices = [("", gettext("the usual one")), *Unit.choices]


def product_label(product: Product) -> str:
    return f"{name_(product)} · {product.get_unit_display()}"


class ApproveForm(forms.Form):
    stock_seen = forms.BooleanField(label=_("I saw the goods"))
    photo_true = forms.BooleanField(label=_("The photo shows these goods"), required=False)
    grade_true = forms.BooleanField(label=_("The grade is right"), required=False)


# tapped, where words would be typed
QUICK_REASONS = (
    ("photo", _("The photo is missing or not clear.")),
    ("quantity", _("There is not that much.")),
    ("grade", _("The grade is not right.")),
    ("price", _("The price is far from what others ask.")),
    ("unfit", _("The goods are not fit for sale.")),
)


class SendBackForm(forms.Form):
    quick = forms.MultipleChoiceField(
        label=_("What has to be put right?"),
        choices=QUICK_REASONS,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    words = forms.CharField(label=_("In your words"), max_length=150, required=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        known = dict(QUICK_REASONS)
        # translated now: the household reads it as it was said
        said = [str(known[each]) for each in data.get("quick", ())]
        data["why"] = " ".join([*said, (data.get("words") or "").strip()]).strip()
        if not data["why"]:
            raise ValidationError(_("Say what has to be put right."))
        return data


class RightForm(forms.Form):
    """What is really there, or the price the household means."""

    quantity = amount_field(label=_("Quantity"))
    price = YuanField(label=_("Price in yuan"))
    grade = forms.CharField(label=_("Grade or size"), max_length=80, required=False)
    harvested_on = harvest_field()
    consent = forms.ChoiceField(
        label=_("How did the household agree?"), choices=Consent.choices, widget=forms.RadioSelect
    )

    def __init__(self, lot: Lot, data: Any = None) -> None:
        super().__init__(
            data,
            auto_id="right-%s",
            initial={
                "quantity": in_units(lot.available, lot.unit_size),
                "price": yuan(lot.price_fen),
                "grade": lot.grade,
                "harvested_on": lot.harvested_on,
            },
        )
        self.lot = lot

    def clean_quantity(self) -> int:
        return base_quantity(self.cleaned_data["quantity"], self.lot.unit_size)

    def clean_harvested_on(self) -> dt.date | None:
        return check_harvest(self.cleaned_data["harvested_on"])

    def right(self) -> Right:
        data = self.cleaned_data
        return Right(data["quantity"], data["price"], data["grade"], data["harvested_on"])


class PhotoForm(forms.Form):
    photo = PhotoField(label=_("Photo"))


class WhyForm(forms.Form):
    """A reason, for a lot that goes off sale or comes back."""

    why = forms.CharField(label=_("Reason"), max_length=80)


class CountForm(forms.Form):
    """What somebody counted."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    left = amount_field(label=_("What is really there for sale"))
    why = forms.CharField(label=_("Reason"), max_length=80)

    def __init__(self, lot: Lot, data: Any = None) -> None:
        left = in_units(lot.available, lot.unit_size)
        super().__init__(data, auto_id="count-%s", initial={"key": uuid.uuid4(), "left": left})
        self.lot = lot

    def clean_left(self) -> int:
        return base_quantity(self.cleaned_data["left"], self.lot.unit_size, least=0)
