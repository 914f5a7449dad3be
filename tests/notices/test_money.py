"""Of money each hears what is theirs: who pays, that it came, failed, goes back or is owed; cashiers what waits for them."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from django.utils.translation import override

from marketplace.access.models import Role, User
from marketplace.days import SHANGHAI
from marketplace.notices.models import Notice
from marketplace.notices.words import said
from shop.orders.cancel import cancel
from shop.orders.models import Order, PayBy
from shop.payments import door, ticks
from shop.payments.models import Payment, Refund, Statement
from shop.payments.receive import (
    came_again,
    collect_cash,
    count_difference,
    did_not_go_back,
    give_back,
    went_back,
)
from shop.payments.stripe.events import Event, take
from shop.payments.told import REMINDED_EVERY
from shop.payments.transfers import record_transfer, send_back, settle
from tests.makers import a_household, a_lot, a_person, a_village, an_officer, an_order, sent_off
from tests.payments.account import a_bookkeeper, a_canteen, at, bought, june, took_back

from .heard import by_name, heard
from .worker import work

pytestmark = pytest.mark.django_db
Provider = Payment.Provider


@pytest.fixture
def cashiers() -> tuple[User, User]:
    """Two of them, and people whom nothing of this concerns."""
    for role in (Role.OFFICIAL, Role.APPROVER, Role.CITIZEN, Role.SELLER):
        a_person(role)
    return a_person(Role.CASHIER), a_person(Role.CASHIER)


def text_of(kind: str) -> str:
    with override("en"):
        return said(Notice.objects.filter(kind=kind)[0])


# --- an order's money ----------------------------------------------------------------------------


def test_who_paid_hears_that_it_came(cashiers: Any) -> None:
    order = an_order(PayBy.ON_DELIVERY)
    assert heard(lambda: collect_cash(order, 2000, "R-1", cashiers[0])) == [(order.buyer, "paid")]
    assert text_of("paid") == f"¥20.00 has come in for order {order.number}."
    # the same receipt once more is no news
    assert heard(lambda: collect_cash(order, 2000, "R-1", cashiers[0])) == []


def stripes(order: Order, **facts: Any) -> Payment:
    facts = {"amount_fen": order.total_fen, "provider": Provider.STRIPE} | facts
    return Payment.objects.create(order=order, reference=f"cs_{uuid.uuid4().hex[:12]}", **facts)


def word(payment: Payment, kind: str, **facts: Any) -> None:
    facts = {"id": payment.reference, "currency": "cny", "payment_status": "paid", "metadata": {}} | facts
    take(Event(f"evt_{uuid.uuid4().hex[:12]}", f"checkout.session.{kind}", facts))


def test_who_paid_online_hears_that_it_came_or_did_not(cashiers: Any) -> None:
    order = an_order()
    failed, paid = stripes(order), stripes(order)
    assert heard(lambda: word(failed, "async_payment_failed")) == [(order.buyer, "payment_failed")]
    come = heard(lambda: word(paid, "completed", amount_total=order.total_fen))
    assert come == [(order.buyer, "confirmed"), (order.buyer, "paid")]


def test_a_session_that_nobody_used_is_no_failed_payment(cashiers: Any) -> None:
    payment = stripes(an_order())
    assert heard(lambda: word(payment, "expired", payment_status="unpaid")) == []
    payment.refresh_from_db()
    assert payment.state == Payment.State.FAILED


def test_another_amount_than_was_asked_for_is_told_to_cashiers_alone(cashiers: Any) -> None:
    payment = stripes(an_order())
    differs = heard(lambda: word(payment, "completed", amount_total=payment.amount_fen - 100))
    assert differs == by_name([(cashier, "to_match") for cashier in cashiers])
    counted = heard(lambda: count_difference(payment.pk, cashiers[0]))
    assert counted == [(payment.order.buyer, "paid")]


def test_what_came_too_late_is_told_as_such_and_so_is_what_goes_back(cashiers: Any) -> None:
    order = an_order()
    payment = stripes(order)
    cancel(order.pk, order.buyer, "算错了")
    late = heard(lambda: word(payment, "completed", amount_total=order.total_fen))
    assert (order.buyer, "paid_too_much") in late
    assert {person for person, _kind in late} == {order.buyer}
    # it goes back by the way it came, which is news once it has
    asked = Refund.objects.get()
    order.refresh_from_db()
    assert heard(lambda: went_back(asked, order)) == [(order.buyer, "refunded")]


def test_cashiers_hear_of_a_refund_that_failed_while_there_is_something_to_give_back(cashiers: Any) -> None:
    order = an_order()
    payment = stripes(order)
    cancel(order.pk, order.buyer, "算错了")
    word(payment, "completed", amount_total=order.total_fen)
    work()
    refund = Refund.objects.get()
    failed = heard(lambda: did_not_go_back(refund, "expired_or_canceled_card"))
    assert failed == by_name([(cashier, "refund_failed") for cashier in cashiers])
    assert text_of("refund_failed") == (
        f"¥25.00 for order {order.number} could not be given back. Look at why, and give it back anew."
    )


def test_cashiers_hear_of_a_refund_that_the_bank_returned(cashiers: Any) -> None:
    order = an_order()
    payment = stripes(order)
    cancel(order.pk, order.buyer, "算错了")
    word(payment, "completed", amount_total=order.total_fen)
    work()
    refund = Refund.objects.get()
    order.refresh_from_db()
    went_back(refund, order)
    order.refresh_from_db()
    again = heard(lambda: came_again(refund, order, "account closed"))
    assert again == by_name([(cashier, "refund_failed") for cashier in cashiers])


def test_a_refund_that_failed_and_was_settled_meanwhile_is_no_news(cashiers: Any) -> None:
    order = an_order()
    payment = stripes(order)
    word(payment, "completed", amount_total=order.total_fen)
    refund = Refund.objects.create(
        order=order,
        payment=payment,
        provider=Provider.STRIPE,
        reference="re_1",
        state="asked",
        amount_fen=100,
    )
    assert heard(lambda: did_not_go_back(refund, "expired_or_canceled_card")) == []


def test_what_is_given_back_by_hand_is_told_to_who_paid(cashiers: Any) -> None:
    order = an_order(PayBy.ON_DELIVERY)
    collect_cash(order, 2500, "R-1", cashiers[0])
    cancel(order.pk, order.buyer, "算错了")
    order.refresh_from_db()
    back = heard(lambda: give_back(order, 2500, "B-1", cashiers[0], provider=Provider.CASH))
    assert back == [(order.buyer, "refunded")]
    assert text_of("refunded") == f"¥25.00 for order {order.number} went back to you."


# --- cash from the door --------------------------------------------------------------------------


def test_of_cash_at_doors_cashiers_hear_once_a_day_and_once_when_it_is_brought(cashiers: Any) -> None:
    village = a_village()
    officer, other = an_officer(village), an_officer(a_village())
    orders = [
        sent_off(an_order(PayBy.ON_DELIVERY, lots=[a_lot(household=a_household(village))]), delivered=True)
        for _ in range(2)
    ]

    def at_two_doors() -> None:
        for order in orders:
            door.collect(order.pk, 1200, officer, uuid.uuid4())

    taken = by_name(
        [(order.buyer, "paid") for order in orders] + [(cashier, "door_cash") for cashier in cashiers]
    )
    assert heard(at_two_doors) == taken
    ids = [payment.pk for payment in door.in_hand()]
    counted = heard(lambda: door.hand_in(officer.pk, ids, 2400, "第 7 页李四经手", cashiers[0], uuid.uuid4()))
    assert counted == by_name([(officer, "counted"), (cashiers[1], "handed_in")])
    assert text_of("counted") == "The ¥24.00 you brought was counted, and is right."
    assert not Notice.objects.filter(user=other).exists()


# --- a unit's account ----------------------------------------------------------------------------


def a_debt() -> tuple[Any, User, User, Statement]:
    """A canteen that bought ten jin in June, who buys for it, who keeps its books, and June's statement."""
    unit, buyer = a_canteen()
    keeper = a_bookkeeper(unit)
    with at(6, 10):
        bought(unit, buyer)
    return unit, buyer, keeper, june(unit)


