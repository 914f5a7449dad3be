"""What follows from written orders: stock movements and counters, money, and the ledger."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from random import Random

from farmers.ledger.post import SaleFact, TakeBack, post_sales, reverse_all
from farmers.ledger.seal import seal_all
from farmers.stock.models import Lot, StockMovement
from marketplace.access.models import User
from marketplace.days import month_end, shanghai_day
from shop.orders.accept import accept_key, sale_fact
from shop.orders.models import Order, OrderLine, PayBy
from shop.payments.models import DOOR, HandIn, Payment, Provider, Refund

from .people import City
from .plans import PlannedLine, moment
from .supply import Shelves
from .write import AT_ONCE, Written, return_reason

Kind = StockMovement.Kind
# names what has no number of its own
NAMESPACE = uuid.UUID("d1a5e2c4-7b1f-4c38-9a6a-0f0a5e1b2020")

# how many days ago it was paid, at least and at most, what the account `officer` has handed in
HANDED_IN_DAYS = (7, 90)

# what one unit of each kind of movement does to (listed, reserved, sold): the same as the verbs of `movements`
SIGNS: dict[str, tuple[int, int, int]] = {
    Kind.RESERVE: (0, 1, 0),
    Kind.RELEASE: (0, -1, 0),
    Kind.SELL: (0, -1, 1),
    Kind.SHORTFALL: (-1, -1, 0),
    Kind.ADJUST: (-1, 0, 0),
}
SOUND, UNFIT = (0, 0, -1), (-1, 0, -1)


# --- stock -------------------------------------------------------------------------------------


def move_stock(city: City, shelves: Shelves, written: Sequence[Written]) -> None:
    """Every movement that the orders made, what was cleared away, and the counters as their sums."""
    moved = [movement for each in written for movement in _moves(city, each)]
    moved += _cleared(city, shelves)
    StockMovement.objects.bulk_create(sorted(moved, key=lambda movement: movement.at), batch_size=AT_ONCE)
    change: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for movement in moved:
        counters = change[movement.lot_id]
        counters[0] += movement.listed
        counters[1] += movement.reserved
        counters[2] += movement.sold
    lots = [batch.lot for batch in shelves.batches if batch.lot is not None]
    states = {batch.lot.pk: batch.state for batch in shelves.batches if batch.lot is not None}
    for lot in lots:
        listed, reserved, sold = change[lot.pk]
        lot.listed += listed
        lot.reserved += reserved
        lot.sold += sold
        lot.state = states[lot.pk]
    Lot.objects.bulk_update(lots, ["listed", "reserved", "sold", "state"], batch_size=AT_ONCE)


def _moves(city: City, each: Written) -> Iterator[StockMovement]:
    plan, number = each.plan, each.order.number
    first, last = each.steps[0], each.steps[-1]
    for planned, line in each.pairs():

        def move(
            kind: str,
            quantity: int,
            key: str,
            by: User | None,
            at: dt.datetime,
            signs: tuple[int, int, int] | None = None,
            line: OrderLine = line,
        ) -> StockMovement:
            listed, reserved, sold = (sign * quantity for sign in signs or SIGNS[kind])
            return StockMovement(
                lot_id=line.lot_id, kind=kind, listed=listed, reserved=reserved, sold=sold,
                reference=number, key=key, by=by, at=at,
            )  # fmt: skip

        yield move(Kind.RESERVE, planned.quantity, f"step:{first.pk}:{line.pk}", plan.buyer, plan.placed_at)
        if plan.ended_at:
            yield move(Kind.RELEASE, planned.quantity, f"step:{last.pk}:{line.pk}", last.by, plan.ended_at)
        if planned.accepted is not None and plan.accepted_at is not None:
            short = planned.quantity - planned.accepted
            if planned.accepted:
                yield move(Kind.SELL, planned.accepted, accept_key(line.pk), plan.buyer, plan.accepted_at)
            if short:
                yield move(Kind.SHORTFALL, short, f"short:{line.pk}", plan.buyer, plan.accepted_at)
        if planned.returned and plan.returned_at is not None:
            signs = SOUND if planned.sound else UNFIT
            official = city.users["official"]
            yield move(Kind.RETURN, planned.returned, return_key(line), official, plan.returned_at, signs)


def _cleared(city: City, shelves: Shelves) -> Iterator[StockMovement]:
    """What nobody bought of earlier lots was eaten or given away, and the lot is over."""
    for batch in shelves.batches:
        lot = batch.lot
        if lot is None or batch.keep:
            continue
        old = batch.listed_on < city.day - dt.timedelta(days=45)
        if batch.left or (old and batch.good_until is None):
            batch.state = Lot.State.WITHDRAWN
        if batch.left:
            yesterday = city.day - dt.timedelta(days=1)
            day = min(batch.good_until or yesterday, yesterday)
            yield StockMovement(
                lot=lot,
                kind=Kind.ADJUST,
                listed=-batch.left,
                key=f"clear:{lot.pk}",
                by=city.officers[lot.town_id],
                at=dt.datetime.combine(day, dt.time(17, 30), city.now.tzinfo),
            )


def return_key(line: OrderLine) -> str:
    return f"return:{line.pk}:0"


# --- money -------------------------------------------------------------------------------------


def take_money(city: City, written: Sequence[Written]) -> None:
    """Payments and refunds, and what each order says is paid."""
    rng = Random("dingzhou: money")
    receipts: Counter[str] = Counter()
    payments, refunds, paid = [], [], []
    for each in written:
        plan, order = each.plan, each.order
        provider = _provider(order)
        if plan.differs_fen:
            payments.append(
                _payment(
                    order, provider, f"cs_demo_{rng.getrandbits(64):016x}", order.total_fen, plan.placed_at
                )
            )
            payments[-1].state = Payment.State.DIFFERS
            payments[-1].received_fen = max(order.total_fen - plan.differs_fen, 1)
        if plan.paid_at is None:
            continue
        if plan.pay_by == PayBy.ONLINE:
            amount, reference, by = order.total_fen, f"cs_demo_{rng.getrandbits(64):016x}", None
        else:
            # at the door nobody knows yet what will come back; on the statement they do
            late = plan.returned_at is not None and plan.returned_at < plan.paid_at
            amount = plan.accepted_fen if late else plan.received_fen
            reference, by = _receipt(provider, plan.paid_at, receipts), city.users["cashier"]
            if plan.taken_by:
                reference, by = _door(order), plan.taken_by
        if not amount:
            continue
        payments.append(_payment(order, provider, reference, amount, plan.paid_at, by))
        order.paid_fen = amount
        paid.append(order)
        if plan.refunded_at and order.overpaid_fen:
            refunds.append(
                Refund(
                    order=order,
                    provider=provider,
                    reference=f"TK{reference[-16:]}",
                    amount_fen=order.overpaid_fen,
                    by=city.users["cashier"],
                    at=plan.refunded_at,
                )
            )
            order.paid_fen -= order.overpaid_fen
    _hand_in(city, written, payments, receipts)
    if city.open_month:
        _hand_in_by_week(city, city.open_month, payments, receipts)
    Payment.objects.bulk_create(payments, batch_size=AT_ONCE)
    Refund.objects.bulk_create(refunds, batch_size=AT_ONCE)
    Order.objects.bulk_update(paid, ["paid_fen"], batch_size=AT_ONCE)


def _hand_in(
    city: City, written: Sequence[Written], payments: Sequence[Payment], receipts: Counter[str]
) -> None:
    """Cash of the home town's orders was taken at doors by the account `officer`, and brought the day after."""
    officer = city.users["officer"]
    home = {town for town, user in city.officers.items() if user == officer}
    theirs = {
        each.order.number
        for each in written
        if {line.batch.new.household.village.town_id for line in each.plan.lines} == home
    }
    newest, oldest = (city.now - dt.timedelta(days=days) for days in HANDED_IN_DAYS)
    days: dict[dt.date, list[Payment]] = defaultdict(list)
    for payment in payments:
        at = payment.paid_at
        cash = payment.provider == Provider.CASH and payment.by == city.users["cashier"]
        if cash and payment.order.number in theirs and at and oldest <= at < newest:
            days[shanghai_day(at)].append(payment)
    for day in sorted(days):
        for payment in days[day]:
            payment.reference, payment.by = _door(payment.order), officer
        _brought(city, officer, days[day], moment(day + dt.timedelta(days=1), 16, 30), receipts)


