"""What became of payouts: the bank's answer, cash across the table. Each ends once, and is posted as it does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from farmers.ledger.accounts import Account
from farmers.ledger.models import Posting
from farmers.ledger.postings import Wanted, post
from marketplace.access.models import User
from marketplace.access.rules import Act, may
from marketplace.money import yuan

from .make import AT_ONCE, NotPaid, locked_run
from .models import RETURNED, Payout, PayoutLine, PayoutRun
from .result_file import BadFile, Row, without_accounts
from .told import payouts_ended

State = Payout.State
ACCOUNTS = {Payout.Way.BANK: Account.BANK, Payout.Way.CASH: Account.CASH}


@transaction.atomic
def take_in(run_id: int, rows: Sequence[Row], by: User) -> PayoutRun:
    """Mark each payout by bank as the bank says, all of them or none. The same answer twice is one.

    Raises BadFile for a row that is unknown, altered, there twice or missing, NotPaid before the bank has the file.
    """
    if not may(by, Act.SETTLE):
        raise PermissionDenied
    run = locked_run(run_id)
    if run.state not in {PayoutRun.State.SENT, PayoutRun.State.SETTLED}:
        raise NotPaid(_("The bank does not have this run's file yet."))
    payouts = {payout.position: payout for payout in run.payouts.filter(way=Payout.Way.BANK)}
    fates = _matched(run, payouts, rows)
    ended = {position for position, payout in payouts.items() if payout.state != State.WAITING}
    for position in sorted(ended):
        payout, row = payouts[position], fates[position]
        if (payout.state == State.PAID) != row.paid:
            raise _bad(row, _("it was taken in already, with another result"))
    fresh = [position for position in sorted(payouts) if position not in ended]
    for position in fresh:
        payout, row = payouts[position], fates[position]
        payout.state = State.PAID if row.paid else State.FAILED
        payout.reason = row.reason
    _end(run, [payouts[position] for position in fresh], by)
    return run


def _matched(run: PayoutRun, payouts: dict[int, Payout], rows: Sequence[Row]) -> dict[int, Row]:
    """Each payout's row. Raises BadFile."""
    fates: dict[int, Row] = {}
    for row in rows:
        if row.run != run.number:
            raise _bad(row, _("it is of run %(run)s, not of this one") % {"run": row.run})
        payout = payouts.get(row.position)
        if payout is None:
            raise _bad(row, _("this run has no number %(number)d by bank") % {"number": row.position})
        if row.position in fates:
            raise _bad(row, _("number %(number)d is there twice") % {"number": row.position})
        if row.tail != payout.account_tail.upper():
            raise _bad(
                row,
                _("the account is not the one that was sent, which ends in %(tail)s")
                % {"tail": payout.account_tail},
            )
        if row.fen != payout.amount_fen:
            raise _bad(
                row,
                _("the amount is ¥%(told)s, and ¥%(sent)s was sent")
                % {"told": yuan(row.fen), "sent": yuan(payout.amount_fen)},
            )
        fates[row.position] = row
    if missing := sorted(payouts.keys() - fates.keys()):
        raise BadFile(
            _("Number %(number)d is missing in the file. Nothing was taken in.") % {"number": missing[0]}
        )
    return fates


def _bad(row: Row, what: str) -> BadFile:
    return BadFile(_("Row %(row)d: %(what)s. Nothing was taken in.") % {"row": row.line, "what": what})


@transaction.atomic
def pay_cash(payout_id: int, receipt: str, by: User) -> Payout:
    """The household has its money and signed for it: `receipt` is the number in the book. Twice is once.

    Raises NotPaid for another receipt than before, one that stands for something else, or before the release.
    """
    payout, run = _cash(payout_id, by)
    receipt = receipt.strip()[:60]
    if not receipt:
        raise ValueError("cash is paid with a receipt's number")
    if payout.state == State.PAID and payout.receipt == receipt:
        return payout
    if payout.state != State.WAITING:
        raise NotPaid(_("This payout has ended already."))
    payout.state, payout.receipt = State.PAID, receipt
    try:
        with transaction.atomic():
            _end(run, [payout], by)
    except IntegrityError:
        raise NotPaid(_("Receipt %(receipt)s stands for another payout.") % {"receipt": receipt}) from None
    return payout


