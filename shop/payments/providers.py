"""What a way of paying has to do, so that another gateway is one module more and one line in `gateways`.

A gateway starts a payment, stops those that nobody shall pay any more, gives money back, takes the provider's word
of what happened, and lists what the provider has. All that it tells is counted by `receive.py` alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from marketplace.access.models import User
from shop.orders.models import Order, PayBy

from .models import Provider, Refund


class CannotPay(Exception):
    """This cannot be paid so now. The message is for whoever pays, and says what to do."""


class NotAuthentic(ValueError):
    """Not a word of the provider: unsigned, wrongly signed, too old or unreadable. The message says which."""


class What(StrEnum):
    PAYMENT = "payment"
    REFUND = "refund"
    DISPUTE = "dispute"


class Seen(NamedTuple):
    """Something that a provider has. `apply` does what its event would have done, and says what that was."""

    what: What
    reference: str
    order: str
    # what it moved, in fen: what came in for a payment, what went out for the others; nothing while it has not
    moved_fen: int
    # the provider's word for where it stands
    state: str
    apply: Callable[[], str]


class Gateway(Protocol):
    provider: Provider

    def is_open(self) -> bool:
        """Whether this site offers it."""

    def start(self, order: Order, *, by: User, page: str, locale: str) -> str:
        """Where the buyer is sent to pay; asked twice, the same. Raises CannotPay. `page`: the order's own."""

    def stop(self, order: Order) -> None:
        """Nobody shall pay any more what was started. Best effort."""

    def refund(self, refund: Refund) -> None:
        """Ask for a refund that is written down, and write down what was answered. Asked twice, given once."""

    def take(self, body: bytes, headers: Mapping[str, str]) -> bool:
        """Store and apply the provider's word; False if it was known. Raises NotAuthentic."""

    def listing(self, since: dt.datetime) -> Iterator[Seen]:
        """All that the provider has from then on, the oldest first. Raises CannotList."""


class CannotList(Exception):
    """The provider could not be asked."""


def gateways() -> dict[str, Gateway]:
    """By the way in which an order is paid."""
    from .on_delivery import OnDelivery
    from .stripe.gateway import Stripe

    return {PayBy.ONLINE.value: Stripe(), PayBy.ON_DELIVERY.value: OnDelivery()}


def gateway_of(provider: str) -> Gateway | None:
    """Who gives back what came by this provider; None: by hand."""
    return next((each for each in gateways().values() if each.provider == provider), None)


def stop_all(order: Order) -> None:
    """Nobody shall pay for what will not come, or is paid in another way."""
    for gateway in gateways().values():
        gateway.stop(order)


def on_order_cancelled(sender: Any, order: Order, **kwargs: Any) -> None:
    stop_all(order)
