from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.money import yuan

from .forms import YuanField

# what is written down later than this is a year mistyped
LATEST_RECORDED = dt.timedelta(days=366)


class TransferForm(forms.Form):
    """A bank transfer that a unit sent."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    amount = YuanField(label=_("Amount in yuan"))
    came_on = forms.DateField(
        label=_("Came on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reference = forms.CharField(
        label=_("The bank's reference"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, due_fen: int, day: dt.date, data: Any = None) -> None:
        super().__init__(
            data,
            initial={
                "key": uuid.uuid4(),
                "amount": yuan(due_fen).replace(",", "") if due_fen else "",
                "came_on": day,
            },
        )
        self.day = day

    def clean_came_on(self) -> dt.date:
        came_on: dt.date = self.cleaned_data["came_on"]
        if came_on < self.day - LATEST_RECORDED:
            raise forms.ValidationError(self.fields["came_on"].error_messages["invalid"], code="invalid")
        return came_on


class WordsForm(forms.Form):
    """What is wrong with a line."""

    words = forms.CharField(
        error_messages={"required": _("Say in a few words what is wrong.")},
        label=_("What is wrong"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 200}),
    )


class AnswerForm(forms.Form):
    """Words to the bookkeeper about a disputed line."""

    words = forms.CharField(
        error_messages={"required": _("Answer in a few words.")},
        label=_("Answer"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 500}),
    )
