"""Orders on their way to being paid, and Stripe's word at our door. What is bought is made by `tests.makers`."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from shop.orders.models import Order
from shop.payments.models import Payment
from shop.payments.stripe import checkout as stripe_checkout
from tests.makers import ADDRESS, JIN, PHONE, a_lot, a_person, accepted, an_order
from tests.stripe_standin import StandIn

__all__ = [
    "ADDRESS",
    "JIN",
    "PHONE",
    "a_lot",
    "a_person",
    "accepted",
    "an_order",
    "deliver",
    "everything_stored",
    "knock",
    "sent_to_pay",
]


def sent_to_pay(order: Order) -> Payment:
    """As far as the pay page."""
    page = f"https://market.example{order.get_absolute_url()}"
    return stripe_checkout.start(order, success_url=f"{page}?paid=1", cancel_url=page, locale="zh-hans")


def deliver(client: Client, standin: StandIn, event: dict[str, Any] | None = None, **signing: Any) -> Any:
    """The newest event (or this one) at the webhook, as Stripe signs it."""
    body, signature = standin.post.signed(event or standin.post.events[-1], **signing)
    return knock(client, body, signature)


def knock(client: Client, body: str | bytes, signature: str) -> Any:
    return client.post(
        "/webhooks/stripe/", body, content_type="application/json", headers={"stripe-signature": signature}
    )


def everything_stored() -> str:
    """All that the payments' tables hold, as text."""
    from shop.payments.models import ProviderEvent

    tables = (Payment, ProviderEvent)
    return json.dumps([list(table.objects.order_by("pk").values()) for table in tables], default=str)
