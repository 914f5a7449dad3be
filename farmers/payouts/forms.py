from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.days import today

from .result_file import MAX_BYTES


class RunForm(forms.Form):
    """Up to which day households are paid."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    up_to = forms.DateField(
        label=_("Accepted up to"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"key": uuid.uuid4(), "up_to": today()})


class AgainForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput)


class ResultForm(forms.Form):
    """The bank's answer."""

    file = forms.FileField(
        label=_("The bank's result file"),
        max_length=200,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
    )

    def clean_file(self) -> bytes:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(
                _("The file is larger than 5 MB: it cannot be the bank's answer to one run.")
            )
        return file.read()


class CashForm(forms.Form):
    """Money across the table."""

    receipt = forms.CharField(
        label=_("Receipt number"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class BouncedForm(forms.Form):
    reason = forms.CharField(
        label=_("What does the bank say?"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class NotCollectedForm(forms.Form):
    reason = forms.CharField(
        label=_("Why not?"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
