"""What the cashier reads: money to collect, to give back, to match, owed to households; and that it all adds up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from farmers.ledger.accounts import Account
from farmers.ledger.models import HouseholdTotal, Posting
from farmers.ledger.postings import Turnover, by_account, turnovers
from farmers.payouts.models import Payout
from farmers.registry.models import Household, encrypted
from shop.orders.models import Order, PayBy, State

from .models import Payment, Provider, Refund, Transfer

Kind = Posting.Kind
SET_OFF = Payment.Provider.SET_OFF

# the same as Order.charge_fen says of one order
CHARGE = Case(
    When(state__in=[State.CANCELLED, State.EXPIRED], then=Value(0)),
    When(state=State.ACCEPTED, then=F("accepted_fen")),
    default=F("total_fen"),
    output_field=BigIntegerField(),
)
OVER = Q(paid_fen__gt=F("charge"))


class Books(NamedTuple):
    """All in fen, from the accounts. `received` is what came in; the next four are where it stands, and add up to it.

    `accounts` has every balance (debits less credits). `summed` is the same figures summed from payments, refunds and
    orders: the check, and no figure of any page.
    """

    by_provider: dict[str, int]
    received: int
    paid: int
    overpaid: int
    to_match: int
    given_back: int
    due: int
    owed_households: int
    accounts: dict[Account, int]
    summed: Summed

    @property
    def trial(self) -> int:
        """The trial balance: always nothing."""
        return sum(self.accounts.values())

    @property
    def rows(self) -> list[tuple[str, int, int]]:
        """Each account that has something, with its debit or credit balance."""
        used = [(account.label, fen) for account, fen in self.accounts.items() if fen]
        return [(str(label), max(fen, 0), max(-fen, 0)) for label, fen in used]

    @property
    def debit_fen(self) -> int:
        return sum(max(fen, 0) for fen in self.accounts.values())

    @property
    def credit_fen(self) -> int:
        return sum(max(-fen, 0) for fen in self.accounts.values())

    @property
    def difference(self) -> int:
        """By how much the accounts and the rows beneath them say otherwise. Anything but nothing is a fault."""
        told = (self.received, self.paid, self.overpaid, self.to_match, self.given_back)
        return sum(abs(one - other) for one, other in zip(told, self.summed, strict=True))


class Summed(NamedTuple):
    """The figures of `Books` by the same names, from the rows that they are posted for."""

    received: int
    paid: int
    overpaid: int
    to_match: int
    given_back: int


def books() -> Books:
    """The totals, in one query, and their check in four; read again where money came in between them."""
    read = _read()
    return _read() if read.difference else read


def _read() -> Books:
    moved, money = turnovers(), Kind.MONEY
    accounts, came = by_account(moved), came_by(moved)
    return Books(
        by_provider={str(provider.label): fen for provider, fen in came.items() if fen},
        received=sum(came.values()),
        paid=-sum(moved[account, money].balance_fen for account in (Account.RECEIVABLE, Account.ADVANCES)),
        overpaid=-accounts[Account.REFUNDS],
        to_match=-accounts[Account.DIFFERENCES],
        given_back=sum(back_by(moved).values()),
        due=accounts[Account.RECEIVABLE],
        owed_households=-accounts[Account.PAYABLE],
        accounts=accounts,
        summed=_summed(),
    )


Moved = Mapping[tuple[Account, Posting.Kind], Turnover]
PLACES = {
    Provider.STRIPE: Account.STRIPE,
    Provider.CASH: Account.CASH,
    Provider.TRANSFER: Account.BANK,
}


def came_by(moved: Moved) -> dict[Provider, int]:
    """What came in by each way, in fen, of what was posted. Pure."""
    came = {
        way: moved[account, Kind.MONEY].debit_fen + moved[account, Kind.TRANSFER].debit_fen
        for way, account in PLACES.items()
    }
    # what officers handed in came once: at the door
    came[Provider.CASH] += moved[Account.DOOR, Kind.MONEY].balance_fen
    return came


def back_by(moved: Moved) -> dict[Provider, int]:
    """What went back by each way, in fen. Pure."""
    return {way: moved[account, Kind.MONEY].credit_fen for way, account in PLACES.items()}


def _summed() -> Summed:
    # money set off came in once, and went nowhere
    came = Payment.objects.exclude(received_fen=None).exclude(provider=SET_OFF)
    payments = came.aggregate(
        all=Sum("received_fen", default=0),
        differ=Sum("received_fen", filter=Q(state=Payment.State.DIFFERS), default=0),
    )
    # of units' transfers, what no order has taken yet
    left = Transfer.objects.filter(left_fen__gt=0).aggregate(all=Sum("left_fen", default=0))["all"]
    over: Combinable = F("paid_fen") - F("charge")
    orders = Order.objects.annotate(charge=CHARGE).aggregate(
        all=Sum("paid_fen", default=0),
        over=Sum(over, filter=OVER, default=0),
    )
    gone = Refund.objects.filter(state=Refund.State.SUCCEEDED).exclude(provider=SET_OFF)
    return Summed(
        received=payments["all"] + left,
        paid=orders["all"] - orders["over"],
        overpaid=orders["over"],
        to_match=payments["differ"] + left,
        given_back=gone.aggregate(all=Sum("amount_fen", default=0))["all"],
    )


# goods had and not paid for, however they were to be paid: a bank may have taken money back
_TO_COLLECT = Q(accepted_fen__gt=F("paid_fen"))


def to_collect() -> QuerySet[Order]:
    """Orders with goods accepted and not paid for, the oldest first."""
    return Order.objects.filter(_TO_COLLECT).select_related("organisation").order_by("placed_at", "pk")


class Way(NamedTuple):
    """What is to collect of orders that are paid in one way."""

    pay_by: str
    label: str
    orders: int
    fen: int


def ways_to_collect() -> list[Way]:
    """In one query."""
    left: Combinable = F("accepted_fen") - F("paid_fen")
    rows = Order.objects.filter(_TO_COLLECT).order_by().values_list("pay_by")
    sums = {pay_by: (orders, fen) for pay_by, orders, fen in rows.annotate(Count("pk"), left=Sum(left))}
    return [Way(way, str(PayBy(way).label), *sums[way]) for way in PayBy.values if way in sums]


def to_give_back() -> QuerySet[Order]:
    """Orders paid for more than is owed for them: ended without goods, accepted short, or paid twice."""
    over = Order.objects.annotate(charge=CHARGE).filter(OVER, paid_fen__gt=0)
    return over.annotate(back_fen=F("paid_fen") - F("charge")).order_by("placed_at", "pk")


def to_match() -> QuerySet[Payment]:
    """Money that came in another amount or currency than was asked for."""
    return Payment.objects.filter(state=Payment.State.DIFFERS).select_related("order").order_by("pk")


def credits() -> QuerySet[Transfer]:
    """Units' transfers that are not used up."""
    return Transfer.objects.filter(left_fen__gt=0).select_related("organisation").order_by("came_on", "pk")


def households_owed() -> QuerySet[Household]:
    """Households that sold for more than they were paid, by village."""
    own = {"household": OuterRef("pk")}
    sold = HouseholdTotal.objects.filter(**own).order_by().values("household").annotate(fen=Sum("amount_fen"))
    paid = Payout.objects.filter(**own, state=Payout.State.PAID).order_by().values("household")
    return (
        Household.objects.annotate(
            sold_fen=Subquery(sold.values("fen")),
            paid_fen=Coalesce(
                Subquery(paid.annotate(fen=Sum("amount_fen")).values("fen")),
                0,
                output_field=BigIntegerField(),
            ),
        )
        .filter(sold_fen__gt=F("paid_fen"))
        .defer(*encrypted())
        .select_related("village__town")
        .order_by("village__town__position", "village", "head_name", "pk")
    )
