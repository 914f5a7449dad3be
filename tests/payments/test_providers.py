"""Ways to pay behind one interface: a third gateway needs nothing but its own functions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from marketplace.access.models import User
from shop.orders.cancel import cancel
from shop.orders.models import Order, PayBy, State
from shop.payments import providers, receive, refunds
from shop.payments.models import Payment, Provider, Refund
from shop.payments.on_delivery import OnDelivery
from shop.payments.providers import CannotPay, Gateway, NotAuthentic, Seen, What, gateways
from shop.payments.reconcile import reconcile

from .shop import a_person, an_order

pytestmark = pytest.mark.django_db


class Domestic:
    """What a city in the mainland would write: here it takes every order's money at once."""

    provider = Provider.STRIPE  # it would have a word of its own in `models.Provider`

    def __init__(self) -> None:
        self.asked: list[int] = []

    def is_open(self) -> bool:
        return True

    def start(self, order: Order, *, by: User, page: str, locale: str) -> str:
        payment = Payment(
            order=order,
            provider=self.provider,
            reference=f"D-{order.number}",
            intent=f"D-{order.number}",
            amount_fen=order.due_fen,
            received_fen=order.due_fen,
            paid_at=timezone.now(),
        )
        receive.count(payment, order, by=None)
        return page

    def stop(self, order: Order) -> None: ...

    def refund(self, refund: Refund) -> None:
        self.asked.append(refund.amount_fen)
        refund.reference = f"DR-{refund.pk}"
        receive.went_back(refund, refund.order)

    def take(self, body: bytes, headers: Mapping[str, str]) -> bool:
        raise NotAuthentic("never")

    def listing(self, since: dt.datetime) -> Iterator[Seen]:
        for payment in Payment.objects.filter(provider=self.provider):
            yield Seen(What.PAYMENT, payment.reference, "", payment.received_fen or 0, "paid", lambda: "")
        for refund in Refund.objects.filter(provider=self.provider):
            yield Seen(What.REFUND, refund.reference, "", refund.amount_fen, "succeeded", lambda: "")


def test_a_third_gateway_needs_one_line(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    domestic: Gateway = Domestic()
    ways = gateways() | {PayBy.ONLINE.value: domestic}
    monkeypatch.setattr(providers, "gateways", lambda: ways)
    for module in ("views", "reconcile"):
        monkeypatch.setattr(f"shop.payments.{module}.gateways", lambda: ways)
    order = an_order()
    client.force_login(order.buyer)
    client.post(f"/orders/{order.number}/pay/")
    order.refresh_from_db()
    assert (order.state, order.paid_fen) == (State.CONFIRMED, 2500)
    cancel(order.pk, order.buyer, "")
    assert refunds.send_all() == 1
    order.refresh_from_db()
    assert (order.paid_fen, domestic.asked) == (0, [2500])  # type: ignore[attr-defined]
    assert reconcile(timezone.now() - dt.timedelta(days=1)).ok


def test_on_delivery_is_the_simplest_of_them() -> None:
    gateway: Gateway = OnDelivery()
    order = an_order()
    for _ in range(2):
        assert gateway.start(order, by=order.buyer, page="/orders/x/", locale="en") == "/orders/x/"
    order.refresh_from_db()
    assert (order.state, order.pay_by) == (State.CONFIRMED, PayBy.ON_DELIVERY)
    gateway.stop(order)
    assert list(gateway.listing(timezone.now())) == []
    with pytest.raises(NotAuthentic):
        gateway.take(b"{}", {})
    ended = an_order()
    cancel(ended.pk, ended.buyer, "")
    with pytest.raises(CannotPay):
        gateway.start(ended, by=ended.buyer, page="/", locale="en")
    refund = Refund(order=order, provider=Provider.CASH, amount_fen=1, by=a_person())
    with pytest.raises(receive.NotTaken):
        gateway.refund(refund)


def test_each_way_of_paying_alone_has_its_gateway(settings: Any) -> None:
    assert {name: gateway.is_open() for name, gateway in gateways().items()} == {
        "online": False,
        "on_delivery": True,
    }
    settings.STRIPE_SECRET_KEY = "sk_test_x"
    assert gateways()["online"].is_open()
