"""What is asked at each step of a talk. A form carries a key, so that sent twice it is one step."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farmers.selling.officer_forms import YuanField
from farmers.stock.models import MAX_QUANTITY, Consent, Lot
from marketplace.access.phones import normalised
from marketplace.days import today

from .first import MOST_DAYS
from .models import Talk
from .steps import Kind
from .talk import MOST_DAYS_TO_LOOK, Said, Terms


class DayField(forms.DateField):
    """A day from today on, within so many days."""

    def __init__(self, most: int, message: Any, **kwargs: Any) -> None:
        self.most, self.message = most, message
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        # asked anew for every page: a process lives for longer than a day
        self.widget.attrs |= {"min": today(), "max": today() + dt.timedelta(days=self.most)}
        return super().get_bound_field(form, field_name)

    def clean(self, value: Any) -> dt.date | None:
        day: dt.date | None = super().clean(value)
        if day is not None and not today() <= day <= today() + dt.timedelta(days=self.most):
            raise forms.ValidationError(self.message)
        return day


def to_look(label: Any) -> DayField:
    return DayField(MOST_DAYS_TO_LOOK, gettext_lazy("Choose a day within the next 30 days."), label=label)


def to_lift(label: Any) -> DayField:
    return DayField(MOST_DAYS, gettext_lazy("Choose a day within three months."), label=label)


def a_mobile_number(text: str) -> str:
    try:
        return normalised(text)
    except ValueError:
        raise forms.ValidationError(_("Write a mobile number of 11 figures.")) from None


class SaidForm(forms.Form):
    """A key, a note, and of whoever speaks for a household how it agreed."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    why = forms.CharField(label=gettext_lazy("A word with it"), max_length=200, required=False)
    consent = forms.ChoiceField(
        label=gettext_lazy("The household"),
        choices=Consent.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say how the household agreed.")},
    )

    # the fields that come before the note
    first: tuple[str, ...] = ()

    def __init__(self, *args: Any, for_another: bool, name: str = "said", **kwargs: Any) -> None:
        """`for_another`: an officer speaks for a household. `name` tells apart the forms of one page."""
        kwargs["auto_id"] = f"id_{name}_%s"
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", uuid.uuid4())
        if not for_another:
            del self.fields["consent"]
        self.order_fields(["key", *self.first, "consent", "why"])

    def said(self) -> Said:
        data = self.cleaned_data
        return Said(data["key"], data.get("why", ""), data.get("consent", ""))


class PlainForm(SaidForm):
    """A step that needs nothing but to be taken."""


class LookForm(SaidForm):
    day = to_look(gettext_lazy("Day to look"))
    first: tuple[str, ...] = ("day",)


class BeginForm(LookForm):
    phone = forms.CharField(
        label=gettext_lazy("Mobile number of whoever comes"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
        help_text=gettext_lazy("For the household and its officer, and nobody else."),
    )
    first = ("day", "phone")

    def clean_phone(self) -> str:
        return a_mobile_number(self.cleaned_data["phone"])


class PiecesField(forms.IntegerField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            min_value=1, max_value=MAX_QUANTITY, label=gettext_lazy("How many plants?"), **kwargs
        )


class HoldForm(SaidForm):
    quantity = PiecesField()
    first = ("quantity",)

    def __init__(self, *args: Any, lot: Lot, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lot = lot

    def clean_quantity(self) -> int:
        quantity: int = self.cleaned_data["quantity"]
        if quantity > self.lot.available:
            raise forms.ValidationError(_("There are %(left)s left.") % {"left": self.lot.available})
        return quantity


class OfferForm(SaidForm):
    price = YuanField(label=gettext_lazy("Price for each, in yuan"))
    quantity = PiecesField()
    day = to_lift(gettext_lazy("Lifting day"))
    first = ("price", "quantity", "day")

    def __init__(self, *args: Any, lot: Lot, held: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most = lot.available + held

    def clean_quantity(self) -> int:
        quantity: int = self.cleaned_data["quantity"]
        if quantity > self.most:
            raise forms.ValidationError(_("There are %(left)s left.") % {"left": self.most})
        return quantity

    def terms(self) -> Terms:
        data = self.cleaned_data
        return Terms(data["price"], data["quantity"], data["day"])


class AcceptForm(SaidForm):
    offer = forms.IntegerField(widget=forms.HiddenInput)
    first = ("offer",)


def form_for(
    kind: Kind, talk: Talk, data: Any = None, *, for_another: bool, lifted_on: dt.date | None = None
) -> SaidForm:
    """The form of a step, filled in with what the talk has come to."""
    how: dict[str, Any] = {"for_another": for_another, "name": kind.value}
    if kind in (Kind.ASK, Kind.DAY):
        return LookForm(data, initial={"day": talk.visit_on}, **how)
    if kind == Kind.HOLD:
        return HoldForm(data, lot=talk.lot, **how)
    if kind == Kind.OFFER:
        last = talk.offer
        # the last offer is what is bettered
        known = {
            "price": f"{(last.price_fen or 0) / 100:.2f}" if last else f"{talk.lot.price_fen / 100:.2f}",
            "quantity": last.quantity if last else talk.held or None,
            "day": last.day if last else None,
        }
        return OfferForm(data, initial=known, lot=talk.lot, held=talk.held, **how)
    if kind == Kind.ACCEPT:
        return AcceptForm(data, initial={"offer": talk.offer_id}, **how)
    return PlainForm(data, **how)
