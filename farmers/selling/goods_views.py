"""A household's own goods on a phone: where each stands, put right and sent again, taken off sale."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from farmers.stock.check import AlreadyDecided, Right, resubmit
from farmers.stock.measure_forms import PREFIX, measures_form
from farmers.stock.measures import NONE, in_words, measures_of
from farmers.stock.models import Lot, LotCheck, LotPhoto, SaplingMeasures
from farmers.stock.photos import add_photo
from farmers.stock.withdraw import withdraw
from farmers.stock.workbook import cells
from farmers.stock.workbook.cells import Refusal
from farmers.stock.workbook.sheets import Cell, Kind
from marketplace.access.rules import Act, SignedIn, requires
from marketplace.days import today
from marketplace.photo_fields import PhotoField
from marketplace.quantity import Unit

from .form import must_fit

PAGE_SIZE = 20
# a cookie of the phone, not of the person: who holds it sees what its owner sees
LARGE = "large"
YEAR = 365 * 24 * 3600


class AgainForm(forms.Form):
    """What was wrong, put right. Empty cells stay as they are."""

    amount = forms.CharField(label=gettext_lazy("How much is there?"), max_length=40, required=False)
    price = forms.CharField(label=gettext_lazy("What should it cost?"), max_length=40, required=False)
    photo = PhotoField(label=gettext_lazy("A new photo"), required=False)

    def __init__(self, lot: Lot, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lot = lot
        row = SaplingMeasures.objects.filter(lot=lot).first() if lot.product.plant else None
        self.known = measures_of(row) if row else NONE
        self.plants = measures_form(lot.product, self.data or None, self.known)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        plants = self.plants
        if plants is not None:
            for name, said in plants.errors.items():
                self.errors[f"{PREFIX}-{name}"] = said
            measures = plants.measures() if plants.is_valid() else NONE
            if measures not in (NONE, self.known):
                data["grade"] = in_words(measures)
        return data

    def clean_amount(self) -> int | None:
        """Grams or pieces."""
        text = self.cleaned_data["amount"]
        if not text:
            return None
        try:
            found = cells.quantity(Cell(Kind.TEXT, text, text))
            unit = found.unit or Unit(self.lot.unit)
            must_fit(self.lot.product, unit)
            return cells.base_quantity(found, unit)
        except Refusal as refusal:
            raise ValidationError(str(refusal)) from None

    def clean_price(self) -> int | None:
        """Fen per unit of the lot."""
        text = self.cleaned_data["price"]
        if not text:
            return None
        try:
            found = cells.price(Cell(Kind.TEXT, text, text))
            if found.unit and found.unit != self.lot.unit:
                raise ValidationError(
                    _("Write the price for one %(unit)s.") % {"unit": Unit(self.lot.unit).label}
                )
            return cells.whole_fen(found.fen)
        except Refusal as refusal:
            raise ValidationError(str(refusal)) from None


class WithdrawForm(forms.Form):
    why = forms.CharField(label=gettext_lazy("Why?"), max_length=80)


@never_cache
@requires(Act.SELL)
@require_safe
def goods(request: SignedIn) -> HttpResponse:
    """All of my goods, by where they stand."""
    mine = _mine(request)
    counts = dict(mine.order_by().values_list("state").annotate(Count("pk")))
    state = request.GET.get("state", "")
    rows = mine.filter(state=state) if state in Lot.State.values else mine
    return render(
        request,
        "selling/goods.html",
        {
            "page": Paginator(_shown(rows), PAGE_SIZE).get_page(request.GET.get("page")),
            "state": state,
            "states": [(each, counts[each]) for each in Lot.State if counts.get(each)],
            "all": sum(counts.values()),
            "today": today(),
        },
    )


@never_cache
@requires(Act.SELL)
@require_safe
def one(request: SignedIn, lot_id: int) -> HttpResponse:
    return _page(request, _lot(request, lot_id))


@requires(Act.SELL)
@require_POST
def again(request: SignedIn, lot_id: int) -> HttpResponse:
    """Put right what the officer asked for, and send it again."""
    lot = _lot(request, lot_id)
    form = AgainForm(lot, request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, lot, form)
    try:
        data = form.cleaned_data
        right = Right(data["amount"], data["price"], data.get("grade"))
        # goods that are decided take no photo that the officer has not seen; one that is refused leaves all as it was
        with transaction.atomic():
            resubmit(lot.pk, request.user, right=right)
            if data["photo"]:
                add_photo(lot, data["photo"])
    except ValidationError as error:
        form.add_error("photo", error)
        return _page(request, lot, form)
    except AlreadyDecided:
        messages.info(request, _("It was sent already."))
    else:
        messages.success(request, _("Sent. Your officer will look at it again."))
    return redirect("selling:one", lot.pk)


@requires(Act.SELL)
@require_POST
def off(request: SignedIn, lot_id: int) -> HttpResponse:
    """Off sale: eaten, spoiled, promised to a neighbour."""
    lot = _lot(request, lot_id)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return _page(request, lot, withdrawing=form)
    if withdraw([lot.pk], request.user, form.cleaned_data["why"]):
        messages.success(request, _("It is off sale. What was ordered before is still to be brought."))
    return redirect("selling:one", lot.pk)


def _mine(request: SignedIn) -> QuerySet[Lot]:
    """The own household's, whatever else the role may see."""
    return Lot.objects.filter(household__user=request.user)


def _shown(lots: QuerySet[Lot]) -> QuerySet[Lot]:
    return lots.select_related("product").prefetch_related(
        Prefetch("photos", LotPhoto.objects.order_by("position", "pk")),
        Prefetch("checks", LotCheck.objects.order_by("-pk")),
    )


def _lot(request: SignedIn, lot_id: int) -> Lot:
    return get_object_or_404(_shown(_mine(request)), pk=lot_id)


def _page(
    request: SignedIn, lot: Lot, form: AgainForm | None = None, withdrawing: WithdrawForm | None = None
) -> HttpResponse:
    return render(
        request,
        "selling/one.html",
        {
            "lot": lot,
            "again": form or AgainForm(lot),
            "withdrawing": withdrawing or WithdrawForm(),
            "history": lot.transitions.order_by("-pk")[:20],
            "today": today(),
        },
        status=422 if form or withdrawing else 200,
    )


# --- larger letters -------------------------------------------------------------------------------


@require_POST
def text_size(request: SignedIn) -> HttpResponse:
    """Larger letters on this phone, or the usual ones again."""
    if not request.user.is_authenticated:
        raise PermissionDenied
    onward = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(onward, {request.get_host()}, require_https=request.is_secure())
    answer = redirect(onward if safe else "seller")
    if request.POST.get("size") == LARGE:
        answer.set_cookie(
            "text", LARGE, max_age=YEAR, samesite="Lax", secure=request.is_secure(), httponly=True
        )
    else:
        answer.delete_cookie("text", samesite="Lax")
    return answer
