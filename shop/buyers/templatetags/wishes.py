"""The heart and the wait for goods beside an offer."""

from __future__ import annotations

from typing import Any

from django import template
from django.db.models import Exists

from farmers.stock.models import Lot
from marketplace.access.models import User
from shop.buyers.models import BackAlert, Favourite

register = template.Library()


@register.inclusion_tag("buyers/_wish.html", takes_context=True)
def wish(context: dict[str, Any], lot: Lot, gone: bool = False) -> dict[str, Any]:
    """The heart of a product and, where a lot is `gone`, the wait for it. One query for whoever is signed in, none for others."""
    request = context["request"]
    shown: dict[str, Any] = {
        "lot": lot,
        "gone": gone,
        "here": request.path,
        "csrf_token": context.get("csrf_token"),
    }
    if request.user.is_authenticated:
        waiting = BackAlert.objects.filter(user=request.user, product=lot.product_id, told_at=None)
        liked = Favourite.objects.filter(user=request.user, product=lot.product_id)
        shown["own"] = True
        shown["liked"], shown["anywhere"], shown["in_town"] = (
            User.objects.filter(pk=request.user.pk)
            .values_list(
                Exists(liked), Exists(waiting.filter(town=None)), Exists(waiting.filter(town=lot.town_id))
            )
            .get()
        )
    return shown
