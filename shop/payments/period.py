"""What came in and went back in a time: as the accounts say it, and, to check them, as payments and refunds do. In fen."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from django.db.models import Count, Sum

from farmers.ledger.postings import turnovers_of_days
from marketplace.days import SHANGHAI

from .books import PLACES, back_by, came_by
from .models import Payment, Provider, Refund, Transfer


class Sums(NamedTuple):
    came_fen: int = 0
    back_fen: int = 0


def by_accounts(first: dt.date, last: dt.date) -> dict[Provider, Sums]:
    """By each way, each fen on the day that it moved; what was set off came once, and went nowhere. One query."""
    moved = turnovers_of_days(first, last)
    came, back = came_by(moved), back_by(moved)
    return {way: Sums(came[way], back[way]) for way in PLACES}


def by_rows(first: dt.date, last: dt.date) -> tuple[dict[Provider, Sums], dict[Provider, int]]:
    """The same, summed from the rows; and how many payments and transfers came. Three queries."""
    came, back, number = dict.fromkeys(PLACES, 0), dict.fromkeys(PLACES, 0), dict.fromkeys(PLACES, 0)
    begin = dt.datetime.combine(first, dt.time.min, SHANGHAI)
    end = dt.datetime.combine(last + dt.timedelta(days=1), dt.time.min, SHANGHAI)
    # a unit's transfer came once, whatever it was shared out over
    single = Payment.objects.filter(transfer=None, paid_at__gte=begin, paid_at__lt=end)
    single = single.exclude(received_fen=None).exclude(provider=Provider.SET_OFF).order_by()
    transfers = Transfer.objects.filter(came_on__range=(first, last)).order_by()
    for rows in (
        single.values_list("provider").annotate(Count("pk"), Sum("received_fen")),
        transfers.values_list("provider").annotate(Count("pk"), Sum("amount_fen")),
    ):
        for provider, count, fen in rows:
            came[Provider(provider)] += fen
            number[Provider(provider)] += count
    gone = Refund.objects.filter(state=Refund.State.SUCCEEDED, at__gte=begin, at__lt=end)
    gone = gone.exclude(provider=Provider.SET_OFF).order_by()
    for provider, fen in gone.values_list("provider").annotate(Sum("amount_fen")):
        back[Provider(provider)] += fen
    return {way: Sums(came[way], back[way]) for way in PLACES}, number
