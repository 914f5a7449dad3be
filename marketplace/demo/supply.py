"""What households have put on sale: today's lots, and as many earlier ones as the past orders ask for."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from random import Random

from farmers.registry.models import Household
from farmers.stock.clearance import danger_days
from farmers.stock.list_lot import NewLot, good_until
from farmers.stock.models import Lot
from farmers.stock.reference import ProductFact
from marketplace.days import SHANGHAI
from marketplace.quantity import Measure, unit_size

from . import names
from .people import City
from .season import FACTS, asking_price, harvest_day, harvest_days, to_be_had

LOTS_ON_SALE = 400
SPOILING_SOON = 16
# of these in the town of the account `officer`, whatever the season
OFFICERS_SPOILING = 3
WITHDRAWN = 18
SELLERS_LOTS = 8


@dataclass(eq=False)
class Batch:
    """A lot before it is written: `left` of its quantity is what nobody has bought yet."""

    new: NewLot
    listed_on: dt.date
    good_until: dt.date | None
    left: int
    # of today's lots orders leave something, so that they stay on sale
    keep: int = 0
    state: Lot.State = Lot.State.LISTED
    lot: Lot | None = None

    def sells(self, day: dt.date) -> bool:
        return self.listed_on <= day and (self.good_until is None or day < self.good_until)


class Shelves:
    """All batches by product; a past order takes from them, and what is missing gets listed in time for it."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.rng = Random("dingzhou: supply")
        self.batches: list[Batch] = []
        self._of: dict[str, list[Batch]] = {}

    def add(self, batch: Batch) -> Batch:
        self.batches.append(batch)
        self._of.setdefault(batch.new.product.slug, []).append(batch)
        return batch

    def take(self, slug: str, day: dt.date, quantity: int, household: Household | None = None) -> Batch:
        """A batch that has `quantity` on sale that day (of that household, if named), which is taken from it."""
        for batch in reversed(self._of.get(slug, [])):
            fits = batch.sells(day) and batch.left - batch.keep >= quantity
            if fits and (household is None or batch.new.household == household):
                batch.left -= quantity
                return batch
        batch = self.add(self._earlier(FACTS[slug], day, quantity, household))
        batch.left -= quantity
        return batch

    def _earlier(self, fact: ProductFact, day: dt.date, quantity: int, household: Household | None) -> Batch:
        household = household or self.rng.choice(self.city.growers[fact.slug])
        # a family that sells a little has about as much; one that sells to a canteen has some more
        size = quantity * self.rng.choice((1, 2, 3, 4))
        harvested = harvest_day(fact, day, self.rng, good_for=2)
        listed_on = day if harvested == day else day - dt.timedelta(days=1)
        return _batch(self.city, fact, household, size, harvested, listed_on, self.rng)


def _batch(
    city: City,
    fact: ProductFact,
    household: Household,
    quantity: int,
    harvested_on: dt.date | None,
    listed_on: dt.date,
    rng: Random,
) -> Batch:
    product = city.products[fact.slug]
    price_fen, unit = asking_price(fact, rng), fact.unit
    if unit == "jin" and rng.random() < 0.06:
        price_fen, unit = price_fen * 2, "kg"
    is_plant = product.category.is_sapling
    moment = dt.datetime.combine(listed_on, dt.time(rng.randrange(5, 8), rng.randrange(60)), SHANGHAI)
    new = NewLot(
        household=household,
        product=product,
        quantity=quantity,
        unit=unit,
        price_fen=price_fen,
        harvested_on=harvested_on,
        grade=_measures(fact, rng)
        if is_plant
        else rng.choice(names.GRADES)
        if fact.measure == Measure.GRAM
        else "",
        note=rng.choice(
            names.SAPLING_NOTES if fact.category == "saplings" else names.LOT_NOTES if not is_plant else ("",)
        ),
        # who listed today did it before now, whenever that is
        listed_at=moment if moment < city.now else city.now - dt.timedelta(minutes=rng.randrange(300)),
    )
    return Batch(new, listed_on, good_until(product, harvested_on, listed_on), quantity)


