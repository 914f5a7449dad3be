"""The stand-in is as strict as Stripe where this shop could go wrong, and no part of the shop."""

from __future__ import annotations

import ast
import time
from pathlib import Path
from typing import Any

import pytest
import stripe

from tests.stripe_standin import StandIn

ROOT = Path(__file__).parents[2]


@pytest.fixture
def api(stripe_standin: StandIn, settings: Any) -> Any:
    return stripe.StripeClient(
        stripe_standin.key, base_addresses={"api": stripe_standin.url}, max_network_retries=0
    ).v1.checkout.sessions


def asked(**changes: Any) -> dict[str, Any]:
    price = {"currency": "cny", "unit_amount": 1200, "product_data": {"name": "土豆"}}
    plain = {
        "mode": "payment",
        "line_items": [{"quantity": 1, "price_data": price}],
        "success_url": "https://market.example/",
    }
    return {name: value for name, value in {**plain, **changes}.items() if value is not None}


def test_a_key_gives_the_same_session_again(api: Any, stripe_standin: StandIn) -> None:
    first, second = (api.create(asked(), options={"idempotency_key": "a"}) for _ in range(2))
    assert first.id == second.id
    assert len(stripe_standin.sessions) == 1
    assert api.create(asked(), options={"idempotency_key": "b"}).id != first.id


def test_a_key_cannot_be_used_for_something_else(api: Any) -> None:
    api.create(asked(), options={"idempotency_key": "a"})
    with pytest.raises(stripe.IdempotencyError):
        api.create(asked(locale="zh"), options={"idempotency_key": "a"})


def test_what_was_refused_can_be_put_right_with_the_same_key(api: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        api.create(asked(mode=None), options={"idempotency_key": "a"})
    assert api.create(asked(), options={"idempotency_key": "a"}).status == "open"


@pytest.mark.parametrize(
    ("wrong", "param"),
    [
        ({"payment_method_types": ["card"]}, "payment_method_types"),
        ({"mode": None}, "mode"),
        ({"success_url": None}, "success_url"),
        ({"success_url": "market"}, "success_url"),
        ({"line_items": None}, "line_items"),
        ({"line_items": asked()["line_items"] * 101}, "line_items"),
        ({"allowed_payment_method_types": ["cowrie"]}, "allowed_payment_method_types"),
        ({"payment_method_options": {"wechat_pay": {"client": "fax"}}}, "client"),
        ({"expires_at": int(time.time()) + 29 * 60}, "expires_at"),
        ({"expires_at": int(time.time()) + 25 * 3600}, "expires_at"),
        ({"locale": "tlh"}, "locale"),
    ],
)
def test_a_wrong_session_is_refused(api: Any, wrong: dict[str, Any], param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.create(asked(**wrong))
    assert refused.value.param == param


def test_a_session_expires_by_itself(settings: Any) -> None:
    now = time.time()
    with StandIn(clock=lambda: now) as standin:
        session = standin.sessions.create(
            {
                **asked(),
                "line_items": [{"quantity": "1", "price_data": asked()["line_items"][0]["price_data"]}],
            }
        )
        now += 24 * 3600 + 1
        assert standin.sessions.get(session["id"])["status"] == "expired"
        assert [event["type"] for event in standin.post.events] == ["checkout.session.expired"]


def test_a_wrong_key_is_refused(stripe_standin: StandIn) -> None:
    stranger = stripe.StripeClient("sk_test_x", base_addresses={"api": stripe_standin.url})
    with pytest.raises(stripe.AuthenticationError):
        stranger.v1.checkout.sessions.retrieve("cs_test_x")


def test_nothing_that_serves_knows_the_tests() -> None:
    found = []
    for room in ("marketplace", "farmers", "shop", "cms"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                modules = [node.module] if isinstance(node, ast.ImportFrom) else []
                modules += [name.name for name in node.names] if isinstance(node, ast.Import) else []
                found += [str(path) for module in modules if (module or "").split(".")[0] == "tests"]
    assert not found
