"""The whole way over HTTP: from the order's page to the pay page, and the webhook back."""

from __future__ import annotations

import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

import pytest
import stripe
from django.test import Client

from shop.orders.models import Order, State
from shop.payments.books import books
from shop.payments.models import Payment, ProviderEvent
from tests.stripe_standin import StandIn
from tests.stripe_standin.post import Faults

from .shop import a_lot, a_person, an_order, sent_to_pay

pytestmark = pytest.mark.django_db(transaction=True)


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *told: Any) -> None:
        return None


def at_pay_page(url: str, act: str) -> str:
    """Press a button there. Returns where the buyer is sent, or nothing."""
    opener = urllib.request.build_opener(_Stay)
    try:
        with opener.open(url, urllib.parse.urlencode({"act": act, "method": "alipay"}).encode()):
            return ""
    except urllib.error.HTTPError as answer:
        assert answer.code == 303
        return str(answer.headers["Location"])


def state_of(order: Order, waited_for: str) -> str:
    """The order's state, when it has become so or ten seconds are over."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        order.refresh_from_db()
        if order.state == waited_for:
            break
        time.sleep(0.05)
    return order.state


def test_from_the_order_to_the_pay_page_and_back(talking_standin: StandIn, client: Client) -> None:
    order = an_order()
    client.force_login(order.buyer)
    url = client.post(f"/orders/{order.number}/pay/").url
    with urllib.request.urlopen(url) as page:  # noqa: S310
        assert "¥25.00" in page.read().decode()
    assert at_pay_page(url, "leave") == f"http://testserver/orders/{order.number}/"
    assert at_pay_page(url, "fail") == ""
    assert at_pay_page(url, "pay") == f"http://testserver/orders/{order.number}/?paid=1"
    assert state_of(order, State.CONFIRMED) == State.CONFIRMED
    assert Payment.objects.get().state == Payment.State.PAID
    talking_standin.post.drain()
    assert {status for _, status in talking_standin.post.answers} == {200}


def test_a_buyer_who_never_comes_back_has_paid(talking_standin: StandIn) -> None:
    order = an_order()
    assert at_pay_page(sent_to_pay(order).url, "pay-and-vanish") == ""
    assert state_of(order, State.CONFIRMED) == State.CONFIRMED


def test_delayed_money_confirms_when_it_arrives(talking_standin: StandIn) -> None:
    order = an_order()
    payment = sent_to_pay(order)
    at_pay_page(payment.url, "delay")
    talking_standin.post.drain()
    payment.refresh_from_db()
    assert payment.state == Payment.State.PENDING
    assert at_pay_page(f"{talking_standin.url}/c/settle/{payment.reference}", "arrive") == "/"
    assert state_of(order, State.CONFIRMED) == State.CONFIRMED


def test_webhooks_twice_late_and_dropped_lose_and_double_nothing(talking_standin: StandIn) -> None:
    talking_standin.post.misbehave(Faults(twice=0.5, late=0.5, drop=0.2, late_seconds=1, seed=7))
    buyer, lot = a_person(), a_lot(jin=1_000)
    orders = [an_order(buyer=buyer, lots=[lot], jin=4 + index) for index in range(20)]
    for index, order in enumerate(orders):
        payment = sent_to_pay(order)
        if index % 4 == 3:
            talking_standin.sessions.delay(payment.reference)
            talking_standin.sessions.settle(payment.reference, arrives=index % 8 == 3)
        else:
            talking_standin.sessions.pay(payment.reference)
    talking_standin.post.drain(60)
    sent = [event for event, _ in talking_standin.post.answers]
    assert {status for _, status in talking_standin.post.answers} == {200}
    assert len(set(sent)) < len(talking_standin.post.events), "some were dropped"
    assert len(sent) > len(set(sent)), "some came twice"
    assert books().difference == 0
    # Stripe sends what was not answered again, for three days
    for event in talking_standin.post.events:
        talking_standin.post.send(event)
    paid = [session for session in talking_standin.sessions.all() if session["payment_status"] == "paid"]
    assert books().received == books().paid == sum(session["amount_total"] for session in paid)
    assert Order.objects.filter(state=State.CONFIRMED).count() == len(paid) == 18
    assert all(order.paid_fen in {0, order.total_fen} for order in Order.objects.all())
    assert ProviderEvent.objects.count() == len(talking_standin.post.events)


def test_the_standin_speaks_as_stripe_to_stripes_own_client(talking_standin: StandIn) -> None:
    from shop.payments.stripe.client import client

    payment = sent_to_pay(an_order())
    session = client().v1.checkout.sessions.retrieve(payment.reference)
    assert (session.amount_total, session.currency, session.status) == (2500, "cny", "open")
    with pytest.raises(stripe.InvalidRequestError, match="No such checkout"):
        client().v1.checkout.sessions.retrieve("cs_test_none")
    assert client().v1.checkout.sessions.expire(payment.reference).status == "expired"
    with pytest.raises(stripe.InvalidRequestError):
        client().v1.checkout.sessions.expire(payment.reference)
