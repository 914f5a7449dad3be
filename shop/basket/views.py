from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from farmers.stock.models import Lot
from marketplace.days import today
from marketplace.quantity import in_units
from shop.catalogue.forms import AmountForm
from shop.catalogue.views import all_lots, offer_page

from . import hold


@never_cache
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """The basket at today's prices; what changed since is said beside it."""
    basket = hold.find(request)
    inside = hold.contents(basket)
    hold.remember(request, basket, len(inside.lines))
    return render(request, "basket/basket.html", {"basket": inside, "forms": _forms(inside)})


def _forms(
    inside: hold.Contents, wrong: dict[int, AmountForm] | None = None
) -> list[tuple[hold.Line, AmountForm]]:
    return [
        (
            line,
            (wrong or {}).get(line.lot.pk)
            or AmountForm(
                size=line.lot.unit_size,
                available=line.lot.available,
                initial={"amount": _amount(line)},
                auto_id=f"amount-{line.lot.pk}-%s",
            ),
        )
        for line in inside.lines
    ]


def _amount(line: hold.Line) -> str:
    return in_units(line.quantity, line.lot.unit_size).replace(",", "")


@require_POST
def add(request: HttpRequest, lot_id: int) -> HttpResponse:
    """Put a lot into the basket, in the amount chosen."""
    lot = get_object_or_404(Lot.objects.select_related("product"), pk=lot_id)
    form = AmountForm(request.POST, size=lot.unit_size, available=lot.available)
    if not form.is_valid() or not lot.is_on_sale(today()):
        return offer_page(request, get_object_or_404(all_lots(), pk=lot_id), form, status=422)
    basket = hold.find_or_make(request)
    try:
        count = hold.set_quantity(basket, lot, form.cleaned_data["amount"])
    except hold.Full:
        form.add_error("amount", _("The basket is full. Order what is in it first, please."))
        return offer_page(request, get_object_or_404(all_lots(), pk=lot_id), form, status=422)
    messages.success(request, _("In the basket."))
    hold.remember(request, basket, count)
    return redirect("basket:show")


@require_POST
def change(request: HttpRequest, lot_id: int) -> HttpResponse:
    """Change the amount of a line, or take it out."""
    basket = hold.find(request)
    line = get_object_or_404(basket.lines.select_related("lot"), lot__id=lot_id) if basket else None
    if basket is None or line is None:
        return redirect("basket:show")
    if "remove" in request.POST:
        hold.remember(request, basket, hold.set_quantity(basket, line.lot, 0))
        messages.success(request, _("Taken out."))
        return redirect("basket:show")
    form = AmountForm(
        request.POST, size=line.lot.unit_size, available=line.lot.available, auto_id=f"amount-{lot_id}-%s"
    )
    if not form.is_valid():
        inside = hold.contents(basket)
        return render(
            request,
            "basket/basket.html",
            {"basket": inside, "forms": _forms(inside, {lot_id: form})},
            status=422,
        )
    count = hold.set_quantity(basket, line.lot, form.cleaned_data["amount"])
    hold.remember(request, basket, count)
    return redirect("basket:show")
