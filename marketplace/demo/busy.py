"""A last month with as many orders as one asks for, which is left to the cashier to close: nothing of it is matched yet.

Units' transfers since its first day, and what some buyers send by bank for one order, stand in the bank's files alone
(`busy_bank.py`), which are for the cashier to take in. Households are not paid for it yet.
"""

from __future__ import annotations

import datetime as dt
from random import Random

from farmers.ledger.kinds import BuyerKind
from marketplace.days import month_end, shanghai_day
from shop.orders.models import PayBy, State
from shop.payments.months import month_before

from .history import LAST_PLACED_DAYS_AGO, go
from .names import UnitFact
from .people import City, more_buyers
from .plans import Plan, PlannedLine, line, moment
from .season import CANTEEN_STAPLES, CITIZEN_WISHES, FACTS, choose
from .supply import Shelves

# orders in a month for one more unit, and for one more citizen
ORDERS_A_UNIT, ORDERS_A_CITIZEN, MOST_UNITS = 50, 15, 40
# of a hundred orders, so many are units'; of a hundred paid on delivery, so many are paid by bank
UNITS_PERCENT, BY_BANK_PERCENT = 40, 7
KINDS = ("小学食堂", "中学食堂", "幼儿园食堂", "卫生院食堂", "敬老院食堂")
KINDS_EN = ("Primary School", "Middle School", "Kindergarten", "Clinic", "Old People's Home")
# what is left for the cashier besides: of each so many
NOT_PAID, NOT_GIVEN_BACK, NOT_WEIGHED, ANOTHER_AMOUNT = 6, 8, 3, 2


def more_people(city: City, orders: int) -> None:
    """Who buys so much; the month is the city's open one from now on."""
    city.open_month = month_before(city.day)
    units = [
        UnitFact(
            f"more-{n + 1:02}",
            f"定州市示例{n + 11}号{KINDS[n % len(KINDS)]}",
            f"Dingzhou {KINDS_EN[n % len(KINDS)]} No. {n + 11} Canteen (sample)",
            BuyerKind.CANTEEN,
            f"定州市示例路 {n + 101} 号",
            "食堂采购",
            50 + n * 7 % 60,
        )
        for n in range(min(orders // ORDERS_A_UNIT, MOST_UNITS))
    ]
    more_buyers(city, units, orders // ORDERS_A_CITIZEN)


def more_orders(city: City, shelves: Shelves, plans: list[Plan], orders: int) -> list[Plan]:
    """What is missing to so many orders placed in the month, day by day."""
    assert city.open_month  # noqa: S101
    first, rng = city.open_month, Random("dingzhou: a busy month")
    last = min(month_end(first), city.day - dt.timedelta(days=LAST_PLACED_DAYS_AGO))
    missing = orders - len(of_the_month(city, plans))
    days = max((last - first).days + 1, 1)
    made = []
    for n in range(max(missing, 0)):
        day = first + dt.timedelta(days=n * days // max(missing, 1))
        unit = day.weekday() < 5 and rng.randrange(70) < UNITS_PERCENT
        made.append(_of_a_unit(city, shelves, day, rng) if unit else _of_a_citizen(city, shelves, day, rng))
    for plan in made:
        go(city, plan, rng)
    return made


def _of_a_unit(city: City, shelves: Shelves, day: dt.date, rng: Random) -> Plan:
    slug = rng.choice([slug for slug, unit in city.units.items() if unit.kind == BuyerKind.CANTEEN])
    lines: list[PlannedLine] = []
    for what in choose(CANTEEN_STAPLES, day, rng.randrange(2, 6), rng):
        dear = FACTS[what].reference_price_fen > 350
        line(shelves, what, day, rng.randrange(1, 4) * 10 if dear else rng.randrange(2, 12) * 10, lines)
    placed_at = moment(day, rng.randrange(8, 17), rng.randrange(60))
    wanted_on = day + dt.timedelta(days=2)
    return Plan(city.buyers[slug], city.units[slug], PayBy.ON_ACCOUNT, placed_at, lines, wanted_on=wanted_on)


def _of_a_citizen(city: City, shelves: Shelves, day: dt.date, rng: Random) -> Plan:
    lines: list[PlannedLine] = []
    for what in choose(CITIZEN_WISHES, day, rng.choice((1, 1, 2, 2, 3)), rng):
        fact = FACTS[what]
        few = fact.measure == "count" or fact.reference_price_fen > 1000
        line(shelves, what, day, rng.randrange(1, 5) if few else rng.choice((5, 5, 10, 10, 20)), lines)
    pay_by = PayBy.ONLINE if rng.random() < 0.5 else PayBy.ON_DELIVERY
    placed_at = moment(day, rng.randrange(8, 21), rng.randrange(60))
    return Plan(rng.choice(city.citizens), None, pay_by, placed_at, lines)


def of_the_month(city: City, plans: list[Plan]) -> list[Plan]:
    """Those placed in the open month."""
    first = city.open_month
    assert first  # noqa: S101
    return [plan for plan in plans if first <= shanghai_day(plan.placed_at) <= month_end(first)]


def leave_open(city: City, plans: list[Plan]) -> None:
    """What happened to the money of the month, and what of it is still to do."""
    first, rng = city.open_month, Random("dingzhou: left open")
    assert first  # noqa: S101
    for plan in plans:
        if plan.pay_by == PayBy.ON_ACCOUNT and plan.paid_at and shanghai_day(plan.paid_at) >= first:
            plan.paid_at = plan.refunded_at = None
    own = of_the_month(city, plans)
    doors = [plan for plan in own if plan.pay_by == PayBy.ON_DELIVERY and plan.paid_at]
    for plan in doors:
        assert plan.paid_at  # noqa: S101
        plan.taken_by = city.officers[plan.lines[0].batch.new.household.village.town_id]
        # whoever sends it by bank does it when what is kept is certain
        if rng.randrange(100) < BY_BANK_PERCENT and not plan.returned_at and plan.accepted_fen:
            day = shanghai_day(plan.paid_at) + dt.timedelta(days=rng.randrange(1, 4))
            plan.by_bank_on, plan.paid_at, plan.taken_by = min(day, city.day), None, None
    for plan in [plan for plan in doors if plan.paid_at][-NOT_PAID:]:
        plan.paid_at = plan.taken_by = plan.refunded_at = None
    for plan in [plan for plan in own if plan.refunded_at and _is_over(plan)][-NOT_GIVEN_BACK:]:
        plan.refunded_at = None
    for plan in [plan for plan in own if plan.paid_at and not plan.returned_at and plan.accepted_at][
        -NOT_WEIGHED:
    ]:
        _not_weighed(plan)
    for plan in [plan for plan in own if plan.state == State.EXPIRED][:ANOTHER_AMOUNT]:
        plan.differs_fen = 100


def _is_over(plan: Plan) -> bool:
    """Whether something was paid that is not owed."""
    paid = plan.total_fen if plan.pay_by == PayBy.ONLINE else plan.received_fen
    return plan.pay_by != PayBy.ON_ACCOUNT and paid > plan.accepted_fen


def _not_weighed(plan: Plan) -> None:
    """It came, and nobody has looked at the scales."""
    plan.state, plan.accepted_at, plan.note, plan.refunded_at = State.DELIVERED, None, "", None
    for each in plan.lines:
        each.accepted = None
    if plan.pay_by != PayBy.ONLINE:
        plan.paid_at = plan.taken_by = None
