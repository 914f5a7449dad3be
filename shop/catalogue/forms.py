from __future__ import annotations

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from farmers.stock.models import Lot
from farmers.stock.signals import stock_missed
from marketplace.money import line_amount_fen
from marketplace.quantity import from_units

from .offers import SORTS, Filters
from .search import MAX_QUERY

SORT_LABELS = {
    "newest": _("newest first"),
    "cheapest": _("lowest price"),
    "dearest": _("highest price"),
    "freshest": _("latest harvest"),
    "soonest": _("best eaten soon"),
}


class FilterForm(forms.Form):
    """The listing's filters, from the address line. A wrong value is left out, and said."""

    q = forms.CharField(label=_("Search"), max_length=MAX_QUERY, required=False)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[("", _("all")), ("produce", _("produce")), ("sapling", _("saplings"))],
        required=False,
    )
    price_from = forms.DecimalField(
        label=_("Price from"), min_value=0, decimal_places=2, max_digits=8, required=False
    )
    price_to = forms.DecimalField(
        label=_("Price to"), min_value=0, decimal_places=2, max_digits=8, required=False
    )
    sold_out = forms.BooleanField(label=_("Show sold-out goods too"), required=False)
    sort = forms.ChoiceField(label=_("Order"), choices=list(SORT_LABELS.items()), required=False)

    def filters(self) -> Filters:
        """What can be understood of the request; slugs of towns and categories may be any, unknown ones find nothing."""
        self.full_clean()
        clean = self.cleaned_data
        return Filters(
            query=clean.get("q", ""),
            categories=self._slugs("category"),
            towns=self._slugs("town"),
            kind=clean.get("kind", ""),
            price_from=self._fen("price_from"),
            price_to=self._fen("price_to"),
            sold_out=clean.get("sold_out", False),
            sort=clean.get("sort") or next(iter(SORTS)),
        )

    def _slugs(self, name: str) -> tuple[str, ...]:
        asked: list[str] = self.data.getlist(name)  # type: ignore[attr-defined]
        return tuple(slug for slug in asked if slug and len(slug) <= 40 and "\0" not in slug)[:30]

    def _fen(self, name: str) -> int | None:
        value = self.cleaned_data.get(name)
        return None if value is None else int(value * 100)


class AmountForm(forms.Form):
    """How much of a lot, in its own unit."""

    amount = forms.CharField(
        label=_("Amount"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )

    def __init__(self, *args: object, lot: Lot, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.size, self.available, self.price_fen = lot.unit_size, lot.available, lot.price_fen

    def clean_amount(self) -> int:
        """The amount in grams or pieces."""
        try:
            quantity = from_units(self.cleaned_data["amount"], self.size)
        except ValueError:
            raise forms.ValidationError(
                _("Enter a plain number, such as 10.")
                if self.size > 1
                else _("Enter a whole number, such as 10.")
            ) from None
        if quantity <= 0:
            raise forms.ValidationError(_("Enter more than nothing."))
        if quantity > self.available:
            raise forms.ValidationError(
                _("There is not so much left. Choose a smaller amount, please."), code="too_much"
            )
        if not line_amount_fen(self.price_fen, quantity, self.size):
            raise forms.ValidationError(_("That little has no price. Choose a larger amount, please."))
        return quantity


def asked_amount(data: QueryDict, lot: Lot, **kwargs: object) -> AmountForm:
    """The amount somebody asks for. Where too little is free, lapsed reservations are let go of first."""
    form = AmountForm(data, lot=lot, **kwargs)
    if lot.reserved and form.has_error("amount", "too_much"):
        stock_missed.send(sender=Lot, lot_ids=[lot.pk])
        lot.refresh_from_db(fields=["reserved", "available"])
        form = AmountForm(data, lot=lot, **kwargs)
    return form
