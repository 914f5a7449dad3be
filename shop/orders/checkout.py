"""The checkout page: what is shown there is what is bought, or the buyer is told what changed."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from marketplace.access.models import User
from marketplace.access.rules import Act, SignedIn, may, requires
from marketplace.quantity import in_units
from shop.basket import hold
from shop.basket.models import Basket
from shop.buyers import addresses
from shop.buyers.models import Address, BuyerOrganisation, organisation_of
from shop.catalogue.delivery import earliest
from shop.catalogue.forms import AmountForm

from .forms import NEW, CheckoutForm
from .models import Order, PayBy
from .place import Change, NotAsShown, Problem, Wanted, place

_SALT = "orders.checkout"
OFFER_SECONDS = 24 * 60 * 60


def seal_offer(buyer: User, key: uuid.UUID, inside: hold.Contents) -> str:
    """What the page shows, signed for this buyer: the order it becomes, and each lot's amount and price."""
    lines = [[line.lot.pk, line.quantity, line.lot.price_fen] for line in inside.lines]
    return signing.dumps([str(key), lines], salt=f"{_SALT}:{buyer.pk}", compress=True)


def open_offer(buyer: User, token: str) -> tuple[uuid.UUID, list[Wanted]]:
    """Raises signing.BadSignature when it is not ours, not this buyer's, or a day old."""
    key, lines = signing.loads(token, salt=f"{_SALT}:{buyer.pk}", max_age=OFFER_SECONDS)
    return uuid.UUID(key), [Wanted(*line) for line in lines]


@never_cache
@login_required
@requires(Act.BUY)
@require_http_methods(["GET", "POST"])
def checkout(request: SignedIn) -> HttpResponse:
    basket, inside = hold.find_with_contents(request)
    unit = organisation_of(request.user)
    kept = [] if unit else list(Address.objects.filter(user=request.user))
    ways: dict[str, Any] = {
        "on_account": unit is not None and unit.on_account and may(request.user, Act.BUY_ON_ACCOUNT),
        "online": bool(settings.STRIPE_SECRET_KEY),
        # a unit's goods go to its own door
        "addresses": None if unit else kept,
        "earliest": earliest(line.lot.harvested_on for line in inside.lines),
    }
    if request.method == "GET":
        if not inside.lines:
            return redirect("basket:show")
        return _page(request, CheckoutForm(initial=_known(request, unit, kept), **ways), inside)
    form = CheckoutForm(request.POST, **ways)
    try:
        key, wanted = open_offer(request.user, request.POST.get("offer", ""))
    except (signing.BadSignature, ValueError, TypeError, json.JSONDecodeError):
        form.add_error(None, _("This page is out of date. Look through it once more, please."))
        return _page(request, form, inside, status=409)
    twin = Order.objects.filter(key=key, buyer=request.user).first()
    if twin:  # the same form again: the order is there already
        return _to(request, twin)
    if basket is not None and (wrong := _new_amounts(request, basket, inside)) is not None:
        # nothing is said yet about fields that nobody has sent
        form = CheckoutForm(initial=request.POST.dict(), **ways)
        status = 422 if wrong else 200 if "update" in request.POST else 409
        return _page(request, form, hold.contents(basket), amounts=wrong, status=status)
    if not form.is_valid():
        return _page(request, form, inside, status=422)
    try:
        order = place(
            request.user, key, wanted, PayBy(form.cleaned_data["pay_by"]), form.delivery(), organisation=unit
        )
    except NotAsShown as changed:
        return _page(request, form, hold.contents(basket), wanted, changed.problems, status=409)
    ordered = {line.lot_id for line in wanted}
    hold.remember(request, basket, sum(line.lot.pk not in ordered for line in inside.lines))
    if place_to_keep := form.to_keep():
        _keep(request, place_to_keep)
    if order.pay_by == PayBy.ONLINE:
        messages.info(request, _("The goods are held for you for 30 minutes. Pay now, please."))
    else:
        messages.success(request, _("Thank you. The village has your order."))
    return _to(request, order)


def _in_place(request: SignedIn) -> bool:
    """Whether htmx puts the answer into the page that stands."""
    htmx = request.htmx  # type: ignore[attr-defined]
    return bool(htmx) and htmx.target == "checkout"


