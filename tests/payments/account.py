"""A unit that buys on account, at moments of our choosing: the clock is the only thing that is not real here."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db.models import F, Sum
from django.utils import timezone

from farmers.ledger.models import Entry
from farmers.stock.models import Lot
from marketplace.access.models import Role, User
from marketplace.days import SHANGHAI
from shop.buyers.models import BuyerOrganisation, Duty
from shop.orders.accept import give_back
from shop.orders.models import Order, OrderLine, PayBy
from shop.payments.models import Statement, Transfer
from shop.payments.standing import Standing, standings
from shop.payments.statements import issue
from shop.payments.transfers import record_transfer
from tests.makers import JIN, a_lot, a_person, accepted, an_order, an_organisation

JUNE, JULY, AUGUST = (dt.date(2026, month, 1) for month in (6, 7, 8))


@contextmanager
def at(month: int, day: int, hour: int = 10, minute: int = 0) -> Iterator[None]:
    """It is that moment of 2026 in Shanghai."""
    moment = dt.datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI).astimezone(dt.UTC)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(timezone, "now", lambda: moment)
        yield


def a_bookkeeper(unit: BuyerOrganisation) -> User:
    return a_member(unit, Duty.Kind.BOOKKEEPER)


def a_member(unit: BuyerOrganisation, *duties: Duty.Kind) -> User:
    person = a_person(Role.CANTEEN)
    member = unit.members.create(user=person)
    Duty.objects.bulk_create(Duty(member=member, kind=kind) for kind in duties)
    return person


def a_canteen() -> tuple[BuyerOrganisation, User]:
    """A unit, and who buys for it."""
    unit = an_organisation()
    return unit, a_member(unit, Duty.Kind.REQUESTER)


def fresh_lot(**facts: Any) -> Lot:
    """Good to eat, whatever the clock is told."""
    return a_lot(listed_at=dt.datetime.now(SHANGHAI), **facts)


def bought(
    unit: BuyerOrganisation, buyer: User, jin: int = 10, lines: int = 1, price_fen: int = 120
) -> Order:
    """Accepted now, on account."""
    lots = [fresh_lot(price_fen=price_fen) for _ in range(lines)]
    return accepted(an_order(PayBy.ON_ACCOUNT, buyer=buyer, lots=lots, jin=jin, organisation=unit))


def took_back(order: Order, jin: int = 1) -> OrderLine:
    line = order.lines.order_by("pk")[0]
    return give_back(
        line.pk, jin * JIN, returned_before=line.returned_quantity, sound=True, reason="发芽", by=order.buyer
    )


def paid(unit: BuyerOrganisation, fen: int, reference: str = "B-1", **facts: Any) -> Transfer:
    facts = {"key": uuid.uuid4(), "came_on": timezone.now().date(), "by": a_person(Role.CASHIER)} | facts
    return record_transfer(unit.pk, fen, facts.pop("came_on"), reference, **facts)


def june(unit: BuyerOrganisation) -> Statement:
    """June's statement, issued on the first of July at ten."""
    with at(7, 1):
        (statement,) = issue(unit.pk, JUNE)
    return statement


def standing(statement: Statement) -> Standing:
    return standings([statement])[statement.pk]


def assert_orders_agree(unit: BuyerOrganisation) -> None:
    """The newest closing balance, the orders and the ledger say the same, once everything is told."""
    orders = Order.objects.filter(organisation=unit, pay_by=PayBy.ON_ACCOUNT)
    owed = orders.aggregate(fen=Sum(F("accepted_fen") - F("paid_fen"), default=0))["fen"]
    credit = Transfer.objects.filter(organisation=unit).aggregate(fen=Sum("left_fen", default=0))["fen"]
    newest = Statement.objects.filter(organisation=unit).order_by("-period").first()
    assert (newest.closing_fen if newest else 0) == owed - credit


def in_ledger(unit: BuyerOrganisation, month: dt.date) -> int:
    """What the ledger has for the unit's month."""
    entries = Entry.objects.filter(buyer=f"unit:{unit.pk}", day__year=month.year, day__month=month.month)
    return int(entries.aggregate(fen=Sum("amount_fen", default=0))["fen"])
