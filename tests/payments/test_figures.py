"""The cashier's figures are the accounts'; what payments, refunds and orders sum up to is the check."""

from __future__ import annotations

import uuid

import pytest
from django.db import transaction
from django.utils import timezone

from farmers.ledger.accounts import Account
from farmers.ledger.postings import Kind, count_all, turnovers
from farmers.ledger.verify import verify
from marketplace.access.models import Role
from shop.orders.models import Order, PayBy
from shop.orders.pay import record_payment, record_refund
from shop.payments import door, journal
from shop.payments.agree import sums_hold
from shop.payments.books import books
from shop.payments.models import Payment, Refund
from shop.payments.receive import collect_cash, give_back
from tests.makers import (
    a_household,
    a_lot,
    a_person,
    a_village,
    accepted,
    an_officer,
    an_order,
    sent_off,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("counted", [False, True])
def test_every_figure_comes_from_the_accounts(counted: bool) -> None:
    village = a_village()
    officer, cashier = an_officer(village), a_person(Role.CASHIER)
    own = [a_lot(household=a_household(village))]
    brought = sent_off(an_order(PayBy.ON_DELIVERY, lots=own), delivered=True)
    payment = door.collect(brought.pk, 500, officer, uuid.uuid4())
    door.hand_in(officer.pk, [payment.pk], 500, "XJ-1", cashier, uuid.uuid4())
    order = an_order(PayBy.ON_DELIVERY)
    collect_cash(order, 2500, "XJ-2", cashier)
    accepted(order, short_jin=1)
    give_back(order, 120, "XJ-3", cashier, provider=Payment.Provider.CASH)
    accepted(an_order(PayBy.ON_DELIVERY))
    if counted:
        count_all()
    told = books()
    assert (told.difference, told.trial) == (0, 0)
    # handing in is no second coming in
    assert told.by_provider == {str(Payment.Provider.CASH.label): 3000}
    assert (told.received, told.paid, told.overpaid, told.to_match, told.given_back) == (
        3000,
        2880,
        0,
        0,
        120,
    )
    assert (told.due, told.owed_households) == (2500, 2380 + 2500)
    assert verify().ok


def test_what_came_and_went_back_at_once_is_told_as_both() -> None:
    order = an_order(PayBy.ON_DELIVERY)
    with transaction.atomic():
        record_payment(order.pk, 2500, by=None, why="x")
        Payment.objects.create(
            order=order, provider="cash", reference="A", amount_fen=3000, received_fen=3000,
            state=Payment.State.PAID, paid_at=timezone.now(),
        )  # fmt: skip
        record_payment(order.pk, 500, by=None, why="x")
        Refund.objects.create(order=order, provider="cash", reference="B", amount_fen=500)
        record_refund(order.pk, 500)
        journal.follow(Order.objects.get(pk=order.pk))
    moved = turnovers()[Account.CASH, Kind.MONEY]
    assert (moved.debit_fen, moved.credit_fen) == (3000, 500)
    told = books()
    assert (told.received, told.given_back, told.paid, told.difference) == (3000, 500, 2500, 0)
    assert not list(sums_hold())


def test_the_nightly_check_names_the_figure_that_rows_and_accounts_tell_apart() -> None:
    order = an_order(PayBy.ON_DELIVERY)
    collect_cash(order, 2500, "XJ-2", a_person(Role.CASHIER))
    assert not list(sums_hold())
    Payment.objects.update(received_fen=2499)
    (bad,) = sums_hold()
    assert bad.reason == "the accounts say received 2500 fen, payments and orders 2499"
    assert books().difference == 1