def _brought(
    city: City, officer: User, payments: Sequence[Payment], at: dt.datetime, receipts: Counter[str]
) -> None:
    receipt = _receipt(Provider.CASH, at, receipts)
    made = HandIn.objects.create(
        key=uuid.uuid5(NAMESPACE, receipt),
        receipt=receipt,
        officer=officer,
        cashier=city.users["cashier"],
        amount_fen=sum(payment.amount_fen for payment in payments),
        at=at,
    )
    for payment in payments:
        payment.hand_in = made


def _hand_in_by_week(city: City, first: dt.date, payments: Sequence[Payment], receipts: Counter[str]) -> None:
    """In the month that is left open every officer takes cash at doors, and brings it on Mondays; the last week's not yet."""
    last = month_end(first)
    weeks: dict[tuple[dt.date, str], list[Payment]] = defaultdict(list)
    for payment in payments:
        if payment.reference.startswith(DOOR) and payment.hand_in is None and payment.paid_at and payment.by:
            day = shanghai_day(payment.paid_at)
            monday = day + dt.timedelta(days=7 - day.weekday())
            if first <= day and monday + dt.timedelta(days=2) <= last:
                weeks[monday, payment.by.username].append(payment)
    for (monday, name), own in sorted(weeks.items()):
        _brought(city, city.users[name], own, moment(monday, 10, 15), receipts)