def _measures(fact: ProductFact, rng: Random) -> str:
    """A nursery's way to say how big: by trunk for trees, by height and crown for shrubs, by pot for flowers."""
    if fact.unit == "pen":
        return f"盆径 {rng.choice((12, 15, 18, 21))} 厘米"
    if fact.reference_price_fen >= 1500:
        trunk = rng.randrange(3, 11)
        return f"胸径 {trunk} 厘米 · 高 {trunk * 0.4 + 1.5:.1f} 米 · 冠幅 {trunk * 0.2 + 0.6:.1f} 米"
    height = rng.randrange(30, 130, 10)
    return f"高 {height} 厘米 · 冠幅 {height // 2} 厘米"


def _quantity(fact: ProductFact, rng: Random) -> int:
    """What one family has of it, in grams or pieces: less of what is dear."""
    if fact.measure == Measure.COUNT:
        if fact.category == "livestock":
            return rng.randrange(10, 80)
        return rng.randrange(8, 60) * (50 if fact.reference_price_fen < 1000 else 10)
    worth_fen = rng.randrange(60_000, 420_000)
    units = max(worth_fen // fact.reference_price_fen // 10 * 10, 30)
    return min(units, 6000) * unit_size(fact.unit)


def stock_up(shelves: Shelves) -> None:
    """Today's lots: 400 on sale, some close to spoiling, and some that were withdrawn."""
    city, rng, today = shelves.city, shelves.rng, shelves.city.day
    everything = [fact for fact in FACTS.values() if to_be_had(fact, today)]
    perishable = [
        fact for fact in everything if fact.shelf_life_days is not None and fact.shelf_life_days <= 60
    ]
    # every product once, then whatever families have most of; the seller's own come first
    home = city.households[0]
    own = [fact for fact in everything if fact.slug in names.SELLER_GROWS]
    own = (own * SELLERS_LOTS)[:SELLERS_LOTS]
    rest = everything + rng.choices(everything, k=LOTS_ON_SALE)
    for n, fact in enumerate([*own, *rest][: LOTS_ON_SALE - SPOILING_SOON + WITHDRAWN]):
        household = home if n < len(own) else rng.choice(city.growers[fact.slug])
        batch = shelves.add(_on_sale(city, fact, household, rng))
        if n >= LOTS_ON_SALE - SPOILING_SOON:
            batch.state = Lot.State.WITHDRAWN
            batch.keep = batch.left
    neighbours = [one for one in city.households if one.village.town_id == home.village.town_id]
    for n in range(SPOILING_SOON):
        days_left = rng.choice((0, 1, 1, 2))
        fact = rng.choice([fact for fact in perishable if _can_be_near_its_end(fact, today, days_left)])
        growers = city.growers[fact.slug]
        if n < OFFICERS_SPOILING:
            growers = [one for one in neighbours if one in growers] or neighbours
        shelves.add(_on_sale(city, fact, rng.choice(growers), rng, days_left))


def _can_be_near_its_end(fact: ProductFact, day: dt.date, days_left: int) -> bool:
    """Whether it was harvested at the time that has its last days be now."""
    return (
        days_left < danger_days(fact.shelf_life_days or 0)
        and _harvested(fact, day, days_left).month in fact.months
    )


def _harvested(fact: ProductFact, day: dt.date, days_left: int) -> dt.date:
    return day - dt.timedelta(days=(fact.shelf_life_days or 0) - days_left)


def _on_sale(
    city: City, fact: ProductFact, household: Household, rng: Random, days_left: int | None = None
) -> Batch:
    if days_left is not None:
        harvested: dt.date | None = _harvested(fact, city.day, days_left)
    else:
        harvested = harvest_day(fact, city.day, rng, good_for=2)
        if fact.shelf_life_days is not None and harvested is None:
            harvested = harvest_days(fact, city.day, good_for=1)[0]
    age = (city.day - harvested).days if harvested else rng.randrange(2, 150)
    listed_on = city.day - dt.timedelta(days=rng.randrange(min(age, 25) + 1))
    batch = _batch(city, fact, household, _quantity(fact, rng), harvested, listed_on, rng)
    batch.keep = batch.left * 2 // 5
    return batch
