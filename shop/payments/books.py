"""What the cashier reads: money to collect, to give back, to match, owed to households; and that it all adds up."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import BigIntegerField, Case, F, Q, QuerySet, Sum, Value, When
from django.db.models.expressions import Combinable

from farmers.ledger.models import HouseholdTotal
from farmers.registry.models import Household
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
    """All in fen. `received` is what came in; the next four are where it stands, and add up to it."""

    by_provider: dict[str, int]
    received: int
    paid: int
    overpaid: int
    to_match: int
    given_back: int
    due: int
    owed_households: int

    @property
    def difference(self) -> int:
        """What came in and stands nowhere. Anything but nothing is a fault to look into."""
        return self.received - self.paid - self.overpaid - self.to_match - self.given_back


def books() -> Books:
    """The totals, in five queries; read again where money came in between them."""
    read = _read()
    return _read() if read.difference else read


def _read() -> Books:
    # money set off came in once, and went nowhere
    came = (
        Payment.objects.exclude(received_fen=None)
        .exclude(provider=SET_OFF)
        .values("provider")
        .order_by("provider")
    )
    sums = list(
        came.annotate(
            all=Sum("received_fen"),
            to_match=Sum("received_fen", filter=Q(state=Payment.State.DIFFERS), default=0),
        )
    )
    by_provider = {Payment.Provider(row["provider"]): row["all"] for row in sums}
    # of a unit's transfers, what no order has taken yet
    credit = 0
    for row in (
        Transfer.objects.filter(left_fen__gt=0)
        .order_by("provider")
        .values("provider")
        .annotate(left=Sum("left_fen"))
    ):
        provider = Payment.Provider(row["provider"])
        by_provider[provider] = by_provider.get(provider, 0) + row["left"]
        credit += row["left"]
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
        overpaid=orders["overpaid"],
        to_match=sum(row["to_match"] for row in sums) + credit,
        given_back=Refund.objects.filter(state=Refund.State.SUCCEEDED)
        .exclude(provider=SET_OFF)
        .aggregate(all=Sum("amount_fen", default=0))["all"],
        due=orders["due"],
        owed_households=HouseholdTotal.objects.aggregate(all=Sum("amount_fen", default=0))["all"],
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
    """Households the ledger says money is owed to, by village, with `owed_fen`."""
    owed = HouseholdTotal.objects.filter(amount_fen__gt=0).values("household")
    return (
        Household.objects.filter(pk__in=owed)
        .select_related("village__town")
        .order_by("village__town__position", "village", "head_name", "pk")
    )
