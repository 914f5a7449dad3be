"""Orders under way: for each account something to pay, move, weigh, collect or give back today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from random import Random

from farmers.stock.models import Lot
from marketplace.access.models import User
from marketplace.quantity import unit_size
from shop.buyers.models import BuyerOrganisation
from shop.orders.models import PayBy, State

from . import names
from .people import City
from .plans import Plan, PlannedLine, accept, moment
from .supply import Batch, Shelves

ELSEWHERE = 14
# what was on its way today has been weighed by then
ALL_WEIGHED = dt.time(10, 40)


class Desk:
    """Makes orders of today's lots; the next order gets the next lots, so that all differ."""

    def __init__(self, city: City, shelves: Shelves) -> None:
        self.city = city
        self.rng = Random("dingzhou: today")
        # in a demo made before, the morning that these orders tell of is yesterday's
        self.morning = city.day - dt.timedelta(days=city.now.time() < ALL_WEIGHED)
        home = city.households[0]
        on_sale = [b for b in shelves.batches if b.state == Lot.State.LISTED and b.sells(city.day)]
        produce = [b for b in on_sale if not b.new.product.category.is_sapling]
        self.own = [b for b in produce if b.new.household is home]
        self.town = [b for b in produce if _town(b) == home.village.town_id and b not in self.own]
        self.far = [b for b in produce if _town(b) != home.village.town_id]
        self.plants = [b for b in on_sale if b.new.product.category.is_sapling and b.new.quantity >= 200]
        # an officer at home has saplings to send off, too
        self.plants.sort(key=lambda b: _town(b) != home.village.town_id)

    def _lines(self, placed_on: dt.date, big: bool, from_where: Sequence[list[Batch]]) -> list[PlannedLine]:
        taken: list[PlannedLine] = []
        for shelf in from_where:
            batch = next((b for b in shelf if b.listed_on < placed_on), None)
            if batch is None or any(line.batch is batch for line in taken):
                continue
            shelf.remove(batch)
            shelf.append(batch)
            size = unit_size(batch.new.unit)
            free = (batch.left - batch.keep) // size
            units = min(free // 4, 240) if big else min(free // 6, self.rng.choice((5, 10, 10, 20)))
            if units < 1:
                continue
            units = units // 10 * 10 or units
            batch.left -= units * size
            taken.append(PlannedLine(batch, units * size))
        return taken

    def ago(self, days: int, hour: int, minute: int) -> dt.datetime:
        """A time so many days before the last morning that is over."""
        return moment(self.morning - dt.timedelta(days=days), hour, minute)

    def order(
        self,
        buyer: User,
        pay_by: PayBy,
        placed_at: dt.datetime,
        *from_where: list[Batch],
        unit: BuyerOrganisation | None = None,
    ) -> Plan:
        """A line of the next lot of each shelf named, if it was on sale the day before; a unit's order is big."""
        lines = self._lines(placed_at.date(), unit is not None, from_where)
        plan = Plan(buyer, unit, pay_by, placed_at, lines)
        if pay_by == PayBy.ONLINE:
            plan.reserved_until = placed_at + dt.timedelta(minutes=30)
            plan.paid_at = plan.confirmed_at = placed_at + dt.timedelta(minutes=4)
        plan.wanted_on = self.city.day + dt.timedelta(days=1)
        return plan

    def reach(self, plan: Plan, state: State, days: int = 0) -> Plan:
        """Bring it so far, the last steps `days` ago."""
        plan.state = state
        if state in {State.DISPATCHED, State.DELIVERED, State.ACCEPTED}:
            plan.wanted_on = self.city.day - dt.timedelta(days=days)
            plan.dispatched_at = self.ago(days, 6, 40)
            plan.stops = [self.ago(days, 7, 55), self.ago(days, 9, 10)]
        if state in {State.DELIVERED, State.ACCEPTED}:
            plan.delivered_at = self.ago(days, 9, 50)
        if state == State.ACCEPTED:
            accept(plan, self.ago(days, 10, 30), self.rng, short=0.5)
        return plan


def _town(batch: Batch) -> int:
    return batch.new.household.village.town_id


def todays_orders(city: City, shelves: Shelves) -> list[Plan]:
    """Call it before the past orders, so that these leave enough of today's lots."""
    desk = Desk(city, shelves)
    plans = [*_citizens(desk), *_canteen(desk), *_nursery(desk), *_elsewhere(desk), _paid_at_the_door(desk)]
    return [plan for plan in plans if plan.lines]


def _citizens(desk: Desk) -> list[Plan]:
    """What the account `citizen` has open, one order in each state."""
    me, own, town, far = desk.city.users["citizen"], desk.own, desk.town, desk.far
    midnight = moment(desk.city.day, 0, 0)
    unpaid = desk.order(
        me,
        PayBy.ONLINE,
        max(desk.city.now - dt.timedelta(minutes=12), midnight),
        own,
        far,
    )
    unpaid.state, unpaid.paid_at, unpaid.confirmed_at = State.AWAITING_PAYMENT, None, None
    # a minute's demo would be over in thirty
    unpaid.reserved_until = desk.city.now + dt.timedelta(days=1)
    prepared = desk.order(me, PayBy.ON_DELIVERY, desk.ago(1, 16, 20), own, town)
    going = desk.order(me, PayBy.ONLINE, desk.ago(1, 10, 5), own, far)
    there = desk.order(me, PayBy.ON_DELIVERY, desk.ago(1, 9, 30), town, own)
    weighed = desk.order(me, PayBy.ON_DELIVERY, desk.ago(2, 18, 45), own, far)
    off = desk.order(me, PayBy.ONLINE, desk.ago(2, 20, 15), far, far)
    off.state, off.ended_at, off.why = State.CANCELLED, desk.ago(1, 8, 0), names.CANCEL_REASONS[1]
    lapsed = desk.order(me, PayBy.ONLINE, desk.ago(3, 12, 0), far)
    lapsed.state, lapsed.paid_at, lapsed.confirmed_at = State.EXPIRED, None, None
    lapsed.ended_at = lapsed.reserved_until
    lapsed.differs_fen = 100
    return [
        unpaid,
        prepared,
        desk.reach(going, State.DISPATCHED),
        desk.reach(there, State.DELIVERED),
        desk.reach(weighed, State.ACCEPTED, days=1),
        off,
        lapsed,
    ]


def _paid_at_the_door(desk: Desk) -> Plan:
    """Its officer has the money, and brings it to the cashier today."""
    users = desk.city.users
    plan = desk.order(users["citizen"], PayBy.ON_DELIVERY, desk.ago(3, 17, 30), desk.town, desk.own)
    desk.reach(plan, State.ACCEPTED, days=1)
    plan.paid_at, plan.taken_by = desk.ago(1, 10, 50), users["officer"]
    return plan


def _unit_order(desk: Desk, slug: str, days: int, hour: int, *from_where: list[Batch]) -> Plan:
    city = desk.city
    return desk.order(
        city.buyers[slug], PayBy.ON_ACCOUNT, desk.ago(days, hour, 20), *from_where, unit=city.units[slug]
    )


def _canteen(desk: Desk) -> list[Plan]:
    unit, own, town, far = names.CANTEEN_UNIT, desk.own, desk.town, desk.far
    new = _unit_order(desk, unit, 1, 15, own, town, far, far, far, far)
    half = _unit_order(desk, unit, 1, 9, town, far, far, far)
    half.partly = True
    there = _unit_order(desk, unit, 2, 10, own, far, far, town)
    weighed = _unit_order(desk, unit, 3, 11, far, own, far, far, far)
    return [
        new,
        desk.reach(half, State.DISPATCHED),
        desk.reach(there, State.DELIVERED),
        desk.reach(weighed, State.ACCEPTED, days=1),
    ]


def _nursery(desk: Desk) -> list[Plan]:
    unit, plants = names.NURSERY_UNIT, desk.plants
    states = ((State.CONFIRMED, 1), (State.DISPATCHED, 1), (State.DELIVERED, 2), (State.ACCEPTED, 3))
    return [
        desk.reach(_unit_order(desk, unit, days, 14, plants, plants), state, days=max(days - 2, 0))
        for state, days in states
    ]


def _elsewhere(desk: Desk) -> list[Plan]:
    """The rest of the city is busy as well."""
    city, rng, far = desk.city, desk.rng, desk.far
    states: Sequence[State] = (State.CONFIRMED, State.DISPATCHED, State.DELIVERED, State.ACCEPTED)
    others = [fact for fact in names.UNITS if fact.slug not in {names.CANTEEN_UNIT, names.NURSERY_UNIT}]
    plans = []
    for n in range(ELSEWHERE):
        if n % 2:
            fact = others[n // 2 % len(others)]
            shelf = desk.plants if fact.kind == "nursery" else far
            plan = _unit_order(desk, fact.slug, 1, rng.randrange(8, 17), shelf, shelf, shelf)
        else:
            pay_by = PayBy.ONLINE if n % 4 else PayBy.ON_DELIVERY
            plan = desk.order(
                rng.choice(city.citizens[1:]), pay_by, desk.ago(1, rng.randrange(8, 21), 10), far, far
            )
        plans.append(desk.reach(plan, states[n % len(states)]))
    # paid, and then less came: the cashier gives back
    for days in (1, 2, 3):
        plan = desk.order(
            rng.choice(city.citizens[1:]),
            PayBy.ONLINE,
            desk.ago(days + 1, 12, 30),
            far,
            far,
        )
        desk.reach(plan, State.ACCEPTED, days)
        line = plan.lines[0]
        line.accepted = line.quantity * 4 // 5
        plan.note = "short"
        plans.append(plan)
    return plans
