from __future__ import annotations

import pytest

from marketplace.access.models import Role
from shop.orders.cancel import cancel
from shop.orders.models import PayBy, State
from shop.payments.books import books, to_collect
from shop.payments.models import Payment
from shop.payments.receive import NotTaken, collect_cash, give_back

from .shop import a_person, accepted, an_order

pytestmark = pytest.mark.django_db


def test_cash_for_an_accepted_order_settles_it() -> None:
    order, cashier = accepted(an_order(PayBy.ON_DELIVERY), short_jin=1), a_person(Role.CASHIER)
    assert list(to_collect()) == [order]
    assert books().due == 2380
    payment = collect_cash(order, 2380, " R-1 ", cashier)
    order.refresh_from_db()
    assert (payment.state, payment.reference, payment.by) == (Payment.State.PAID, "R-1", cashier)
    assert (order.due_fen, order.paid_fen) == (0, 2380)
    assert not to_collect().exists()
    assert (books().received, books().paid, books().due, books().difference) == (2380, 2380, 0, 0)


def test_a_receipt_sent_twice_is_one_payment() -> None:
    order, cashier = accepted(an_order(PayBy.ON_DELIVERY)), a_person(Role.CASHIER)
    assert collect_cash(order, 1000, "R-1", cashier) == collect_cash(order, 1000, "R-1", cashier)
    order.refresh_from_db()
    assert order.paid_fen == 1000


def test_a_receipt_stands_for_one_order_and_amount() -> None:
    order, other, cashier = an_order(PayBy.ON_DELIVERY), an_order(PayBy.ON_DELIVERY), a_person(Role.CASHIER)
    collect_cash(order, 1000, "R-1", cashier)
    for wrong in ((other, 1000), (order, 1001)):
        with pytest.raises(NotTaken, match="R-1"):
            collect_cash(*wrong, "R-1", cashier)
    transfer = collect_cash(other, 1000, "R-1", cashier, provider=Payment.Provider.TRANSFER)
    assert transfer.state == Payment.State.PAID, "a bank's number may look like one of ours"


@pytest.mark.parametrize("amount_fen", [0, -1, 2501, 10**15])
def test_no_more_than_is_due_is_taken(amount_fen: int) -> None:
    order = accepted(an_order(PayBy.ON_DELIVERY))
    with pytest.raises(NotTaken):
        collect_cash(order, amount_fen, "R-1", a_person(Role.CASHIER))
    assert not Payment.objects.exists()


def test_nothing_is_taken_for_a_cancelled_order() -> None:
    order = an_order(PayBy.ON_DELIVERY)
    cancel(order.pk, order.buyer, "")
    with pytest.raises(NotTaken):
        collect_cash(order, 100, "R-1", a_person(Role.CASHIER))


def test_cash_in_parts_and_before_acceptance_adds_up() -> None:
    order, cashier = an_order(PayBy.ON_DELIVERY), a_person(Role.CASHIER)
    collect_cash(order, 2000, "R-1", cashier)
    collect_cash(order, 500, "R-2", cashier)
    accepted(order, short_jin=2)
    order.refresh_from_db()
    assert order.overpaid_fen == 240
    assert (books().received, books().paid, books().overpaid) == (2500, 2260, 240)


def test_cash_confirms_an_order_that_waited_for_a_card() -> None:
    order, cashier = an_order(), a_person(Role.CASHIER)
    collect_cash(order, 1000, "R-1", cashier)
    order.refresh_from_db()
    assert order.state == State.AWAITING_PAYMENT
    collect_cash(order, 1500, "R-2", cashier)
    order.refresh_from_db()
    assert order.state == State.CONFIRMED


def test_money_goes_back_once_and_never_more_than_was_too_much() -> None:
    order, other, cashier = an_order(PayBy.ON_DELIVERY), an_order(PayBy.ON_DELIVERY), a_person(Role.CASHIER)
    for number, each in enumerate((order, other)):
        collect_cash(each, 2500, f"R-{number}", cashier)
        accepted(each, short_jin=1)
    bank = Payment.Provider.TRANSFER
    with pytest.raises(NotTaken):
        give_back(order, 121, "T-1", cashier, provider=bank)
    assert give_back(order, 120, "T-1", cashier, provider=bank) == give_back(
        order, 120, "T-1", cashier, provider=bank
    )
    for wrong in ((order, 1, "T-2"), (other, 120, "T-1")):
        with pytest.raises(NotTaken):
            give_back(*wrong, cashier, provider=bank)
    order.refresh_from_db()
    assert (order.paid_fen, order.overpaid_fen, order.due_fen) == (2380, 0, 0)
    assert (books().received, books().given_back, books().overpaid) == (5000, 120, 120)
    assert books().difference == 0
