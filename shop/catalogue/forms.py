from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from farmers.stock.models import Lot
from farmers.stock.saplings import MOST_MM, MOST_YEARS, Grade, Roots, TrunkAt
from farmers.stock.signals import stock_missed
from marketplace.money import line_amount_fen
from marketplace.quantity import from_units

from .offers import SORTS, Filters
from .plants import NOTHING, Between, Wanted
from .search import MAX_QUERY

SORT_LABELS = {
    "newest": _("newest first"),
    "cheapest": _("lowest price"),
    "dearest": _("highest price"),
    "freshest": _("latest harvest"),
    "soonest": _("best eaten soon"),
}


def _bound(label: Any, most: int) -> forms.DecimalField:
    """One end of what is wanted of a measure."""
    return forms.DecimalField(
        label=label, min_value=Decimal("0.1"), max_value=most, decimal_places=2, max_digits=8, required=False
    )


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
    trunk_at = forms.ChoiceField(label=_("Trunk measured"), choices=TrunkAt.choices, required=False)
    trunk_from = _bound(_("Trunk from, cm"), MOST_MM["trunk"] // 10)
    trunk_to = _bound(_("Trunk to, cm"), MOST_MM["trunk"] // 10)
    height_from = _bound(_("Height from, m"), MOST_MM["height"] // 1000)
    height_to = _bound(_("Height to, m"), MOST_MM["height"] // 1000)
    crown_from = _bound(_("Crown from, m"), MOST_MM["crown"] // 1000)
    crown_to = _bound(_("Crown to, m"), MOST_MM["crown"] // 1000)
    age_from = forms.IntegerField(
        label=_("Age from, years"), min_value=1, max_value=MOST_YEARS, required=False
    )
    age_to = forms.IntegerField(label=_("Age to, years"), min_value=1, max_value=MOST_YEARS, required=False)
    roots = forms.ChoiceField(label=_("Roots"), choices=[("", _("any")), *Roots.choices], required=False)
    ball_from = _bound(_("Ball or container from, cm"), MOST_MM["ball"] // 10)
    ball_to = _bound(_("Ball or container to, cm"), MOST_MM["ball"] // 10)
    grade = forms.ChoiceField(
        label=_("Grade by GB 6000"), choices=[("", _("any")), *Grade.choices], required=False
    )

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
            plants=Wanted(
                trunk_at=clean.get("trunk_at") or NOTHING.trunk_at,
                trunk=self._between("trunk", 10),
                height=self._between("height", 1000),
                crown=self._between("crown", 1000),
                age=self._between("age", 1),
                roots=clean.get("roots", ""),
                ball=self._between("ball", 10),
                grade=clean.get("grade", ""),
            ),
        )

    def _between(self, name: str, unit: int) -> Between:
        """What is wanted of a measure, in its base unit; two ends the wrong way round are meant the right one."""
        ends = (self.cleaned_data.get(f"{name}_{end}") for end in ("from", "to"))
        least, most = (None if value is None else int(value * unit) for value in ends)
        return Between(most, least) if least and most and least > most else Between(least, most)

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
