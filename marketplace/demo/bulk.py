"""Bulk requests of the demo's canteen: one being written, one that waits for a colleague, one under way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Sum

from farmers.stock.models import Lot, Product, StockMovement
from marketplace.money import yuan
from marketplace.quantity import UNITS, Measure, Unit, unit_size
from shop.bulk import approve, drafts
from shop.bulk.models import BulkRequest
from shop.bulk.read import Typed
from shop.bulk.submit import submit
from shop.orders.models import Order

from . import names
from .people import City

# of what there is of a product, a request takes no more than one part in so many
MODEST = 12


def ask_in_bulk(city: City) -> None:
    """Made by the verbs that the pages use, on the day of the demo."""
    days = [city.day + dt.timedelta(days=after) for after in (2, 3, 4, 7)]
    soon, later, last, next_week = days
    running = _request(city, _rows(_plentiful(later)[:3], later))
    running = submit(running.pk, city.users["canteen"])
    if running.approvals_needed:
        approve.approve(running.pk, city.users["approver"])
    waiting = _request(city, _rows(_plentiful(last)[2:7], last), weekly=True)
    submit(waiting.pk, city.users["canteen"])
    back = _request(city, _rows(_plentiful(soon)[4:6], soon))
    if submit(back.pk, city.users["canteen"]).approvals_needed:
        approve.send_back(back.pk, city.users["approver"], "周三有接待，土豆再少一些。")
    _request(city, [*_rows(_plentiful(next_week)[:2], next_week), Typed(product="大白菜", quantity="")])
    _number_orders(city)


def _request(city: City, rows: Sequence[Typed], weekly: bool = False) -> BulkRequest:
    buyer, unit = city.users["canteen"], city.units[names.CANTEEN_UNIT]
    request = drafts.begin(buyer, unit)
    _number(city, request)
    request = drafts.save(request.pk, buyer, request.revision, rows, weekly)
    drafts.settle_lines(request)
    return request


def _number(city: City, request: BulkRequest) -> None:
    """Numbers are drawn by chance; the demo's are the same every time."""
    nth = BulkRequest.objects.count() + 1
    request.number = f"JC{city.day:%y%m%d}-DEMQ222{nth}"
    request.save(update_fields=["number"])


def _number_orders(city: City) -> None:
    """And the verbs tell of their own moment, which the rest of the demo has not reached yet."""
    for nth, order in enumerate(Order.objects.filter(bulk__isnull=False).order_by("pk"), start=2):
        number = f"DZ{city.day:%y%m%d}-DEMQ222{nth}"
        StockMovement.objects.filter(reference=order.number).update(reference=number, at=city.now)
        Order.objects.filter(pk=order.pk).update(number=number, placed_at=city.now)
        order.transitions.update(at=city.now)
        order.tracking.update(at=city.now)


def _plentiful(day: dt.date) -> list[Product]:
    """Products that the villages have most of on that day, by weight."""
    there = (
        Lot.objects.on_sale(day)
        .filter(product__measure=Measure.GRAM)
        .order_by()
        .values_list("product")
        .annotate(grams=Sum("available"))
    )
    grams = dict(there)
    products = Product.objects.filter(pk__in=grams).order_by("pk")
    found = sorted(products, key=lambda product: (-grams[product.pk], product.pk))
    for product in found:
        product.there = grams[product.pk]  # type: ignore[attr-defined]
    return found


def _rows(products: Sequence[Product], day: dt.date) -> list[Typed]:
    rows = []
    for product in products:
        size = unit_size(product.unit)
        units = max(product.there // MODEST // size // 10 * 10, 10)  # type: ignore[attr-defined]
        price = yuan(product.reference_price_fen * 2) if product.reference_price_fen else ""
        rows.append(
            Typed(
                product=product.name,
                quantity=f"{units}{UNITS[Unit(product.unit)].words[0]}",
                price=price,
                wanted=day.isoformat(),
            )
        )
    return rows
