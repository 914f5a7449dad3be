"""What a bookkeeper files, and what the city answers."""

from __future__ import annotations

import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .budgets import REASON_LENGTH, NotFiled, least_percent, years_to_file
from .filings import CanteenBudget

WAN = 10_000


def refuse(form: forms.Form, refused: NotFiled) -> None:
    """What the verb did not take, at its fields."""
    for field, message in refused.errors.items():
        form.add_error(field or None, message)


class YuanField(forms.CharField):
    """An amount as people write it, `120,000`, `￥12万`, `12 万元`: in fen."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **kwargs)

    def clean(self, value: Any) -> int:
        text = unicodedata.normalize("NFKC", super().clean(value)).replace("¥", "").replace(",", "")
        text = "".join(text.split()).removesuffix("元")
        times = WAN if text.endswith("万") else 1
        try:
            fen = Decimal(text.removesuffix("万")) * times * 100
        except InvalidOperation:
            fen = Decimal("NaN")
        if not fen.is_finite():
            raise ValidationError(_("Write an amount in yuan, like 120000 or 12万."))
        if fen != fen.to_integral_value():
            raise ValidationError(_("An amount has two decimals at most."))
        return int(fen)


class BudgetForm(forms.Form):
    year = forms.TypedChoiceField(label=gettext_lazy("Year"), coerce=int)
    budget = YuanField(
        label=gettext_lazy("Food budget of the year, in yuan"),
        help_text=gettext_lazy("What the canteen spends on food in the whole year."),
    )
    percent = forms.IntegerField(
        label=gettext_lazy("Reserved share, in percent"),
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "step": 1}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [(year, str(year)) for year in years_to_file()]  # type: ignore[attr-defined]
        self.fields["percent"].help_text = _("At least %(least)s percent.") % {"least": least_percent()}
        self.fields["percent"].widget.attrs |= {"min": least_percent(), "max": 100}

    @staticmethod
    def facts(filing: CanteenBudget | None, year: int) -> dict[str, Any]:
        """What the form begins with: the last filing, or nothing."""
        if filing is None:
            return {"year": year, "percent": least_percent()}
        yuan, fen = divmod(filing.budget_fen, 100)
        return {
            "year": filing.year,
            "budget": f"{yuan}.{fen:02}" if fen else str(yuan),
            "percent": filing.reserved_percent,
        }


class SendBackForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("What has to be changed"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
