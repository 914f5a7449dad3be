"""What households have listed, seen by their officer: let on sale, put right, or sent back with a reason."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from farmers.registry.models import encrypted
from farmers.stock.check import AlreadyDecided, approve_lot, put_right, send_back, to_check
from farmers.stock.models import Lot, Product
from farmers.stock.photos import MOST, add_photo
from marketplace.access.rules import Act, SignedIn, requires
from marketplace.days import today
from marketplace.money import line_amount_fen
from marketplace.quantity import unit_size

from .officer_forms import ApproveForm, PhotoForm, RightForm, SendBackForm

PAGE_SIZE = 20
# as far from the reference price, in percent, as is worth a second look
FAR = 30


class Price(NamedTuple):
    """What others ask, per the lot's own unit, and by how many percent this lot is dearer or (below nothing) cheaper."""

    fen: int
    more: int

    @property
    def less(self) -> int:
        return max(-self.more, 0)

    @property
    def far(self) -> bool:
        return abs(self.more) >= FAR


def beside_reference(lot: Lot, product: Product) -> Price | None:
    if not product.reference_price_fen:
        return None
    fen = line_amount_fen(product.reference_price_fen, lot.unit_size, unit_size(product.unit))
    return Price(fen, round(100 * (lot.price_fen - fen) / fen)) if fen else None


@never_cache
@requires(Act.CHECK_STOCK)
@require_safe
def checks(request: SignedIn) -> HttpResponse:
    """The longest waiting first."""
    lots = (
        to_check(request.user)
        .select_related("product", "household", "village", "town")
        .prefetch_related("photos")
        .defer(*encrypted("household__"))
    )
    page = Paginator(lots, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [(lot, beside_reference(lot, lot.product)) for lot in page]
    return render(request, "selling/officer_checks.html", {"page": page, "rows": rows, "today": today()})


@never_cache
@requires(Act.CHECK_STOCK)
@require_safe
def check(request: SignedIn, lot_id: int) -> HttpResponse:
    return _page(request, _lot(request, lot_id))


def _lot(request: SignedIn, lot_id: int) -> Lot:
    """The lot, if it is theirs to see, whatever it has come to; else 404."""
    lots = Lot.objects.visible_to(request.user).select_related("product", "household__village__town", "town")
    return get_object_or_404(lots.defer(*encrypted("household__")), pk=lot_id)


def _page(request: SignedIn, lot: Lot, status: int = 200, **forms: Any) -> HttpResponse:
    waits = to_check(request.user).filter(pk=lot.pk).exists()
    photos = list(lot.photos.all())
    context = {
        "lot": lot,
        "waits": waits,
        "photos": photos,
        "more_photos": len(photos) < MOST,
        "price": beside_reference(lot, lot.product),
        "past": lot.good_until is not None and lot.good_until < today(),
        "history": lot.transitions.select_related("by"),
        "approve": ApproveForm(),
        "back": SendBackForm(),
        "right": RightForm(lot),
        "photo": PhotoForm(),
    }
    return render(request, "selling/officer_check.html", context | forms, status=status)


@requires(Act.CHECK_STOCK)
@require_POST
def approve(request: SignedIn, lot_id: int) -> HttpResponse:
    lot = _lot(request, lot_id)
    form = ApproveForm(request.POST)
    if not form.is_valid():
        return _page(request, lot, 422, approve=form)
    try:
        approve_lot(lot.pk, request.user, **form.cleaned_data)
    except AlreadyDecided:
        return _decided(request, lot)
    except PermissionDenied:
        raise Http404 from None
    messages.success(request, _("It is on sale."))
    return redirect("officers:checks")


@requires(Act.CHECK_STOCK)
@require_POST
def back(request: SignedIn, lot_id: int) -> HttpResponse:
    lot = _lot(request, lot_id)
    form = SendBackForm(request.POST)
    if not form.is_valid():
        return _page(request, lot, 422, back=form)
    try:
        send_back(lot.pk, request.user, form.cleaned_data["why"])
    except AlreadyDecided:
        return _decided(request, lot)
    except PermissionDenied:
        raise Http404 from None
    messages.success(request, _("Sent back. The household sees what has to be put right."))
    return redirect("officers:checks")


@requires(Act.CHECK_STOCK)
@require_POST
def right(request: SignedIn, lot_id: int) -> HttpResponse:
    """What is really there, or the price that was meant: with the household's consent, which is kept."""
    lot = _lot(request, lot_id)
    form = RightForm(lot, request.POST)
    if not form.is_valid():
        return _page(request, lot, 422, right=form)
    try:
        put_right(lot.pk, request.user, form.right(), form.cleaned_data["consent"])
    except AlreadyDecided:
        return _decided(request, lot)
    except PermissionDenied:
        raise Http404 from None
    messages.success(request, _("Put right. It still has to be checked."))
    return redirect("officers:check", lot.pk)


@requires(Act.CHECK_STOCK)
@require_POST
def photo(request: SignedIn, lot_id: int) -> HttpResponse:
    """A photo that the officer took of these goods, whether they wait or are on sale already."""
    lot = _lot(request, lot_id)
    form = PhotoForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            add_photo(lot, form.cleaned_data["photo"])
        except ValidationError as error:
            form.add_error("photo", error)
    if not form.is_valid():
        return _page(request, lot, 422, photo=form)
    messages.success(request, _("The photo is there."))
    return redirect("officers:check", lot.pk)


def _decided(request: SignedIn, lot: Lot) -> HttpResponse:
    messages.info(request, _("Somebody has decided on this already."))
    return redirect("officers:check", lot.pk)
