"""Put lots on sale, or before the officer: rows of the unsold-produce ledger, each with its first movement, in one transaction."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import CharField, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from farmers.registry.models import Household, HouseholdMark, Town
from marketplace.access.models import User
from marketplace.days import today
from marketplace.quantity import measure_of, unit_size

from .green import first_for_green, marks_of_growers
from .measures import measure_lots
from .models import MAX_PRICE_FEN, MAX_QUANTITY, Lot, LotTransition, Product, StockMovement
from .signals import say_listed

_BATCH = 5_000
# `list_lots` says the same of the lots in its hands
_SLUG = Concat(
    Subquery(Product.objects.filter(pk=OuterRef("product")).values("slug")),
    Value("-"),
    Subquery(Town.objects.filter(pk=OuterRef("town")).values("slug")),
    Value("-"),
    Cast("pk", CharField()),
    output_field=CharField(),
)


class NewLot(NamedTuple):
    """What is needed to list. `quantity` in grams or pieces, `price_fen` per `unit`."""

    household: Household
    product: Product
    quantity: int
    unit: str
    price_fen: int
    harvested_on: dt.date | None = None
    grade: str = ""
    note: str = ""
    import_key: str | None = None
    listed_at: dt.datetime | None = None
    # a household's own listing waits for its officer to have seen the goods
    state: Lot.State = Lot.State.LISTED
    # how the household agreed, where somebody lists for it
    consent: str = ""
    # before this day nursery firms alone may have it; None: as `green.py` says
    public_on: dt.date | None = None


def good_until(product: Product, harvested_on: dt.date | None, listed_on: dt.date) -> dt.date | None:
    """The last day the goods are good: harvest (or, unknown, listing) plus shelf life. None for living plants."""
    if product.shelf_life_days is None:
        return None
    return (harvested_on or listed_on) + dt.timedelta(days=product.shelf_life_days)


def list_lots(rows: Sequence[NewLot], by: User | None) -> list[Lot]:
    """Create the lots and their first movements; queries do not grow with rows (beyond batching).

    Raises ValueError for a quantity or price that is not positive or beyond sense, or a unit that does not fit
    the product, IntegrityError when an `import_key` is there already, and PermissionDenied where a household was erased.
    """
    for row in rows:
        if not 0 < row.quantity <= MAX_QUANTITY or not 0 < row.price_fen <= MAX_PRICE_FEN:
            raise ValueError("quantity and price must be positive, and within sense")
        if measure_of(row.unit) != row.product.measure:
            raise ValueError(f"{row.product.name} is not measured in {row.unit}")
    marks = marks_of_growers(((row.household.pk, row.product) for row in rows), today())
    with transaction.atomic():
        _hold_households({row.household.pk for row in rows})
        lots = Lot.objects.bulk_create([_lot(row, by, marks.get(row.household.pk, ())) for row in rows])
        # bulk_create gave the keys that make the slugs readable and unique
        for start in range(0, len(lots), _BATCH):
            keys = [lot.pk for lot in lots[start : start + _BATCH]]
            Lot.objects.filter(pk__in=keys).update(slug=_SLUG)
        for lot in lots:
            lot.slug = f"{lot.product.slug}-{lot.town.slug}-{lot.pk}"
        StockMovement.objects.bulk_create(
            StockMovement(
                lot=lot,
                kind=StockMovement.Kind.LIST,
                listed=lot.listed,
                key=f"list:{lot.pk}",
                by=by,
                at=lot.listed_at,
            )
            for lot in lots
        )
        waiting = [lot for lot in lots if lot.state == Lot.State.WAITING]
        if waiting:
            LotTransition.objects.bulk_create(
                LotTransition(lot=lot, to_state=lot.state, by=by, at=lot.listed_at) for lot in waiting
            )
        measure_lots(lots, by)
        say_listed(lot.pk for lot in lots if lot.state == Lot.State.LISTED)
    return lots


def _hold_households(ids: set[int]) -> None:
    """Who is being erased lists nothing more: locked in key order, so that an erasure at the same moment is seen."""
    held = Household.objects.there().select_for_update(no_key=True).order_by("pk").values_list("pk")
    order = sorted(ids)
    found = sum(len(held.filter(pk__in=order[n : n + _BATCH])) for n in range(0, len(order), _BATCH))
    if found < len(ids):
        raise PermissionDenied


def _lot(row: NewLot, by: User | None, marks: Sequence[HouseholdMark]) -> Lot:
    listed_at = row.listed_at or timezone.now()
    listed_on = timezone.localdate(listed_at)
    village = row.household.village
    return Lot(
        slug=uuid.uuid4().hex,
        household=row.household,
        product=row.product,
        village=village,
        town=village.town,
        category=row.product.category,
        listed=row.quantity,
        unit=row.unit,
        unit_size=unit_size(row.unit),
        price_fen=row.price_fen,
        harvested_on=row.harvested_on,
        good_until=good_until(row.product, row.harvested_on, listed_on),
        grade=row.grade,
        note=row.note,
        import_key=row.import_key,
        listed_at=listed_at,
        state=row.state,
        listed_by=by,
        consent=row.consent,
        public_on=row.public_on or first_for_green(row.product, marks, listed_on),
    )
