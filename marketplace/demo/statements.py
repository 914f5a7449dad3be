"""The units' accounts: one is behind, the others pay by the month; statements of all months that are over."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Prefetch

from marketplace.days import shanghai_day
from shop.orders.models import PayBy
from shop.payments.models import Payment, Statement, StatementLine, Tick, Transfer
from shop.payments.months import month_after, month_before
from shop.payments.statements import draw_up, write

from . import names
from .people import City
from .plans import Plan, moment
from .write import AT_ONCE

LATE_UNIT = "finance"
DISPUTE = "箱子湿了，实收比单子上少，麻烦对一下过秤单。"
SETTLED = "收货时少一筐，当天补送了。"
ANSWER = "已和村里核对：第二天补送一筐，过秤单附在订单里。"


def fall_behind(city: City, plans: Sequence[Plan]) -> None:
    """One unit has not paid for two months, so that whatever the day, a statement is overdue."""
    last = month_before(city.day)
    first = month_before(month_before(last))
    for plan in plans:
        behind = plan.unit == city.units[LATE_UNIT] and plan.pay_by == PayBy.ON_ACCOUNT
        if behind and plan.accepted_at and first <= shanghai_day(plan.accepted_at) < last:
            plan.paid_at = plan.refunded_at = None


def send_statements(city: City) -> int:
    """Write transfers, statements and what bookkeepers said of them; returns how many statements there are."""
    _transfers(city)
    month, made = month_before(city.day), 0
    for slug, unit in city.units.items():
        months = draw_up(unit, month)
        statements = write(unit, months, lambda period: moment(month_after(period), 0, 10), None)
        made += len(statements)
        _check(city, slug, month)
    return made


def _transfers(city: City) -> None:
    """What a unit paid on a day for several orders came as one transfer."""
    parts: dict[tuple[int, dt.date], list[Payment]] = defaultdict(list)
    single = Payment.objects.filter(order__pay_by=PayBy.ON_ACCOUNT, provider=Payment.Provider.TRANSFER)
    for payment in single.select_related("order").order_by("paid_at", "reference"):
        if payment.order.organisation_id and payment.paid_at:
            parts[payment.order.organisation_id, shanghai_day(payment.paid_at)].append(payment)
    numbers = {unit.pk: n for n, unit in enumerate(city.units.values(), start=1)}
    transfers = Transfer.objects.bulk_create(
        [_transfer(city, unit, numbers[unit], day, own) for (unit, day), own in parts.items()],
        batch_size=AT_ONCE,
    )
    for transfer, own in zip(transfers, parts.values(), strict=True):
        for payment in own:
            payment.transfer = transfer
    Payment.objects.bulk_update(
        [payment for own in parts.values() for payment in own], ["transfer"], batch_size=AT_ONCE
    )


def _transfer(city: City, unit: int, number: int, day: dt.date, own: Sequence[Payment]) -> Transfer:
    return Transfer(
        organisation_id=unit,
        key=uuid.uuid5(uuid.NAMESPACE_OID, f"dingzhou: {day} {number}"),
        reference=f"HD{day:%Y%m%d}-{number:02}",
        amount_fen=sum(payment.amount_fen for payment in own),
        left_fen=0,
        came_on=day,
        by=city.users["cashier"],
        at=own[-1].paid_at or moment(day, 0, 0),
    )


def _check(city: City, slug: str, month: dt.date) -> None:
    """Bookkeepers have agreed to all but the last statement; of that, the demo's canteen is half through."""
    lines = Prefetch("lines", StatementLine.objects.only("pk", "statement", "amount_fen", "quantity"))
    by = city.buyers[slug]
    ticks: list[Tick] = []
    closed: list[Statement] = []
    statements = Statement.objects.filter(organisation=city.units[slug]).order_by("period")
    for statement in statements.prefetch_related(lines):
        own = list(statement.lines.all())
        at = min(statement.issued_at + dt.timedelta(days=4, hours=9), city.now)
        if statement.period < month:
            ticks += [Tick(line=line, state=Tick.State.AGREED, by=by, at=at) for line in own]
            statement.closed_at, statement.closed_by = at, by
            closed.append(statement)
        elif slug == names.CANTEEN_UNIT and len(own) > 3:
            half = own[: len(own) // 2]
            ticks += [Tick(line=line, state=Tick.State.AGREED, by=by, at=at) for line in half[:-1]]
            ticks.append(Tick(line=half[-1], state=Tick.State.DISPUTED, words=DISPUTE, by=by, at=at))
    if slug == names.CANTEEN_UNIT and ticks and closed:
        _answer(city, ticks[0])
    Tick.objects.bulk_create(ticks, batch_size=AT_ONCE)
    Statement.objects.bulk_update(closed, ["closed_at", "closed_by"], batch_size=AT_ONCE)


def _answer(city: City, tick: Tick) -> None:
    """The first line of all was asked about once, and agreed to after the answer."""
    tick.words, tick.answer = SETTLED, ANSWER
    tick.answered_by, tick.answered_at = city.users["cashier"], tick.at
