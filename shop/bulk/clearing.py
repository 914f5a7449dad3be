"""Goods in their last days that a unit asked for lately: it may well take some more of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Count, Min, QuerySet, Sum
from django.utils import timezone

from farmers.stock.clearance import in_danger
from farmers.stock.models import Lot, Product
from marketplace.quantity import unit_size
from shop.buyers.models import BuyerOrganisation

from .models import BulkLine, State

# what was asked for longer ago says little of next week's menu
LATELY = dt.timedelta(days=60)


class Fit(NamedTuple):
    """A product asked for lately, of which some is about to spoil. `left` in grams or pieces."""

    product: Product
    left: int
    lots: int
    last_day: dt.date

    @property
    def unit_size(self) -> int:
        """Grams or pieces of the product's usual unit."""
        return unit_size(self.product.unit)


def asked_lately() -> QuerySet[BulkLine]:
    """The lines of latest requests, drafts left aside."""
    lines = BulkLine.objects.filter(request__submitted_at__gte=timezone.now() - LATELY, product__isnull=False)
    return lines.exclude(request__state=State.DRAFT).order_by()


def fitting(units: Iterable[BuyerOrganisation], day: dt.date) -> list[Fit]:
    """What is about to spoil of what these units asked for lately, the nearest to its end first. Three queries."""
    lines = asked_lately().filter(request__organisation__in=[unit.pk for unit in units])
    products = set(lines.values_list("product", flat=True))
    if not products:
        return []
    rows = (
        Lot.objects.filter(in_danger(day), product__in=products)
        .order_by()
        .values("product")
        .annotate(left=Sum("available"), lots=Count("pk"), last_day=Min("good_until"))
    )
    named = Product.objects.in_bulk([row["product"] for row in rows])
    fits = [Fit(named[row["product"]], row["left"], row["lots"], row["last_day"]) for row in rows]
    return sorted(fits, key=lambda fit: (fit.last_day, -fit.left, fit.product.pk))
