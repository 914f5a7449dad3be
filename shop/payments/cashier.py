"""The cashier's page: every fen that came in stands somewhere, and what is due is collected from here."""

from __future__ import annotations

from typing import NamedTuple

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from farmers.payouts.owed import owed_to
from marketplace.access.rules import Act, SignedIn, requires
from shop.orders.models import Order, PayBy

from . import books, door
from .forms import CollectForm, GiveBackForm
from .models import Payment
from .receive import NotTaken, collect_cash, count_difference, give_back

PAGE_SIZE = 20
# each list's parameter in the address, and where it stands on the page
ANCHORS = {"page": "collect", "back": "back", "match": "match", "households": "dues"}


@never_cache
@requires(Act.SETTLE)
@require_safe
def cashier(request: SignedIn) -> HttpResponse:
    """`?q=` an order's number: to take money for it before it was accepted."""
    asked = request.GET.get("q", "").replace("\0", "").strip()[:40]
    order = (
        Order.objects.select_related("organisation").filter(number__iexact=asked).first() if asked else None
    )
    return _page(
        request, asked=asked, order=order, form=CollectForm(order) if order and order.due_fen else None
    )


def _page(
    request: SignedIn,
    *,
    asked: str = "",
    order: Order | None = None,
    form: CollectForm | None = None,
    refused: GiveBackForm | None = None,
    status: int = 200,
) -> HttpResponse:
    ways = books.ways_to_collect()
    way = request.GET.get("way", "")
    due = books.to_collect()
    if way in PayBy.values:
        due = due.filter(pay_by=way)
    collect = _paged(request, due, "page")
    back = _paged(request, books.to_give_back().prefetch_related("payments", "refunds"), "back")
    dues = _paged(request, books.households_owed(), "households")
    amounts = owed_to([household.pk for household in dues.page])
    return render(
        request,
        "payments/cashier.html",
        {
            "books": books.books(),
            "asked": asked,
            "order": order,
            "form": form,
            "refused": refused,
            "collect": collect,
            "ways": ways,
            "way": way,
            "collect_forms": [(each, CollectForm(each)) for each in collect.page],
            "brought": door.by_officer(),
            "back": back,
            "back_forms": [(each, GiveBackForm(each)) for each in back.page],
            "match": _paged(request, books.to_match(), "match"),
            "credits": books.credits()[:PAGE_SIZE],
            "dues": dues,
            "dues_rows": [(household, amounts[household.pk]) for household in dues.page],
        },
        status=status,
    )


class Part(NamedTuple):
    """A page of one of the lists, with the addresses of its neighbours; the other lists stay where they are."""

    page: Page
    earlier: str
    later: str


def _paged(request: SignedIn, rows: QuerySet, name: str) -> Part:
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get(name))

    def at(number: int) -> str:
        asked = request.GET.copy()
        asked[name] = str(number)
        return f"{reverse('cashier')}?{asked.urlencode()}#{ANCHORS[name]}"

    return Part(
        page,
        earlier=at(page.previous_page_number()) if page.has_previous() else "",
        later=at(page.next_page_number()) if page.has_next() else "",
    )


@never_cache
@requires(Act.SETTLE)
@require_POST
def collect(request: SignedIn, number: str) -> HttpResponse:
    """Cash or a transfer for an order, with its receipt."""
    order = get_object_or_404(Order.objects.select_related("organisation"), number=number)
    form = CollectForm(order, request.POST)
    if not form.is_valid():
        return _page(request, asked=number, order=order, form=form, status=422)
    data = form.cleaned_data
    try:
        collect_cash(
            order, data["amount"], data["receipt"], request.user, provider=Payment.Provider(data["provider"])
        )
    except NotTaken as refused:
        form.add_error(None, str(refused))
        return _page(request, asked=number, order=order, form=form, status=409)
    messages.success(request, _("Recorded for order %(number)s.") % {"number": order.number})
    return redirect("cashier")


@never_cache
@requires(Act.SETTLE)
@require_POST
def refund(request: SignedIn, number: str) -> HttpResponse:
    """Money that went back to the buyer, with its receipt."""
    order = get_object_or_404(Order, number=number)
    form = GiveBackForm(order, request.POST)
    if not form.is_valid():
        return _page(request, order=order, refused=form, status=422)
    data = form.cleaned_data
    try:
        give_back(
            order, data["amount"], data["receipt"], request.user, provider=Payment.Provider(data["provider"])
        )
    except NotTaken as problem:
        form.add_error(None, str(problem))
        return _page(request, order=order, refused=form, status=409)
    messages.success(request, _("Recorded for order %(number)s.") % {"number": order.number})
    return redirect("cashier")


@never_cache
@requires(Act.SETTLE)
@require_POST
def count(request: SignedIn, payment_id: int) -> HttpResponse:
    """Count money of an unexpected amount for its order after all."""
    payment = get_object_or_404(Payment, pk=payment_id)
    try:
        count_difference(payment.pk, request.user)
    except NotTaken as refused:
        messages.error(request, str(refused))
    else:
        messages.success(
            request, _("Counted for its order. What is too much shows under money to give back.")
        )
    return redirect("cashier")
