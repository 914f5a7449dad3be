"""Statements, transfers and ticks at the same moment, in real threads on a real database: each once."""

from __future__ import annotations

import uuid

import pytest

from marketplace.access.models import Role
from shop.orders.models import Order
from shop.payments import ticks
from shop.payments.books import books
from shop.payments.models import Payment, Statement, StatementLine, Tick, Transfer
from shop.payments.receive import NotTaken, collect_cash
from shop.payments.statements import issue_all
from shop.payments.ticks import NotTicked
from tests.makers import a_person, at_once

from .account import JULY, JUNE, a_bookkeeper, a_canteen, assert_orders_agree, at, bought, june, paid

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_who_issue_at_once_issue_each_statement_once() -> None:
    units = [a_canteen() for _ in range(3)]
    with at(6, 3):
        for unit, buyer in units:
            bought(unit, buyer, lines=3)
    with at(8, 1):
        made = at_once([lambda month=month: issue_all(month) for month in (JUNE, JULY, JULY, JUNE)])
    told = [statement for part in made for statement in part]
    assert len({statement.pk for statement in told}) == len(told) == Statement.objects.count()
    assert StatementLine.objects.count() == 9
    for unit, _buyer in units:
        assert_orders_agree(unit)


def test_the_same_transfer_from_two_windows_is_one() -> None:
    unit, buyer = a_canteen()
    with at(6, 3):
        orders = [bought(unit, buyer) for _ in range(3)]
    june(unit)
    key, cashier = uuid.uuid4(), a_person(Role.CASHIER)
    with at(7, 5):
        made = at_once([lambda: paid(unit, 3000, key=key, by=cashier)] * 4)
    assert {transfer.pk for transfer in made} == {Transfer.objects.get().pk}
    assert sum(order.paid_fen for order in Order.objects.filter(pk__in=[o.pk for o in orders])) == 3000
    assert books().difference == 0
    assert books().received == 3000


def test_one_reference_in_two_forms_is_one_of_them() -> None:
    unit, buyer = a_canteen()
    other, second = a_canteen()
    with at(6, 3):
        bought(unit, buyer)
        bought(other, second)
    june(unit)
    june(other)
    with at(7, 5):
        told = at_once([lambda u=u: paid(u, 500) for u in (unit, other)])
    assert sorted(type(one).__name__ for one in told) == ["NotTaken", "Transfer"]
    assert books().received == 500


def test_a_transfer_and_money_for_one_of_its_orders_at_once_never_count_a_fen_twice() -> None:
    cashier = a_person(Role.CASHIER)
    for turn in range(3):
        unit, buyer = a_canteen()
        with at(6, 3):
            order = bought(unit, buyer)
            bought(unit, buyer)
        june(unit)
        with at(7, 5):
            told = at_once(
                [
                    lambda unit=unit, turn=turn: paid(unit, 2400, f"B-{turn}"),
                    lambda order=order, turn=turn: collect_cash(order, 1200, f"R-{turn}", cashier),
                    lambda unit=unit, turn=turn: paid(unit, 700, f"C-{turn}"),
                ]
            )
        assert {type(one) for one in told} <= {Transfer, Payment, NotTaken}, told
        assert all(order.paid_fen <= 1200 for order in Order.objects.all())
    own = books()
    assert own.difference == 0
    assert own.paid + own.to_match == own.received


def test_closing_and_taking_a_tick_back_at_once_leaves_no_open_line_behind() -> None:
    unit, buyer = a_canteen()
    with at(6, 3):
        bought(unit, buyer)
    statement = june(unit)
    bookkeeper = a_bookkeeper(unit)
    line = statement.lines.get()
    ticks.agree(line, bookkeeper)
    told = at_once([lambda: ticks.close(statement.pk, bookkeeper), lambda: ticks.reopen(line, bookkeeper)])
    statement.refresh_from_db()
    assert bool(statement.closed_at) == Tick.objects.exists()
    assert sum(isinstance(one, NotTicked) for one in told) == 1


def test_the_same_tick_from_two_windows_is_one() -> None:
    unit, buyer = a_canteen()
    with at(6, 3):
        order = bought(unit, buyer, lines=3)
    statement = june(unit)
    bookkeeper = a_bookkeeper(unit)
    first = statement.lines.all()[0]
    acts = [lambda: ticks.agree(first, bookkeeper)] * 2
    acts += [lambda: ticks.agree_order(statement.pk, order.number, bookkeeper)] * 2
    told = at_once(acts)
    assert not any(isinstance(one, Exception) for one in told), told
    assert Tick.objects.count() == 3
