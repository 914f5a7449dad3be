"""A unit's account cut into months: plain values, no database. Amounts in fen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

from marketplace.days import month_end

T = TypeVar("T")


class Event(NamedTuple, Generic[T]):
    """Goods accepted (above nothing) or taken back (below), or money that came (above) or went back (below)."""

    day: dt.date
    fen: int
    is_money: bool
    what: T


@dataclass
class Month(Generic[T]):
    period: dt.date
    opening_fen: int
    events: list[Event[T]] = field(default_factory=list)

    @property
    def accepted_fen(self) -> int:
        return sum(e.fen for e in self.events if not e.is_money and e.fen > 0)

    @property
    def returned_fen(self) -> int:
        return -sum(e.fen for e in self.events if not e.is_money and e.fen < 0)

    @property
    def paid_fen(self) -> int:
        return sum(e.fen for e in self.events if e.is_money)

    @property
    def closing_fen(self) -> int:
        return self.opening_fen + self.accepted_fen - self.returned_fen - self.paid_fen


def month_of(day: dt.date) -> dt.date:
    """The first day of its month."""
    return day.replace(day=1)


def month_after(period: dt.date) -> dt.date:
    return month_end(period) + dt.timedelta(days=1)


def month_before(day: dt.date) -> dt.date:
    """The month before the one that `day` is in."""
    return month_of(month_of(day) - dt.timedelta(days=1))


def cut(events: Iterable[Event[T]], opening_fen: int, after: dt.date | None, last: dt.date) -> list[Month[T]]:
    """The months up to `last`, in order, that have something to say: events, or a balance to carry on.

    `after`: the last month that was told already. What became known of that month or an earlier one only
    later stands in the first month after it. `events` are those of no earlier month's statement, none later
    than `last`.
    """
    first_open = month_after(after) if after else None
    by_month: dict[dt.date, list[Event[T]]] = {}
    for event in events:
        period = month_of(event.day)
        by_month.setdefault(max(period, first_open) if first_open else period, []).append(event)
    period = first_open or min(by_month, default=month_after(last))
    months: list[Month[T]] = []
    while period <= last:
        own = by_month.get(period, [])
        if own or opening_fen:
            months.append(Month(period, opening_fen, sorted(own, key=lambda event: event.day)))
            opening_fen = months[-1].closing_fen
        period = month_after(period)
    return months
