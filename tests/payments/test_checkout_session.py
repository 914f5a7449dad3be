from __future__ import annotations

import datetime as dt
import json
import re
import threading
from typing import Any

import pytest
import stripe
from django.db import connection
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from marketplace.access.models import Role
from shop.orders.cancel import cancel, release_lapsed
from shop.orders.models import Order, PayBy, State
from shop.payments.models import Payment
from shop.payments.providers import CannotPay
from shop.payments.stripe import checkout as stripe_checkout
from shop.payments.stripe.client import API_VERSION
from tests.stripe_standin import StandIn

from .shop import ADDRESS, PHONE, a_lot, a_person, an_order, deliver, sent_to_pay

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stripe's client waits half a second and more between its tries."""
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.001)
    monkeypatch.setattr(stripe.HTTPClient, "MAX_DELAY", 0.002)


def test_the_session_asks_for_the_total_in_yuan_line_by_line(stripe_standin: StandIn) -> None:
    order = an_order()
    payment = sent_to_pay(order)
    [(_, _, asked, headers)] = stripe_standin.asked
    lines = [line["price_data"] for line in asked["line_items"]]
    assert [line["unit_amount"] for line in lines] == ["1200", "1300"]
    assert all(re.search(r"^土豆.*10", line["product_data"]["name"]) for line in lines)
    assert {line["currency"] for line in lines} == {"cny"}
    assert asked["allowed_payment_method_types"] == ["card", "alipay", "wechat_pay"]
    assert asked["locale"] == "zh"
    assert asked["client_reference_id"] == asked["metadata"]["order"] == order.number
    assert headers["Idempotency-Key"] == f"checkout-{order.number}-1"
    assert headers["Stripe-Version"] == API_VERSION
    assert payment.amount_fen == order.total_fen == 2500
    assert payment.url == f"{stripe_standin.url}/c/pay/{payment.reference}"


def test_an_english_buyer_reads_english_names(stripe_standin: StandIn) -> None:
    order = an_order()
    stripe_checkout.start(
        order, success_url="https://a.example/", cancel_url="https://a.example/", locale="en"
    )
    [(_, _, asked, _)] = stripe_standin.asked
    assert asked["line_items"][0]["price_data"]["product_data"]["name"] == "Potato, 10 jin"
    assert asked["locale"] == "en"


def test_stripe_learns_nothing_of_the_person(stripe_standin: StandIn) -> None:
    order = an_order()
    sent_to_pay(order)
    told = json.dumps([asked[2] for asked in stripe_standin.asked], ensure_ascii=False)
    for secret in (PHONE, ADDRESS, order.recipient, order.buyer.username):
        assert secret not in told


def test_the_goods_are_held_as_long_as_the_session_is_open(stripe_standin: StandIn) -> None:
    order = an_order()
    before = timezone.now()
    payment = sent_to_pay(order)
    order.refresh_from_db()
    session = stripe_standin.sessions.get(payment.reference)
    assert payment.expires_at is not None
    assert order.reserved_until is not None
    assert int(payment.expires_at.timestamp()) == session["expires_at"]
    assert payment.expires_at >= before + dt.timedelta(minutes=30)
    assert order.reserved_until > payment.expires_at


def test_asked_twice_the_same_session_is_given(stripe_standin: StandIn) -> None:
    order = an_order()
    first, second = sent_to_pay(order), sent_to_pay(order)
    assert first == second
    assert first.url == second.url
    assert len(stripe_standin.asked) == 1


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_open_one_session(stripe_standin: StandIn) -> None:
    order = an_order()
    both = threading.Barrier(2)
    got: list[str] = []

    def click() -> None:
        try:
            both.wait(10)
            got.append(sent_to_pay(order).url)
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(got) == 2
    assert len(set(got)) == 1
    assert len(stripe_standin.sessions) == 1


def test_after_a_crash_the_session_made_before_is_found_again(stripe_standin: StandIn) -> None:
    order = an_order()
    made = sent_to_pay(order)
    # the power went before the answer was written down
    Payment.objects.filter(pk=made.pk).update(reference=f"checkout-{order.number}-1", url="")
    again = sent_to_pay(order)
    assert (again.pk, again.reference, again.url) == (made.pk, made.reference, made.url)
    assert len(stripe_standin.sessions) == 1


