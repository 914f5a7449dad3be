"""The green channel's pages: saplings for nursery firms, by their measures; ordering what they see first, or asking to look."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from farmers.stock.models import Lot
from marketplace.access.rules import SignedIn
from marketplace.days import today
from shop.catalogue.forms import FilterForm
from shop.catalogue.plants import NOTHING, condition, plant_facts
from shop.orders.models import Order
from shop.orders.place import Change, NotAsShown

from . import talk as talks
from .first import MOST_DAYS, firm_of, first_look, for_firms, order_first
from .forms import BeginForm, a_mobile_number
from .models import Side, Talk
from .papers import papers_of
from .steps import Refused
from .talk_views import waiting

PAGE_SIZE = 20


class OrderForm(forms.Form):
    """How many, lifted when, and whom to call about it."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    price_fen = forms.IntegerField(widget=forms.HiddenInput)
    quantity = forms.IntegerField(label=gettext_lazy("How many plants?"), min_value=1)
    lifted_on = forms.DateField(
        label=gettext_lazy("Lifting day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    phone = forms.CharField(
        label=gettext_lazy("Mobile number of whoever fetches them"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )

    def __init__(self, lot: Lot, data: Any = None) -> None:
        super().__init__(data, initial={"key": uuid.uuid4(), "price_fen": lot.price_fen})
        self.lot = lot
        day = today()
        self.fields["lifted_on"].widget.attrs |= {"min": day, "max": day + dt.timedelta(days=MOST_DAYS)}

    def clean_quantity(self) -> int:
        quantity: int = self.cleaned_data["quantity"]
        if quantity > self.lot.available:
            raise forms.ValidationError(_("There are %(left)s left.") % {"left": self.lot.available})
        return quantity

    def clean_lifted_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["lifted_on"]
        if not today() <= day <= today() + dt.timedelta(days=MOST_DAYS):
            raise forms.ValidationError(_("Choose a day within three months."))
        return day

    def clean_phone(self) -> str:
        return a_mobile_number(self.cleaned_data["phone"])


@never_cache
@login_required
@require_safe
def first(request: SignedIn) -> HttpResponse:
    """What is shown to nursery firms alone today; with `all`, the saplings that everybody may have, too."""
    firm = _firm(request)
    everything = request.GET.get("all") == "1"
    lots = for_firms(today())
    if not everything:
        lots = lots.filter(public_on__gt=today())
    filters = FilterForm(request.GET)
    plants = filters.filters().plants
    if plants != NOTHING:
        lots = lots.filter(condition(plants))
    page = Paginator(lots, PAGE_SIZE).get_page(request.GET.get("page"))
    own = Talk.objects.filter(firm=firm)
    open_talks = dict(
        own.open().filter(lot__in=[lot.pk for lot in page]).order_by().values_list("lot", "number")
    )
    return render(
        request,
        "green/first.html",
        {
            "firm": firm,
            "page": page,
            "today": today(),
            "all": everything,
            "filters": filters,
            "filtered": plants != NOTHING or bool(filters.errors),
            "talks": open_talks,
            "waiting": waiting(Side.FIRM, own),
        },
    )


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def one(request: SignedIn, slug: str) -> HttpResponse:
    """One lot, and ordering of it while it is for nursery firms alone."""
    _firm(request)
    if known := _ordered(request):
        return redirect(known)
    if request.method == "GET":
        return _page(request, get_object_or_404(for_firms(today()), slug=slug))
    lot = get_object_or_404(first_look(request.user, today()), slug=slug)
    form = OrderForm(lot, request.POST)
    if form.is_valid():
        data = form.cleaned_data
        if data["price_fen"] != lot.price_fen:
            form.add_error(None, _("The price has changed. Look at it, and order again."))
        else:
            try:
                order = order_first(
                    lot, data["quantity"], data["lifted_on"], data["phone"], data["key"], request.user
                )
            except NotAsShown as missed:
                form.add_error("quantity", _why(missed))
            else:
                return redirect(order)
    return _page(request, lot, order=form)


@never_cache
@login_required
@require_POST
def begin(request: SignedIn, slug: str) -> HttpResponse:
    """Ask to look at a lot: a talk begins. Whoever talks over it already is led there."""
    _firm(request)
    lot = get_object_or_404(for_firms(today()), slug=slug)
    form = BeginForm(request.POST, for_another=False, name="ask")
    if form.is_valid():
        data = form.cleaned_data
        try:
            return redirect(talks.begin(lot, data["day"], data["phone"], form.said(), request.user))
        except Refused as why:
            form.add_error(None, str(why))
    return _page(request, lot, look=form)


def _page(
    request: SignedIn, lot: Lot, order: OrderForm | None = None, look: BeginForm | None = None
) -> HttpResponse:
    firm = _firm(request)
    early = lot.public_on is not None and lot.public_on > today()
    return render(
        request,
        "green/one.html",
        {
            "firm": firm,
            "lot": lot,
            "early": early,
            "form": (order or OrderForm(lot)) if early else None,
            "look": look or BeginForm(for_another=False, name="ask", initial={"phone": ""}),
            "asked": look is not None,
            "talk": Talk.objects.open().filter(lot=lot, firm=firm).first(),
            "facts": plant_facts(getattr(lot, "measures", None)),
            "papers": papers_of([lot.pk])[lot.pk],
            "today": today(),
        },
        status=422 if order or look else 200,
    )


def _ordered(request: SignedIn) -> Order | None:
    """The order that this form became before: what is left of the lot no longer matters to it."""
    try:
        key = uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return None
    return Order.objects.filter(buyer=request.user, key=key).first()


def _why(missed: NotAsShown) -> str:
    if missed.problems[0].change == Change.STOCK:
        return _("There are %(left)s left.") % {"left": missed.problems[0].now}
    return _("Somebody was quicker: these are gone.")


def _firm(request: SignedIn) -> Any:
    firm = firm_of(request.user)
    if firm is None:
        raise PermissionDenied
    return firm
