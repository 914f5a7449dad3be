"""Whose money a line of the bank's is: decided once, and recorded by the verbs of `payments` alone.

A match stays: its money has paid orders, and statements tell of it. What went to the wrong unit is given back there
as credit (`payments.transfers.send_back`), like any other money that was paid too much.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import NamedTuple

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from farmers.ledger.accounts import Account
from marketplace.access.models import User
from marketplace.access.rules import Act, may
from shop.orders.models import Order, PayBy
from shop.payments import own
from shop.payments.models import Payment, Provider, Transfer
from shop.payments.receive import NotTaken, collect_cash
from shop.payments.transfers import record_transfer

from .models import BankLine, Match

State = BankLine.State
# names what a line's transfers are keyed by
_KEYS = uuid.UUID("5a0f3c52-6a0f-4a55-8f0e-6d9a0d8e2f11")


class Part(NamedTuple):
    """So much of a line is for a unit's account, or for one order that is not on account."""

    fen: int
    unit: int | None = None
    order: int | None = None


@transaction.atomic
def match(line_id: int, parts: Sequence[Part], by: User, *, by_itself: bool = False) -> BankLine:
    """Record a line's money for units or orders; the same parts sent twice are one match.

    Raises NotTaken, with nothing saved, when the parts do not come to the line's amount, or the line is decided already.
    """
    line = _locked(line_id, by)
    # everybody locks units and orders in one order
    wanted = sorted(parts, key=lambda part: (part.unit is None, part.unit or part.order or 0))
    if line.state == State.MATCHED and _parts_of(line) == wanted:
        return line
    if line.state != State.NEW:
        raise NotTaken(_("Another window has decided on this line. Look again, please."))
    if any(part.fen <= 0 or (part.unit is None) == (part.order is None) for part in wanted):
        raise ValueError("a part is more than nothing, and a unit's or an order's")
    if sum(part.fen for part in wanted) != line.amount_fen:
        raise NotTaken(_("The parts do not come to what came in."))
    if len({part[1:] for part in wanted}) != len(wanted):
        raise NotTaken(_("A unit or an order is named twice."))
    for number, part in enumerate(wanted, start=1):
        try:
            _record(line, part, number, len(wanted), by, by_itself)
        except ObjectDoesNotExist:
            raise NotTaken(_("There is no such unit or order.")) from None
    return _decide(line, State.MATCHED, by)


def _locked(line_id: int, by: User) -> BankLine:
    if not may(by, Act.SETTLE):
        raise PermissionDenied
    return BankLine.objects.select_for_update(no_key=True).get(pk=line_id)


def _parts_of(line: BankLine) -> list[Part]:
    return [
        Part(
            match.amount_fen,
            unit=match.transfer.organisation_id if match.transfer else None,
            order=match.payment.order_id if match.payment else None,
        )
        for match in line.matches.select_related("transfer", "payment")
    ]


def _record(line: BankLine, part: Part, number: int, of: int, by: User, by_itself: bool) -> None:
    made = Match(line=line, amount_fen=part.fen, by_itself=by_itself)
    reference = _reference(line, number, of)
    if part.unit is not None:
        known = recorded_before(line).filter(organisation=part.unit, amount_fen=part.fen).first()
        made.recorded_before = known is not None
        made.transfer = known or record_transfer(
            part.unit,
            part.fen,
            line.day,
            reference,
            key=uuid.uuid5(_KEYS, f"{line.identity}:{number}"),
            by=by,
        )
    else:
        order = Order.objects.get(pk=part.order or 0)
        if order.pay_by == PayBy.ON_ACCOUNT:
            raise NotTaken(_("Order %(number)s is on account: its unit pays it.") % {"number": order.number})
        before = Payment.objects.filter(
            provider=Provider.TRANSFER, reference=reference, order=order, amount_fen=part.fen, bank_match=None
        )
        made.payment = before.exclude(received_fen=None).first()
        made.recorded_before = made.payment is not None
        made.payment = made.payment or collect_cash(
            order, part.fen, reference, by, provider=Provider.TRANSFER, came_on=line.day
        )
    made.save()


def recorded_before(line: BankLine) -> QuerySet[Transfer]:
    """Transfers that a cashier wrote down with the bank's number before the file came, and no line has yet."""
    return Transfer.objects.filter(provider=Provider.TRANSFER, reference=line.reference, bank_match=None)


def _reference(line: BankLine, number: int, of: int) -> str:
    """The bank's number; a part's with its place; with the day where another account's line had the number before."""
    reference = line.reference
    if Match.objects.filter(transfer__reference=reference).exclude(line=line).exists():
        reference = f"{reference} {line.day:%Y%m%d}"
    return f"{reference}-{number}" if of > 1 else reference


def _decide(line: BankLine, state: BankLine.State, by: User, reason: str = "") -> BankLine:
    line.state, line.reason = state, reason
    line.decided_by, line.decided_at = by, timezone.now()
    line.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    return line


@transaction.atomic
def set_aside(line_id: int, reason: str, by: User) -> BankLine:
    """The money is not for goods that were bought here. Twice is once. Raises NotTaken for a line decided otherwise."""
    line = _locked(line_id, by)
    reason = reason.strip()[:200]
    if not reason:
        raise ValueError("what is set aside has a reason")
    if line.state == State.ASIDE and line.reason == reason:
        return line
    if line.state != State.NEW:
        raise NotTaken(_("Another window has decided on this line. Look again, please."))
    return _decide(line, State.ASIDE, by, reason)


@transaction.atomic
def take_as_own(line_id: int, way: int, by: User) -> BankLine:
    """It is the city's own money, which goes one of `own.WAYS` to the bank: in the books on the bank's day, and set aside.

    Twice is once. Raises NotTaken for a line decided otherwise, and (NotMoved) where the books say that it cannot be.
    """
    line = _locked(line_id, by)
    if _is_own(line):
        return line
    if line.state != State.NEW:
        raise NotTaken(_("Another window has decided on this line. Look again, please."))
    if own.WAYS[way][1] != Account.BANK:
        raise ValueError("a line tells of money that came to the bank")
    own.move_own(*own.WAYS[way], line.amount_fen, line.reference, by, _own_key(line), line.day)
    return _decide(line, State.ASIDE, by, str(own.LABELS[way]))


def _own_key(line: BankLine) -> uuid.UUID:
    return uuid.uuid5(_KEYS, f"{line.identity}:own")


def _is_own(line: BankLine) -> bool:
    return own.moved().filter(key=f"own:{_own_key(line)}").exists()


@transaction.atomic
def put_back(line_id: int, by: User) -> BankLine:
    """What was set aside is to be matched after all. Twice is once. Raises NotTaken for a line that is matched."""
    line = _locked(line_id, by)
    if line.state == State.NEW:
        return line
    if line.state != State.ASIDE:
        raise NotTaken(_("A match stays. What went to the wrong unit is given back there, as its credit."))
    if _is_own(line):
        raise NotTaken(_("It stands in the books as own money. What was wrong is moved back there."))
    line.state, line.reason, line.decided_by, line.decided_at = State.NEW, "", None, None
    line.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    return line