def transfer(unit: Any, fen: int, by: User, reference: str = "张三汇款") -> None:
    record_transfer(unit.pk, fen, timezone.now().date(), reference, key=uuid.uuid4(), by=by)


def test_a_statement_is_told_to_the_units_bookkeepers(cashiers: Any) -> None:
    a_bookkeeper(a_canteen()[0])
    unit, buyer = a_canteen()
    keeper = a_bookkeeper(unit)
    with at(6, 10):
        bought(unit, buyer)
    assert heard(lambda: june(unit)) == [(keeper, "statement")]
    assert text_of("statement") == "The statement of 2026-06 is there: ¥12.00."


def test_a_transfer_is_told_as_one_and_its_rest_to_cashiers(cashiers: Any) -> None:
    unit, _buyer, keeper, _statement = a_debt()
    with at(7, 5):
        assert heard(lambda: transfer(unit, 1000, cashiers[0])) == [(keeper, "transfer")]
        over = heard(lambda: transfer(unit, 900, cashiers[0], "又一笔"))
    assert over == by_name([(keeper, "transfer"), *((cashier, "left_over") for cashier in cashiers)])
    assert text_of("transfer") == "Your unit's bank transfer of ¥9.00 has come in."
    assert text_of("left_over") == "¥7.00 of a bank transfer found no order. Look at it."
    with at(7, 6):
        assert heard(lambda: send_back(unit.transfers.get(reference="又一笔").pk, cashiers[0])) == []


