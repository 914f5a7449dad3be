"""Plans become rows: orders with their lines, steps and timelines, many at a time."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from farmers.stock.list_lot import list_lots
from marketplace.access.models import User
from marketplace.days import shanghai_day
from shop.orders.models import Consignment, Order, OrderLine, PayBy, State, TrackingEvent, Transition
from shop.orders.place import sent_from, sold_as

from . import names
from .people import City
from .plans import Plan, PlannedLine
from .supply import Shelves

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
AT_ONCE = 500

Kind = TrackingEvent.Kind


@dataclass(eq=False)
class Written:
    """An order with all that was written of it. `lines` go with the plan's lines, one to one."""

    plan: Plan
    order: Order
    consignments: list[Consignment]
    lines: list[OrderLine]
    steps: list[Transition]

    def pairs(self) -> Iterator[tuple[PlannedLine, OrderLine]]:
        return zip(self.plan.lines, self.lines, strict=True)


def write_lots(shelves: Shelves) -> None:
    """List all batches, in the order of their days."""
    batches = sorted(shelves.batches, key=lambda batch: batch.new.listed_at or shelves.city.now)
    lots = list_lots([batch.new for batch in batches], None)
    for batch, lot in zip(batches, lots, strict=True):
        batch.lot = lot


def write_orders(city: City, plans: Sequence[Plan]) -> list[Written]:
    """Orders, consignments, lines, steps and timelines of plans whose lots are written."""
    rng = Random("dingzhou: numbers")
    addresses = _addresses(city, rng)
    plans = sorted(plans, key=lambda plan: plan.placed_at)
    orders = Order.objects.bulk_create(
        [_order(city, plan, addresses[plan.buyer.pk], rng) for plan in plans], batch_size=AT_ONCE
    )
    consignments = Consignment.objects.bulk_create(
        [parcel for plan, order in zip(plans, orders, strict=True) for parcel in _consignments(plan, order)],
        batch_size=AT_ONCE,
    )
    parcels: dict[int, list[Consignment]] = {}
    for parcel in consignments:
        parcels.setdefault(parcel.order_id, []).append(parcel)
    written = [
        Written(
            plan,
            order,
            parcels[order.pk],
            [_line(order, parcels[order.pk], each) for each in plan.lines],
            list(_steps(city, plan, order)),
        )
        for plan, order in zip(plans, orders, strict=True)
    ]
    OrderLine.objects.bulk_create([line for each in written for line in each.lines], batch_size=AT_ONCE)
    Transition.objects.bulk_create([step for each in written for step in each.steps], batch_size=AT_ONCE)
    TrackingEvent.objects.bulk_create(
        [
            event
            for each in written
            for event in sorted(_timeline(city, each.plan, each.order, each.consignments), key=lambda e: e.at)
        ],
        batch_size=AT_ONCE,
    )
    return written


