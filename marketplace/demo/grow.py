"""Makes the demo large, for benchmarks: more lots on sale, more ledger entries (which have no orders)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from random import Random

from farmers.ledger.kinds import BuyerKind, Channel
from farmers.ledger.models import Entry
from farmers.ledger.post import SaleFact, post_sales
from farmers.ledger.seal import seal_all
from farmers.registry.models import Household
from farmers.stock.list_lot import NewLot, list_lots
from farmers.stock.models import Lot, Product
from marketplace.days import SHANGHAI, today
from marketplace.money import line_amount_fen
from marketplace.quantity import unit_size

from .history import first_day
from .season import FACTS, asking_price, harvest_day, to_be_had

LOTS_AT_ONCE = 5_000
ENTRIES_AT_ONCE = 5_000

Say = Callable[[str], None]


def lots(wanted: int, say: Say) -> None:
    """List more until `wanted` are on sale with something left. Each batch is a transaction."""
    day = today()
    rng = Random(f"dingzhou: grow {Lot.objects.count()}")
    missing = wanted - Lot.objects.on_sale(day).in_stock().count()
    households = list(Household.objects.select_related("village__town").order_by("pk"))
    products = {p.slug: p for p in Product.objects.select_related("category").order_by("pk")}
    there = [fact for fact in FACTS.values() if to_be_had(fact, day)]
    now = dt.datetime.now(SHANGHAI)
    while missing > 0:
        rows = []
        for _ in range(min(missing, LOTS_AT_ONCE)):
            fact = rng.choice(there)
            rows.append(
                NewLot(
                    household=rng.choice(households),
                    product=products[fact.slug],
                    quantity=rng.randrange(20, 2000) * unit_size(fact.unit),
                    unit=fact.unit,
                    price_fen=asking_price(fact, rng),
                    harvested_on=harvest_day(fact, day, rng),
                    listed_at=now - dt.timedelta(minutes=rng.randrange(60, 60 * 24 * 20)),
                )
            )
        list_lots(rows, None)
        missing -= len(rows)
        say(f"{wanted - missing:,} of {wanted:,} lots on sale")


def entries(wanted: int, say: Say) -> None:
    """Post more until the ledger has `wanted`, by its own door, a batch of days at a time; then seal them."""
    there = Entry.objects.count()
    missing = wanted - there
    if missing <= 0:
        return
    for start in range(0, missing, ENTRIES_AT_ONCE):
        count = min(ENTRIES_AT_ONCE, missing - start)
        post_sales(list(_sales(there + start, count, start, missing)))
        seal_all()
        say(f"{there + start + count:,} of {wanted:,} ledger entries")


def _sales(first: int, count: int, start: int, missing: int) -> Iterator[SaleFact]:
    """`count` sales numbered from `first`, spread over the demo's time in order, so that a batch spans few days."""
    rng = Random(f"dingzhou: sales {first}")
    day = today()
    begin = dt.datetime.combine(first_day(day), dt.time(6), SHANGHAI)
    span = dt.datetime.combine(day, dt.time(0), SHANGHAI) - begin
    households = list(Household.objects.select_related("village").order_by("pk"))
    categories = {p.slug: p.category for p in Product.objects.select_related("category")}
    slugs = list(FACTS)
    buyers = (
        (Channel.CANTEEN, BuyerKind.CANTEEN, "unit"),
        (Channel.ONLINE, BuyerKind.CITIZEN, "person"),
        (Channel.GREEN, BuyerKind.NURSERY, "unit"),
    )
    for n in range(count):
        fact, household = FACTS[rng.choice(slugs)], rng.choice(households)
        category = categories[fact.slug]
        channel, buyer_kind, word = buyers[2] if category.is_sapling else rng.choice(buyers[:2])
        size = unit_size(fact.unit)
        quantity = rng.randrange(1, 300) * size
        yield SaleFact(
            key=f"grown:{first + n:010}",
            at=begin + span * ((start + n) / missing),
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
            buyer=f"{word}:{900_000 + rng.randrange(300)}",
            buyer_name="示例单位" if word == "unit" else "",
            order_number=f"GROWN-{first + n:010}",
            line=first + n + 1,
        )
