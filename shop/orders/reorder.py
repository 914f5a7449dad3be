"""Ordering again: what an order held goes into the basket once more, as far as it can be had today."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Case, QuerySet, Value, When
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from farmers.stock.models import Lot
from marketplace.access.rules import SignedIn
from marketplace.days import today
from shop.basket import hold
from shop.basket.models import Basket

from .models import Order, OrderLine
from .views import abilities, order_for


class Came(StrEnum):
    """How a line of the order came into the basket."""

    SAME = "same"
    OTHER = "other"
    LESS = "less"
    NONE = "none"
    FULL = "full"


class Again(NamedTuple):
    """A line of the order and what was put into the basket for it: `quantity` grams or pieces of `lot`."""

    line: OrderLine
    lot: Lot | None
    quantity: int
    came: Came

    @property
    def dearer_or_cheaper(self) -> bool:
        """Whether the price is another than it was, unit for unit."""
        return self.lot is not None and (
            self.lot.price_fen * self.line.unit_size != self.line.price_fen * self.lot.unit_size
        )


def choose(order: Order) -> list[Again]:
    """For each line: its own lot if that still has enough; else another lot of the same product.

    Of others that have enough the cheapest, and of equals the nearest; where none has enough, the one with
    the most. No lot is chosen twice.
    """
    lines = list(order.lines.select_related("lot__product", "lot__town"))
    day = today()
    chosen = {
        line.pk: Again(line, line.lot, line.quantity, Came.SAME)
        for line in lines
        if line.lot.is_on_sale(day) and line.lot.available >= line.quantity
    }
    taken = {again.lot.pk for again in chosen.values() if again.lot}
    for line in lines:
        if line.pk in chosen:
            continue
        lot = _another(line, taken)
        if lot is None:
            chosen[line.pk] = Again(line, None, 0, Came.NONE)
            continue
        taken.add(lot.pk)
        quantity = min(line.quantity, lot.available)
        came = Came.LESS if quantity < line.quantity else Came.OTHER
        chosen[line.pk] = Again(line, lot, quantity, came)
    return [chosen[line.pk] for line in lines]


def _another(line: OrderLine, taken: set[int]) -> Lot | None:
    same: QuerySet[Lot] = (
        Lot.objects.on_sale(today())
        .in_stock()
        .filter(product=line.lot.product_id)
        .exclude(pk__in=taken)
        .select_related("product", "town")
    )
    far = Case(
        When(village=line.lot.village_id, then=Value(0)),
        When(town=line.lot.town_id, then=Value(1)),
        default=Value(2),
    )
    enough = same.filter(available__gte=line.quantity).order_by("comparable_price", far, "pk")
    return enough.first() or same.order_by("-available", "comparable_price", far, "pk").first()


@transaction.atomic
def order_again(order: Order, basket: Basket) -> list[Again]:
    """Put what can be had into the basket. Of a lot that is there already the larger amount stays,
    so that the same button pressed twice is one wish."""
    there = dict(basket.lines.values_list("lot", "quantity"))
    told = []
    for again in choose(order):
        if again.lot is not None:
            try:
                hold.set_quantity(basket, again.lot, max(again.quantity, there.get(again.lot.pk, 0)))
            except hold.Full:
                again = again._replace(lot=None, quantity=0, came=Came.FULL)
        told.append(again)
    return told


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def reorder(request: SignedIn, number: str) -> HttpResponse:
    """The button, and what came of it, line by line. Looked at again (GET), it leads back to the order."""
    order = order_for(request, number)
    if not abilities(request.user, order).buys:
        raise PermissionDenied
    if request.method != "POST":
        return redirect(order)
    basket = hold.find_or_make(request)
    told = order_again(order, basket)
    hold.remember(request, basket, basket.lines.count())
    count = sum(again.lot is not None for again in told)
    if not count:
        messages.info(request, _("None of it is on sale today."))
    return render(
        request,
        "orders/reordered.html",
        {"order": order, "told": told, "count": count, "all": all(a.came == Came.SAME for a in told)},
    )
