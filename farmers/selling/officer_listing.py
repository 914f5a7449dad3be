"""An officer lists for a household that cannot or would rather not: with its consent, and seen already."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from farmers.registry.models import Household
from farmers.stock.check import list_for
from farmers.stock.models import Lot, Product
from farmers.stock.photos import add_photo
from marketplace.access.rules import Act, SignedIn, requires

from .officer_forms import ListForForm
from .officer_households import found, recent_products

RECENT = 6


@never_cache
@requires(Act.CHECK_STOCK)
@require_http_methods(["GET", "POST"])
def list_lot(request: SignedIn, household_id: int) -> HttpResponse:
    """The form carries a key: sent twice, it lists once."""
    one = found(request, household_id)
    if request.method == "GET":
        return _page(request, one, ListForForm(_recent(one)))
    form = ListForForm(_recent(one), request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, one, form, status=422)
    try:
        lot = _list(request, one, form)
    except ValidationError as error:  # the photo is none; nothing was listed
        form.add_error("photo", error)
        return _page(request, one, form, status=422)
    except PermissionDenied:
        raise Http404 from None
    messages.success(request, _("It is on sale, and noted as listed by you for this household."))
    return redirect("officers:lot", lot.pk)


@transaction.atomic
def _list(request: SignedIn, one: Household, form: ListForForm) -> Lot:
    photo = form.cleaned_data["photo"]
    row = form.row(
        one,
        state=Lot.State.LISTED,
        consent=form.cleaned_data["consent"],
        import_key=f"officer:{form.cleaned_data['key']}",
    )
    lot = list_for(row, request.user, photo_true=photo is not None)
    if photo is not None and not lot.photos.exists():
        add_photo(lot, photo)
    return lot


def _recent(one: Household) -> list[Product]:
    """What it sold before, the last first, each once."""
    products = {lot.product_id: lot.product for lot in recent_products(one)[:40]}
    return list(products.values())[:RECENT]


def _page(request: SignedIn, one: Household, form: ListForForm, status: int = 200) -> HttpResponse:
    return render(request, "selling/officer_list.html", {"household": one, "form": form}, status=status)
