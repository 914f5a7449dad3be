"""Money and orders in the books: what an order has on each account is posted whenever it changes.

An order's part of the books follows from its own rows: goods accepted, payments, refunds. So `follow` compares what
should stand there with what was posted, and posts the difference; twice posts nothing more. It runs under the
order's lock, in the transaction of what changed, and refuses (Unbalanced) where a fen would be missing.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count
from django.utils import timezone

from farmers.ledger.accounts import Account
from farmers.ledger.models import Posting
from farmers.ledger.postings import Move, Turnover, Unbalanced, Wanted, moves, post, turnovers_of
from marketplace.access.models import User
from shop.orders.models import Order

from .models import DOOR, HandIn, Payment, Provider, Refund, Transfer

Kind = Posting.Kind


def account_of(provider: str) -> Account:
    """Where money of this way is. Their words are the same."""
    return Account(provider)


def buyer_parts(accepted_fen: int, paid_fen: int, charge_fen: int) -> dict[Account, int]:
    """What a buyer owes or is owed for one order, in fen: for goods had, goods to come, and too much. Pure."""
    over = max(paid_fen - charge_fen, 0)
    owes = accepted_fen - (paid_fen - over)
    return {Account.RECEIVABLE: max(owes, 0), Account.ADVANCES: min(owes, 0), Account.REFUNDS: -over}


def money_parts(payments: Sequence[Payment], refunds: Sequence[Refund]) -> dict[Account, int]:
    """Where the money of an order's payments and refunds is, and where what does not fit waits. Pure."""
    parts: dict[Account, int] = defaultdict(int)
    for payment in payments:
        fen = payment.received_fen or 0
        if payment.transfer_id:  # it came in with the transfer, and waited
            parts[Account.DIFFERENCES] += fen
        elif is_at_door(payment):
            parts[Account.DOOR] += fen
        else:
            parts[account_of(payment.provider)] += fen
        if payment.state == Payment.State.DIFFERS:
            parts[Account.DIFFERENCES] -= fen
    for refund in refunds:
        parts[account_of(refund.provider)] -= refund.amount_fen
    return parts


def gone_parts(refunds: Sequence[Refund]) -> dict[Account, int]:
    """What went back from each place. Pure."""
    gone: dict[Account, int] = defaultdict(int)
    for refund in refunds:
        gone[account_of(refund.provider)] += refund.amount_fen
    return gone


def is_at_door(payment: Payment) -> bool:
    """Cash that an officer has taken and the cashier has not counted yet."""
    return (
        payment.provider == Provider.CASH
        and payment.reference.startswith(DOOR)
        and payment.hand_in_id is None
    )


def follow(order: Order, by: User | None = None, at: dt.datetime | None = None) -> None:
    """Post what changed for one order, at the moment when its money moved. The caller holds its lock."""
    follow_all([order.pk], by, {order.number: at} if at else None)


def follow_all(
    order_ids: Sequence[int], by: User | None = None, moments: Mapping[str, dt.datetime] | None = None
) -> int:
    """The same for several orders, in six queries; returns how many postings it took. Raises Unbalanced.

    `moments`: when, by an order's number, where that is not now.
    """
    wanted_parts, gone = _parts(order_ids)
    booked = turnovers_of(list(wanted_parts))
    posted = dict(
        Posting.objects.filter(order_number__in=list(wanted_parts), kind=Kind.MONEY)
        .order_by()
        .values_list("order_number")
        .annotate(Count("pk"))
    )
    now = timezone.now()
    wanted: list[Wanted] = []
    for number, parts in wanted_parts.items():
        moment = moments.get(number, now) if moments else now
        wanted += _difference(number, parts, gone[number], booked[number], posted.get(number, 0), moment, by)
    return len(post(wanted))


def parts_of(order_ids: Sequence[int]) -> dict[str, dict[Account, int]]:
    """What each order, by its number, should have on each account. Three queries."""
    return _parts(order_ids)[0]


