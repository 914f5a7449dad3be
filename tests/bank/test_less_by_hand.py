"""What a cashier would type, add up or look for by hand in a long month is one button instead, and as exact."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from farmers.ledger.accounts import Account
from farmers.ledger.postings import balances
from farmers.ledger.verify import verify
from marketplace.access.models import Role, User
from shop.bank.guess import asked, guess
from shop.bank.match import put_back, set_aside, take_as_own
from shop.bank.models import BankLine
from shop.bank.month import month
from shop.bank.settle import settle_sure
from shop.orders.models import PayBy
from shop.payments.models import Payment, Transfer
from shop.payments.own import move_own, moved
from shop.payments.receive import NotTaken, collect_cash
from shop.payments.statements import issue
from tests.makers import a_person, accepted, an_order, at_once, paid_by_card, signed_in
from tests.payments.account import JULY, a_canteen, at, bought, fresh_lot, june, paid

from .files import Came, a_file, a_line

pytestmark = pytest.mark.django_db


@pytest.fixture
def cashier() -> User:
    return a_person(Role.CASHIER)


def on_delivery(jin: int = 10, **facts: Any) -> Any:
    return accepted(an_order(PayBy.ON_DELIVERY, lots=[fresh_lot()], jin=jin, **facts))


def test_what_the_payment_service_pays_out_is_one_button_and_of_the_banks_day(cashier: User) -> None:
    order = an_order(PayBy.ONLINE, lots=[fresh_lot()])
    paid_by_card(order.pk, order.total_fen)
    with at(7, 9):
        line = a_line(Came(order.total_fen, "结算款", payer="Stripe Payments", serial="ST-1"), by=cashier)
        client = signed_in(cashier)
        page = client.get("/cashier/bank/lines/")
        (shown,) = page.context["rows"]
        assert (shown.guess, shown.own[0]) == (None, 1)
        assert settle_sure(cashier).lines == 0, "nobody but a person says that it is own money"
        for _again in range(2):
            assert client.post(f"/cashier/bank/lines/{line.pk}/own/", {"way": "1"}).status_code == 302
    line.refresh_from_db()
    assert line.state == "aside"
    assert [(one.about, one.fen, f"{one.day}") for one in moved()] == [
        ("ST-1", order.total_fen, "2026-07-05")
    ]
    assert (balances()[Account.STRIPE], balances()[Account.BANK]) == (0, order.total_fen)
    with pytest.raises(NotTaken):
        put_back(line.pk, cashier)
    assert verify().ok


def test_own_money_that_cannot_be_is_said_at_its_field_and_nothing_changes(cashier: User) -> None:
    move_own(Account.CAPITAL, Account.CASH, 100, "x", cashier, uuid.uuid4())
    line = a_line(Came(101, "现金解款", payer="", serial="K-1"), by=cashier)
    client = signed_in(cashier)
    for way, status in (("2", 409), ("3", 422), ("x", 422), ("", 422)):
        answer = client.post(f"/cashier/bank/lines/{line.pk}/own/", {"way": way})
        assert (answer.status_code, list(answer.context["own"].errors)) == (status, ["way"])
    with pytest.raises(ValueError, match="came to the bank"):
        take_as_own(line.pk, 3, cashier)
    set_aside(line.pk, "存现", cashier)
    with pytest.raises(NotTaken):
        take_as_own(line.pk, 0, cashier)
    assert moved().count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_line_as_own_money_and_aside_at_once_is_one_of_them(cashier: User) -> None:
    line = a_line(Came(500, "财政拨款", payer="财政局", serial="C-1"), by=cashier)
    told = at_once(
        [lambda: take_as_own(line.pk, 0, cashier)] * 3 + [lambda: set_aside(line.pk, "别的", cashier)]
    )
    line.refresh_from_db()
    assert moved().exists() == (line.reason != "别的"), told
    assert balances()[Account.BANK] in {0, 500}
    assert balances()[Account.BANK] == 500 * moved().count()


def test_an_order_is_found_by_its_amount_and_its_recipients_name(cashier: User) -> None:
    orders = [on_delivery(7) for _ in range(2)] + [on_delivery(8)]
    mine = orders[1]
    type(mine).objects.filter(pk=mine.pk).update(recipient="赵 六")
    line = a_line(Came(840, "买菜", payer="赵六", serial="S-1", day="2026-07-05"), by=cashier)
    best = guess(line, asked([line]))
    assert best and not best.sure and best.covers == (mine.number,)
    client = signed_in(cashier)
    page = client.get(f"/cashier/bank/lines/{line.pk}/")
    assert [(order.number, is_payer) for order, is_payer, _parts in page.context["asking"]] == [
        (orders[0].number, False),
        (mine.number, True),
    ]
    parts = page.context["asking"][0][2]
    assert client.post(f"/cashier/bank/lines/{line.pk}/match/", {"parts": parts}).status_code == 302
    orders[0].refresh_from_db()
    assert (orders[0].due_fen, Payment.objects.get().bank_match.line) == (0, line)
    nobody = BankLine(amount_fen=960, payer="赵六", words="x", day=line.day)
    assert guess(nobody, asked([nobody])) is None


def test_money_for_a_statement_that_is_paid_says_what_the_unit_owes_on_others(cashier: User) -> None:
    unit, buyer = a_canteen()
    with at(6, 3):
        bought(unit, buyer)
    with at(7, 3):
        bought(unit, buyer, jin=5)
    with at(8, 1):
        first, _second = issue(unit.pk, JULY)
        paid(unit, 1200)
    line = a_line(Came(1200, first.number, serial="S-1"), by=cashier)
    best = guess(line, asked([line]))
    assert best and not best.sure and "6.00" in best.but
    assert best.parts[0].unit == unit.pk


def test_a_transfer_for_many_orders_costs_no_more_than_for_few() -> None:
    spent = []
    for orders in (2, 9):
        unit, buyer = a_canteen()
        with at(6, 3):
            for _ in range(orders):
                bought(unit, buyer)
        june(unit)
        with at(7, 5), CaptureQueriesContext(connection) as asked_for:
            paid(unit, orders * 1200 - 100, f"B-{orders}")
        spent.append(len(asked_for))
        transfer = Transfer.objects.get(organisation=unit)
        assert (transfer.left_fen, transfer.payments.count()) == (0, orders)
        assert set(transfer.payments.values_list("state", flat=True)) == {"paid"}
        assert sum(order.due_fen for order in unit.orders.all()) == 100
    assert spent[0] == spent[1]
    assert verify().ok


def test_matching_stops_in_time_and_goes_on_where_it_was(cashier: User) -> None:
    orders = [on_delivery(number) for number in (5, 6)]
    a_file(*(Came(order.due_fen, order.number, serial=f"L-{order.pk}") for order in orders), by=cashier)
    assert settle_sure(cashier, seconds=-1) == (0, 0, 2, 2)
    assert settle_sure(cashier) == (2, 1320, 0, 0)


def test_what_went_out_for_anything_but_households_is_listed_with_its_sum() -> None:
    with at(7, 20):
        a_file(Came(-1500, "手续费", payer="", serial="F-1"), Came(-99, "x", payer="", serial="F-2"))
        now = month(JULY)
    assert (now.bank["out"], now.bank["paid"], now.bank["else"]) == ((2, 1599), (0, 0), (2, 1599))
    assert [line.amount_fen for line in now.out_else] == [1500, 99]


def test_what_is_to_collect_is_shown_by_how_it_is_paid(cashier: User) -> None:
    unit, buyer = a_canteen()
    for _ in range(3):
        bought(unit, buyer)
    order = on_delivery(3)
    client: Client = signed_in(cashier)
    page = client.get("/cashier/")
    assert [(one.pay_by, one.orders, one.fen) for one in page.context["ways"]] == [
        ("on_delivery", 1, 360),
        ("on_account", 3, 3600),
    ]
    assert len(page.context["collect_forms"]) == 4
    only = client.get("/cashier/?way=on_delivery")
    assert [each for each, _form in only.context["collect_forms"]] == [order]
    assert len(client.get("/cashier/?way=x'").context["collect_forms"]) == 4
    collect_cash(order, 360, "R-1", cashier)
    assert not client.get("/cashier/?way=on_delivery").context["collect_forms"]
