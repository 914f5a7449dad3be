"""Books opened for what was there before them: goods, transfers and the money of every order, each at its own moment."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from farmers.ledger.accounts import Account
from farmers.ledger.models import Entry, Posting
from farmers.ledger.postings import Wanted, count_all, goods, moves, post
from shop.orders.models import Order

from .journal import follow_all, money_parts, transfer_posting
from .models import Payment, Refund, Transfer

AT_ONCE = 500
FACTS = ("number", "accepted_fen")
Kind = Posting.Kind


def open_books() -> int:
    """Post whatever the books lack; returns how many postings it took. Twice posts nothing more.

    Each part is a transaction: after a stop it goes on where it was.
    """
    posted = _goods() + _transfers() + _orders()
    count_all()
    return posted


def _goods() -> int:
    posted = last = 0
    unposted = Entry.objects.filter(~Exists(Posting.objects.filter(key=OuterRef("key")))).exclude(
        amount_fen=0
    )
    while some := list(unposted.filter(pk__gt=last).order_by("pk")[:AT_ONCE]):
        posted += len(post(goods(some)))
        last = some[-1].pk
    return posted


def _transfers() -> int:
    known = Posting.objects.filter(kind=Posting.Kind.TRANSFER, about=OuterRef("reference"))
    return len(
        post(transfer_posting(each) for each in Transfer.objects.filter(~Exists(known)).order_by("pk"))
    )


def _orders() -> int:
    posted = last = 0
    # an order without money has no more in the books than its goods
    paid = Payment.objects.filter(order=OuterRef("pk")).exclude(received_fen=None)
    orders = Order.objects.filter(Q(paid_fen__gt=0) | Exists(paid)).order_by("pk")
    while some := list(orders.filter(pk__gt=last).values_list("pk", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            locked = Order.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=some)
            list(locked.order_by("pk").values_list("pk", flat=True))
            posted += len(post(_money(some)))
            posted += follow_all(some, moments=_moments(some))
        last = some[-1]
    return posted


def _money(order_ids: list[int]) -> Iterator[Wanted]:
    """Payments and refunds, each at its own moment, of orders that have no money in the books yet."""
    orders = {order.pk: order for order in Order.objects.filter(pk__in=order_ids).only(*FACTS)}
    known = Posting.objects.filter(
        kind=Kind.MONEY, order_number__in=[order.number for order in orders.values()]
    )
    there = set(known.order_by().values_list("order_number", flat=True).distinct())
    moved: dict[int, list[tuple[dt.datetime, Payment | Refund]]] = defaultdict(list)
    payments = Payment.objects.filter(order__in=order_ids).exclude(received_fen=None)
    for payment in payments.order_by("pk"):
        moved[payment.order_id].append((payment.paid_at or payment.started_at, payment))
    for refund in Refund.objects.filter(order__in=order_ids, state=Refund.State.SUCCEEDED).order_by("pk"):
        moved[refund.order_id].append((refund.at, refund))
    for pk, some in moved.items():
        order, place = orders[pk], 0
        if order.number in there:
            continue
        buyer = Account.RECEIVABLE if order.accepted_fen else Account.ADVANCES
        for at, one in sorted(some, key=lambda each: each[0]):
            parts = money_parts([one], []) if isinstance(one, Payment) else money_parts([], [one])
            parts = {account: fen for account, fen in parts.items() if fen}
            other = Account.REFUNDS if isinstance(one, Refund) else buyer
            for move in moves(parts | ({other: -sum(parts.values())} if sum(parts.values()) else {})):
                place += 1
                yield Wanted(
                    f"order:{order.number}:{place}", Kind.MONEY, at, *move, order_number=order.number
                )


def _moments(order_ids: list[int]) -> dict[str, dt.datetime]:
    """When the last money of each came or went."""
    found: dict[str, dt.datetime] = {}
    payments = Payment.objects.filter(order__in=order_ids).exclude(paid_at=None)
    refunds = Refund.objects.filter(order__in=order_ids, state=Refund.State.SUCCEEDED)
    for rows in (
        payments.values_list("order__number", "paid_at"),
        refunds.values_list("order__number", "at"),
    ):
        for number, at in rows:
            if at is not None:
                found[number] = max(at, found.get(number, at))
    return found
