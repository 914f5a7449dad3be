"""The cashier gives money back by the way it came: what does not go by itself, or only a part."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from marketplace.access.rules import Act, SignedIn, requires
from shop.orders.models import Order

from . import refunds
from .forms import YuanField
from .models import Refund
from .receive import NotTaken


class AmountForm(forms.Form):
    amount = YuanField(label=gettext_lazy("Amount in yuan"))
    # what the page showed as too much, in fen
    spare = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)


@never_cache
@requires(Act.SETTLE)
@require_POST
def refund_online(request: SignedIn, number: str) -> HttpResponse:
    """Asked of the payment service at once; the order's page says how far it is."""
    order = get_object_or_404(Order, number=number)
    form = AmountForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("cashier")
    try:
        data = form.cleaned_data
        asked = refunds.ask(order.pk, by=request.user, fen=data["amount"], seen_fen=data["spare"])
    except NotTaken as refused:
        messages.error(request, str(refused))
        return redirect("cashier")
    refunds.send(asked)
    failed = Refund.objects.filter(pk__in=[refund.pk for refund in asked], state=Refund.State.FAILED)
    if failed.exists():
        messages.error(request, _("The payment service did not give it back. Give it back by hand."))
    else:
        messages.success(request, _("Asked for. It is counted when the payment service has given it."))
    return redirect("cashier")