def test_an_expired_session_is_followed_by_a_new_one(stripe_standin: StandIn) -> None:
    order = an_order()
    first = sent_to_pay(order)
    Payment.objects.filter(pk=first.pk).update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    second = sent_to_pay(order)
    assert second.pk != first.pk
    assert second.url != first.url
    assert stripe_standin.asked[-1][3]["Idempotency-Key"] == f"checkout-{order.number}-2"


def test_trying_again_and_again_does_not_hold_the_goods_for_ever(stripe_standin: StandIn) -> None:
    order = an_order()
    Order.objects.filter(pk=order.pk).update(placed_at=timezone.now() - dt.timedelta(hours=2, seconds=1))
    with pytest.raises(CannotPay):
        sent_to_pay(order)
    assert not stripe_standin.asked


@pytest.mark.parametrize("breakdown", [0, 500, 503])
def test_a_breakdown_of_stripe_is_told_and_can_be_tried_again(
    stripe_standin: StandIn, breakdown: int, client: Client
) -> None:
    order = an_order()
    client.force_login(order.buyer)
    stripe_standin.breakdowns = [breakdown] * 3
    answer = client.post(f"/orders/{order.number}/pay/")
    assert answer.status_code == 302
    assert answer.url == order.get_absolute_url()
    assert "messages" in answer.cookies
    order.refresh_from_db()
    assert order.state == State.AWAITING_PAYMENT
    answer = client.post(f"/orders/{order.number}/pay/")
    assert answer.url.startswith(f"{stripe_standin.url}/c/pay/cs_test_")
    assert len(stripe_standin.sessions) == 1


def test_a_short_breakdown_goes_unnoticed(stripe_standin: StandIn) -> None:
    stripe_standin.breakdowns = [500, 0]
    assert sent_to_pay(an_order()).url
    keys = {asked[3]["Idempotency-Key"] for asked in stripe_standin.asked}
    assert len(stripe_standin.asked) == 3
    assert len(keys) == 1


def test_an_amount_too_small_for_stripe_is_told(stripe_standin: StandIn) -> None:
    order = an_order(lots=[a_lot()], jin=3)
    with override("en"), pytest.raises(CannotPay, match="too small"):
        sent_to_pay(order)
    assert Payment.objects.get().state == Payment.State.FAILED


def test_a_wrong_key_is_told_to_the_buyer_without_it(
    stripe_standin: StandIn, settings: object, caplog: pytest.LogCaptureFixture
) -> None:
    settings.STRIPE_SECRET_KEY = "sk_test_of_somebody_else"  # type: ignore[attr-defined]
    with pytest.raises(CannotPay) as told:
        sent_to_pay(an_order())
    assert "somebody" not in str(told.value) + caplog.text


def test_without_a_key_nothing_is_asked(settings: object) -> None:
    settings.STRIPE_SECRET_KEY = ""  # type: ignore[attr-defined]
    with pytest.raises(CannotPay):
        sent_to_pay(an_order())
    assert not Payment.objects.exists()


def test_an_order_that_does_not_wait_for_money_is_not_paid(stripe_standin: StandIn) -> None:
    cancelled, on_delivery, lapsed = an_order(), an_order(PayBy.ON_DELIVERY), an_order()
    cancel(cancelled.pk, cancelled.buyer, "")
    Order.objects.filter(pk=lapsed.pk).update(reserved_until=timezone.now() - dt.timedelta(minutes=1))
    for order in (cancelled, on_delivery, lapsed):
        with pytest.raises(CannotPay):
            sent_to_pay(order)
    assert not stripe_standin.asked


def test_only_the_buyer_goes_to_pay(stripe_standin: StandIn, client: Client) -> None:
    order = an_order()
    assert client.post(f"/orders/{order.number}/pay/").url.startswith("/accounts/login/")
    for role, status in ((Role.CITIZEN, 404), (Role.CASHIER, 403), (Role.OFFICIAL, 403)):
        client.force_login(a_person(role))
        assert client.post(f"/orders/{order.number}/pay/").status_code == status
        assert client.post(f"/orders/{order.number}/pay-on-delivery/").status_code == status
    client.force_login(order.buyer)
    assert client.get(f"/orders/{order.number}/pay/").status_code == 405
    assert not stripe_standin.asked


