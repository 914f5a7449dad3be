"""Stripe as one of the ways to pay (see `providers.Gateway`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from marketplace.access.models import User
from shop.orders.models import Order

from ..models import Provider, Refund
from ..providers import Seen
from . import checkout, events, listing, refunds
from .client import configured


class Stripe:
    provider = Provider.STRIPE

    def is_open(self) -> bool:
        return configured()

    def start(self, order: Order, *, by: User, page: str, locale: str) -> str:
        return checkout.start(order, success_url=f"{page}?paid=1", cancel_url=page, locale=locale).url

    def stop(self, order: Order) -> None:
        checkout.close(order)

    def refund(self, refund: Refund) -> None:
        refunds.send(refund)

    def take(self, body: bytes, headers: Mapping[str, str]) -> bool:
        return events.take(events.read(body, headers.get("Stripe-Signature", "")))

    def listing(self, since: dt.datetime) -> Iterator[Seen]:
        return listing.listing(since)
