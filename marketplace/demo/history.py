"""More than two years of orders that were placed, fetched, weighed and paid."""

from __future__ import annotations

import datetime as dt
from random import Random

from marketplace.access.models import User
from shop.buyers.models import BuyerOrganisation
from shop.orders.models import PayBy, State

from . import names
from .people import City
from .plans import Plan, PlannedLine, accept, line, moment, return_some
from .season import (
    CANTEEN_STAPLES,
    CITIZEN_WISHES,
    ENTERPRISE_WISHES,
    FACTS,
    NURSERY_WISHES,
    choose,
)
from .supply import Shelves

# whatever month it is, the last March and April have those of the year before to be compared with
MONTHS = 26
# what was placed later than this is told by `today`
LAST_PLACED_DAYS_AGO = 4

# jin a canteen orders of a thing, jin or pieces a citizen does
DEAR_FEN = 350
HOLIDAY_MONTHS = (1, 9)


def first_day(today: dt.date) -> dt.date:
    """The first of the month `MONTHS` months before this one."""
    months = today.year * 12 + today.month - 1 - MONTHS
    return dt.date(months // 12, months % 12 + 1, 1)


def past_orders(city: City, shelves: Shelves) -> list[Plan]:
    """All of them, day by day; the shelves are as they were on each day."""
    rng = Random("dingzhou: history")
    plans: list[Plan] = []
    start = first_day(city.day)
    days = (city.day - start).days - LAST_PLACED_DAYS_AGO
    for n in range(days + 1):
        day = start + dt.timedelta(days=n)
        # trade grows by a half in the time
        growth = 1 + 0.5 * n / days
        plans += _canteens(city, shelves, day, growth, rng)
        plans += _nurseries(city, shelves, day, growth, rng)
        plans += _enterprises(city, shelves, day, rng)
        plans += _citizens(city, shelves, day, growth, rng)
    for plan in plans:
        go(city, plan, rng)
    return plans


def _canteens(city: City, shelves: Shelves, day: dt.date, growth: float, rng: Random) -> list[Plan]:
    """Each canteen orders once a week, schools not in their holidays."""
    plans = []
    for n, fact in enumerate(names.UNITS):
        if fact.kind != "canteen" or day.weekday() != n % 5:
            continue
        if day.month in (2, 8) and ("学" in fact.name) and day.day < 22:
            continue
        lines: list[PlannedLine] = []
        for slug in choose(CANTEEN_STAPLES, day, rng.randrange(4, 8), rng):
            dear = FACTS[slug].reference_price_fen > DEAR_FEN
            jin = rng.randrange(2, 8) if dear else rng.randrange(6, 30)
            line(shelves, slug, day, max(int(jin * fact.appetite * growth) // 100, 1) * 10, lines)
        plans.append(_plan(city, fact.slug, PayBy.ON_ACCOUNT, day, lines, rng))
    return plans


def _nurseries(city: City, shelves: Shelves, day: dt.date, growth: float, rng: Random) -> list[Plan]:
    """Saplings are planted in spring and autumn."""
    chance = {2: 0.08, 3: 0.5, 4: 0.45, 5: 0.08, 10: 0.3, 11: 0.35, 12: 0.06}.get(day.month, 0.01)
    plans = []
    for fact in names.UNITS:
        if fact.kind != "nursery" or rng.random() > chance * growth / 1.3:
            continue
        lines: list[PlannedLine] = []
        for slug in choose(NURSERY_WISHES, day, rng.randrange(1, 5), rng):
            dear = FACTS[slug].reference_price_fen > 3000
            tens = rng.randrange(2, 15) if dear else rng.randrange(10, 80)
            line(shelves, slug, day, max(tens * fact.appetite // 100, 1) * 10, lines)
        plans.append(_plan(city, fact.slug, PayBy.ON_ACCOUNT, day, lines, rng))
    return plans


def _enterprises(city: City, shelves: Shelves, day: dt.date, rng: Random) -> list[Plan]:
    """Paired enterprises buy for their workers, most before the Spring and Mid-Autumn festivals."""
    chance = 0.16 if day.month in HOLIDAY_MONTHS else 0.035
    plans = []
    for fact in names.UNITS:
        if fact.kind != "enterprise" or day.weekday() > 4 or rng.random() > chance:
            continue
        lines: list[PlannedLine] = []
        for slug in choose(ENTERPRISE_WISHES, day, rng.randrange(2, 5), rng):
            line(shelves, slug, day, rng.randrange(3, 16) * fact.appetite // 10, lines)
        plans.append(_plan(city, fact.slug, PayBy.ON_ACCOUNT, day, lines, rng))
    return plans


def _citizens(city: City, shelves: Shelves, day: dt.date, growth: float, rng: Random) -> list[Plan]:
    """One or two orders a day; the account `citizen` is one of the keenest."""
    plans = []
    for _ in range(rng.choices((0, 1, 2, 3), (40, 70, int(25 * growth), int(10 * growth)))[0]):
        buyer = city.users["citizen"] if rng.random() < 0.05 else rng.choice(city.citizens)
        lines: list[PlannedLine] = []
        for slug in choose(CITIZEN_WISHES, day, rng.choice((1, 1, 2, 2, 3)), rng):
            fact = FACTS[slug]
            if fact.measure == "count":
                units = rng.randrange(1, 5)
            else:
                units = (
                    rng.randrange(1, 5) if fact.reference_price_fen > 1000 else rng.choice((5, 5, 10, 10, 20))
                )
            own = (
                city.households[0]
                if city.households[0] in city.growers[slug] and rng.random() < 0.3
                else None
            )
            line(shelves, slug, day, units, lines, own)
        if lines:
            pay_by = PayBy.ONLINE if rng.random() < 0.45 else PayBy.ON_DELIVERY
            plans.append(Plan(buyer, None, pay_by, _placed(day, rng), lines))
    return plans


def _placed(day: dt.date, rng: Random) -> dt.datetime:
    return moment(day, rng.randrange(8, 21), rng.randrange(60))


def _plan(city: City, slug: str, pay_by: PayBy, day: dt.date, lines: list[PlannedLine], rng: Random) -> Plan:
    unit: BuyerOrganisation = city.units[slug]
    buyer: User = city.buyers[slug]
    placed_at = moment(day, rng.randrange(8, 17), rng.randrange(60))
    return Plan(buyer, unit, pay_by, placed_at, lines, wanted_on=day + dt.timedelta(days=2))


def go(city: City, plan: Plan, rng: Random) -> None:
    """What became of an order: goods come on the second day, money at once, at the door, or by the month."""
    day = plan.placed_at.date()
    online = plan.pay_by == PayBy.ONLINE
    if online:
        plan.reserved_until = plan.placed_at + dt.timedelta(minutes=30)
        if rng.random() < 0.04:
            plan.state, plan.ended_at = State.EXPIRED, plan.reserved_until + dt.timedelta(minutes=5)
            _put_back(plan)
            return
        plan.paid_at = plan.confirmed_at = plan.placed_at + dt.timedelta(minutes=rng.randrange(1, 20))
    if rng.random() < 0.03:
        plan.state, plan.ended_at = State.CANCELLED, plan.placed_at + dt.timedelta(hours=2)
        plan.why = rng.choice(names.CANCEL_REASONS)
        plan.refunded_at = plan.ended_at + dt.timedelta(days=1) if online else None
        _put_back(plan)
        return
    next_day = day + dt.timedelta(days=1)
    plan.dispatched_at = moment(next_day, rng.randrange(6, 9), rng.randrange(60))
    for n in range(rng.choice((0, 1, 1, 2))):
        plan.stops.append(plan.dispatched_at + dt.timedelta(hours=1 + n, minutes=rng.randrange(50)))
    plan.delivered_at = plan.dispatched_at + dt.timedelta(
        hours=rng.randrange(3, 7), minutes=rng.randrange(60)
    )
    weighed_at = plan.delivered_at + dt.timedelta(minutes=rng.randrange(10, 200))
    accept(plan, weighed_at, rng)
    if rng.random() < 0.025:
        return_some(plan, weighed_at + dt.timedelta(hours=rng.randrange(3, 20)), rng)
    _pay(city, plan, rng)


def _put_back(plan: Plan) -> None:
    for each in plan.lines:
        each.batch.left += each.quantity


def _pay(city: City, plan: Plan, rng: Random) -> None:
    assert plan.accepted_at is not None  # noqa: S101
    if plan.pay_by == PayBy.ON_DELIVERY:
        plan.paid_at = plan.accepted_at + dt.timedelta(minutes=5)
    elif plan.pay_by == PayBy.ON_ACCOUNT:
        # the month's statement is paid on the tenth of the month after the next
        month = plan.accepted_at.year * 12 + plan.accepted_at.month + 1
        paid_on = moment(dt.date(month // 12, month % 12 + 1, 10), 10, rng.randrange(60))
        plan.paid_at = paid_on if paid_on < city.now else None
    # what was paid too much goes back after three days; of the last two weeks some still waits for the cashier
    last = plan.returned_at or plan.accepted_at
    refund_at = last + dt.timedelta(days=3)
    if plan.paid_at and refund_at < city.now - dt.timedelta(days=9):
        plan.refunded_at = max(refund_at, plan.paid_at + dt.timedelta(days=1))