def _to(request: SignedIn, order: Order) -> HttpResponse:
    if _in_place(request):
        return HttpResponse(headers={"HX-Redirect": order.get_absolute_url()})
    return redirect(order)


def _new_amounts(request: SignedIn, basket: Basket, inside: hold.Contents) -> dict[int, AmountForm] | None:
    """Take over the amounts changed on this page, into the basket. Those that cannot be, by lot; None: none changed."""
    changed, wrong = "update" in request.POST, {}
    for line in inside.lines:
        typed = request.POST.get(f"amount-{line.lot.pk}")
        if typed is None or typed.replace(",", "") == in_units(line.quantity, line.lot.unit_size).replace(
            ",", ""
        ):
            continue
        form = AmountForm({"amount": typed}, lot=line.lot)
        changed = True
        if form.is_valid():
            hold.set_quantity(basket, line.lot, form.cleaned_data["amount"])
        else:
            wrong[line.lot.pk] = form
    return wrong if changed else None


def _keep(request: SignedIn, place: addresses.Place) -> None:
    """The order stands, whether its address can be kept or not."""
    try:
        addresses.keep(request.user, place)
    except addresses.Full:
        messages.info(request, _("The address was not kept: there are as many as we keep already."))


def _known(request: SignedIn, unit: BuyerOrganisation | None, kept: Sequence[Address]) -> dict[str, object]:
    """What is known already, so that nobody types it twice: the unit's address, or that of the last order."""
    if unit:
        return {"recipient": unit.contact, "phone": unit.phone, "way": "address", "address": unit.address}
    last = Order.objects.filter(buyer=request.user).order_by("-placed_at").first()
    usual = next((place for place in kept if place.is_default), None)
    saved = {"saved": str(usual.pk) if usual else NEW}
    if last is None:
        return {"way": "address" if usual else "pickup", **saved}
    return {
        **saved,
        "recipient": last.recipient,
        "phone": last.phone,
        "way": "pickup" if last.pickup_point_id else "address",
        "pickup_point": last.pickup_point_id,
        "address": last.address,
    }


class Row(NamedTuple):
    """A basket line with what is no longer as the buyer last saw it; `was_fen` is the price then."""

    line: hold.Line
    change: Change | None
    was_fen: int | None
    wrong: AmountForm | None = None

    @property
    def amount(self) -> str:
        """As it was typed, where it cannot be taken."""
        kept = in_units(self.line.quantity, self.line.lot.unit_size).replace(",", "")
        return str(self.wrong["amount"].value() or "") if self.wrong else kept


def _row(line: hold.Line, shown_fen: int | None, problem: Problem | None, wrong: AmountForm | None) -> Row:
    if not line.on_sale:
        return Row(line, Change.GONE, None)
    if not line.enough:
        return Row(line, Change.STOCK, None)
    if not line.amount_fen:
        return Row(line, Change.TOO_LITTLE, None, wrong)
    was_fen = shown_fen if problem and problem.change == Change.PRICE else line.old_price_fen
    return Row(line, Change.PRICE if was_fen else None, was_fen, wrong)


def _page(
    request: SignedIn,
    form: CheckoutForm,
    inside: hold.Contents,
    wanted: Sequence[Wanted] = (),
    problems: Sequence[Problem] = (),
    *,
    amounts: dict[int, AmountForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The lines at today's prices, sealed anew: what changed is marked, and has to be agreed to once more."""
    shown = {each.lot_id: each.price_fen for each in wanted}
    said = {problem.lot_id: problem for problem in problems}
    return render(
        request,
        "orders/_checkout.html" if _in_place(request) else "orders/checkout.html",
        {
            "form": form,
            "basket": inside,
            "rows": [
                _row(line, shown.get(line.lot.pk), said.get(line.lot.pk), (amounts or {}).get(line.lot.pk))
                for line in inside.lines
            ],
            "amounts_changed": amounts is not None and not amounts,
            "amounts_wrong": bool(amounts),
            "refused": bool(problems),
            "offer": seal_offer(request.user, uuid.uuid4(), inside),
        },
        status=status,
    )
