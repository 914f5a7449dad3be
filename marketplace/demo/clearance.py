"""What came of goods in their last days: the demo's months of it, and what is in danger today."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from random import Random

from farmers.stock.clearance import begin, danger_days
from farmers.stock.models import Rescue
from marketplace.days import shanghai_day

from .people import City
from .supply import Batch, Shelves
from .write import AT_ONCE, Written


def note_rescues(city: City, shelves: Shelves, written: Sequence[Written]) -> None:
    """From what was sold in the last days of lots that are over, and what was left of them."""
    begun = {batch.lot.pk: day for batch in shelves.batches if batch.lot and (day := _begun(batch))}
    saved: Counter[int] = Counter()
    for each in written:
        for planned, line in each.pairs():
            day = begun.get(line.lot_id)
            if planned.accepted and day and shanghai_day(each.plan.placed_at) >= day:
                saved[line.lot_id] += planned.accepted
    rng = Random("dingzhou: clearance")
    rows = []
    for batch in shelves.batches:
        lot = batch.lot
        if lot is None or lot.pk not in begun or batch.keep or batch.good_until is None:
            continue
        # most of what a family sees it cannot sell it eats itself, before it comes to this
        lost = batch.left if rng.random() < 0.15 else 0
        at_risk = saved[lot.pk] + lost
        if at_risk and batch.good_until < city.day:
            rows.append(
                Rescue(
                    lot=lot,
                    since=begun[lot.pk],
                    at_risk=at_risk,
                    ended_on=batch.good_until,
                    saved=saved[lot.pk],
                    lost=lost,
                )
            )
    Rescue.objects.bulk_create(rows, batch_size=AT_ONCE)
    begin(city.day)


def _begun(batch: Batch) -> dt.date | None:
    """The first of a lot's last days."""
    shelf = batch.new.product.shelf_life_days
    if batch.good_until is None or not shelf:
        return None
    return batch.good_until - dt.timedelta(days=danger_days(shelf) - 1)
