"""What an officer has to collect at doors, has in hand, and brings to the cashier."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Sum
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.access.models import User
from marketplace.access.rules import Act, SignedIn, requires
from marketplace.money import yuan
from shop.orders.models import Order
from shop.orders.picking import PERSONAL

from . import door
from .forms import YuanField
from .models import HandIn
from .receive import NotTaken

PAGE_SIZE = 20
HANDED_IN = 10
# of what one officer has in hand; a form may have a thousand fields, and nobody counts more in one go
COUNTED_AT_ONCE = 200
ORDERS = Count("payments__order", distinct=True)


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


class TickedField(forms.TypedMultipleChoiceField):
    """Ids ticked in a list. Whether they stand there still is for the verb to say."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, **kwargs)

    def valid_value(self, value: Any) -> bool:
        return value.isascii() and value.isdecimal() and len(value) < 19


class HandInForm(forms.Form):
    """What an officer laid on the table, and the number it gets in the cashier's book."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    payments = TickedField(
        label=gettext_lazy("What was brought"),
        error_messages={"required": gettext_lazy("Tick what was brought.")},
    )
    amount = YuanField(label=gettext_lazy("Amount counted, in yuan"))
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
    mine = HandIn.objects.filter(officer=request.user).annotate(orders=ORDERS).order_by("-at", "-pk")
    hand = door.in_hand().filter(by=request.user).select_related("order")
    return render(
        request,
        "payments/door.html",
        {
            "page": page,
            "rows": [(order, bound or DoorForm(order)) for order in page],
            "hand": Paginator(hand, PAGE_SIZE).get_page(request.GET.get("hand")),
            "hand_fen": hand.aggregate(all=Sum("received_fen", default=0))["all"],
            "handed_in": Paginator(mine, HANDED_IN).get_page(request.GET.get("handed")),
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


@never_cache
@requires(Act.SETTLE)
@require_http_methods(["GET", "HEAD", "POST"])
def hand_in(request: SignedIn, officer_id: int) -> HttpResponse:
    """What one officer has in hand, and the form by which the cashier has counted it."""
    officer = get_object_or_404(door.bringers(), pk=officer_id)
    if request.method != "POST":
        return _counting(request, officer, HandInForm(initial={"key": uuid.uuid4()}))
    form = HandInForm(request.POST)
    if "add-up" in request.POST:
        return _counting(
            request,
            officer,
            HandInForm(initial=_typed(request.POST)),
            ticked=request.POST.getlist("payments"),
        )
    if not form.is_valid():
        return _counting(request, officer, form, 422)
    said = form.cleaned_data
    try:
        made = door.hand_in(
            officer.pk, said["payments"], said["amount"], said["receipt"], request.user, said["key"]
        )
    except door.NotHandedIn as refused:
        form.add_error(refused.field, str(refused))
        return _counting(request, officer, form, 422)
    messages.success(
        request,
        _("¥%(amount)s handed in with receipt %(receipt)s. The officer sees it.")
        % {"amount": yuan(made.amount_fen), "receipt": made.receipt},
    )
    return redirect(f"{reverse('cashier')}#brought")


def _typed(sent: QueryDict) -> dict[str, str]:
    return {name: sent.get(name, "") for name in ("key", "amount", "receipt")}


def _counting(
    request: SignedIn,
    officer: User,
    form: HandInForm,
    status: int = 200,
    *,
    ticked: Sequence[str] | None = None,
) -> HttpResponse:
    hand = door.in_hand().filter(by=officer).select_related("order")
    if ticked is None and isinstance(form.data, QueryDict):
        ticked = form.data.getlist("payments")
    mine = HandIn.objects.filter(officer=officer).select_related("cashier").annotate(orders=ORDERS)
    mine = mine.order_by("-at", "-pk")
    shown = list(hand[:COUNTED_AT_ONCE])
    rows = [(payment, ticked is None or str(payment.pk) in ticked) for payment in shown]
    return render(
        request,
        "payments/hand_in.html",
        {
            "officer": officer,
            "form": form,
            "rows": rows,
            "shown_fen": sum(payment.received_fen or 0 for payment in shown),
            "ticked": sum(is_ticked for _payment, is_ticked in rows),
            "ticked_fen": sum(payment.received_fen or 0 for payment, is_ticked in rows if is_ticked),
            "more": hand.count() - len(shown),
            "handed_in": Paginator(mine, PAGE_SIZE).get_page(request.GET.get("handed")),
        },
        status=status,
    )
