from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from marketplace.money import yuan
from marketplace.quantity import from_units
from shop.orders.models import Order

from .models import Payment

# a slip of the keyboard, not a payment
LARGEST_FEN = 100_000_000_00


class YuanField(forms.CharField):
    """An amount typed in yuan, understood in fen."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=16,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            **kwargs,
        )

    def clean(self, value: Any) -> int:
        text = super().clean(value)
        try:
            fen = from_units(text.removeprefix("¥"), 100)
        except ValueError:
            raise ValidationError(_("Enter an amount in yuan, such as 12.50.")) from None
        if not 0 < fen <= LARGEST_FEN:
            raise ValidationError(_("Enter an amount in yuan, such as 12.50."))
        return fen


class CollectForm(forms.Form):
    """Money handed in for one order."""

    amount = YuanField(label=_("Amount in yuan"))
    provider = forms.ChoiceField(
        label=_("How it came"),
        choices=[
            (Payment.Provider.CASH.value, _("cash")),
            (Payment.Provider.TRANSFER.value, _("bank transfer")),
        ],
    )
    receipt = forms.CharField(
        label=_("Receipt number"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, order: Order, data: QueryDict | None = None) -> None:
        super().__init__(
            data,
            initial={"amount": yuan(order.due_fen).replace(",", "")},
            # many of these stand on one page, and each field is labelled by a name of its own
            auto_id=f"{order.number}-%s",
        )


class GiveBackForm(forms.Form):
    """Money that went back for one order."""

    amount = YuanField(label=_("Amount in yuan"))
    provider = forms.ChoiceField(
        label=_("How it went"),
        choices=[
            (Payment.Provider.TRANSFER.value, _("bank transfer")),
            (Payment.Provider.CASH.value, _("cash")),
        ],
    )
    receipt = forms.CharField(
        label=_("Receipt number"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, order: Order, data: QueryDict | None = None) -> None:
        super().__init__(
            data,
            initial={"amount": yuan(order.overpaid_fen).replace(",", "")},
            auto_id=f"back-{order.number}-%s",
        )
