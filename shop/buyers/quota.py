"""How much of a canteen's budget is reserved, and how much of that should be bought by a day. Plain numbers, in fen."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from marketplace.days import month_end

# ten billion yuan: more than any canteen spends, and far within the column
MAX_BUDGET_FEN = 1_000_000_000_000


def reserved_fen(budget_fen: int, percent: int) -> int:
    """`percent` of the budget, rounded up to the fen: the rule says at least so much."""
    return -(-budget_fen * percent // 100)


def expected_fen(reserved: int, year: int, day: dt.date) -> int:
    """What should be bought by the end of `day`: the year's share that has gone by, rounded down to the fen.

    Nothing before the year, all of it after; nobody is behind for part of a fen.
    """
    first = dt.date(year, 1, 1)
    days = (dt.date(year, 12, 31) - first).days + 1
    gone = min(max((day - first).days + 1, 0), days)
    return reserved * gone // days


class Progress(NamedTuple):
    """What was bought against what is reserved. `bought` may be below nothing, when more came back than was bought."""

    reserved: int
    bought: int
    expected: int

    @property
    def missing(self) -> int:
        """How much should have been bought by now and was not."""
        return max(self.expected - self.bought, 0)

    @property
    def left(self) -> int:
        """How much is still to buy in the year."""
        return max(self.reserved - self.bought, 0)

    @property
    def is_behind(self) -> bool:
        return self.bought < self.expected

    @property
    def is_reached(self) -> bool:
        return self.bought >= self.reserved

    @property
    def percent(self) -> int:
        """Of the reserved share, rounded down: 100 means all of it."""
        return max(100 * self.bought // self.reserved, 0) if self.reserved > 0 else 0

    @property
    def bar(self) -> int:
        """The percentage as a bar has it, that ends where all is bought."""
        return min(self.percent, 100)


class Month(NamedTuple):
    """A month's purchases, and where the year stood at its end. What is yet to come has bought nothing."""

    first: dt.date
    bought: int
    so_far: int
    expected: int
    is_over_or_running: bool

    @property
    def ahead(self) -> int:
        """Below nothing when it is behind."""
        return self.so_far - self.expected


def months_of(year: int, by_month: dict[int, int], reserved: int, day: dt.date) -> list[Month]:
    """The twelve months, with `by_month` the fen bought in each. A running month is expected to its `day`."""
    rows, so_far = [], 0
    for number in range(1, 13):
        first = dt.date(year, number, 1)
        begun = first <= day
        so_far += by_month.get(number, 0)
        rows.append(
            Month(
                first=first,
                bought=by_month.get(number, 0),
                so_far=so_far if begun else 0,
                expected=expected_fen(
                    reserved, year, min(month_end(first), day) if begun else month_end(first)
                ),
                is_over_or_running=begun,
            )
        )
    return rows
