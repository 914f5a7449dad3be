"""What the cashier reads: money to collect, to give back, to match, owed to households; and that it all adds up."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import BigIntegerField, Case, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from farmers.ledger.accounts import Account
from farmers.ledger.models import HouseholdTotal
from farmers.ledger.postings import balances
from farmers.payouts.models import Payout
from farmers.registry.models import Household, encrypted
from shop.orders.models import Order, PayBy, State

from .models import Payment, Refund, Transfer

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
    """All in fen. `received` is what came in; the next four are where it stands, and add up to it.

    What is to give back, to match and owed to households are the accounts' balances, `accounts` all of them (debits
    less credits); what came in and what was paid is summed from payments and orders, so that each checks the other.
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
        """What came in and stands nowhere. Anything but nothing is a fault to look into."""
        return self.received - self.paid - self.overpaid - self.to_match - self.given_back


def books() -> Books:
    """The totals, in six queries; read again where money came in between them."""
    read = _read()
    return _read() if read.difference else read


def _read() -> Books:
    accounts = balances()
    # money set off came in once, and went nowhere
    came = (
        Payment.objects.exclude(received_fen=None)
        .exclude(provider=SET_OFF)
        .values("provider")
        .order_by("provider")
    )
    sums = list(came.annotate(all=Sum("received_fen")))
    by_provider = {Payment.Provider(row["provider"]): row["all"] for row in sums}
    # of a unit's transfers, what no order has taken yet
    for row in (
        Transfer.objects.filter(left_fen__gt=0)
        .order_by("provider")
        .values("provider")
        .annotate(left=Sum("left_fen"))
    ):
        provider = Payment.Provider(row["provider"])
        by_provider[provider] = by_provider.get(provider, 0) + row["left"]
    over: Combinable = F("paid_fen") - F("charge")
    orders = Order.objects.annotate(charge=CHARGE).aggregate(
        all=Sum("paid_fen", default=0),
        overpaid=Sum(over, filter=OVER, default=0),
        due=Sum(F("charge") - F("paid_fen"), filter=_TO_COLLECT, default=0),
    )
    return Books(
        received=sum(by_provider.values()),
        by_provider={str(provider.label): fen for provider, fen in by_provider.items()},
        paid=orders["all"] - orders["overpaid"],
        overpaid=-accounts[Account.REFUNDS],
        to_match=-accounts[Account.DIFFERENCES],
        given_back=Refund.objects.filter(state=Refund.State.SUCCEEDED)
        .exclude(provider=SET_OFF)
        .aggregate(all=Sum("amount_fen", default=0))["all"],
        due=orders["due"],
        owed_households=-accounts[Account.PAYABLE],
        accounts=accounts,
    )


_TO_COLLECT = Q(
    state=State.ACCEPTED, pay_by__in=[PayBy.ON_DELIVERY, PayBy.ON_ACCOUNT], accepted_fen__gt=F("paid_fen")
)


def to_collect() -> QuerySet[Order]:
    """Accepted orders on delivery or on account with money due, the oldest first."""
    return Order.objects.filter(_TO_COLLECT).select_related("organisation").order_by("placed_at", "pk")


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
