"""A citizen's order counts for a unit when its buyer says so: as one of the unit's staff, or for its trade union."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from marketplace.access.models import User
from marketplace.access.rules import Act, SignedIn, may
from marketplace.templatetags.market import name_ as in_words
from shop.buyers.models import BuyerOrganisation, CreditedOrder

from .models import Order, State
from .transitions import NotAllowed, locked
from .views import order_for

# units report by the month: what is older is in reports that went out
CREDIT_DAYS = 90


def may_credit(user: User, order: Order) -> bool:
    """Its own buyer alone: not colleagues, not the city. A unit's order counts for the unit anyway."""
    return order.buyer_id == user.pk and order.organisation_id is None and may(user, Act.BUY)


@transaction.atomic
def credit(
    order_id: int, unit: BuyerOrganisation | None, kind: CreditedOrder.Kind, by: User
) -> CreditedOrder | None:
    """Let the order count for the unit, instead of another that was named before; None: for no unit.

    Raises PermissionDenied, NotAllowed.
    """
    order = locked(order_id)
    if not may_credit(by, order):
        raise PermissionDenied
    if order.state in {State.CANCELLED, State.EXPIRED}:
        raise NotAllowed(_("This order has ended without goods."))
    if order.placed_at < timezone.now() - dt.timedelta(days=CREDIT_DAYS):
        raise NotAllowed(_("This can be said in the first 90 days after an order."))
    if unit is None:
        CreditedOrder.objects.filter(order_number=order.number).delete()
        return None
    if unit.canteen == BuyerOrganisation.Canteen.NONE:
        raise NotAllowed(_("This unit has no canteen, so nothing counts for it."))
    credited, _new = CreditedOrder.objects.update_or_create(
        order_number=order.number,
        defaults={"organisation": unit, "kind": kind, "by": by, "at": timezone.now()},
    )
    return credited


class UnitField(forms.ModelChoiceField):
    def label_from_instance(self, obj: BuyerOrganisation) -> str:
        return in_words(obj)


class CreditForm(forms.Form):
    unit = UnitField(
        label=gettext_lazy("Unit"),
        queryset=BuyerOrganisation.objects.exclude(canteen=BuyerOrganisation.Canteen.NONE).defer("phone"),
        required=False,
        empty_label=gettext_lazy("no unit"),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("How it counts"),
        choices=CreditedOrder.Kind,
        widget=forms.RadioSelect,
        initial=CreditedOrder.Kind.STAFF,
    )


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def counts_for(request: SignedIn, number: str) -> HttpResponse:
    """A form of its own: which unit this purchase counts for."""
    order = order_for(request, number)
    if not may_credit(request.user, order):
        raise PermissionDenied
    now = CreditedOrder.objects.filter(order_number=order.number).first()
    said = {"unit": now.organisation_id, "kind": now.kind} if now else {}
    form = CreditForm(request.POST if request.method == "POST" else None, initial=said)
    status = 422 if form.errors else 200
    if form.is_valid():
        unit = form.cleaned_data["unit"]
        try:
            credit(order.pk, unit, CreditedOrder.Kind(form.cleaned_data["kind"]), request.user)
        except NotAllowed as refused:
            form.add_error(None, str(refused))
            status = 409
        else:
            if unit:
                messages.success(request, _("This purchase counts for %(unit)s.") % {"unit": in_words(unit)})
            else:
                messages.success(request, _("This purchase counts for no unit."))
            return redirect(order)
    return render(request, "orders/counts_for.html", {"order": order, "form": form}, status=status)
