"""The forms of officers' pages: a step of a warning, an income with its correction, an item that is done."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from farmers.selling.officer_forms import folded
from marketplace.days import today
from marketplace.money import yuan
from marketplace.quantity import from_units

from .handle import REASONS
from .incomes import NewIncome
from .models import MAX_FEN, MOST_MONTHS, CloseReason, OtherIncome, State, Warning

# an older income tells nothing of today
OLDEST_YEARS = 3


class SumField(forms.CharField):
    """An amount typed in yuan, understood in fen. `least`: the smallest that is meant."""

    def __init__(self, least: int = 0, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(max_length=16, widget=widget, **kwargs)
        self.least = least

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            fen = from_units(folded(text).removeprefix("¥").replace(",", ""), 100)
        except ValueError:
            raise ValidationError(_("Write an amount in yuan, such as 1200 or 85.50.")) from None
        if not self.least <= fen <= MAX_FEN:
            raise ValidationError(_("Write an amount in yuan, such as 1200 or 85.50."))
        return fen


def words_field(label: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


def once() -> forms.UUIDField:
    """What makes a form that is sent twice count once."""
    return forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class StepForm(forms.Form):
    """What was seen or done. Words for each step are asked in its own way."""

    key = once()

    ASKS = {
        State.CHECKED: _("What you saw and heard at the family's"),
        State.MEASURE: _("What is done to help, who does it, by when"),
        State.CLOSED: _("What has become of it"),
        State.REOPENED: _("Why it is looked at again"),
    }

    def __init__(self, warning: Warning, to: str, data: Any = None) -> None:
        super().__init__(data, auto_id=f"{to}-%s")
        if to == State.CLOSED:
            reasons = REASONS.get(warning.state, frozenset())
            self.fields["reason"] = forms.ChoiceField(
                label=_("Why it is closed"),
                choices=[choice for choice in CloseReason.choices if choice[0] in reasons],
                widget=forms.RadioSelect,
            )
        self.fields["words"] = words_field(self.ASKS[State(to)])


class IncomeForm(forms.Form):
    key = once()
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("Choose")), *OtherIncome.Kind.choices])
    amount = SumField(
        label=_("Amount in yuan, for all its months together"),
        help_text=_("0 says that there is none: the income counts as known."),
    )
    first_month = forms.DateField(
        label=_("First month"),
        input_formats=["%Y-%m", "%Y/%m", "%Y.%m"],
        widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m"),
        error_messages={"invalid": _("Write a month such as 2026-03.")},
    )
    months = forms.IntegerField(label=_("For how many months"), min_value=1, max_value=MOST_MONTHS, initial=1)
    source = forms.CharField(
        label=_("Where it is known from"),
        max_length=100,
        help_text=_("Payslip, bank book, visit… Names and numbers are masked."),
    )

    def __init__(self, data: Any = None, wrong: OtherIncome | None = None) -> None:
        initial: dict[str, Any] = {"first_month": today().replace(day=1)}
        if wrong is not None:
            initial = {
                "kind": wrong.kind,
                "amount": yuan(wrong.amount_fen).replace(",", ""),
                "first_month": wrong.first_month,
                "months": wrong.months,
            }
        super().__init__(data, initial=initial)
        if wrong is not None:
            self.fields["amount"].help_text = _("0 takes it back: the wrong one counts no more.")

    def clean_first_month(self) -> dt.date:
        month: dt.date = self.cleaned_data["first_month"]
        day = today()
        if not day.year - OLDEST_YEARS <= month.year or month > day:
            raise ValidationError(_("Choose a month of the last three years."))
        return month

    def new(self) -> NewIncome:
        data = self.cleaned_data
        return NewIncome(data["kind"], data["amount"], data["first_month"], data["months"], data["source"])


class TickForm(forms.Form):
    words = forms.CharField(label=_("What was done"), max_length=200, required=False)
