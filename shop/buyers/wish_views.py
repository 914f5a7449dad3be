"""A person's own pages: favourites, and goods waited for."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from farmers.registry.models import Town
from farmers.stock.models import Lot, Product
from marketplace.access.rules import SignedIn
from marketplace.days import today

from . import wishes
from .models import BackAlert, Favourite


def _back(request: SignedIn) -> HttpResponse:
    """To where the button stood."""
    to = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(to, {request.get_host()}, require_https=request.is_secure())
    return redirect(to if safe else "account:favourites")


@never_cache
@login_required
@require_safe
def favourites(request: SignedIn) -> HttpResponse:
    """The products one likes, each with its cheapest offer of today, and those one waits for."""
    cheapest = (
        Lot.objects.on_sale(today())
        .in_stock()
        .filter(product=OuterRef("product"))
        .order_by("comparable_price", "pk")
        .values("pk")[:1]
    )
    liked = list(
        Favourite.objects.filter(user=request.user)
        .select_related("product")
        .annotate(cheapest=Subquery(cheapest))
    )
    lots = Lot.objects.select_related("town").in_bulk([row.cheapest for row in liked if row.cheapest])
    waiting = BackAlert.objects.filter(user=request.user, told_at=None).select_related("product", "town")
    alerts = list(waiting)
    anywhere = {alert.product_id for alert in alerts if alert.town_id is None}
    return render(
        request,
        "buyers/favourites.html",
        {
            "liked": [(row.product, lots.get(row.cheapest), row.product_id in anywhere) for row in liked],
            "alerts": alerts,
        },
    )


@login_required
@require_POST
def favourite(request: SignedIn, slug: str) -> HttpResponse:
    """The heart: `on=1` likes a product, anything else no longer does."""
    product = get_object_or_404(Product, slug=slug)
    if request.POST.get("on") == "1":
        wishes.like(request.user, product)
        messages.success(request, _("Among your favourites."))
    else:
        wishes.unlike(request.user, product)
        messages.success(request, _("No longer among your favourites."))
    return _back(request)


@login_required
@require_POST
def wait(request: SignedIn, slug: str) -> HttpResponse:
    """Tell me when it is back: in the `town` named, or anywhere."""
    product = get_object_or_404(Product, slug=slug)
    where = request.POST.get("town", "")
    town = get_object_or_404(Town, slug=where) if where else None
    if wishes.wait_for(request.user, product, town):
        messages.success(request, _("You will find a notice in your account when there is some."))
    else:
        messages.info(request, _("There is some on sale now."))
    return _back(request)


@login_required
@require_POST
def stop_waiting(request: SignedIn, pk: int) -> HttpResponse:
    get_object_or_404(BackAlert, pk=pk, user=request.user, told_at=None).delete()
    messages.success(request, _("You are no longer waiting for it."))
    return redirect("account:favourites")
