"""Makes the demo large, for benchmarks: more lots on sale, more ledger entries (which have no orders)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from random import Random

from django.db import connection, transaction

from farmers.ledger.kinds import BuyerKind, Channel
from farmers.ledger.models import Entry
from farmers.ledger.post import SaleFact, post_sales
from farmers.ledger.seal import seal_all
from farmers.registry.models import Household
from farmers.stock.list_lot import good_until
from farmers.stock.models import Lot, Product, StockMovement
from marketplace.days import SHANGHAI, today
from marketplace.money import line_amount_fen
from marketplace.quantity import unit_size

from .copied import copy_in
from .history import first_day
from .season import FACTS, asking_price, harvest_day, to_be_had

LOTS_AT_ONCE = 5_000
ENTRIES_AT_ONCE = 5_000
COPIED_AT_ONCE = 50_000
SELLERS_A_DAY, BUYERS_A_DAY = 12, 8
BUYERS = ((Channel.CANTEEN, BuyerKind.CANTEEN), (Channel.ONLINE, BuyerKind.CITIZEN))

Say = Callable[[str], None]


def lots(wanted: int, say: Say) -> None:
    """List more until `wanted` are on sale with something left. Each batch is a transaction.

    It does what `list_lots` does, but names the lots before they have keys, which halves the time.
    """
    day = today()
    there = Lot.objects.count()
    missing = wanted - Lot.objects.on_sale(day).in_stock().count()
    last = there + missing
    for first in range(there, last, LOTS_AT_ONCE):
        rows = list(_lots(day, range(first, min(first + LOTS_AT_ONCE, last))))
        with transaction.atomic():
            StockMovement.objects.bulk_create(
                StockMovement(
                    lot=lot,
                    kind=StockMovement.Kind.LIST,
                    listed=lot.listed,
                    key=f"list:{lot.pk}",
                    at=lot.listed_at,
                )
                for lot in Lot.objects.bulk_create(rows)
            )
        say(f"{wanted - last + first + len(rows):,} of {wanted:,} lots on sale")


def _lots(day: dt.date, numbers: Iterable[int]) -> Iterator[Lot]:
    rng = Random(f"dingzhou: lots {numbers}")
    households = list(Household.objects.select_related("village__town").order_by("pk"))
    products = {p.slug: p for p in Product.objects.select_related("category")}
    there = [fact for fact in FACTS.values() if to_be_had(fact, day)]
    now = dt.datetime.now(SHANGHAI)
    for number in numbers:
        fact, household = rng.choice(there), rng.choice(households)
        product, size = products[fact.slug], unit_size(fact.unit)
        harvested_on = harvest_day(fact, day, rng)
        listed_at = now - dt.timedelta(minutes=rng.randrange(60, 60 * 24 * 20))
        yield Lot(
            slug=f"{fact.slug}-{household.village.town.slug}-grown-{number}",
            household=household,
            product=product,
            village=household.village,
            town=household.village.town,
            category=product.category,
            listed=rng.randrange(20, 2000) * size,
            unit=fact.unit,
            unit_size=size,
            price_fen=asking_price(fact, rng),
            harvested_on=harvested_on,
            good_until=good_until(product, harvested_on, day),
            listed_at=listed_at,
        )


def entries(wanted: int, say: Say) -> None:
    """Post more until the ledger has `wanted`, and seal them: on PostgreSQL by COPY, else by the ledger's own door."""
    there = Entry.objects.count()
    missing = wanted - there
    if missing <= 0:
        return
    seal_all()
    fast = connection.vendor == "postgresql"
    at_once = COPIED_AT_ONCE if fast else ENTRIES_AT_ONCE
    for start in range(0, missing, at_once):
        count = min(at_once, missing - start)
        facts = list(sales(there + start, count, start, missing))
        if fast:
            copy_in(facts)
        else:
            post_sales(facts)
            seal_all()
        say(f"{there + start + count:,} of {wanted:,} ledger entries")


def sales(first: int, count: int, start: int, missing: int) -> Iterator[SaleFact]:
    """`count` sales numbered from `first`, spread over the demo's time in order.

    As in life, on one day a few families sell a few kinds of thing to a few buyers; so a batch has few totals.
    """
    rng = Random(f"dingzhou: sales {first}")
    day = today()
    begin = dt.datetime.combine(first_day(day), dt.time(6), SHANGHAI)
    span = dt.datetime.combine(day, dt.time(0), SHANGHAI) - begin
    households = list(Household.objects.select_related("village").order_by("pk"))
    categories = {p.slug: p.category for p in Product.objects.select_related("category")}
    grown = {h.village_id: Random(h.village.name).sample(list(FACTS), 12) for h in households}
    sellers, people, that_day = households[:SELLERS_A_DAY], [0], day
    for n in range(count):
        at = begin + span * ((start + n) / missing)
        if at.date() != that_day:
            that_day = at.date()
            chance = Random(f"dingzhou: {that_day}")
            sellers = chance.sample(households, min(SELLERS_A_DAY, len(households)))
            people = chance.sample(range(900_000, 900_300), BUYERS_A_DAY)
        household = rng.choice(sellers)
        fact, person = FACTS[rng.choice(grown[household.village_id])], rng.choice(people)
        category = categories[fact.slug]
        channel, buyer_kind = (
            (Channel.GREEN, BuyerKind.NURSERY) if category.is_sapling else BUYERS[person % len(BUYERS)]
        )
        word = "person" if buyer_kind == BuyerKind.CITIZEN else "unit"
        size = unit_size(fact.unit)
        quantity = rng.randrange(1, 300) * size
        yield SaleFact(
            key=f"grown:{first + n:010}",
            at=at,
            household_id=household.pk,
            village_id=household.village_id,
            town_id=household.village.town_id,
            product_slug=fact.slug,
            product_name=fact.name,
            product_name_en=fact.name_en,
            category_slug=category.slug,
            category_name=category.name,
            category_name_en=category.name_en,
            is_sapling=category.is_sapling,
            measure=fact.measure,
            quantity=quantity,
            unit=fact.unit,
            unit_size=size,
            price_fen=fact.reference_price_fen,
            amount_fen=line_amount_fen(fact.reference_price_fen, quantity, size),
            channel=channel,
            buyer_kind=buyer_kind,
            buyer=f"{word}:{person}",
            buyer_name="示例单位" if word == "unit" else "",
            order_number=f"GROWN-{first + n:010}",
            line=first + n + 1,
        )
