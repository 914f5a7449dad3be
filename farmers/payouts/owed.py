"""What households are owed: what the ledger says they sold, less what they were paid. Read from totals and payouts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import Q, Sum

from farmers.ledger.queries import owed as sold

from .models import Payout


class Owed(NamedTuple):
    """All in fen. `sold` is net of what came back; `on_way` is in a run that has yet to end."""

    sold: int = 0
    paid: int = 0
    on_way: int = 0

    @property
    def owed(self) -> int:
        """What has not reached the household. Below nothing: goods came back after they were paid."""
        return self.sold - self.paid

    @property
    def due(self) -> int:
        """What the next run would pay, or carry over where it is not more than nothing."""
        return self.owed - self.on_way


def owed_to(household_ids: Sequence[int]) -> dict[int, Owed]:
    """Of each household, whether it ever sold or not. Two queries."""
    sums = sold(household_ids)
    State = Payout.State
    rows = (
        Payout.objects.live()
        .filter(household__in=household_ids)
        .order_by()
        .values_list("household")
        .annotate(
            done=Sum("amount_fen", filter=Q(state=State.PAID), default=0),
            on_way=Sum("amount_fen", filter=Q(state=State.WAITING), default=0),
        )
    )
    paid = {pk: (done, on_way) for pk, done, on_way in rows}
    return {pk: Owed(sums.get(pk, 0), *paid.get(pk, (0, 0))) for pk in household_ids}


def all_due() -> dict[int, int]:
    """What the next run would pay or carry over, of every household that ever sold. Two queries, over totals alone."""
    on_way_or_paid = dict(
        Payout.objects.live().order_by().values_list("household").annotate(Sum("amount_fen"))
    )
    return {pk: fen - on_way_or_paid.get(pk, 0) for pk, fen in sold().items()}


def owed_fen(household_id: int) -> int:
    """What this household has yet to receive, on its way or not; below nothing when it was paid too much."""
    return owed_to([household_id])[household_id].owed
