"""Who is let in at /webhooks/stripe/, and that nothing is changed by the others."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from shop.orders.models import Order, State
from shop.payments import receive
from shop.payments.models import Payment, ProviderEvent
from tests.stripe_standin import StandIn

from .shop import an_order, deliver, everything_stored, knock, sent_to_pay

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid(stripe_standin: StandIn) -> dict[str, Any]:
    """The event of an order that was just paid."""
    stripe_standin.sessions.pay(sent_to_pay(an_order()).reference)
    return stripe_standin.post.events[-1]


def nothing_happened() -> bool:
    return (
        not ProviderEvent.objects.exists()
        and Payment.objects.get().state == Payment.State.STARTED
        and Order.objects.get().state == State.AWAITING_PAYMENT
    )


def test_a_signed_event_is_let_in(client: Client, stripe_standin: StandIn, paid: dict[str, Any]) -> None:
    assert deliver(client, stripe_standin, paid).status_code == 200
    assert Order.objects.get().state == State.CONFIRMED


def test_stripe_needs_no_cookie_of_ours(stripe_standin: StandIn, paid: dict[str, Any]) -> None:
    assert deliver(Client(enforce_csrf_checks=True), stripe_standin, paid).status_code == 200


@pytest.mark.parametrize(
    "signing", [{"secret": "whsec_of_somebody_else"}, {"age_seconds": 301}], ids=["wrong secret", "recorded"]
)
def test_another_secret_or_an_old_signature_is_refused(
    client: Client, stripe_standin: StandIn, paid: dict[str, Any], signing: dict[str, Any]
) -> None:
    assert deliver(client, stripe_standin, paid, **signing).status_code == 400
    assert nothing_happened()


def test_a_changed_body_is_refused(client: Client, stripe_standin: StandIn, paid: dict[str, Any]) -> None:
    body, signature = stripe_standin.post.signed(paid)
    assert knock(client, body.replace("2500", "2501"), signature).status_code == 400
    assert nothing_happened()


@pytest.mark.parametrize(
    "signature", ["", "t=1,v1=0", "v1=abc", "t=x,v1=abc", "t=99999999999,v0=abc", "=" * 5000, "t=1"]
)
def test_a_forged_signature_is_refused(
    client: Client, stripe_standin: StandIn, paid: dict[str, Any], signature: str
) -> None:
    body, _ = stripe_standin.post.signed(paid)
    assert knock(client, body, signature).status_code == 400
    assert nothing_happened()


@pytest.mark.parametrize(
    "body",
    [
        "",
        "hello",
        "[]",
        "null",
        "{}",
        '{"id": "evt_1", "type": "x", "data": {"object": []}}',
        '{"id": 7, "type": "x", "data": {"object": {}}}',
        '{"id": "evt_1", "type": "", "data": {"object": {}}}',
        '{"id": "' + "e" * 121 + '", "type": "x", "data": {"object": {}}}',
        '{"id": "evt_\\u0000", "type": "x", "data": {"object": {}}}',
        "[" * 100_000,
    ],
    ids=range(11),
)
def test_what_is_signed_and_no_event_is_refused(client: Client, stripe_standin: StandIn, body: str) -> None:
    from stripe import WebhookSignature

    signature = WebhookSignature.generate_signature_header(body, stripe_standin.secret)
    assert knock(client, body, signature).status_code == 400
    assert not ProviderEvent.objects.exists()


def test_bytes_that_are_no_text_are_refused(client: Client, stripe_standin: StandIn) -> None:
    assert knock(client, b"\xff\xfe{}", "t=1,v1=0").status_code == 400


def test_a_huge_body_is_refused(client: Client, stripe_standin: StandIn) -> None:
    assert knock(client, "x" * (512 * 1024 + 1), "t=1,v1=0").status_code == 413


def test_without_a_secret_nobody_is_let_in(
    client: Client, stripe_standin: StandIn, paid: dict[str, Any], settings: Any
) -> None:
    settings.STRIPE_WEBHOOK_SECRET = ""
    assert deliver(client, stripe_standin, paid).status_code == 404
    assert deliver(client, stripe_standin, paid, secret="x").status_code == 404
    assert nothing_happened()


def test_reading_is_not_telling(client: Client, stripe_standin: StandIn) -> None:
    assert client.get("/webhooks/stripe/").status_code == 405


def test_an_event_of_no_use_here_is_stored_and_changes_nothing(
    client: Client, stripe_standin: StandIn, paid: dict[str, Any]
) -> None:
    event = {
        "id": "evt_9",
        "type": "customer.created",
        "data": {"object": {"id": "cus_1", "object": "customer"}},
    }
    assert deliver(client, stripe_standin, event).status_code == 200
    stored = ProviderEvent.objects.get()
    assert (stored.event_id, stored.kind, stored.outcome) == ("evt_9", "customer.created", "not used here")
    assert Order.objects.get().state == State.AWAITING_PAYMENT


def test_nothing_of_the_person_who_paid_is_stored_or_logged(
    client: Client, stripe_standin: StandIn, paid: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    person = paid["data"]["object"]["customer_details"]
    deliver(client, stripe_standin, paid)
    deliver(client, stripe_standin, paid, secret="whsec_wrong")
    told = everything_stored() + caplog.text
    assert paid["id"] in told
    for secret in (person["email"], person["name"], person["phone"], person["address"]["line1"]):
        assert secret not in told


def test_an_event_that_cannot_be_applied_is_sent_again_and_then_is(
    client: Client, stripe_standin: StandIn, paid: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*args: Any, **kwargs: Any) -> None:
        real(*args, **kwargs)
        raise RuntimeError("the disk is full")

    real = receive.record_payment
    monkeypatch.setattr(receive, "record_payment", breaks)
    assert deliver(client, stripe_standin, paid).status_code == 500
    assert nothing_happened()
    assert Order.objects.get().paid_fen == 0
    monkeypatch.undo()
    assert deliver(client, stripe_standin, paid).status_code == 200
    assert Order.objects.get().state == State.CONFIRMED


def test_an_event_without_what_it_is_about_is_stored(client: Client, stripe_standin: StandIn) -> None:
    event = {
        "id": "evt_1",
        "type": "checkout.session.completed",
        "data": {"object": {"payment_status": "paid"}},
    }
    assert deliver(client, stripe_standin, json.loads(json.dumps(event))).status_code == 200
    assert ProviderEvent.objects.get().outcome == "no order of ours"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"account": "acct_of_another"}, b"another account"),
        ({"livemode": True}, b"live mode"),
        ({"data": {"object": None}}, b"not an event"),
        ({"data": None}, b"not an event"),
        ({"type": "a b"}, b"not an event"),
    ],
    ids=str,
)
def test_what_is_foreign_or_malformed_is_refused_with_the_reason(
    client: Client, stripe_standin: StandIn, paid: dict[str, Any], changed: dict[str, Any], reason: bytes
) -> None:
    answer = deliver(client, stripe_standin, paid | changed)
    assert answer.status_code == 400
    assert reason in answer.content
    assert nothing_happened()


def test_a_live_site_takes_no_word_of_test_money(
    client: Client, stripe_standin: StandIn, paid: dict[str, Any], settings: Any
) -> None:
    settings.STRIPE_SECRET_KEY = "sk_live_x"
    answer = deliver(client, stripe_standin, paid)
    assert (answer.status_code, b"test mode" in answer.content) == (400, True)
    assert nothing_happened()


def test_a_forger_is_told_why(client: Client, stripe_standin: StandIn, paid: dict[str, Any]) -> None:
    body, _ = stripe_standin.post.signed(paid)
    assert b"refused: " in knock(client, body, "t=1,v1=0").content
    assert b"tolerance" in deliver(client, stripe_standin, paid, age_seconds=301).content


@pytest.mark.parametrize(
    "wrong", [{"amount": -5}, {"amount": "x"}, {"amount": True}, {"currency": "usd"}], ids=str
)
def test_a_refund_of_nonsense_changes_nothing(
    client: Client, stripe_standin: StandIn, paid: dict[str, Any], wrong: dict[str, Any]
) -> None:
    deliver(client, stripe_standin, paid)
    session = paid["data"]["object"]
    refund = {"id": "re_1", "amount": 100, "currency": "cny", "status": "succeeded"}
    told = refund | {"payment_intent": session["payment_intent"], "metadata": {}} | wrong
    event = {"id": "evt_r", "type": "refund.updated", "data": {"object": told}}
    assert deliver(client, stripe_standin, event).status_code == 200
    assert ProviderEvent.objects.get(event_id="evt_r").outcome.startswith("more went back than was paid")
    assert Order.objects.get().paid_fen == 2500
