"""Money that goes back, asked for by everybody at the same moment: given once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from marketplace.access.models import Role
from shop.orders.cancel import cancel
from shop.orders.models import Order
from shop.payments import refunds
from shop.payments.books import books
from shop.payments.models import Payment, Refund
from shop.payments.receive import NotTaken, give_back
from shop.payments.reconcile import reconcile
from tests.makers import at_once
from tests.stripe_standin import StandIn

from .shop import a_person, an_order, deliver, knock, sent_to_pay

pytestmark = pytest.mark.django_db(transaction=True)


def called_off(client: Client, standin: StandIn, method: str = "card") -> Order:
    order = an_order()
    standin.sessions.pay(sent_to_pay(order).reference, method=method)
    deliver(client, standin)
    cancel(order.pk, order.buyer, "")
    order.refresh_from_db()
    return order


def assert_gone_once(order: Order, standin: StandIn) -> None:
    order.refresh_from_db()
    assert order.paid_fen == 0
    assert (books().given_back, books().overpaid, books().difference) == (2500, 0, 0)
    assert sum(refund["amount"] for refund in standin.money.refunds()) <= 2500


def test_many_ask_for_the_same_refund(client: Client, stripe_standin: StandIn) -> None:
    order = called_off(client, stripe_standin)
    told = at_once([lambda: refunds.give_back_what_is_over.call(order.pk)] * 6)
    assert sorted(told) == [0, 0, 0, 0, 0, 1]
    assert len(stripe_standin.money.refunds()) == 1
    assert_gone_once(order, stripe_standin)


def test_one_refund_sent_by_many_is_one(client: Client, stripe_standin: StandIn) -> None:
    order = called_off(client, stripe_standin)
    [refund] = refunds.ask(order.pk, by=None)
    later = timezone.now() + dt.timedelta(hours=1)
    at_once([lambda: refunds.send([refund])] * 3 + [lambda: refunds.send_all(later)] * 3)
    refunds.send_all(later)
    assert len(stripe_standin.money.refunds()) == 1
    assert Refund.objects.get().state == Refund.State.SUCCEEDED
    assert_gone_once(order, stripe_standin)


def test_by_itself_and_by_hand_at_once_is_one_of_them(client: Client, stripe_standin: StandIn) -> None:
    order, cashier = called_off(client, stripe_standin), a_person(Role.CASHIER)

    def by_hand() -> Any:
        return give_back(order, 2500, "R-1", cashier, provider=Payment.Provider.CASH)

    told = at_once([by_hand, lambda: refunds.give_back_what_is_over.call(order.pk)])
    assert isinstance(told[0], NotTaken) == bool(told[1])
    assert_gone_once(order, stripe_standin)


def test_all_words_of_a_refund_at_once_while_the_night_reconciles(
    client: Client, stripe_standin: StandIn
) -> None:
    order = called_off(client, stripe_standin, method="wechat_pay")
    refunds.send_all()
    stripe_standin.money.settle_refund(Refund.objects.get().reference, arrives=True)
    signed = [stripe_standin.post.signed(event) for event in stripe_standin.post.events[-4:]]
    since = timezone.now() - dt.timedelta(days=1)
    answers = at_once(
        [lambda pair=pair: knock(Client(), *pair) for pair in signed * 2] + [lambda: reconcile(since)] * 2
    )
    assert [answer.status_code for answer in answers[:-2]] == [200] * 8
    assert reconcile(since).ok
    assert_gone_once(order, stripe_standin)
    assert Refund.objects.count() == 1
