"""The buyer's way to pay: off to the payment service, or on delivery after all."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from marketplace.access.rules import SignedIn
from shop.orders.cancel import release_lapsed
from shop.orders.models import Order, PayBy
from shop.orders.views import abilities, order_for

from .providers import CannotPay, gateways, stop_all


@never_cache
@login_required
@require_POST
def payment_start(request: SignedIn, number: str) -> HttpResponse:
    """Off to the page where card, Alipay or WeChat Pay is paid. Comes back to the order, paid or not."""
    order = _to_pay(request, number)
    release_lapsed(timezone.now(), order_id=order.pk)
    return _start(request, order, PayBy.ONLINE)


@never_cache
@login_required
@require_POST
def payment_on_delivery(request: SignedIn, number: str) -> HttpResponse:
    """The buyer of an unpaid order would rather pay when the goods come."""
    order = _to_pay(request, number)
    _start(request, order, PayBy.ON_DELIVERY)
    if Order.objects.filter(pk=order.pk, pay_by=PayBy.ON_DELIVERY).exists():
        stop_all(order)
        messages.success(request, _("You pay on delivery. The village has your order."))
    return redirect(order)


def _start(request: SignedIn, order: Order, way: PayBy) -> HttpResponse:
    page = request.build_absolute_uri(order.get_absolute_url())
    try:
        return redirect(gateways()[way].start(order, by=request.user, page=page, locale=get_language() or ""))
    except CannotPay as refused:
        messages.error(request, str(refused))
        return redirect(order)


def _to_pay(request: SignedIn, number: str) -> Order:
    """The order, if this person buys it; the verbs say so when there is nothing to pay any more."""
    order = order_for(request, number)
    if not abilities(request.user, order).buys:
        raise PermissionDenied
    return order
