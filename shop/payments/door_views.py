"""What an officer has to collect at doors, has in hand, and brings to the cashier."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from marketplace.access.rules import Act, SignedIn, requires
from marketplace.money import yuan
from shop.orders.models import Order
from shop.orders.picking import PERSONAL

from . import door
from .forms import YuanField
from .models import Payment
from .receive import NotTaken

PAGE_SIZE = 20
HANDED_IN = 10


class DoorForm(forms.Form):
    """Cash for one order."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    amount = YuanField(label=gettext_lazy("Amount in yuan"))

    def __init__(self, order: Order, data: Any = None) -> None:
        super().__init__(
            data,
            initial={"key": uuid.uuid4(), "amount": yuan(order.due_fen).replace(",", "")},
            auto_id=f"{order.number}-%s",
        )
        self.order = order


class HandInForm(forms.Form):
    """What an officer laid on the table."""

    amount = YuanField(label=gettext_lazy("Amount in yuan"))
    receipt = forms.CharField(
        label=gettext_lazy("Receipt number"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@never_cache
@requires(Act.SERVE_VILLAGE)
@require_safe
def cash(request: SignedIn) -> HttpResponse:
    return _page(request)


def _page(request: SignedIn, bound: DoorForm | None = None, status: int = 200) -> HttpResponse:
    orders = door.to_collect(request.user).select_related("organisation", "pickup_point").defer(*PERSONAL)
    if bound is not None:
        orders = orders.filter(pk=bound.order.pk)
    page = Paginator(orders, PAGE_SIZE).get_page(request.GET.get("page"))
    mine = Payment.objects.filter(door.AT_DOOR, by=request.user).select_related("order")
    hand = door.in_hand().filter(by=request.user).select_related("order")
    return render(
        request,
        "payments/door.html",
        {
            "page": page,
            "rows": [(order, bound or DoorForm(order)) for order in page],
            "hand": Paginator(hand, PAGE_SIZE).get_page(request.GET.get("hand")),
            "hand_fen": hand.aggregate(all=Sum("received_fen", default=0))["all"],
            "handed_in": mine.exclude(note="").order_by("-pk")[:HANDED_IN],
            "bound": bound,
        },
        status=status,
    )


@requires(Act.SERVE_VILLAGE)
@require_POST
def collect(request: SignedIn, number: str) -> HttpResponse:
    """The buyer has paid: what is written here is owed no more."""
    order = get_object_or_404(Order.objects.visible_to(request.user), number=number)
    form = DoorForm(order, request.POST)
    if not form.is_valid():
        return _page(request, form, 422)
    try:
        payment = door.collect(order.pk, form.cleaned_data["amount"], request.user, form.cleaned_data["key"])
    except PermissionDenied:
        raise Http404 from None
    except NotTaken as refused:
        messages.error(request, str(refused))
        return redirect("officer_cash")
    messages.success(
        request,
        _("¥%(amount)s noted for order %(number)s. Bring it to the cashier.")
        % {"amount": yuan(payment.amount_fen), "number": order.number},
    )
    return redirect("officer_cash")


@requires(Act.SETTLE)
@require_POST
def hand_in(request: SignedIn, officer_id: int) -> HttpResponse:
    """The cashier has counted what this officer brought."""
    form = HandInForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write the amount that you counted and the number in your book."))
        return redirect("cashier")
    try:
        door.hand_in(officer_id, form.cleaned_data["amount"], form.cleaned_data["receipt"], request.user)
    except NotTaken as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Handed in. The officer sees it."))
    return redirect("cashier")
