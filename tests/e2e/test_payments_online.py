"""Card, Alipay and WeChat Pay: off to the payment page, and back or not. Needs nobody's keys: Stripe is a stand-in."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from marketplace.access.models import Role, User
from shop.orders.models import Order, PayBy, State
from shop.payments.books import books
from shop.payments.models import Payment
from tests.makers import a_person, accepted, an_order, assert_stock_adds_up
from tests.stripe_standin import StandIn

from .words import zh


@pytest.fixture
def stripe(settings: Any, live_server: Any) -> Iterator[StandIn]:
    """The site set up to be paid through the stand-in, whose webhooks come over HTTP."""
    with StandIn(f"{live_server.url}/webhooks/stripe/") as standin:
        settings.STRIPE_SECRET_KEY = standin.key
        settings.STRIPE_WEBHOOK_SECRET = standin.secret
        settings.STRIPE_API_BASE = standin.url
        # as STRIPE_CHECKOUT_ORIGIN does: the form that leads to the payment page may leave for it
        policy = copy.deepcopy(settings.CONTENT_SECURITY_POLICY)
        policy["DIRECTIVES"]["form-action"] = ["'self'", standin.url]
        settings.CONTENT_SECURITY_POLICY = policy
        yield standin


@pytest.fixture
def buyer(live_server: Any) -> User:
    return a_person()


@pytest.fixture
def order(buyer: User) -> Order:
    return an_order(PayBy.ONLINE, buyer=buyer)


@pytest.fixture
def shopper(somebody: Callable[..., Page], buyer: User) -> Page:
    return somebody(buyer)


def to_the_payment_page(page: Page, order: Order) -> None:
    page.goto(order.get_absolute_url())
    page.get_by_role("button", name=zh("Pay by card, Alipay or WeChat Pay")).click()
    expect(page.get_by_role("heading", name="¥25.00")).to_be_visible()


def becomes(page: Page, order: Order, state: State) -> None:
    """The order's page says so, now or when it is loaded again: the webhook may come after its buyer."""
    badge = page.locator(".order-head .badge")

    def look_again() -> None:
        page.goto(order.get_absolute_url())
        expect(badge).to_have_text(str(state.label), timeout=500)

    for last in (False, False, False, False, True):
        try:
            look_again()
        except AssertionError:
            if last:
                raise
        else:
            return


@pytest.mark.parametrize("method", ["card", "alipay", "wechat_pay"])
def test_who_pays_comes_back_to_a_confirmed_order(
    stripe: StandIn, shopper: Page, order: Order, method: str
) -> None:
    to_the_payment_page(shopper, order)
    shopper.locator(f"[name=method][value={method}]").check()
    shopper.get_by_role("button", name="付款 Pay", exact=True).click()
    expect(shopper).to_have_url(re.compile(re.escape(order.get_absolute_url()) + r"\?paid=1$"))
    becomes(shopper, order, State.CONFIRMED)
    expect(shopper.get_by_role("button", name=zh("Pay by card, Alipay or WeChat Pay"))).to_have_count(0)
    stripe.post.drain()
    assert {status for _event, status in stripe.post.answers} == {200}
    assert (books().received, books().paid, books().difference) == (2500, 2500, 0)


def test_who_pays_and_never_comes_back_has_paid(stripe: StandIn, shopper: Page, order: Order) -> None:
    to_the_payment_page(shopper, order)
    shopper.get_by_role("button", name="Pay, and never come back").click()
    expect(shopper.get_by_role("heading", name="Paid.")).to_be_visible()
    stripe.post.drain()
    becomes(shopper, order, State.CONFIRMED)


def test_a_buyer_back_before_the_money_is_asked_not_to_pay_twice(
    stripe: StandIn, shopper: Page, order: Order
) -> None:
    stripe.post.hold = True
    to_the_payment_page(shopper, order)
    shopper.get_by_role("button", name="付款 Pay", exact=True).click()
    expect(shopper.get_by_role("main")).to_contain_text(
        zh("You came back from the payment page. Do not pay twice: wait for the confirmation first.")
    )
    [event] = [event for event in stripe.post.events if event["type"] == "checkout.session.completed"]
    assert [stripe.post.send(event), stripe.post.send(event)] == [200, 200]
    becomes(shopper, order, State.CONFIRMED)
    assert Payment.objects.get().received_fen == books().received == 2500


def test_a_declined_card_leaves_the_order_to_be_paid_another_way(
    stripe: StandIn, shopper: Page, order: Order
) -> None:
    to_the_payment_page(shopper, order)
    shopper.get_by_role("button", name="Be declined").click()
    expect(shopper.get_by_role("alert")).to_be_visible()
    shopper.get_by_role("button", name="Leave without paying").click()
    expect(shopper).to_have_url(re.compile(re.escape(order.get_absolute_url()) + "$"))
    becomes(shopper, order, State.AWAITING_PAYMENT)
    shopper.get_by_role("button", name=zh("Pay on delivery instead")).click()
    expect(shopper.locator(".order-head .badge")).to_have_text(str(State.CONFIRMED.label))
    order.refresh_from_db()
    assert (order.pay_by, order.paid_fen) == (PayBy.ON_DELIVERY, 0)


def test_when_the_payment_service_is_down_the_buyer_is_told_and_keeps_the_goods(
    stripe: StandIn, shopper: Page, order: Order
) -> None:
    stripe.breakdowns = [500] * 9
    shopper.goto(order.get_absolute_url())
    shopper.get_by_role("button", name=zh("Pay by card, Alipay or WeChat Pay")).click()
    expect(shopper.locator(".notice-error")).to_be_visible()
    becomes(shopper, order, State.AWAITING_PAYMENT)
    assert_stock_adds_up()


def test_what_was_paid_and_not_accepted_goes_back_with_a_receipt(
    stripe: StandIn, shopper: Page, order: Order, somebody: Callable[..., Page]
) -> None:
    to_the_payment_page(shopper, order)
    shopper.get_by_role("button", name="付款 Pay", exact=True).click()
    becomes(shopper, order, State.CONFIRMED)
    accepted(order, short_jin=2)
    cashier = somebody(a_person(Role.CASHIER))
    cashier.goto("/cashier/")
    expect(cashier.locator("a.figure[href='#back']")).to_contain_text("¥2.40")
    row = cashier.locator("details.collect", has_text=order.number)
    row.locator("summary").click()
    row.locator("[name=receipt]").fill("TK-1")
    row.get_by_role("button", name=zh("Record what went back")).click()
    expect(cashier.locator(".messages")).to_contain_text(order.number)
    expect(cashier.locator("a.figure[href='#back']")).to_contain_text("¥0.00")
    assert (books().given_back, books().difference) == (240, 0)
