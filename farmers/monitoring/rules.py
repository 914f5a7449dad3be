"""What the rules say of a household: functions on plain values, with no database in them.

Each gives the figures of its finding, which become a warning's evidence, or None. Money in fen, periods in Shanghai days.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from marketplace.days import last_months, month_end
from marketplace.money import line_amount_fen


class Span(NamedTuple):
    """Days from the first to the last, both included."""

    first: dt.date
    last: dt.date

    def year_before(self) -> Span:
        """The same months a year earlier. Both ends are ends of months."""
        return Span(
            self.first.replace(year=self.first.year - 1),
            month_end(dt.date(self.last.year - 1, self.last.month, 1)),
        )


def whole_months(day: dt.date, number: int) -> Span:
    """The last so many months that are over on `day`."""
    months = last_months(day, number + 1)
    return Span(months[0], months[-1] - dt.timedelta(days=1))


def last_quarter(day: dt.date) -> Span:
    """The last calendar quarter that is over on `day`."""
    begun = day.replace(month=day.month - (day.month - 1) % 3, day=1)
    return whole_months(begun, 3)


def per_head_and_year(fen: int, people: int, months: int) -> int:
    """Income of so many months brought to a year and shared among the people of the family: rounded half up, once."""
    return line_amount_fen(12 * fen, 1, people * months)


# --- income under the line ----------------------------------------------------------------------


class Income(NamedTuple):
    """Of some months: net sales here and what else is known. Per head and year beside the line."""

    sales_fen: int
    other_fen: int
    people: int
    months: int
    per_head_fen: int
    line_fen: int


def under_the_line(
    sales_fen: int, other_fen: int | None, people: int | None, *, months: int, line_fen: int, percent: int
) -> Income | None:
    """Whether a family's income per head, brought to a year, is less than `percent` of the line.

    Of a family whose other income nobody has entered, or whose members nobody has counted, nothing is said: its sales
    here alone do not tell what it lives on.
    """
    if other_fen is None or not people:
        return None
    per_head = per_head_and_year(sales_fen + other_fen, people, months)
    if 100 * per_head >= percent * line_fen:
        return None
    return Income(sales_fen, other_fen, people, months, per_head, line_fen)


# --- a fall against last year -------------------------------------------------------------------


class Fall(NamedTuple):
    """Net sales of a quarter and of the same one a year earlier; by how many percent less, rounded down."""

    now_fen: int
    before_fen: int
    less_percent: int


def fallen(now_fen: int, before_fen: int, *, percent: int, least_fen: int) -> Fall | None:
    """Whether sales are less by `percent` or more than in last year's quarter, which was worth `least_fen` at least."""
    if before_fen < max(least_fen, 1):
        return None
    less = before_fen - now_fen
    if 100 * less < percent * before_fen:
        return None
    return Fall(now_fen, before_fen, 100 * less // before_fen)


# --- goods that nobody buys ---------------------------------------------------------------------


class Stuck(NamedTuple):
    """A lot that nobody bought in its time: what is left, or was written off, in grams or pieces, and its worth."""

    lot_id: int
    product: str
    product_en: str
    quantity: int
    unit: str
    unit_size: int
    worth_fen: int
    # its last day; of what does not spoil, the day it came on sale
    since: dt.date
    spoiled: bool


class Unsold(NamedTuple):
    worth_fen: int
    lots: tuple[Stuck, ...]


def unsold(stuck: Sequence[Stuck], *, least_fen: int) -> Unsold | None:
    """Whether what outstayed its clock is worth `least_fen` together."""
    worth = sum(lot.worth_fen for lot in stuck)
    if not stuck or worth < least_fen:
        return None
    return Unsold(worth, tuple(stuck))


# --- no sale ------------------------------------------------------------------------------------


class Silence(NamedTuple):
    """Days since the last sale; of a household that never sold, since it first listed something."""

    days: int
    last_sale: dt.date | None
    first_listed: dt.date | None


def silent(
    last_sale: dt.date | None, first_listed: dt.date | None, day: dt.date, *, days: int
) -> Silence | None:
    """Whether nothing was sold in the last `days` days. Who never listed anything has nothing to wait for."""
    since = last_sale or first_listed
    if since is None or (day - since).days < days:
        return None
    return Silence((day - since).days, last_sale, first_listed)
