"""Submitting a request: its allocation is held as orders, in one transaction, true at its moment."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from farmers.stock import movements
from farmers.stock.models import Product
from marketplace.access.models import User
from marketplace.access.rules import Act, may
from marketplace.money import line_amount_fen
from shop.buyers.models import BuyerOrganisation, Duty, has_duty
from shop.orders.cancel import release_lapsed
from shop.orders.models import Order
from shop.orders.place import Delivery, NotAsShown, Wanted, place_on_account

from .allocate import Candidate, Share
from .models import BulkLine, BulkOrder, BulkRequest, BulkShare, State
from .propose import Proposal, propose
from .steps import advance, locked

# as long as the goods wait for an approver; a setting when a second city asks for another
HOLD = dt.timedelta(hours=48)
# others buying the same lots meanwhile: each time the shares are worked out anew
TRIES = 6


class Changed(Exception):
    """The allocation is no longer the one that was shown; nothing was held. Carries the new one."""

    def __init__(self, proposal: Proposal) -> None:
        super().__init__("the allocation has changed")
        self.proposal = proposal


class NothingToHold(Exception):
    """No lot that is on sale fits any line; nothing was held."""


class Busy(Exception):
    """Others bought the same goods all the while; nothing was held. Trying again helps."""


def may_request(user: User, unit: BuyerOrganisation) -> bool:
    """Whether this person states the unit's needs: the one place that says so."""
    return unit.on_account and may(user, Act.BUY_ON_ACCOUNT) and has_duty(user, unit, Duty.Kind.REQUESTER)


def approvals_needed(unit: BuyerOrganisation, total_fen: int) -> int:
    """How many people have to agree to an amount: none below the unit's first limit, two from the second on."""
    if total_fen >= unit.two_approvals_from_fen:
        return 2
    return 1 if total_fen >= unit.approval_from_fen else 0


def submit(request_id: int, by: User, shown: str | None = None) -> BulkRequest:
    """Hold what the request is allotted now. `shown`: the digest of the proposal that the buyer agreed to, if any.

    A request that is held or approved already is given back as it is. Raises Changed, NothingToHold, Busy,
    NotAllowed, PermissionDenied.
    """
    release_lapsed(timezone.now())
    for _ in range(TRIES):
        try:
            return _submit(request_id, by, shown)
        except NotAsShown:
            continue
    raise Busy


@transaction.atomic
def _submit(request_id: int, by: User, shown: str | None) -> BulkRequest:
    request = locked(request_id)
    unit = request.organisation
    if not may_request(by, unit):
        raise PermissionDenied("this person does not state the unit's needs")
    if request.state in {State.HELD, State.APPROVED}:
        return request
    lines = {line.pk: line for line in request.lines.all()}
    # requests for the same products take turns, so that each sees what the one before has left
    products = {line.product_id for line in lines.values() if line.product_id}
    list(
        Product.objects.select_for_update(no_key=True)
        .filter(pk__in=products)
        .order_by("pk")
        .values_list("pk")
    )
    proposal = propose(request)
    if shown is not None and proposal.digest != shown:
        raise Changed(proposal)
    if not proposal.chosen.shares:
        raise NothingToHold
    movements.hold_still(int(share.lot) for share in proposal.chosen.shares)
    request.round += 1
    request.total_fen = total_fen(proposal)
    request.approvals_needed = approvals_needed(unit, request.total_fen)
    request.submitted_at = timezone.now()
    request.held_until = request.submitted_at + HOLD if request.approvals_needed else None
    for number, (day, place, shares) in enumerate(_by_delivery(lines, proposal.chosen.shares)):
        key = uuid.uuid5(uuid.NAMESPACE_OID, f"{request.number}:{request.round}:{number}")
        delivery = Delivery(unit.contact or unit.name, unit.phone, place or unit.address, wanted_on=day)
        order = place_on_account(by, key, _wanted(shares, proposal.lots), delivery, unit, request.held_until)
        BulkOrder.objects.create(request=request, round=request.round, order=order)
        _write_shares(request, order, shares, proposal)
    request.save(update_fields=["round", "total_fen", "approvals_needed", "submitted_at", "held_until"])
    advance(request, State.HELD if request.approvals_needed else State.APPROVED, by)
    return request


def total_fen(proposal: Proposal) -> int:
    """What the chosen shares cost, in fen: each lot's amount rounded once, as its order line will be."""
    sums: dict[int, int] = defaultdict(int)
    for share in proposal.chosen.shares:
        sums[int(share.lot)] += share.quantity
    return sum(_amount(proposal.lots[lot], quantity) for lot, quantity in sums.items())


def _amount(lot: Candidate, quantity: int) -> int:
    return line_amount_fen(lot.price_fen, quantity, lot.price_size)


def _by_delivery(
    lines: dict[int, BulkLine], shares: Sequence[Share]
) -> list[tuple[dt.date, str, list[Share]]]:
    """The shares of each day and place: each becomes one order, with a consignment from every village."""
    groups: dict[tuple[dt.date, str], list[Share]] = defaultdict(list)
    for share in shares:
        line = lines[int(share.line)]
        groups[line.wanted_on or dt.date.min, line.place_text.strip()].append(share)
    return [(day, place, group) for (day, place), group in sorted(groups.items())]


def _wanted(shares: Sequence[Share], lots: dict[int, Candidate]) -> list[Wanted]:
    """One order line for each lot, also when it serves two lines of the request."""
    sums: dict[int, int] = defaultdict(int)
    for share in shares:
        sums[int(share.lot)] += share.quantity
    return [Wanted(lot, quantity, lots[lot].price_fen) for lot, quantity in sorted(sums.items())]


def _write_shares(request: BulkRequest, order: Order, shares: Sequence[Share], proposal: Proposal) -> None:
    by_lot = {line.lot_id: line for line in order.lines.all()}
    why = {
        (reason.line, lot): reason._asdict()
        for lot, reasons in proposal.chosen.reasons.items()
        for reason in reasons
    }
    BulkShare.objects.bulk_create(
        BulkShare(
            line_id=int(share.line),
            round=request.round,
            lot_id=int(share.lot),
            quantity=share.quantity,
            reason=why[share.line, share.lot],
            order_line=by_lot[int(share.lot)],
        )
        for share in shares
    )
