"""A unit's bank transfers find their orders to the fen; what is over is never lost."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db.models import Sum
from django.utils import timezone
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from shop.buyers.models import BuyerOrganisation
from shop.orders.models import Order
from shop.payments.books import books
from shop.payments.models import Payment, Transfer
from shop.payments.receive import NotTaken, give_back
from shop.payments.standing import Paid, overdue
from shop.payments.statements import issue
from shop.payments.transfers import record_transfer, send_back, use_credit
from tests.makers import a_person

from .account import (
    AUGUST,
    JULY,
    a_canteen,
    assert_orders_agree,
    at,
    bought,
    june,
    paid,
    standing,
    took_back,
)


def money(order: Order) -> int:
    order.refresh_from_db()
    return order.paid_fen


def assert_books_hold(unit: BuyerOrganisation) -> None:
    own = books()
    assert own.difference == 0
    for transfer in Transfer.objects.filter(organisation=unit):
        shared = transfer.payments.aggregate(fen=Sum("received_fen", default=0))["fen"]
        assert transfer.amount_fen == transfer.left_fen + shared
    for order in Order.objects.filter(organisation=unit):
        came = order.payments.aggregate(fen=Sum("received_fen", default=0))["fen"]
        back = order.refunds.aggregate(fen=Sum("amount_fen", default=0))["fen"]
        assert order.paid_fen == came - back


@pytest.mark.django_db
class TestTransfers:
    def test_a_part_payment_pays_the_oldest_orders_first(self) -> None:
        unit, buyer = a_canteen()
        with at(6, 3):
            first = bought(unit, buyer)
        with at(6, 4):
            second = bought(unit, buyer)
        statement = june(unit)
        with at(7, 5):
            transfer = paid(unit, 1500)
            assert (money(first), money(second), transfer.left_fen) == (1200, 300, 0)
            assert [p.reference for p in transfer.payments.order_by("pk")] == ["B-1/1", "B-1/2"]
            assert standing(statement)[:2] == (900, Paid.DUE)
            paid(unit, 900, "B-2")
            assert standing(statement)[:2] == (0, Paid.PAID)
        assert_books_hold(unit)
        assert books().received == 2400

    def test_one_transfer_pays_several_statements_and_the_rest_waits_as_credit(self) -> None:
        unit, buyer = a_canteen()
        with at(6, 3):
            bought(unit, buyer)
        with at(7, 3):
            bought(unit, buyer, jin=5)
        with at(8, 1):
            june_s, july_s = issue(unit.pk, JULY)
        with at(8, 10):
            transfer = paid(unit, 2000)
            assert transfer.left_fen == 200
            assert (standing(june_s).due_fen, standing(july_s).due_fen) == (0, 0)
            assert books().to_match == 200
            # goods accepted since wait for their statement, which the credit then pays
            order = bought(unit, buyer, jin=3)
            assert money(order) == 0
        assert_books_hold(unit)
        with at(9, 1):
            (august,) = issue(unit.pk, AUGUST)
            assert (august.opening_fen, august.paid_fen, august.closing_fen) == (1800, 2000, 160)
            assert money(order) == 200
            assert standing(august).due_fen == 160
        assert books().to_match == 0
        assert_books_hold(unit)
        assert_orders_agree(unit)

    def test_money_paid_too_much_for_one_order_is_set_off_against_another(self) -> None:
        unit, buyer = a_canteen()
        with at(6, 3):
            first = bought(unit, buyer)
        june(unit)
        with at(7, 2):
            paid(unit, 1200)
        with at(7, 3):
            took_back(first, jin=4)
            second = bought(unit, buyer)
            before = books()
        with at(8, 1):
            (july,) = issue(unit.pk, JULY)
            assert (july.opening_fen, july.returned_fen, july.paid_fen) == (1200, 480, 1200)
            assert july.closing_fen == 720
            assert standing(july).due_fen == 720
        # what is asked for is what the orders ask for
        assert (money(first), money(second)) == (720, 480)
        after = books()
        assert (after.received, after.given_back) == (before.received, before.given_back)
        assert after.overpaid == 0
        with at(8, 5):
            paid(unit, 720, "B-2")
            assert standing(july).state == Paid.PAID
        assert money(second) == 1200
        assert_books_hold(unit)

    def test_the_same_form_twice_is_one_transfer(self) -> None:
        unit, buyer = a_canteen()
        with at(6, 3):
            bought(unit, buyer)
        june(unit)
        key = uuid.uuid4()
        with at(7, 2):
            first = paid(unit, 500, key=key)
            assert paid(unit, 500, key=key) == first
            with pytest.raises(NotTaken):
                paid(unit, 501, key=key)
            with pytest.raises(NotTaken, match="B-1"):
                paid(unit, 500)
        assert Transfer.objects.count() == Payment.objects.count() == 1
        assert_books_hold(unit)

    def test_a_day_to_come_is_refused(self) -> None:
        unit, _buyer = a_canteen()
        with at(7, 2), pytest.raises(NotTaken):
            paid(unit, 500, came_on=dt.date(2026, 7, 3))
        assert not Transfer.objects.exists()

    def test_credit_is_used_for_untold_orders_when_the_cashier_says_so(self) -> None:
        unit, buyer = a_canteen()
        with at(6, 3):
            bought(unit, buyer)
            transfer = paid(unit, 500)
            assert transfer.left_fen == 500
            cashier = a_person()
            assert use_credit(transfer.pk, cashier) == 500
            assert use_credit(transfer.pk, cashier) == 0
        assert_books_hold(unit)

    def test_credit_goes_back_through_an_order_that_is_paid(self) -> None:
        unit, buyer = a_canteen()
        cashier = a_person()
        with at(6, 3):
            order = bought(unit, buyer)
        june(unit)
        with at(7, 3):
            transfer = paid(unit, 1500)
            assert send_back(transfer.pk, cashier).left_fen == send_back(transfer.pk, cashier).left_fen == 0
        order.refresh_from_db()
        assert order.overpaid_fen == books().overpaid == 300
        give_back(order, order.overpaid_fen, "TK-1", cashier, provider=Payment.Provider.TRANSFER)
        assert_books_hold(unit)

    def test_what_is_overdue_is_listed_by_its_newest_late_statement(self) -> None:
        unit, buyer = a_canteen()
        other, second = a_canteen()
        with at(6, 3):
            bought(unit, buyer)
            bought(other, second)
        statement = june(unit)
        june(other)
        with at(7, 31):
            assert overdue() == []
        with at(8, 1):
            issue(unit.pk, JULY)
            assert {row[0].organisation for row in overdue()} == {unit, other}
            assert standing(statement) == (1200, Paid.OVERDUE, 1)
            paid(unit, 1199)
            assert [(s.number, own.due_fen) for s, own in overdue(unit)] == [(statement.number, 1)]
            paid(unit, 1, "B-2")
            assert [row[0].organisation for row in overdue()] == [other]

    def test_goods_accepted_later_do_not_make_an_old_statement_dearer(self) -> None:
        unit, buyer = a_canteen()
        with at(6, 3):
            bought(unit, buyer)
        statement = june(unit)
        with at(7, 3):
            bought(unit, buyer, jin=50)
            assert standing(statement).due_fen == 1200
            paid(unit, 1200)
            assert standing(statement).due_fen == 0


@pytest.mark.django_db
@settings(max_examples=8, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(data=st.data())
def test_money_in_is_money_found_whatever_comes(data: st.DataObject) -> None:
    unit, buyer = a_canteen()
    cashier = a_person()
    with at(6, 3):
        orders = [bought(unit, buyer, jin=data.draw(st.integers(1, 20))) for _ in range(3)]
    june(unit)
    with at(7, 3):
        for step in range(data.draw(st.integers(1, 6))):
            act = data.draw(st.sampled_from(["pay", "pay", "return", "buy", "use"]))
            if act == "pay":
                record_transfer(
                    unit.pk,
                    data.draw(st.integers(1, 3_000)),
                    timezone.now().date(),
                    f"B-{unit.pk}-{step}",
                    key=uuid.uuid4(),
                    by=cashier,
                )
            elif act == "return" and orders[0].lines.get().kept_quantity >= 500:
                took_back(orders[0])
            elif act == "buy":
                bought(unit, buyer, jin=1)
            elif act == "use" and (
                credit := Transfer.objects.filter(organisation=unit, left_fen__gt=0).first()
            ):
                use_credit(credit.pk, cashier)
            assert_books_hold(unit)
    with at(8, 1):
        issue(unit.pk, JULY)
    assert_orders_agree(unit)
    assert_books_hold(unit)
