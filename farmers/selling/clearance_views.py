"""What is about to spoil in the own villages, what can be done about it, and what was saved and lost."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from farmers.ledger.chart import Chart, monthly
from farmers.registry.models import encrypted
from farmers.stock.clearance import (
    MOST_LATER,
    Clock,
    MonthOf,
    by_month,
    clock,
    endangered,
    mark_down,
    still_good,
)
from farmers.stock.models import Lot
from farmers.stock.withdraw import kept_by
from marketplace.access.models import User
from marketplace.access.rules import Act, SignedIn, requires
from marketplace.days import last_months, today
from marketplace.money import yuan
from marketplace.quantity import from_units

PAGE_SIZE = 20
MONTHS = 12


class KeepsForm(forms.Form):
    """A later last day, and why."""

    until = forms.DateField(
        label=gettext_lazy("Good until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    why = forms.CharField(label=gettext_lazy("What you saw"), max_length=80)

    def __init__(self, lot: Lot, day: dt.date, data: Any = None) -> None:
        super().__init__(data, prefix=f"keeps-{lot.pk}")
        self.lot, self.day = lot, day
        later = max(lot.good_until or day, day)
        self.fields["until"].widget.attrs |= {"min": later, "max": day + dt.timedelta(days=MOST_LATER)}

    def clean_until(self) -> dt.date:
        until: dt.date = self.cleaned_data["until"]
        if until < max(self.lot.good_until or self.day, self.day):
            raise forms.ValidationError(_("Choose a later day than the present one."))
        if until > self.day + dt.timedelta(days=MOST_LATER):
            raise forms.ValidationError(_("That is more than two months from now."))
        return until


class PriceForm(forms.Form):
    """A lower price in yuan per unit, and why."""

    price = forms.CharField(
        label=gettext_lazy("New price, yuan"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    why = forms.CharField(label=gettext_lazy("Reason"), max_length=80)

    def __init__(self, lot: Lot, data: Any = None) -> None:
        super().__init__(data, prefix=f"price-{lot.pk}")
        self.lot = lot

    def clean_price(self) -> int:
        try:
            fen = from_units(self.cleaned_data["price"], 100)
        except ValueError:
            raise forms.ValidationError(_("Write a price like 1.50.")) from None
        if not 0 < fen < self.lot.price_fen:
            raise forms.ValidationError(
                _("Write less than the present price of ¥%(price)s.") % {"price": yuan(self.lot.price_fen)}
            )
        return fen


@dataclass
class Row:
    """A lot in danger with its clock and what can be done."""

    lot: Lot
    clock: Clock | None
    keeps: KeepsForm
    price: PriceForm


@never_cache
@requires(Act.KEEP_STOCK)
@require_safe
def clearance(request: SignedIn) -> HttpResponse:
    """The nearest to its last day first."""
    return _page(request)


def _page(request: SignedIn, bound: KeepsForm | PriceForm | None = None) -> HttpResponse:
    day = today()
    lots = (
        endangered(request.user, day)
        .select_related("product", "household", "village", "town")
        .defer(*encrypted("household__"))
    )
    if bound is not None:
        lots = lots.filter(pk=bound.lot.pk)
    page = Paginator(lots, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = []
    for lot in page.object_list:
        keeps, price = KeepsForm(lot, day), PriceForm(lot)
        if isinstance(bound, KeepsForm):
            keeps = bound
        elif isinstance(bound, PriceForm):
            price = bound
        rows.append(
            Row(lot, clock(lot.product.shelf_life_days, lot.good_until, lot.harvested_on, day), keeps, price)
        )
    months = _months(request.user, day)
    return render(
        request,
        "selling/clearance.html",
        {
            "page": page,
            "rows": rows,
            "months": months,
            "shown": [month for month in reversed(months) if month.lots],
            "chart": _chart(months),
            "bound": bound is not None,
        },
        status=200 if bound is None else 422,
    )


def _months(user: User, day: dt.date) -> list[MonthOf]:
    """The last twelve, the earliest first; those with nothing to tell stand there with nothing."""
    firsts = last_months(day, MONTHS)
    known = {month.month: month for month in by_month(user, firsts[0])}
    return [known.get(first) or MonthOf(first, 0, 0, 0, 0, 0) for first in firsts]


def _chart(months: list[MonthOf]) -> Chart | None:
    if not any(month.saved_grams or month.lost_grams for month in months):
        return None
    return monthly([month.saved_grams for month in months], [month.lost_grams for month in months])


@requires(Act.KEEP_STOCK)
@require_POST
def keeps(request: SignedIn, lot_id: int) -> HttpResponse:
    """It keeps longer than the clock says."""
    lot = _mine(request, lot_id)
    if lot.good_until is None:
        raise Http404
    form = KeepsForm(lot, today(), request.POST)
    if not form.is_valid():
        return _page(request, form)
    try:
        still_good(lot.pk, form.cleaned_data["until"], request.user, form.cleaned_data["why"])
    except ValueError:  # somebody was quicker, with a later day
        form.add_error("until", _("Choose a later day than the present one."))
        return _page(request, form)
    messages.success(request, _("The new last day is written down."))
    return redirect("clearance:list")


@requires(Act.KEEP_STOCK)
@require_POST
def lower(request: SignedIn, lot_id: int) -> HttpResponse:
    """A lower price, so that it goes."""
    lot = _mine(request, lot_id)
    form = PriceForm(lot, request.POST)
    if not form.is_valid():
        return _page(request, form)
    try:
        mark_down(lot.pk, form.cleaned_data["price"], request.user, form.cleaned_data["why"])
    except ValueError:  # somebody was quicker, with a lower price
        form.add_error("price", _("It costs less than that by now."))
        return _page(request, form)
    messages.success(request, _("The new price is on sale."))
    return redirect("clearance:list")


def _mine(request: SignedIn, lot_id: int) -> Lot:
    """The lot, if it is theirs to keep; else 404, so that numbers tell nothing."""
    lots = kept_by(request.user).select_related("product").filter(state=Lot.State.LISTED)
    return get_object_or_404(lots, pk=lot_id)
