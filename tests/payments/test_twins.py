"""The same money at the same moment, in real threads on a real database: counted once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from marketplace.access.models import Role
from shop.orders.models import Order, PayBy, State
from shop.payments.books import books
from shop.payments.models import Payment, ProviderEvent
from shop.payments.receive import NotTaken, collect_cash
from tests.stripe_standin import StandIn

from .shop import a_person, accepted, an_order, knock, sent_to_pay

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(acts: list[Callable[[], Any]]) -> list[Any]:
    """All of them begun together, each with its own connection."""
    line = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            line.wait(20)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [task.result(60) for task in [pool.submit(run, act) for act in acts]]


def test_twin_events_are_applied_once(stripe_standin: StandIn) -> None:
    order = an_order()
    stripe_standin.sessions.pay(sent_to_pay(order).reference)
    body, signature = stripe_standin.post.signed(stripe_standin.post.events[-1])
    answers = at_once([lambda: knock(Client(), body, signature)] * 6)
    assert [answer.status_code for answer in answers] == [200] * 6
    assert sorted(answer.content for answer in answers) == [b"applied"] + [b"known"] * 5
    order.refresh_from_db()
    assert (order.state, order.paid_fen) == (State.CONFIRMED, 2500)
    assert ProviderEvent.objects.count() == 1
    assert order.transitions.count() == 2


def test_different_events_of_one_payment_count_it_once(stripe_standin: StandIn) -> None:
    order = an_order()
    payment = sent_to_pay(order)
    stripe_standin.sessions.delay(payment.reference)
    stripe_standin.sessions.settle(payment.reference, arrives=True)
    completed, succeeded = stripe_standin.post.events
    told = [completed, succeeded, succeeded | {"id": "evt_twin"}, succeeded | {"id": "evt_third"}]
    signed = [stripe_standin.post.signed(event) for event in told]
    answers = at_once([lambda pair=pair: knock(Client(), *pair) for pair in signed])
    assert [answer.status_code for answer in answers] == [200] * 4
    order.refresh_from_db()
    payment.refresh_from_db()
    assert (order.state, order.paid_fen, payment.state) == (State.CONFIRMED, 2500, Payment.State.PAID)
    assert books().difference == 0


def test_one_receipt_from_two_windows_is_one_payment() -> None:
    order, cashier = accepted(an_order(PayBy.ON_DELIVERY)), a_person(Role.CASHIER)
    payments = at_once([lambda: collect_cash(order, 2500, "R-1", cashier)] * 4)
    assert len({payment.pk for payment in payments}) == 1
    order.refresh_from_db()
    assert (order.paid_fen, order.due_fen) == (2500, 0)


def test_one_receipt_for_two_orders_at_once_is_one_of_them() -> None:
    orders = [accepted(an_order(PayBy.ON_DELIVERY)) for _ in range(3)]
    cashier = a_person(Role.CASHIER)

    def hand_in(order: Order) -> str:
        try:
            return str(collect_cash(order, 2500, "R-1", cashier).state)
        except NotTaken:
            return "not taken"

    told = at_once([lambda order=order: hand_in(order) for order in orders])
    assert sorted(told) == ["not taken", "not taken", "paid"]
    assert books().received == books().paid == 2500
