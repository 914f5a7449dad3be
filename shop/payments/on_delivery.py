"""Paying when the goods come: the simplest gateway. The village begins at once, and people take the money."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _

from marketplace.access.models import User
from shop.orders.models import Order
from shop.orders.pay import pay_on_delivery
from shop.orders.transitions import NotAllowed

from .models import Provider, Refund
from .providers import CannotPay, NotAuthentic, Seen
from .receive import NotTaken


class OnDelivery:
    provider = Provider.CASH

    def is_open(self) -> bool:
        return True

    def start(self, order: Order, *, by: User, page: str, locale: str) -> str:
        try:
            pay_on_delivery(order.pk, by=by)
        except NotAllowed as refused:
            raise CannotPay(str(refused)) from refused
        return page

    def stop(self, order: Order) -> None:
        """Nothing is open: what is due is due at the door."""

    def refund(self, refund: Refund) -> None:
        """Cash goes back from hand to hand."""
        raise NotTaken(_("Give it back by hand, and write the receipt's number down."))

    def take(self, body: bytes, headers: Mapping[str, str]) -> bool:
        raise NotAuthentic("nobody but people tells of cash")

    def listing(self, since: dt.datetime) -> Iterator[Seen]:
        """Nobody but us keeps a list of cash."""
        return iter(())
