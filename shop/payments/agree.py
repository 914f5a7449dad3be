"""What orders, their money and the books must say alike: a part of `verify_ledger`."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, F, Max, Min, OuterRef, Q, Sum

from farmers.ledger.accounts import Account
from farmers.ledger.bad import Bad
from farmers.ledger.models import Posting
from farmers.ledger.postings import of_orders
from marketplace.days import month_end
from shop.orders.models import Order

from . import books, period
from .journal import parts_of
from .models import HandIn, Payment, Transfer
from .months import month_after, month_of

AT_ONCE = 500


def orders_hold() -> Iterator[Bad]:
    """Every order stands in the books with what was accepted, paid and given back, and every transfer as it came."""
    numbers = (
        Order.objects.filter(
            Q(paid_fen__gt=0)
            | Q(accepted_fen__gt=0)
            | Exists(Posting.objects.filter(order_number=OuterRef("number")))
        )
        .order_by("pk")
        .values_list("pk", "number")
    )
    last = 0
    while some := list(numbers.filter(pk__gt=last)[:AT_ONCE]):
        last = some[-1][0]
        booked = of_orders([number for _pk, number in some])
        for number, parts in parts_of([pk for pk, _number in some]).items():
            there = {account: fen for account, fen in booked[number].items() if fen}
            wanted = {account: fen for account, fen in parts.items() if fen}
            if there != wanted:
                yield Bad(
                    None, number, f"the books have {_said(there)} for the order, it has {_said(wanted)}"
                )
    same = Posting.objects.filter(
        kind=Posting.Kind.TRANSFER,
        about=OuterRef("reference"),
        fen=OuterRef("amount_fen"),
        debit=OuterRef("provider"),
    )
    for transfer in Transfer.objects.filter(~Exists(same)).order_by("pk")[:1]:
        yield Bad(None, transfer.reference, "the books do not have the transfer as it came")


def hand_ins_hold() -> Iterator[Bad]:
    """Every hand-in is the sum of the payments that name it, all of them taken by the officer who brought it."""
    others = Payment.objects.filter(hand_in=OuterRef("pk")).exclude(by=OuterRef("officer"))
    wrong = HandIn.objects.annotate(fen=Sum("payments__received_fen", default=0)).filter(
        ~Q(fen=F("amount_fen")) | Exists(others)
    )
    for hand_in in wrong.order_by("pk")[:1]:
        yield Bad(
            None,
            f"hand-in:{hand_in.pk}",
            f"{hand_in.amount_fen} fen were handed in, its payments have {hand_in.fen}",
        )


def sums_hold() -> Iterator[Bad]:
    """What came in, what it was for and what went back is, in sum, what payments, refunds and orders say in sum."""
    told = books.books()
    for name, fen in told.summed._asdict().items():
        if fen != getattr(told, name):
            yield Bad(
                None, "", f"the accounts say {name} {getattr(told, name)} fen, payments and orders {fen}"
            )


def months_hold() -> Iterator[Bad]:
    """What came in and went back in each month is, by the accounts, what payments, transfers and refunds say."""
    days = Posting.objects.filter(kind__in=(Posting.Kind.MONEY, Posting.Kind.TRANSFER)).aggregate(
        first=Min("day"), last=Max("day")
    )
    first = month_of(days["first"]) if days["first"] else None
    while first and first <= days["last"]:
        last = month_end(first)
        there, wanted = period.by_accounts(first, last), period.by_rows(first, last)[0]
        for way, sums in there.items():
            if sums != wanted[way]:
                told = (
                    f"{way.value} in {first:%Y-%m}: {tuple(sums)}, payments and refunds {tuple(wanted[way])}"
                )
                yield Bad(None, "", f"the accounts say came and went back by {told}")
        first = month_after(first)


def _said(parts: dict[Account, int]) -> dict[str, int]:
    return {account.value: fen for account, fen in sorted(parts.items())}
