"""A run is made by one person from what is due, and released, or thrown away, by another. Each verb is one transaction."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from farmers.ledger.models import Entry
from farmers.registry.models import Household
from marketplace.access.models import User
from marketplace.access.rules import Act, may
from marketplace.days import today

from .models import Payout, PayoutLine, PayoutRun

AT_ONCE = 2_000
State = PayoutRun.State
TAIL = 4


class NotPaid(Exception):
    """This cannot be paid so. The message is for the person; nothing was saved."""


def due_entries(up_to: dt.date) -> QuerySet[Entry]:
    """What no payout has paid, or is about to: entries up to that ledger day, reversals among them."""
    taken = PayoutLine.objects.filter(entry=OuterRef("pk"), live=True)
    return Entry.objects.filter(~Exists(taken), day__lte=up_to).exclude(amount_fen=0)


def due_sums(up_to: dt.date, household_ids: Collection[int] | None = None) -> dict[int, int]:
    """What is due to each household, in fen. Below nothing is carried over until it has sold more."""
    entries = due_entries(up_to)
    if household_ids is not None:
        entries = entries.filter(household__in=household_ids)
    return dict(entries.order_by().values_list("household").annotate(Sum("amount_fen")))


@transaction.atomic
def make_run(
    up_to: dt.date, by: User, key: uuid.UUID, household_ids: Collection[int] | None = None
) -> PayoutRun:
    """Pick all that is due up to a ledger day, of all households or of these. The same `key` twice is one run.

    Whoever has a bank account is paid by bank, the others in cash. Raises NotPaid when nothing is due.
    """
    if not may(by, Act.SETTLE):
        raise PermissionDenied
    if up_to > today():
        raise NotPaid(_("This day has yet to come."))
    if known := PayoutRun.objects.filter(key=key).first():
        return known
    wanted = [pk for pk, fen in due_sums(up_to, household_ids).items() if fen > 0]
    # held until the end: a second run that begins meanwhile waits here, and then finds nothing due
    accounts = dict(
        Household.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk__in=wanted)
        .order_by("pk")
        .values_list("pk", "bank_account")
    )
    if known := PayoutRun.objects.filter(key=key).first():
        return known
    lines = _lines(up_to, wanted)
    if not lines:
        raise NotPaid(_("Nothing is due to any household up to this day."))
    payouts = _payouts(lines, accounts)
    run = _numbered(up_to, by, key, payouts)
    for payout in payouts:
        payout.run = run
    made = Payout.objects.bulk_create(payouts, batch_size=AT_ONCE)
    rows = [
        PayoutLine(payout=payout, position=position, entry_id=entry_id, amount_fen=fen)
        for payout in made
        for position, (entry_id, fen) in enumerate(lines[payout.household_id], start=1)
    ]
    PayoutLine.objects.bulk_create(rows, batch_size=AT_ONCE)
    return run


def _lines(up_to: dt.date, household_ids: Sequence[int]) -> dict[int, list[tuple[int, int]]]:
    """Entry and fen of all that is due to each, of those that something is left for."""
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    due = due_entries(up_to).filter(household__in=household_ids).order_by("day", "pk")
    for household_id, entry_id, fen in due.values_list("household", "pk", "amount_fen"):
        found[household_id].append((entry_id, fen))
    return {pk: some for pk, some in found.items() if sum(fen for _entry, fen in some) > 0}


def _payouts(lines: dict[int, list[tuple[int, int]]], accounts: dict[int, str]) -> list[Payout]:
    """Unsaved, by town, village and name; those by bank first, so that the bank's file has no gaps."""
    places = (
        Household.objects.filter(pk__in=lines)
        .order_by("village__town__position", "village__name", "head_name", "pk")
        .values_list("pk", "head_name")
    )
    made = []
    for pk, name in places:
        account = "".join(accounts[pk].split())
        made.append(
            Payout(
                household_id=pk,
                way=Payout.Way.BANK if account else Payout.Way.CASH,
                account=account,
                account_tail=account[-TAIL:],
                name=name,
                amount_fen=sum(fen for _entry, fen in lines[pk]),
                line_count=len(lines[pk]),
            )
        )
    made.sort(key=lambda payout: payout.way != Payout.Way.BANK)
    for position, payout in enumerate(made, start=1):
        payout.position = position
    return made


def _numbered(up_to: dt.date, by: User, key: uuid.UUID, payouts: Sequence[Payout]) -> PayoutRun:
    """The run under the day's next number; somebody else may take that at the same moment."""
    day = today()
    while True:
        number = PayoutRun.objects.filter(number__startswith=f"FK{day:%Y%m%d}-").count() + 1
        try:
            with transaction.atomic():
                return PayoutRun.objects.create(
                    number=f"FK{day:%Y%m%d}-{number}",
                    key=key,
                    up_to=up_to,
                    amount_fen=sum(payout.amount_fen for payout in payouts),
                    payout_count=len(payouts),
                    made_by=by,
                )
        except IntegrityError:
            if PayoutRun.objects.filter(key=key).exists():
                raise


def locked_run(run_id: int) -> PayoutRun:
    return PayoutRun.objects.select_for_update(no_key=True, of=("self",)).get(pk=run_id)


@transaction.atomic
def release(run_id: int, by: User) -> PayoutRun:
    """A second person has looked, and the money may go. Twice is once. Raises NotPaid.

    A run whose accounts are no longer the households' is not released: somebody may have changed them for it.
    """
    if not may(by, Act.RELEASE_PAYOUTS):
        raise PermissionDenied
    run = locked_run(run_id)
    if run.state in {State.RELEASED, State.SENT, State.SETTLED}:
        return run
    if run.state != State.DRAFT:
        raise NotPaid(_("This run was thrown away."))
    if run.made_by_id == by.pk:
        raise NotPaid(_("Somebody else has to release what you made."))
    for payout in run.payouts.select_related("household"):
        if payout.account != "".join(payout.household.bank_account.split()):
            raise NotPaid(
                _("The bank account of %(name)s has changed since. Throw this run away and make another.")
                % {"name": payout.household.head_name}
            )
    run.state, run.released_by, run.released_at = State.RELEASED, by, timezone.now()
    run.save(update_fields=["state", "released_by", "released_at"])
    return run


@transaction.atomic
def throw_away(run_id: int, by: User) -> PayoutRun:
    """Nothing of it is paid: all that it would have paid is due again. Raises NotPaid once the bank has it."""
    if not (may(by, Act.SETTLE) or may(by, Act.RELEASE_PAYOUTS)):
        raise PermissionDenied
    run = locked_run(run_id)
    if run.state == State.DROPPED:
        return run
    begun = run.payouts.exclude(state=Payout.State.WAITING).exists()
    if run.state not in {State.DRAFT, State.RELEASED} or begun:
        raise NotPaid(_("Some of this run is paid, or the bank has it. Take in what the bank says."))
    run.state = State.DROPPED
    run.save(update_fields=["state"])
    PayoutLine.objects.filter(payout__run=run).update(live=False)
    run.payouts.update(state=Payout.State.DROPPED, ended_at=timezone.now(), ended_by=by)
    return run