def _parts(
    order_ids: Sequence[int],
) -> tuple[dict[str, dict[Account, int]], dict[str, dict[Account, int]]]:
    """The same, and what of each went back."""
    orders = Order.objects.filter(pk__in=order_ids).only(
        "number", "state", "total_fen", "accepted_fen", "paid_fen"
    )
    payments: dict[int, list[Payment]] = defaultdict(list)
    for payment in Payment.objects.filter(order__in=order_ids).exclude(received_fen=None):
        payments[payment.order_id].append(payment)
    refunds: dict[int, list[Refund]] = defaultdict(list)
    for refund in Refund.objects.filter(order__in=order_ids, state=Refund.State.SUCCEEDED):
        refunds[refund.order_id].append(refund)
    parts, gone = {}, {}
    for order in orders.order_by("pk"):
        gone[order.number] = gone_parts(refunds[order.pk])
        parts[order.number] = (
            buyer_parts(order.accepted_fen, order.paid_fen, order.charge_fen)
            | money_parts(payments[order.pk], refunds[order.pk])
            | {Account.PAYABLE: -order.accepted_fen}
        )
    return parts, gone


def _difference(
    number: str,
    parts: Mapping[Account, int],
    gone: Mapping[Account, int],
    booked: Mapping[Account, Turnover],
    posted: int,
    at: dt.datetime,
    by: User | None,
) -> list[Wanted]:
    none = Turnover()
    if parts[Account.PAYABLE] != booked.get(Account.PAYABLE, none).balance_fen:
        # goods are posted by the ledger alone, before this
        raise Unbalanced(f"order {number} accepted {-parts[Account.PAYABLE]}, and the ledger has another sum")
    changes = {account: parts.get(account, 0) - booked.get(account, none).balance_fen for account in Account}
    # what goes back stands there for itself, though it came and went at once: both are told of
    back = []
    for account, fen in gone.items():
        if (left := fen - booked.get(account, none).credit_fen) > 0:
            back.append(Move(Account.REFUNDS, account, left))
            changes[account] += left
            changes[Account.REFUNDS] -= left
    return [
        Wanted(
            f"order:{number}:{posted + place}",
            Kind.MONEY,
            at,
            *move,
            order_number=number,
            by=f"user:{by.pk}" if by else "",
        )
        for place, move in enumerate([*moves(changes), *back], start=1)
    ]


def follow_transfer(transfer: Transfer) -> None:
    """A unit's money came, and waits for its orders. Twice is once; the caller holds the unit's lock."""
    key = f"transfer:{transfer.pk}"
    if not Posting.objects.filter(key=key).exists():
        post([transfer_posting(transfer)])


def transfer_posting(transfer: Transfer) -> Wanted:
    return Wanted(
        f"transfer:{transfer.pk}",
        Kind.TRANSFER,
        transfer.at,
        account_of(transfer.provider),
        Account.DIFFERENCES,
        transfer.amount_fen,
        about=transfer.reference,
        by=f"user:{transfer.by_id}" if transfer.by_id else "",
        # the bank's day, whenever it was written down
        day=transfer.came_on,
    )


def follow_hand_in(hand_in: HandIn, payments: Sequence[Payment]) -> None:
    """Cash from doors is the cashier's now, order by order. Once; the caller holds the orders' locks."""
    fen: dict[str, int] = defaultdict(int)
    for payment in payments:
        fen[payment.order.number] += payment.received_fen or 0
    post(
        Wanted(
            f"hand-in:{hand_in.pk}:{number}",
            Kind.MONEY,
            hand_in.at,
            Account.CASH,
            Account.DOOR,
            amount,
            order_number=number,
            by=f"user:{hand_in.cashier_id}",
        )
        for number, amount in sorted(fen.items())
    )
    # nothing more, unless something was missing before
    follow_all(sorted({payment.order_id for payment in payments}))


def on_charge_fell(sender: Any, order: Order, at: dt.datetime | None = None, **kwargs: Any) -> None:
    """An order was accepted, called off, paid or returned."""
    follow(order, at=at)