def test_what_is_moved_between_a_units_orders_is_no_news(cashiers: Any) -> None:
    unit, buyer, _keeper, _statement = a_debt()
    with at(7, 2):
        transfer(unit, 1200, cashiers[0])
        took_back(unit.orders.get())
        second = bought(unit, buyer)
        assert heard(lambda: settle(unit, cashiers[0], billed_only=False)) == []
    second.refresh_from_db()
    assert second.paid_fen == 120


def test_one_payment_on_account_is_told_to_the_bookkeeper_not_to_who_ordered(cashiers: Any) -> None:
    unit, _buyer, keeper, _statement = a_debt()
    assert heard(lambda: collect_cash(unit.orders.get(), 1200, "R-9", cashiers[0])) == [(keeper, "paid")]


def remind() -> None:
    call_command("remind_overdue")


def test_a_unit_that_is_late_is_reminded_once_a_week_until_it_has_paid(cashiers: Any) -> None:
    unit, _buyer, keeper, statement = a_debt()
    due = dt.datetime.combine(statement.due_on, dt.time(6), SHANGHAI)
    told: list[int] = []

    def on_day(days: int) -> None:
        moment = (due + dt.timedelta(days=days)).astimezone(dt.UTC)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(timezone, "now", lambda: moment)
            remind(), remind()
            work(times=2)
        told.append(Notice.objects.filter(kind="overdue").count())

    assert heard(lambda: None) == []
    for days in range(2 * REMINDED_EVERY + 2):
        on_day(days)
    assert told == [0] + [1] * REMINDED_EVERY + [2] * REMINDED_EVERY + [3]
    assert set(Notice.objects.values_list("user", "kind")) == {(keeper.pk, "overdue")}
    assert text_of("overdue").startswith("Of the statement of 2026-06 ¥12.00 is not paid yet. It was due on")
    collect_cash(unit.orders.get(), 1200, "R-9", cashiers[0])
    on_day(60)
    assert told[-1] == 3


def test_a_dispute_is_told_to_cashiers_and_its_answer_to_who_disputed(cashiers: Any) -> None:
    _unit, _buyer, keeper, statement = a_debt()
    line = statement.lines.get()
    asked = heard(lambda: ticks.dispute(line, "王师傅说只收了九斤", keeper))
    assert asked == by_name([(cashier, "disputed") for cashier in cashiers])
    answered = heard(lambda: ticks.answer(line, "给李主任打过电话", cashiers[0]))
    assert answered == [(keeper, "dispute_answered")]


# --- households ----------------------------------------------------------------------------------


def test_a_household_hears_what_is_given_back_and_what_that_takes_from_it() -> None:
    seller = a_person(Role.SELLER)
    unit, buyer = a_canteen()
    with at(6, 10):
        order = bought(unit, buyer, jin=3, price_fen=115)
    line = order.lines.get()
    line.household.user = seller
    line.household.save()
    with at(6, 11):
        assert heard(lambda: took_back(order)) == [(seller, "returned")]
    assert "Potato 1 jin" in text_of("returned")
    assert "¥1.15 less" in text_of("returned")
