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
from marketplace.templatetags.market import amount, name_
from shop.catalogue.forms import AmountForm, asked_amount
from shop.catalogue.views import all_lots, offer_page

from . import hold
from .models import Basket

# where htmx puts the lines, by the id of what holds them
_PARTS = {"drawer-body": "basket/_drawer.html", "basket-body": "basket/_page.html"}


@never_cache
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """The basket at today's prices; what changed since is said beside it."""
    return _page(request, *hold.find_with_contents(request))


def _page(
    request: HttpRequest,
    basket: Basket | None,
    inside: hold.Contents,
    wrong: dict[int, AmountForm] | None = None,
    said: str = "",
) -> HttpResponse:
    """The basket's page, or the part of it that htmx asked for; `said` for those who hear it."""
    hold.remember(request, basket, len(inside.lines))
    part = _part(request)
    return render(
        request,
        "basket/_swapped.html" if part else "basket/basket.html",
        {"basket": inside, "forms": _forms(inside, wrong or {}), "body": part, "said": said},
        status=422 if wrong else 200,
    )


def _part(request: HttpRequest) -> str | None:
    """The template of what htmx puts the answer into; None when a whole page is wanted."""
    htmx = request.htmx  # type: ignore[attr-defined]
    return _PARTS.get(htmx.target or "") if htmx and not htmx.boosted else None


def _forms(inside: hold.Contents, wrong: dict[int, AmountForm]) -> list[tuple[hold.Line, AmountForm]]:
    return [
        (
            line,
            wrong.get(line.lot.pk)
            or AmountForm(
                lot=line.lot,
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
    form = asked_amount(request.POST, lot)
    if not form.is_valid() or not lot.is_on_sale(today()):
        return _not_added(request, lot, form)
    basket = hold.find_or_make(request)
    try:
        count = hold.set_quantity(basket, lot, form.cleaned_data["amount"])
    except hold.Full:
        form.add_error("amount", _("The basket is full. Order what is in it first, please."))
        return _not_added(request, lot, form)
    # it says how much, since what was asked for takes the place of what lay there before
    said = _("In the basket: %(product)s, %(amount)s.") % {
        "product": name_(lot.product),
        "amount": amount(form.cleaned_data["amount"], lot.unit_size, lot.unit),
    }
    if _part(request):
        return _page(request, basket, hold.contents(basket), said=said)
    messages.success(request, said)
    hold.remember(request, basket, count)
    return redirect("basket:show")


def _not_added(request: HttpRequest, lot: Lot, form: AmountForm) -> HttpResponse:
    """The offer's page with what was wrong, or its amount alone when that is all that has to change."""
    whole = get_object_or_404(all_lots(), pk=lot.pk)
    if not _part(request):
        return offer_page(request, whole, form, status=422)
    if not lot.available or not lot.is_on_sale(today()):
        # nothing to choose there any more: the page says why, and what else there is
        return HttpResponse(headers={"HX-Redirect": lot.get_absolute_url()})
    answer = offer_page(request, whole, form, status=422, template="catalogue/_buy.html")
    answer.headers["HX-Retarget"] = "form.buy"
    answer.headers["HX-Reswap"] = "outerHTML"
    return answer


@require_POST
def change(request: HttpRequest, lot_id: int) -> HttpResponse:
    """Change the amount of a line, or take it out."""
    basket = hold.find(request)
    line = get_object_or_404(basket.lines.select_related("lot__product"), lot__id=lot_id) if basket else None
    if basket is None or line is None:
        return _page(request, None, hold.contents(None)) if _part(request) else redirect("basket:show")
    if "remove" in request.POST:
        count, said = hold.set_quantity(basket, line.lot, 0), _("Taken out.")
        if not _part(request):
            messages.success(request, said)
    else:
        form = asked_amount(request.POST, line.lot, auto_id=f"amount-{lot_id}-%s")
        if not form.is_valid():
            return _page(request, basket, hold.contents(basket), {lot_id: form})
        count, said = hold.set_quantity(basket, line.lot, form.cleaned_data["amount"]), _("Changed.")
    if _part(request):
        return _page(request, basket, hold.contents(basket), said=said)
    hold.remember(request, basket, count)
    return redirect("basket:show")
