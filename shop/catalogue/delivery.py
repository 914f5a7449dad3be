"""When goods can be had at the earliest. One plain rule, said on the offer's page and held at the checkout."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from marketplace.days import today

# the village gathers what was ordered on the next morning ("村里上午收齐"); the car is at the pick-up points
# that afternoon, and goes from door to door on the day after
GATHERED_AFTER = dt.timedelta(days=1)
FETCHED_AFTER = dt.timedelta(days=0)
BROUGHT_AFTER = dt.timedelta(days=1)


class Earliest(NamedTuple):
    """The first day on which goods can be fetched at a pick-up point, and the first on which they are brought."""

    fetched: dt.date
    brought: dt.date


def earliest(harvests: Iterable[dt.date | None], day: dt.date | None = None) -> Earliest:
    """For goods ordered on `day`, today by default. What is still in the field is not gathered before its harvest."""
    gathered = max([(day or today()) + GATHERED_AFTER, *(harvest for harvest in harvests if harvest)])
    return Earliest(gathered + FETCHED_AFTER, gathered + BROUGHT_AFTER)