@transaction.atomic
def not_collected(payout_id: int, reason: str, by: User) -> Payout:
    """Nobody came for the cash: what it would have paid is due again. Raises NotPaid once it has ended."""
    payout, run = _cash(payout_id, by)
    reason = reason.strip()[:200]
    if not reason:
        raise ValueError("a payout fails for a reason")
    if payout.state == State.FAILED:
        return payout
    if payout.state != State.WAITING:
        raise NotPaid(_("This payout has ended already."))
    payout.state, payout.reason = State.FAILED, without_accounts(reason)
    _end(run, [payout], by)
    return payout


@transaction.atomic
def bounced(payout_id: int, reason: str, by: User) -> Payout:
    """The bank returned what it had paid, perhaps days ago: it is due again, and the books say so. Twice is once.

    Raises NotPaid for what was paid in cash, or has not been paid.
    """
    if not may(by, Act.SETTLE):
        raise PermissionDenied
    reason = reason.strip()[:200]
    if not reason:
        raise ValueError("a payout fails for a reason")
    run = locked_run(Payout.objects.values_list("run", flat=True).get(pk=payout_id))
    payout = Payout.objects.get(pk=payout_id)
    if payout.way != Payout.Way.BANK:
        raise NotPaid(_("This household is paid in cash."))
    if payout.state == State.FAILED:
        return payout
    if payout.state != State.PAID:
        raise NotPaid(_("The bank has not paid this."))
    payout.run, payout.state, payout.reason = run, State.FAILED, without_accounts(reason)
    payout.ended_at, payout.ended_by = timezone.now(), by
    payout.save(update_fields=["state", "reason", "ended_at", "ended_by"])
    payout.lines.filter(live=True).update(live=False)
    paid = _posting(payout, payout.ended_at, by)
    post([paid._replace(key=f"{paid.key}{RETURNED}", debit=paid.credit, credit=paid.debit)])
    payouts_ended.enqueue([payout.pk])
    return payout


def _cash(payout_id: int, by: User) -> tuple[Payout, PayoutRun]:
    if not may(by, Act.SETTLE):
        raise PermissionDenied
    run = locked_run(Payout.objects.values_list("run", flat=True).get(pk=payout_id))
    payout = Payout.objects.get(pk=payout_id)
    if payout.way != Payout.Way.CASH:
        raise NotPaid(_("This household is paid by bank."))
    if run.state not in {PayoutRun.State.RELEASED, PayoutRun.State.SENT, PayoutRun.State.SETTLED}:
        raise NotPaid(_("Somebody else has to release this run first."))
    payout.run = run
    return payout, run


def _end(run: PayoutRun, payouts: Sequence[Payout], by: User) -> None:
    """Save how payouts of a locked run ended, post what was paid, let go of what was not."""
    if not payouts:
        return
    now = timezone.now()
    for payout in payouts:
        payout.run = run
        payout.ended_at, payout.ended_by = now, by
    Payout.objects.bulk_update(payouts, ["state", "reason", "receipt", "ended_at", "ended_by"], AT_ONCE)
    failed = [payout.pk for payout in payouts if payout.state == State.FAILED]
    PayoutLine.objects.filter(payout__in=failed, live=True).update(live=False)
    post(_posting(payout, now, by) for payout in payouts if payout.state == State.PAID)
    if not run.payouts.filter(state=State.WAITING).exists():
        run.state, run.settled_at = PayoutRun.State.SETTLED, now
        run.save(update_fields=["state", "settled_at"])
    payouts_ended.enqueue([payout.pk for payout in payouts])


def _posting(payout: Payout, at: dt.datetime, by: User) -> Wanted:
    """What was paid, in the books."""
    return Wanted(
        f"payout:{payout.number}",
        Posting.Kind.PAYOUT,
        at,
        Account.PAYABLE,
        ACCOUNTS[Payout.Way(payout.way)],
        payout.amount_fen,
        household_id=payout.household_id,
        about=payout.receipt or payout.run.number,
        by=f"user:{by.pk}",
    )
