"""What the scales said of the goods that units bought lately: mostly as ordered, some short, over or refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from shop.orders.models import OrderLine, State, Weighing

from .people import City
from .write import AT_ONCE, Written

# older ones were weighed on paper
KEPT = dt.timedelta(days=90)
RECEIVERS = ("陈师傅", "孙师傅", "老郭")
REASONS = ("有压伤的，拒收", "发了芽，拒收", "叶子黄了，拒收")
# of the lines, which come with a surprise; nothing here throws the demo's dice
OVER_EACH, REFUSED_EACH, LIGHT_EACH = 9, 2, 4


def weigh_lately(city: City, written: Sequence[Written]) -> None:
    Weighing.objects.bulk_create([row for each in written for row in _rows(city, each)], batch_size=AT_ONCE)


def _rows(city: City, each: Written) -> Iterator[Weighing]:
    plan = each.plan
    if plan.unit is None or plan.state != State.ACCEPTED or plan.accepted_at is None:
        return
    if plan.accepted_at < city.now - KEPT:
        return
    for number, line in enumerate(each.lines, start=plan.total_fen):
        row = Weighing(line=line, by=plan.buyer, at=plan.accepted_at)
        row.receiver = RECEIVERS[plan.total_fen % len(RECEIVERS)]
        _read(row, line, number)
        yield row


def _read(row: Weighing, line: OrderLine, number: int) -> None:
    """Such that the rules of `weigh.py` come to what the line says was accepted."""
    accepted = line.accepted_quantity or 0
    step = line.unit_size
    row.weighed = accepted
    if accepted < line.quantity:
        if number % REFUSED_EACH == 0:
            row.weighed, row.refused = line.quantity, line.quantity - accepted
            row.reason = REASONS[number % len(REASONS)]
    elif number % OVER_EACH == 0:
        row.weighed = accepted + step
    if number % LIGHT_EACH:
        row.handed_over = max(row.weighed, line.quantity)
