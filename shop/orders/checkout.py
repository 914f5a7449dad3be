"""The checkout page: what is shown there is what is bought, or the buyer is told what changed."""

from __future__ import annotations

import json
import uuid

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from marketplace.access.rules import Act, requires
from shop.basket import hold
from shop.buyers.models import BuyerOrganisation, organisation_of

from .forms import CheckoutForm
from .models import Order, PayBy
from .place import Change, NotAsShown, Problem, Wanted, place

_SALT = "orders.checkout"


def seal_offer(key: uuid.UUID, inside: hold.Contents) -> str:
    """What the page shows, signed: the order it becomes, and each lot's amount and price."""
    lines = [[line.lot.pk, line.quantity, line.lot.price_fen] for line in inside.lines]
    return signing.dumps([str(key), lines], salt=_SALT, compress=True)


def open_offer(token: str, max_age_seconds: int = 24 * 60 * 60) -> tuple[uuid.UUID, list[Wanted]]:
    """Raises signing.BadSignature when it is not ours or a day old."""
    key, lines = signing.loads(token, salt=_SALT, max_age=max_age_seconds)
    return uuid.UUID(key), [Wanted(*line) for line in lines]


@never_cache
@login_required
@requires(Act.BUY)
@require_http_methods(["GET", "POST"])
def checkout(request: HttpRequest) -> HttpResponse:
    basket = hold.find(request)
    inside = hold.contents(basket)
    unit = organisation_of(request.user)
    online = bool(settings.STRIPE_SECRET_KEY)
    if request.method == "GET":
        if not inside.lines:
            return redirect("basket:show")
        return _page(request, CheckoutForm(organisation=unit, online=online, initial=_known(request, unit)), inside)
    form = CheckoutForm(request.POST, organisation=unit, online=online)
    try:
        key, wanted = open_offer(request.POST.get("offer", ""))
    except (signing.BadSignature, ValueError, TypeError, json.JSONDecodeError):
        form.add_error(None, _("This page is out of date. Look through it once more, please."))
        return _page(request, form, inside, status=409)
    twin = Order.objects.filter(key=key, buyer=request.user).first()
    if twin:  # the same form again: the order is there already
        return redirect(twin)
    if not form.is_valid():
        return _page(request, form, inside, status=422)
    try:
        order = place(
            request.user, key, wanted, PayBy(form.cleaned_data["pay_by"]), form.delivery(), organisation=unit
        )
    except NotAsShown as changed:
        return _page(request, form, hold.contents(basket), changed.problems, status=409)
    hold.remember(request, basket, len(hold.contents(basket).lines))
    if order.pay_by == PayBy.ONLINE:
        messages.info(request, _("The goods are held for you for 30 minutes. Pay now, please."))
    else:
        messages.success(request, _("Thank you. The village has your order."))
    return redirect(order)


def _known(request: HttpRequest, unit: BuyerOrganisation | None) -> dict[str, object]:
    """What is known already, so that nobody types it twice: the unit's address, or that of the last order."""
    if unit:
        return {"recipient": unit.contact, "phone": unit.phone, "way": "address", "address": unit.address}
    last = Order.objects.filter(buyer=request.user).order_by("-placed_at").first()
    if last is None:
        return {"way": "pickup"}
    return {
        "recipient": last.recipient,
        "phone": last.phone,
        "way": "pickup" if last.pickup_point_id else "address",
        "pickup_point": last.pickup_point_id,
        "address": last.address,
    }


def _page(
    request: HttpRequest,
    form: CheckoutForm,
    inside: hold.Contents,
    problems: list[Problem] | None = None,
    status: int = 200,
) -> HttpResponse:
    said = {problem.lot_id: problem for problem in problems or []}
    return render(
        request,
        "orders/checkout.html",
        {
            "form": form,
            "basket": inside,
            "rows": [(line, said.get(line.lot.pk)) for line in inside.lines],
            "changed": bool(said),
            "Change": Change,
            "offer": seal_offer(uuid.uuid4(), inside),
        },
        status=status,
    )
