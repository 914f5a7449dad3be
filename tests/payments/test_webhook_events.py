"""What Stripe's events do to an order: once each, whatever their order."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from marketplace.access.models import Role
from shop.orders.cancel import cancel, release_lapsed
from shop.orders.models import Order, PayBy, State
from shop.payments.books import books
from shop.payments.models import Payment, ProviderEvent
from shop.payments.receive import NotTaken, count_difference
from shop.payments.stripe.events import NOT_NEEDED
from tests.stripe_standin import StandIn

from .shop import JIN, a_lot, a_person, accepted, an_order, deliver, sent_to_pay

pytestmark = pytest.mark.django_db


def state_of(order: Order) -> tuple[str, int]:
    order.refresh_from_db()
    return order.state, order.paid_fen


def lapse(order: Order) -> None:
    Order.objects.filter(pk=order.pk).update(reserved_until=timezone.now() - dt.timedelta(seconds=1))
    assert release_lapsed(timezone.now()) == 1


def test_a_payment_confirms_its_order_once_however_often_it_is_told(
    client: Client, stripe_standin: StandIn
) -> None:
    order = an_order()
    payment = sent_to_pay(order)
    stripe_standin.sessions.pay(payment.reference)
    for word in (b"applied", b"known", b"known"):
        answer = deliver(client, stripe_standin)
        assert (answer.status_code, answer.content) == (200, word)
    payment.refresh_from_db()
    assert state_of(order) == (State.CONFIRMED, 2500)
    assert (payment.state, payment.received_fen) == (Payment.State.PAID, 2500)
    assert payment.paid_at is not None
    assert ProviderEvent.objects.count() == 1
    assert order.transitions.count() == 2


def test_a_declined_card_is_stored_and_marked_and_the_page_stays_open(
    client: Client, stripe_standin: StandIn
) -> None:
    order = an_order()
    payment = sent_to_pay(order)
    stripe_standin.sessions.decline(payment.reference)
    assert deliver(client, stripe_standin).status_code == 200
    stored = ProviderEvent.objects.get()
    assert (stored.kind, stored.outcome) == ("payment_intent.payment_failed", NOT_NEEDED)
    payment.refresh_from_db()
    assert (state_of(order), payment.state) == ((State.AWAITING_PAYMENT, 0), Payment.State.STARTED)
    stripe_standin.sessions.pay(payment.reference)
    deliver(client, stripe_standin)
    assert state_of(order) == (State.CONFIRMED, 2500)


def test_the_same_payment_told_in_two_events_counts_once(client: Client, stripe_standin: StandIn) -> None:
    order = an_order()
    stripe_standin.sessions.pay(sent_to_pay(order).reference)
    deliver(client, stripe_standin)
    deliver(client, stripe_standin, stripe_standin.post.events[-1] | {"id": "evt_again"})
    assert state_of(order) == (State.CONFIRMED, 2500)
    assert ProviderEvent.objects.count() == 2


@pytest.mark.parametrize("sequence", list(itertools.permutations(range(2))), ids=str)
@pytest.mark.parametrize("arrives", [True, False])
def test_delayed_money_is_understood_in_any_order(
    client: Client, stripe_standin: StandIn, sequence: tuple[int, ...], arrives: bool
) -> None:
    order = an_order()
    payment = sent_to_pay(order)
    stripe_standin.sessions.delay(payment.reference)
    stripe_standin.sessions.settle(payment.reference, arrives=arrives)
    for index in sequence:
        assert deliver(client, stripe_standin, stripe_standin.post.events[index]).status_code == 200
    payment.refresh_from_db()
    if arrives:
        assert state_of(order) == (State.CONFIRMED, 2500)
        assert payment.state == Payment.State.PAID
    else:
        assert state_of(order) == (State.AWAITING_PAYMENT, 0)
        assert payment.state == Payment.State.FAILED


def test_while_money_is_on_its_way_the_buyer_is_not_asked_again(
    client: Client, stripe_standin: StandIn
) -> None:
    order = an_order()
    payment = sent_to_pay(order)
    stripe_standin.sessions.delay(payment.reference)
    deliver(client, stripe_standin)
    client.force_login(order.buyer)
    assert client.post(f"/orders/{order.number}/pay/").url == order.get_absolute_url()
    assert state_of(order) == (State.AWAITING_PAYMENT, 0)
    stripe_standin.sessions.settle(payment.reference, arrives=False)
    deliver(client, stripe_standin)
    assert client.post(f"/orders/{order.number}/pay/").url.startswith(stripe_standin.url)


def test_a_declined_card_leaves_the_session_open(client: Client, stripe_standin: StandIn) -> None:
    order = an_order()
    payment = sent_to_pay(order)
    stripe_standin.sessions.decline(payment.reference)
    assert deliver(client, stripe_standin).status_code == 200
    assert sent_to_pay(order) == payment


def test_an_expired_session_pays_nothing(client: Client, stripe_standin: StandIn) -> None:
    order = an_order()
    payment = sent_to_pay(order)
    stripe_standin.sessions.expire(payment.reference)
    deliver(client, stripe_standin)
    payment.refresh_from_db()
    assert payment.state == Payment.State.FAILED
    assert state_of(order) == (State.AWAITING_PAYMENT, 0)


def test_expired_told_after_paid_takes_nothing_back(client: Client, stripe_standin: StandIn) -> None:
    order = an_order()
    session = stripe_standin.sessions.pay(sent_to_pay(order).reference)
    deliver(client, stripe_standin)
    stripe_standin.post.tell("checkout.session.expired", session | {"status": "expired"})
    assert deliver(client, stripe_standin).status_code == 200
    assert state_of(order) == (State.CONFIRMED, 2500)
    assert Payment.objects.get().state == Payment.State.PAID


def test_money_that_comes_before_the_session_is_written_down_finds_its_order(
    client: Client, stripe_standin: StandIn
) -> None:
    order = an_order()
    payment = sent_to_pay(order)
    session = payment.reference
    Payment.objects.filter(pk=payment.pk).update(reference=f"checkout-{order.number}-1", url="")
    stripe_standin.sessions.pay(session)
    deliver(client, stripe_standin)
    assert state_of(order) == (State.CONFIRMED, 2500)
    assert Payment.objects.get().reference == session


def test_money_of_a_session_we_lost_sight_of_finds_its_order(client: Client, stripe_standin: StandIn) -> None:
    order = an_order()
    payment = sent_to_pay(order)
    Payment.objects.all().delete()
    stripe_standin.sessions.pay(payment.reference)
    deliver(client, stripe_standin)
    assert state_of(order) == (State.CONFIRMED, 2500)
    assert Payment.objects.get().received_fen == 2500


def test_money_for_an_order_that_is_not_ours_is_stored_alone(client: Client, stripe_standin: StandIn) -> None:
    order = an_order()
    stripe_standin.sessions.pay(sent_to_pay(order).reference)
    event = stripe_standin.post.events[-1]
    event["data"]["object"] |= {"id": "cs_live_x", "client_reference_id": "DZ000000-AAAAAAAA", "metadata": {}}
    assert deliver(client, stripe_standin, event).status_code == 200
    assert ProviderEvent.objects.get().outcome == "no order of ours"
    assert state_of(order) == (State.AWAITING_PAYMENT, 0)


@pytest.mark.parametrize(
    ("came", "received"),
    [({"amount": 2499}, 2499), ({"amount": 2501}, 2501), ({"currency": "usd"}, None), ({"amount": 0}, None)],
    ids=str,
)
def test_another_amount_or_currency_confirms_nothing_and_is_left_to_the_cashier(
    client: Client, stripe_standin: StandIn, came: dict[str, Any], received: int | None
) -> None:
    order = an_order()
    payment = sent_to_pay(order)
    stripe_standin.sessions.pay(payment.reference, **came)
    assert deliver(client, stripe_standin).status_code == 200
    payment.refresh_from_db()
    assert state_of(order) == (State.AWAITING_PAYMENT, 0)
    assert (payment.state, payment.received_fen) == (Payment.State.DIFFERS, received)
    assert "2500 cny" in payment.note
    assert ProviderEvent.objects.get().outcome == "amount differs"
    assert books().to_match == (received or 0)
    assert books().difference == 0


def test_the_cashier_counts_a_difference_once(client: Client, stripe_standin: StandIn) -> None:
    order, cashier = an_order(), a_person(Role.CASHIER)
    payment = sent_to_pay(order)
    stripe_standin.sessions.pay(payment.reference, amount=2600)
    deliver(client, stripe_standin)
    for _ in range(2):
        count_difference(payment.pk, cashier)
    payment.refresh_from_db()
    assert (payment.state, payment.by) == (Payment.State.PAID, cashier)
    assert state_of(order) == (State.CONFIRMED, 2600)
    assert (books().paid, books().overpaid, books().to_match, books().difference) == (2500, 100, 0, 0)


def test_money_in_another_currency_is_not_counted_in_fen(client: Client, stripe_standin: StandIn) -> None:
    payment = sent_to_pay(an_order())
    stripe_standin.sessions.pay(payment.reference, currency="usd")
    deliver(client, stripe_standin)
    with pytest.raises(NotTaken):
        count_difference(payment.pk, a_person(Role.CASHIER))


def test_paid_after_the_order_lapsed_with_the_goods_still_there(
    client: Client, stripe_standin: StandIn
) -> None:
    lot = a_lot(jin=10)
    order = an_order(lots=[lot])
    payment = sent_to_pay(order)
    lapse(order)
    lot.refresh_from_db()
    assert lot.reserved == 0
    stripe_standin.sessions.pay(payment.reference)
    deliver(client, stripe_standin)
    lot.refresh_from_db()
    assert state_of(order) == (State.CONFIRMED, 1200)
    assert lot.reserved == 10 * JIN
    assert Payment.objects.get().state == Payment.State.PAID


def test_paid_after_the_order_lapsed_and_the_goods_went_to_somebody_else(
    client: Client, stripe_standin: StandIn
) -> None:
    lot = a_lot(jin=10)
    order = an_order(lots=[lot])
    payment = sent_to_pay(order)
    lapse(order)
    an_order(PayBy.ON_DELIVERY, lots=[lot], jin=5)
    stripe_standin.sessions.pay(payment.reference)
    assert deliver(client, stripe_standin).status_code == 200
    lot.refresh_from_db()
    payment.refresh_from_db()
    assert state_of(order) == (State.EXPIRED, 1200)
    assert order.overpaid_fen == 1200
    assert lot.reserved == 5 * JIN
    assert payment.state == Payment.State.TO_REFUND
    assert (books().overpaid, books().difference) == (1200, 0)


def test_paid_after_the_order_was_cancelled_goes_back(client: Client, stripe_standin: StandIn) -> None:
    order = an_order()
    payment = sent_to_pay(order)
    cancel(order.pk, order.buyer, "changed my mind")
    stripe_standin.sessions.pay(payment.reference)
    deliver(client, stripe_standin)
    payment.refresh_from_db()
    assert state_of(order) == (State.CANCELLED, 2500)
    assert payment.state == Payment.State.TO_REFUND
    assert books().overpaid == 2500


def test_a_second_payment_for_the_same_order_goes_back(client: Client, stripe_standin: StandIn) -> None:
    order = an_order()
    first = sent_to_pay(order)
    Payment.objects.filter(pk=first.pk).update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    second = sent_to_pay(order)
    for payment in (first, second):
        stripe_standin.sessions.pay(payment.reference)
        deliver(client, stripe_standin)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (Payment.State.PAID, Payment.State.TO_REFUND)
    assert state_of(order) == (State.CONFIRMED, 5000)
    assert (books().received, books().paid, books().overpaid, books().difference) == (5000, 2500, 2500, 0)


def test_goods_accepted_short_leave_money_to_give_back(client: Client, stripe_standin: StandIn) -> None:
    order = an_order()
    stripe_standin.sessions.pay(sent_to_pay(order).reference)
    deliver(client, stripe_standin)
    accepted(order, short_jin=1)
    assert state_of(order) == (State.ACCEPTED, 2500)
    assert order.overpaid_fen == books().overpaid == 120
    assert books().difference == 0