def _door(order: Order) -> str:
    return f"{DOOR}{uuid.uuid5(NAMESPACE, order.number)}"


def _provider(order: Order) -> Provider:
    return {
        PayBy.ONLINE.value: Provider.STRIPE,
        PayBy.ON_ACCOUNT.value: Provider.TRANSFER,
    }.get(order.pay_by, Provider.CASH)


def _receipt(provider: Provider, at: dt.datetime, receipts: Counter[str]) -> str:
    """Receipts are numbered by the month, as a cashier's book is."""
    word = f"{'XJ' if provider == Provider.CASH else 'ZZ'}{shanghai_day(at):%Y%m}"
    receipts[word] += 1
    return f"{word}-{receipts[word]:04}"


def _payment(
    order: Order,
    provider: Provider,
    reference: str,
    amount_fen: int,
    at: dt.datetime,
    by: User | None = None,
) -> Payment:
    return Payment(
        order=order,
        provider=provider,
        reference=reference,
        state=Payment.State.PAID,
        amount_fen=amount_fen,
        received_fen=amount_fen,
        by=by,
        started_at=at,
        paid_at=at,
    )


# --- the ledger --------------------------------------------------------------------------------


def post(city: City, written: Sequence[Written], say: Callable[[str], None]) -> None:
    """What was accepted and what came back, a month and a sealed block at a time."""
    sales: dict[dt.date, list[SaleFact]] = defaultdict(list)
    backs: dict[dt.date, list[TakeBack]] = defaultdict(list)
    for each in written:
        for planned, line in each.pairs():
            if planned.accepted and each.plan.accepted_at:
                month = shanghai_day(each.plan.accepted_at).replace(day=1)
                sales[month].append(_fact(each, planned, line))
            if planned.returned and each.plan.returned_at:
                month = shanghai_day(each.plan.returned_at).replace(day=1)
                backs[month].append(
                    TakeBack(
                        accept_key(line.pk),
                        return_key(line),
                        planned.returned,
                        each.plan.returned_at,
                        return_reason(each.plan),
                    )
                )
    for month in sorted({*sales, *backs}):
        post_sales(sales[month])
        if backs[month]:
            reverse_all(backs[month], by=city.users["official"])
        seal_all()
        say(f"{month:%Y-%m}")


def _fact(each: Written, planned: PlannedLine, line: OrderLine) -> SaleFact:
    assert planned.accepted is not None  # noqa: S101
    assert each.plan.accepted_at is not None  # noqa: S101
    return sale_fact(each.order, line, planned.accepted, each.plan.accepted_at)
