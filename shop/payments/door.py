"""Cash that officers take at the door and bring to the cashier.

It is the order's from the moment the officer has it, so that its buyer owes nothing any more; `note` stays empty
until the cashier has counted it, and then bears the number in the cashier's book.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, F, Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.access.models import User
from marketplace.access.rules import Act, may
from marketplace.days import shanghai_day
from shop.orders.models import Consignment, Order, PayBy, State

from .journal import DOOR, follow_all
from .models import Payment
from .receive import NotTaken, collect_cash
from .told import brought_in, taken_at_door

AT_DOOR = Q(provider=Payment.Provider.CASH, reference__startswith=DOOR)
# goods that are there; before, nobody pays
THERE = Q(state=State.ACCEPTED, accepted_fen__gt=F("paid_fen")) | Q(
    state=State.DELIVERED, total_fen__gt=F("paid_fen")
)


def to_collect(user: User) -> QuerySet[Order]:
    """Orders paid on delivery whose goods are there, and of which this officer brought some; the oldest first."""
    if not may(user, Act.SERVE_VILLAGE):
        return Order.objects.none()
    brought = Consignment.objects.visible_to(user).values("order")
    return Order.objects.filter(THERE, pay_by=PayBy.ON_DELIVERY, pk__in=brought).order_by("placed_at", "pk")


@transaction.atomic
def collect(order_id: int, amount_fen: int, by: User, key: uuid.UUID) -> Payment:
    """Note what the buyer paid at the door; the same key sent twice is one payment.

    Raises PermissionDenied for an order of which they brought nothing, NotTaken for more than is due.
    """
    known = Payment.objects.filter(AT_DOOR, reference=f"{DOOR}{key}", by=by, order=order_id).first()
    if known is not None:
        return known
    brings = Consignment.objects.visible_to(by).filter(order=order_id).exists()
    if not (may(by, Act.SERVE_VILLAGE) and brings):
        raise PermissionDenied
    order = Order.objects.get(pk=order_id)
    if order.pay_by != PayBy.ON_DELIVERY or order.state not in {State.DELIVERED, State.ACCEPTED}:
        raise NotTaken(_("Nothing is paid at the door for this order."))
    taken = collect_cash(order, amount_fen, f"{DOOR}{key}", by)
    taken_at_door.enqueue(shanghai_day(timezone.now()).isoformat())
    return taken


def in_hand() -> QuerySet[Payment]:
    """All that was taken at doors and not handed in yet, the oldest first."""
    return Payment.objects.filter(AT_DOOR, note="").exclude(received_fen=None).order_by("paid_at", "pk")


class Brought(NamedTuple):
    """What one officer has in hand."""

    officer: int
    name: str
    payments: int
    fen: int


def by_officer() -> list[Brought]:
    """Who has how much in hand, whoever has had it longest first."""
    rows = (
        in_hand()
        .order_by()
        .values("by")
        .annotate(
            payments=Count("pk"),
            fen=Sum("received_fen"),
            since=Min("paid_at"),
            name=Coalesce("by__officer__name", "by__username"),
        )
        .order_by("since", "by")
    )
    return [Brought(row["by"], row["name"], row["payments"], row["fen"]) for row in rows]


@transaction.atomic
def hand_in(officer_id: int, amount_fen: int, number: str, by: User) -> Collection[Payment]:
    """The cashier has counted what an officer brought, all of it. Raises NotTaken where that is not what was noted.

    `number` is the one in the cashier's book. The same number, sent twice, is one handing in.
    """
    if not may(by, Act.SETTLE):
        raise PermissionDenied
    number = number.strip()[:200]
    if not number:
        raise ValueError("money is handed in with a number in the book")
    mine = Payment.objects.filter(AT_DOOR, by=officer_id)
    before = list(mine.filter(note=number))
    if before:
        if sum(payment.received_fen or 0 for payment in before) != amount_fen:
            raise NotTaken(_("This number stands for another amount already."))
        return before
    if Payment.objects.filter(AT_DOOR, note=number).exclude(by=officer_id).exists():
        raise NotTaken(_("This number stands for what another officer brought."))
    # the books are posted by order: orders are locked first, as everywhere
    orders = Order.objects.filter(pk__in=mine.filter(note="").values("order")).order_by("pk")
    list(orders.select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True))
    brought = list(
        mine.filter(note="").exclude(received_fen=None).select_for_update(no_key=True).order_by("pk")
    )
    if not brought or sum(payment.received_fen or 0 for payment in brought) != amount_fen:
        raise NotTaken(_("That is not what was noted at the doors. Count it again, and look at the list."))
    ids = [payment.pk for payment in brought]
    Payment.objects.filter(pk__in=ids).update(note=number)
    follow_all(sorted({payment.order_id for payment in brought}), by)
    brought_in.enqueue(ids, officer_id, by.pk)
    return brought
