"""An allocation as people read it: by line, then by village, each household's share with its price and its reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from farmers.registry.models import Village, encrypted
from farmers.stock.models import Lot, Product
from marketplace.money import line_amount_fen
from marketplace.quantity import unit_size
from marketplace.templatetags.market import amount

from .allocate import Reason
from .models import BulkLine, BulkRequest, BulkShare
from .nearest import Nearest, nearest
from .propose import Proposal, effects, unmet_lines
from .reasons import sentence, unmarked_sentence


class Row(NamedTuple):
    """One lot's share of one line."""

    lot: Lot
    quantity: int
    price_fen: int
    amount_fen: int
    reason: str


class VillagePart(NamedTuple):
    village: Village
    rows: list[Row]

    @property
    def quantity(self) -> int:
        return sum(row.quantity for row in self.rows)

    @property
    def amount_fen(self) -> int:
        return sum(row.amount_fen for row in self.rows)


class Filled(NamedTuple):
    """A line with what it is allotted."""

    line: BulkLine
    villages: list[VillagePart]
    missing: int
    nearest: Nearest | None

    @property
    def quantity(self) -> int:
        return sum(part.quantity for part in self.villages)

    @property
    def amount_fen(self) -> int:
        return sum(part.amount_fen for part in self.villages)

    @property
    def kindred(self) -> list[tuple[Product, str]]:
        """Other products of its kind that the villages have, with how much in their usual unit."""
        found = self.nearest.kindred if self.nearest else []
        return [(each, amount(there, unit_size(each.unit), each.unit)) for each, there in found]


class Touched(NamedTuple):
    """A household that the buyer's changes give more or less than equal shares would."""

    lot: Lot
    difference: int


class Given(NamedTuple):
    """What one lot gives to one line, before its names are known."""

    line_id: int
    lot_id: int
    quantity: int
    price_fen: int
    reason: Reason


def of_proposal(request: BulkRequest, proposal: Proposal) -> list[Filled]:
    """What is proposed. Queries: the lines with their products, the lots, and two more when something is unmet."""
    why = {
        (reason.line, lot): reason for lot, reasons in proposal.chosen.reasons.items() for reason in reasons
    }
    given = [
        Given(
            int(share.line),
            int(share.lot),
            share.quantity,
            proposal.lots[int(share.lot)].price_fen,
            why[share.line, share.lot],
        )
        for share in proposal.chosen.shares
    ]
    found = nearest(unmet_lines(proposal), proposal.chosen)
    return _filled(request, given, {int(each.line.id): each for each in found})


def of_request(request: BulkRequest) -> list[Filled]:
    """What is held or was approved, as it was allotted then."""
    shares = BulkShare.objects.filter(
        line__request=request, round=request.round, order_line__isnull=False
    ).values_list("line", "lot", "quantity", "order_line__price_fen", "reason")
    given = [
        Given(line, lot, quantity, price_fen, Reason(**reason))
        for line, lot, quantity, price_fen, reason in shares
    ]
    return _filled(request, given, {})


def touched(proposal: Proposal) -> list[Touched]:
    """Whom the buyer's changes touch, those that lose most first."""
    found = effects(proposal)
    lot_of = {(int(lot.household), int(lot.product)): int(lot.id) for lot in proposal.lots.values()}
    lots = named_lots(lot_of[each.household, each.product] for each in found)
    return [Touched(lots[lot_of[each.household, each.product]], each.difference) for each in found]


def named_lots(ids: Iterable[int]) -> dict[int, Lot]:
    """The lots with the names a page tells, and without what is encrypted."""
    lots = Lot.objects.select_related("product", "household", "village__town").defer(
        *encrypted("household__")
    )
    return {lot.pk: lot for lot in lots.filter(pk__in=set(ids))}


def _filled(request: BulkRequest, given: Sequence[Given], near: Mapping[int, Nearest]) -> list[Filled]:
    lots = named_lots(each.lot_id for each in given)
    by_line: dict[int, list[Given]] = defaultdict(list)
    for each in given:
        by_line[each.line_id].append(each)
    filled = []
    for line in request.lines.select_related("product"):
        parts = by_line[line.pk]
        missing = (line.quantity or 0) - sum(each.quantity for each in parts)
        filled.append(Filled(line, _villages(line, parts, lots), missing, near.get(line.pk)))
    return filled


def _villages(line: BulkLine, parts: Sequence[Given], lots: Mapping[int, Lot]) -> list[VillagePart]:
    """The villages that bring most first."""
    rows: dict[Village, list[Row]] = defaultdict(list)
    for each in parts:
        lot = lots[each.lot_id]
        # a household's mark is told with its consent alone
        tell = sentence if lot.household.consent_on else unmarked_sentence
        said = tell(each.reason, lambda quantity: amount(quantity, line.unit_size or 1, line.unit))
        cost = line_amount_fen(each.price_fen, each.quantity, lot.unit_size)
        rows[lot.village].append(Row(lot, each.quantity, each.price_fen, cost, said))
    found = [
        VillagePart(village, sorted(its, key=lambda row: (-row.quantity, row.lot.pk)))
        for village, its in rows.items()
    ]
    return sorted(found, key=lambda part: (-part.quantity, part.village.pk))


def households(filled: Sequence[Filled]) -> int:
    return len({row.lot.household_id for each in filled for part in each.villages for row in part.rows})


def villages(filled: Sequence[Filled]) -> int:
    return len({part.village.pk for each in filled for part in each.villages})
