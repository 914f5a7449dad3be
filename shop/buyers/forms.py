from __future__ import annotations

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .addresses import Place
from .models import Address

# mainland numbers: 11 digits from 13 to 19, or a landline with its area code
_PHONE = re.compile(r"^(1[3-9]\d{9}|0\d{2,3}-?\d{7,8})$")


def checked_phone(text: str) -> str:
    """The number as it is kept. Raises ValidationError for what is none."""
    phone = text.replace(" ", "")
    if not _PHONE.match(phone):
        raise ValidationError(_("Enter a mobile number of 11 digits, or a landline with its area code."))
    return phone


class AddressForm(forms.Form):
    recipient = forms.CharField(
        label=gettext_lazy("Recipient"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    address = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
        help_text=gettext_lazy("Town or subdistrict, street or village, house number."),
    )
    usual = forms.BooleanField(label=gettext_lazy("Propose this one at checkout"), required=False)

    def clean_phone(self) -> str:
        return checked_phone(self.cleaned_data["phone"])

    def place(self) -> Place:
        return Place(*(self.cleaned_data[name] for name in Place._fields))

    @staticmethod
    def facts(address: Address) -> dict[str, object]:
        """What the form shows of an address that is there."""
        return {
            "recipient": address.recipient,
            "phone": address.phone,
            "address": address.address,
            "usual": address.is_default,
        }
