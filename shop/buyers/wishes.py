"""What people wish for: favourite products, and goods they wait for, told of once when there are some."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from farmers.registry.models import Town
from farmers.stock.models import Lot, Product
from marketplace.access.models import User
from marketplace.days import today
from marketplace.notices.tell import Telling, tell_each

from .models import BackAlert, Favourite

# lots looked up at a time
AT_ONCE = 500


def like(user: User, product: Product) -> None:
    """Liked twice is liked."""
    Favourite.objects.bulk_create([Favourite(user=user, product=product)], ignore_conflicts=True)


def unlike(user: User, product: Product) -> None:
    Favourite.objects.filter(user=user, product=product).delete()


def on_sale_now(product: Product, town: Town | None) -> bool:
    lots = Lot.objects.on_sale(today()).in_stock().filter(product=product)
    return (lots.filter(town=town) if town else lots).exists()


def wait_for(user: User, product: Product, town: Town | None = None) -> bool:
    """Tell this person when there is some of it, in the town or anywhere. False, and nothing is kept, if there is now."""
    if on_sale_now(product, town):
        return False
    BackAlert.objects.bulk_create([BackAlert(user=user, product=product, town=town)], ignore_conflicts=True)
    # what was listed since we looked was told before anybody waited
    lots = Lot.objects.on_sale(today()).in_stock().filter(product=product)
    tell(list((lots.filter(town=town) if town else lots).values_list("pk", flat=True)[:1]))
    return True


def on_stock_listed(sender: Any, lot_ids: Sequence[int], **kwargs: Any) -> None:
    tell(lot_ids)


def tell(lot_ids: Sequence[int]) -> int:
    """Tell whoever waits for goods of these lots, each once; returns how many were told. One query if nobody waits."""
    waited_for = set(BackAlert.objects.filter(told_at=None).order_by().values_list("product", flat=True))
    told = 0
    if waited_for:
        for start in range(0, len(lot_ids), AT_ONCE):
            told += _tell(
                Lot.objects.on_sale(today())
                .in_stock()
                .filter(pk__in=lot_ids[start : start + AT_ONCE], product__in=waited_for)
                .select_related("product", "town")
                .order_by("comparable_price", "pk")
            )
    return told


@transaction.atomic
def _tell(lots: Iterable[Lot]) -> int:
    # the cheapest of each product, anywhere and in each town
    best: dict[tuple[int, int | None], Lot] = {}
    for lot in lots:
        best.setdefault((lot.product_id, None), lot)
        best.setdefault((lot.product_id, lot.town_id), lot)
    if not best:
        return 0
    # locked, so that of two listings at once the second finds that all were told
    waiting = (
        BackAlert.objects.select_for_update(no_key=True)
        .filter(told_at=None, product__in={product for product, _town in best})
        .order_by("pk")
    )
    now = timezone.now()
    met = [
        (alert, best[alert.product_id, alert.town_id])
        for alert in waiting
        if (alert.product_id, alert.town_id) in best
    ]
    tell_each(
        [
            Telling(
                alert.user_id,
                "back",
                {
                    "product": lot.product.name,
                    "product_en": lot.product.name_en,
                    "town": lot.town.name,
                    "town_en": lot.town.name_en,
                },
                lot.get_absolute_url(),
            )
            for alert, lot in met
        ],
        # no alert is met twice, so no other batch has this key
        f"back:{min((alert.pk for alert, _lot in met), default=0)}",
    )
    BackAlert.objects.filter(pk__in=[alert.pk for alert, _lot in met]).update(told_at=now)
    return len(met)
