"""A person's own pages: kept addresses."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from marketplace.access.rules import SignedIn

from . import addresses
from .forms import AddressForm
from .models import Address

_PERSONAL = sensitive_post_parameters("recipient", "phone", "address")


def _own(request: SignedIn, pk: int) -> Address:
    """The person's own address; of others', 404."""
    return get_object_or_404(Address, pk=pk, user=request.user)


@_PERSONAL
@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def address_list(request: SignedIn) -> HttpResponse:
    """The kept addresses, and a form for one more."""
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            addresses.keep(request.user, form.place(), form.cleaned_data["usual"])
        except addresses.Full:
            form.add_error(None, _("We keep ten addresses. Delete one that you no longer need, please."))
        else:
            messages.success(request, _("Kept."))
            return redirect("account:addresses")
    kept = list(Address.objects.filter(user=request.user))
    return render(
        request,
        "buyers/addresses.html",
        {"kept": kept, "form": form, "room": len(kept) < addresses.MOST},
        status=422 if form.errors else 200,
    )


@_PERSONAL
@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def address_edit(request: SignedIn, pk: int) -> HttpResponse:
    address = _own(request, pk)
    form = AddressForm(request.POST if request.method == "POST" else None, initial=AddressForm.facts(address))
    if form.is_valid():
        addresses.change(address, form.place(), form.cleaned_data["usual"])
        messages.success(request, _("Kept."))
        return redirect("account:addresses")
    return render(
        request,
        "buyers/address.html",
        {"address": address, "form": form},
        status=422 if form.errors else 200,
    )


@login_required
@require_POST
def address_usual(request: SignedIn, pk: int) -> HttpResponse:
    addresses.make_usual(_own(request, pk))
    messages.success(request, _("Checkout proposes this address now."))
    return redirect("account:addresses")


@login_required
@require_POST
def address_delete(request: SignedIn, pk: int) -> HttpResponse:
    addresses.forget(_own(request, pk))
    messages.success(request, _("Deleted. Orders placed before keep their address."))
    return redirect("account:addresses")
