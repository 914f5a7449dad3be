"""The green channel's first look: saplings of marked households are for nursery firms alone in their first days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from django.conf import settings

from farmers.registry.models import HouseholdMark

from .models import Product, current_marks


def first_for_green(product: Product, marks: Collection[HouseholdMark], day: dt.date) -> dt.date | None:
    """The day from which everybody may have what was put on sale on `day`; None: at once.

    `marks`: those of its household, whether they hold or not.
    """
    days: int = settings.GREEN_FIRST_DAYS
    if not (days and product.category.is_sapling and any(mark.holds_on(day) for mark in marks)):
        return None
    return day + dt.timedelta(days=days)


def marks_of_growers(rows: Iterable[tuple[int, Product]], day: dt.date) -> dict[int, list[HouseholdMark]]:
    """The marks that hold on `day` of households that list saplings, by household. One query, none without saplings."""
    growers = {household for household, product in rows if product.category.is_sapling}
    found: dict[int, list[HouseholdMark]] = {}
    if growers and settings.GREEN_FIRST_DAYS:
        # a whole nursery is not named one by one: SQLite takes so many names in a query and no more
        marks = current_marks(day)
        if len(growers) <= 500:
            marks = marks.filter(household__in=growers)
        for mark in marks:
            found.setdefault(mark.household_id, []).append(mark)
    return found