def _addresses(city: City, rng: Random) -> dict[int, dict[str, Any]]:
    """Where each buyer's goods go: a unit's own door, a citizen's home or the nearest pick-up point."""
    found: dict[int, dict[str, Any]] = {}
    for slug, unit in city.units.items():
        found[city.buyers[slug].pk] = {
            "recipient": unit.contact,
            "phone": unit.phone,
            "address": unit.address,
        }
    for n, user in enumerate(city.citizens):
        where: dict[str, Any] = {
            "recipient": rng.choice(names.SURNAMES[:40]) + "示例",
            "phone": f"196{n + 1:08}",
        }
        if n % 2:
            where["pickup_point"] = city.pickup_points[n // 2 % len(city.pickup_points)]
        else:
            where["address"] = f"定州市{rng.choice(names.STREETS)} {n + 3} 号楼 {n % 4 + 1} 单元"
        found[user.pk] = where
    return found


def _order(city: City, plan: Plan, where: dict[str, Any], rng: Random) -> Order:
    letters = "".join(rng.choice(LETTERS) for _ in range(8))
    return Order(
        number=f"DZ{shanghai_day(plan.placed_at):%y%m%d}-{letters}",
        key=uuid.UUID(int=rng.getrandbits(128), version=4),
        buyer=plan.buyer,
        organisation=plan.unit,
        channel=plan.channel,
        buyer_kind=plan.buyer_kind,
        state=plan.state,
        pay_by=plan.pay_by,
        total_fen=plan.total_fen,
        accepted_fen=plan.accepted_fen,
        placed_at=plan.placed_at,
        reserved_until=plan.reserved_until,
        wanted_on=plan.wanted_on,
        **where,
    )


def _consignments(plan: Plan, order: Order) -> list[Consignment]:
    """One for each village, in the order that placing an order writes them."""
    if order.state in {State.CANCELLED, State.EXPIRED}:
        state = Consignment.State.CANCELLED
    elif plan.delivered_at:
        state = Consignment.State.DELIVERED
    elif plan.dispatched_at:
        state = Consignment.State.DISPATCHED
    else:
        state = Consignment.State.PREPARING
    villages = {line.batch.new.household.village_id: line.batch.new.household.village for line in plan.lines}
    parcels = [sent_from(order, village, village.town) for _, village in sorted(villages.items())]
    for n, parcel in enumerate(parcels):
        parcel.state = Consignment.State.PREPARING if plan.partly and n else state
    return parcels


def _line(order: Order, parcels: Sequence[Consignment], each: PlannedLine) -> OrderLine:
    lot = each.batch.lot
    assert lot is not None  # noqa: S101
    parcel = next(parcel for parcel in parcels if parcel.village_id == lot.village_id)
    line = sold_as(order, parcel, lot, each.quantity)
    line.accepted_quantity, line.returned_quantity = each.accepted, each.returned
    return line


def _officer(city: City, parcel: Consignment) -> User:
    return city.officers[parcel.village.town_id]


def _steps(city: City, plan: Plan, order: Order) -> Iterator[Transition]:
    """The order's way through the table of allowed steps, from the first."""
    state = State.AWAITING_PAYMENT if plan.pay_by == PayBy.ONLINE else State.CONFIRMED
    came_from = ""
    helper = city.officers[plan.lines[0].batch.new.household.village.town_id]
    way: list[tuple[State, User | None, dt.datetime | None, str]] = [(state, plan.buyer, plan.placed_at, "")]
    if plan.pay_by == PayBy.ONLINE:
        way.append((State.CONFIRMED, None, plan.confirmed_at, ""))
    way.append((State.DISPATCHED, helper, plan.dispatched_at, ""))
    if not plan.partly:
        way.append((State.DELIVERED, helper, plan.delivered_at, ""))
    way.append((State.ACCEPTED, plan.buyer, plan.accepted_at, _said(plan)))
    ended_by = plan.buyer if plan.state == State.CANCELLED else None
    way.append((plan.state, ended_by, plan.ended_at, plan.why))
    for to, by, at, why in way:
        if at is not None:
            yield Transition(order=order, from_state=came_from, to_state=to, by=by, at=at, why=why)
            came_from = to


def _said(plan: Plan) -> str:
    """What was said at the scales when something was missing."""
    return names.SHORT_NOTES[plan.total_fen % len(names.SHORT_NOTES)] if plan.note == "short" else ""


def _timeline(
    city: City, plan: Plan, order: Order, parcels: Sequence[Consignment]
) -> Iterator[TrackingEvent]:
    def event(
        kind: Kind, at: dt.datetime, by: User | None, parcel: Consignment | None = None, note: str = ""
    ) -> TrackingEvent:
        return TrackingEvent(order=order, consignment=parcel, kind=kind, by=by, at=at, note=note)

    yield event(Kind.PLACED, plan.placed_at, plan.buyer)
    if plan.paid_at:
        taker = None if plan.pay_by == PayBy.ONLINE else plan.taken_by or city.users["cashier"]
        yield event(Kind.PAID, plan.paid_at, taker)
    if plan.confirmed_at:
        yield event(Kind.CONFIRMED, plan.confirmed_at, None)
    for n, parcel in enumerate(parcels):
        if plan.partly and n:
            break
        by, later = _officer(city, parcel), dt.timedelta(minutes=6 * n)
        if plan.dispatched_at:
            yield event(Kind.DISPATCHED, plan.dispatched_at + later, by, parcel)
        for stop, at in enumerate(plan.stops):
            note = names.STOPS[stop % len(names.STOPS)]
            if plan.delivered_at is None or at + later < plan.delivered_at:
                yield event(Kind.ARRIVED, at + later, by, parcel, note)
        if plan.delivered_at:
            yield event(Kind.DELIVERED, plan.delivered_at, by, parcel)
    if plan.accepted_at:
        yield event(Kind.ACCEPTED, plan.accepted_at, plan.buyer, note=_said(plan))
    if plan.returned_at:
        returned = next(n for n, line in enumerate(plan.lines) if line.returned)
        parcel = next(
            p for p in parcels if p.village_id == plan.lines[returned].batch.new.household.village_id
        )
        yield event(Kind.RETURNED, plan.returned_at, city.users["official"], parcel, return_reason(plan))
    if plan.ended_at:
        kind = Kind.CANCELLED if plan.state == State.CANCELLED else Kind.EXPIRED
        yield event(kind, plan.ended_at, plan.buyer if plan.state == State.CANCELLED else None, note=plan.why)


def return_reason(plan: Plan) -> str:
    return names.RETURN_REASONS[plan.total_fen % len(names.RETURN_REASONS)]
