"""What the lots on sale would give for a request today: read in three queries, allocated by `allocate.py`."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from django.db.models import Q

from farmers.registry.models import WATCHED_KINDS
from farmers.stock.models import Lot, current_marks
from marketplace.days import today

from .adjust import Adjustments, adjusted
from .allocate import Allocation, Candidate, Line, allocate
from .models import BulkLine, BulkRequest

WATCHED, MARKED, UNMARKED = range(3)


class Proposal(NamedTuple):
    """`fair` is the allocation by the rules alone, `chosen` what the buyer made of it."""

    lines: list[Line]
    lots: dict[int, Candidate]
    fair: Allocation
    chosen: Allocation

    @property
    def digest(self) -> str:
        """Tells one allocation from another, prices included: what a page showed is what its form submits."""
        shares = sorted(
            (s.line, s.lot, s.quantity, self.lots[int(s.lot)].price_fen) for s in self.chosen.shares
        )
        return hashlib.sha256(repr(shares).encode()).hexdigest()


def propose(request: BulkRequest) -> Proposal:
    """The allocation of the request's lines, which must have been read (`drafts.settle_lines`)."""
    lines = [line_of(line) for line in request.lines.all()]
    first_day = min((line.wanted for line in lines), default=today())
    lots = candidates({int(line.product) for line in lines}, first_day, household_ranks(today()))
    fair = allocate(lines, lots)
    changes = Adjustments.read(request.adjustments)
    chosen = adjusted(lines, lots, changes) if changes.any else fair
    return Proposal(lines, {int(lot.id): lot for lot in lots}, fair, chosen)


def line_of(line: BulkLine) -> Line:
    if line.product_id is None or line.quantity is None or line.unit_size is None or line.wanted_on is None:
        raise ValueError("a line that nobody has read cannot be allocated")
    return Line(line.pk, line.product_id, line.quantity, line.unit_size, line.max_price_fen, line.wanted_on)


def candidates(products: Collection[int], first_day: dt.date, ranks: Mapping[int, int]) -> list[Candidate]:
    """The lots of these products that are on sale and still good on `first_day`, each with its household's rank."""
    lots = (
        Lot.objects.on_sale(today())
        .in_stock()
        .filter(Q(good_until=None) | Q(good_until__gte=first_day), product__in=products)
        .order_by()
        .values_list(
            "pk", "household", "village", "product", "available", "price_fen", "good_until", "unit_size"
        )
    )
    return [
        Candidate(pk, home, ranks.get(home, UNMARKED), village, product, available, price, good_until, size)
        for pk, home, village, product, available, price, good_until, size in lots.iterator(chunk_size=10_000)
    ]


def household_ranks(day: dt.date) -> dict[int, int]:
    """Whose turn it is: households with a mark that holds on `day`, the watched ones first. Others are UNMARKED."""
    ranks: dict[int, int] = {}
    for household, kind in current_marks(day).order_by().values_list("household", "kind"):
        rank = WATCHED if kind in WATCHED_KINDS else MARKED
        ranks[household] = min(rank, ranks.get(household, rank))
    return ranks


class Effect(NamedTuple):
    """What the buyer's changes do to one household, in base units of one product."""

    household: int
    product: int
    fair: int
    chosen: int

    @property
    def difference(self) -> int:
        return self.chosen - self.fair


def effects(proposal: Proposal) -> list[Effect]:
    """The households that get more or less than by the rules alone, those that lose most first."""
    fair, chosen = (_by_household(proposal, result) for result in (proposal.fair, proposal.chosen))
    found = [
        Effect(home, product, fair.get((home, product), 0), chosen.get((home, product), 0))
        for home, product in {*fair, *chosen}
    ]
    return sorted(
        (effect for effect in found if effect.difference),
        key=lambda effect: (effect.difference, effect.household, effect.product),
    )


def _by_household(proposal: Proposal, result: Allocation) -> dict[tuple[int, int], int]:
    sums: dict[tuple[int, int], int] = {}
    for share in result.shares:
        lot = proposal.lots[int(share.lot)]
        key = int(lot.household), int(lot.product)
        sums[key] = sums.get(key, 0) + share.quantity
    return sums


def unmet_lines(proposal: Proposal) -> Sequence[tuple[Line, int]]:
    """The lines that are not filled, each with what is missing in base units."""
    lines = {line.id: line for line in proposal.lines}
    return [(lines[unmet.line], unmet.quantity) for unmet in proposal.chosen.unmet]