def test_a_lapsed_order_lets_go_of_its_goods_when_its_buyer_comes_to_pay(
    stripe_standin: StandIn, client: Client
) -> None:
    order = an_order()
    Order.objects.filter(pk=order.pk).update(reserved_until=timezone.now() - dt.timedelta(minutes=1))
    client.force_login(order.buyer)
    assert client.post(f"/orders/{order.number}/pay/").url == order.get_absolute_url()
    order.refresh_from_db()
    assert order.state == State.EXPIRED


def test_paying_on_delivery_instead_closes_the_session(stripe_standin: StandIn, client: Client) -> None:
    order = an_order()
    payment = sent_to_pay(order)
    client.force_login(order.buyer)
    for _ in range(2):
        assert client.post(f"/orders/{order.number}/pay-on-delivery/").url == order.get_absolute_url()
    order.refresh_from_db()
    assert (order.state, order.pay_by) == (State.CONFIRMED, PayBy.ON_DELIVERY)
    assert stripe_standin.sessions.get(payment.reference)["status"] == "expired"
    deliver(client, stripe_standin)
    payment.refresh_from_db()
    assert payment.state == Payment.State.FAILED
    assert release_lapsed(timezone.now() + dt.timedelta(days=1)) == 0


def calls_off(client: Client, order: Order) -> None:
    client.force_login(order.buyer)
    assert client.post(f"/orders/{order.number}/cancel/").url == order.get_absolute_url()
    order.refresh_from_db()
    assert order.state == State.CANCELLED


@pytest.mark.django_db(transaction=True)
def test_an_order_that_is_called_off_can_no_longer_be_paid(stripe_standin: StandIn, client: Client) -> None:
    order = an_order()
    payment = sent_to_pay(order)
    calls_off(client, order)
    calls_off(client, order)
    assert stripe_standin.sessions.get(payment.reference)["status"] == "expired"
    assert [path for _, path, _, _ in stripe_standin.asked[1:]] == [
        f"/v1/checkout/sessions/{payment.reference}/expire"
    ]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("breakdown", [0, 500, 404])
def test_a_breakdown_of_stripe_hinders_nobody_from_calling_an_order_off(
    stripe_standin: StandIn, client: Client, breakdown: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    order = an_order()
    payment = sent_to_pay(order)
    stripe_standin.breakdowns = [breakdown] * 3
    calls_off(client, order)
    assert f"Stripe did not close {payment.reference}" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_stripe_is_not_troubled_for_orders_without_an_open_session(
    stripe_standin: StandIn, client: Client
) -> None:
    never_sent, over = an_order(), an_order()
    sent_to_pay(over)
    Payment.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    asked = len(stripe_standin.asked)
    for order in (never_sent, over, an_order(PayBy.ON_DELIVERY)):
        calls_off(client, order)
    assert len(stripe_standin.asked) == asked


@pytest.mark.django_db(transaction=True)
def test_who_wants_goods_of_a_lapsed_order_does_not_wait_for_stripe(stripe_standin: StandIn) -> None:
    lot = a_lot(jin=10)
    lapsed = an_order(lots=[lot])
    payment = sent_to_pay(lapsed)
    asked = len(stripe_standin.asked)
    lapsed.refresh_from_db()
    assert lapsed.reserved_until is not None
    assert payment.expires_at is not None
    # by then nobody can pay there any more
    assert lapsed.reserved_until > payment.expires_at
    Order.objects.update(reserved_until=timezone.now() - dt.timedelta(seconds=1))
    an_order(PayBy.ON_DELIVERY, lots=[lot])
    lapsed.refresh_from_db()
    assert lapsed.state == State.EXPIRED
    assert len(stripe_standin.asked) == asked


@pytest.mark.django_db(transaction=True)
def test_an_order_called_off_while_its_session_was_made_is_not_paid(
    stripe_standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = an_order()
    params = stripe_checkout._params

    def meanwhile(*args: Any) -> Any:
        cancel(order.pk, order.buyer, "")
        return params(*args)

    monkeypatch.setattr(stripe_checkout, "_params", meanwhile)
    with pytest.raises(CannotPay):
        sent_to_pay(order)
    assert stripe_standin.sessions.get(Payment.objects.get().reference)["status"] == "expired"


def test_the_key_never_reaches_the_log(stripe_standin: StandIn, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    stripe_standin.breakdowns = [400]
    with pytest.raises(CannotPay):
        sent_to_pay(an_order())
    assert caplog.records
    assert not re.search(rf"{stripe_standin.key}|{PHONE}|{ADDRESS}", caplog.text)
