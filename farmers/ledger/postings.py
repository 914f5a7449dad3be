"""The narrow door into the books: amounts between accounts, posted in the transaction of what they tell of.

No posting locks an account: it waits in a queue, which the sealing step adds to the accounts' totals. A balance is
what was added and what waits, read in one statement, and so exact at any moment.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import BigIntegerField, Count, F, Sum, Value

from marketplace.days import shanghai_day

from .accounts import Account
from .models import AccountTotal, Entry, Posting, Uncounted

COUNTED_AT_ONCE = 10_000
Kind = Posting.Kind


class Move(NamedTuple):
    """`fen` more on `debit`, less on `credit`."""

    debit: Account
    credit: Account
    fen: int


class Unbalanced(Exception):
    """What should be posted is not nothing in sum: somebody counted wrong, and nothing is posted."""


def moves(changes: Mapping[Account, int]) -> list[Move]:
    """The changes of accounts (fen, debits above nothing) as amounts from one to another. Pure. Raises Unbalanced."""
    if sum(changes.values()):
        raise Unbalanced(f"{ {str(account): fen for account, fen in changes.items()} } is not nothing in sum")
    more = {account: fen for account, fen in changes.items() if fen > 0}
    less = {account: -fen for account, fen in changes.items() if fen < 0}
    made = []
    while more and less:
        debit, credit = next(iter(more)), next(iter(less))
        fen = min(more[debit], less[credit])
        made.append(Move(debit, credit, fen))
        for side, account in ((more, debit), (less, credit)):
            side[account] -= fen
            if not side[account]:
                del side[account]
    return made


class Wanted(NamedTuple):
    """A posting in plain values. `key` makes it count once; `day` is when the money moved, where that is not the day of `at`."""

    key: str
    kind: Posting.Kind
    at: dt.datetime
    debit: Account
    credit: Account
    fen: int
    order_number: str = ""
    household_id: int | None = None
    about: str = ""
    by: str = ""
    day: dt.date | None = None


def post(wanted: Iterable[Wanted]) -> list[Posting]:
    """Write them. Whoever calls holds what they tell of: a key that is posted already raises IntegrityError."""
    rows = [Posting(**one._replace(day=one.day or shanghai_day(one.at))._asdict()) for one in wanted]
    for row in rows:
        row.digest = row.seal()
    if not rows:
        return []
    with transaction.atomic(savepoint=False):
        made = Posting.objects.bulk_create(rows)
        Uncounted.objects.bulk_create(Uncounted(posting=row) for row in made)
    return made


def hold_own(accounts: Iterable[Account]) -> None:
    """Whoever moves own money to or from one of these waits here until this transaction ends, and then sees its moves.

    Nobody else waits: what buyers pay and households get takes no account's lock. The sealing step may wait a moment.
    """
    names = sorted(accounts)
    AccountTotal.objects.bulk_create(
        [AccountTotal(account=name, kind=Kind.OWN) for name in names], ignore_conflicts=True
    )
    held = AccountTotal.objects.select_for_update(no_key=True).filter(account__in=names, kind=Kind.OWN)
    # in one order for everybody
    list(held.order_by("account").values_list("account"))


def goods(entries: Iterable[Entry]) -> list[Wanted]:
    """What the entries mean for the books: the buyer owes it, and it is owed to the household; or less of both."""
    wanted = []
    for entry in entries:
        if not entry.amount_fen:
            continue
        sides = (Account.RECEIVABLE, Account.PAYABLE)
        debit, credit = sides if entry.amount_fen > 0 else sides[::-1]
        wanted.append(
            Wanted(
                entry.key,
                Kind.GOODS,
                entry.at,
                debit,
                credit,
                abs(entry.amount_fen),
                entry.order_number,
                entry.household_id,
                by=entry.by,
            )
        )
    return wanted


# --- what is read ------------------------------------------------------------------------------


class Turnover(NamedTuple):
    """What was posted to an account on either side, in fen."""

    debit_fen: int = 0
    credit_fen: int = 0

    @property
    def balance_fen(self) -> int:
        return self.debit_fen - self.credit_fen


def turnovers() -> dict[tuple[Account, Posting.Kind], Turnover]:
    """Of every account, by kind of posting, as they are now; what never moved is there with nothing. One query."""
    counted = AccountTotal.objects.order_by().values_list("account", "kind", "debit_fen", "credit_fen")
    waiting, none = Uncounted.objects.order_by(), Value(0, BigIntegerField())
    debits = waiting.values_list("posting__debit", "posting__kind").annotate(
        debits=Sum("posting__fen"), credits=none
    )
    credits = waiting.values_list("posting__credit", "posting__kind").annotate(
        debits=none, credits=Sum("posting__fen")
    )
    found = {(account, kind): Turnover() for account in Account for kind in Kind}
    for account, kind, debit_fen, credit_fen in counted.union(debits, credits, all=True):
        before = found[place := (Account(account), Kind(kind))]
        found[place] = Turnover(before.debit_fen + int(debit_fen), before.credit_fen + int(credit_fen))
    return found


def turnovers_of_days(first: dt.date, last: dt.date) -> dict[tuple[Account, Posting.Kind], Turnover]:
    """What money moved on these ledger days, by account and kind: orders' money and transfers alone. One query."""
    found = {(account, kind): Turnover() for account in Account for kind in Kind}
    rows = (
        Posting.objects.filter(kind__in=(Kind.MONEY, Kind.TRANSFER), day__range=(first, last))
        .order_by()
        .values_list("debit", "credit", "kind")
        .annotate(Sum("fen"))
    )
    for debit, credit, kind, fen in rows:
        to, of = (Account(debit), Kind(kind)), (Account(credit), Kind(kind))
        found[to] = found[to]._replace(debit_fen=found[to].debit_fen + fen)
        found[of] = found[of]._replace(credit_fen=found[of].credit_fen + fen)
    return found


def balances() -> dict[Account, int]:
    """Debits less credits of every account, in fen, as they are now; nothing in sum. One query."""
    return by_account(turnovers())


def by_account(moved: Mapping[tuple[Account, Posting.Kind], Turnover]) -> dict[Account, int]:
    """The balances, whatever kind of posting they come from. Pure."""
    found = dict.fromkeys(Account, 0)
    for (account, _kind), turnover in moved.items():
        found[account] += turnover.balance_fen
    return found


def of_order(number: str) -> dict[Account, int]:
    """The balances that one order has on each account. One query."""
    return of_orders([number])[number]


def of_orders(numbers: Sequence[str]) -> dict[str, dict[Account, int]]:
    """The same of several."""
    moved = turnovers_of(numbers)
    return {
        number: defaultdict(int, {account: turnover.balance_fen for account, turnover in own.items()})
        for number, own in moved.items()
    }


def turnovers_of(numbers: Sequence[str]) -> dict[str, dict[Account, Turnover]]:
    """What was posted for each of these orders to each account. One query."""
    found: dict[str, dict[Account, Turnover]] = {number: defaultdict(Turnover) for number in numbers}
    rows = (
        Posting.objects.filter(order_number__in=numbers)
        .order_by()
        .values_list("order_number", "debit", "credit")
        .annotate(Sum("fen"))
    )
    for number, debit, credit, fen in rows:
        own, to, of = found[number], Account(debit), Account(credit)
        own[to] = own[to]._replace(debit_fen=own[to].debit_fen + fen)
        own[of] = own[of]._replace(credit_fen=own[of].credit_fen + fen)
    return found


# --- the sealing step's part -------------------------------------------------------------------


def count_all() -> int:
    """Add what waits to the accounts' totals; returns how many postings. Several at once add each of them once."""
    counted = 0
    while some := _count_some():
        counted += some
    return counted


@transaction.atomic
def _count_some() -> int:
    queue = Uncounted.objects.order_by("posting_id")
    if connection.features.has_select_for_update_skip_locked:
        queue = queue.select_for_update(skip_locked=True)
    ids = list(queue.values_list("posting_id", flat=True)[:COUNTED_AT_ONCE])
    if not ids:
        return 0
    added: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    rows = Posting.objects.filter(pk__in=ids).order_by().values_list("debit", "credit", "kind")
    for debit, credit, kind, fen, number in rows.annotate(Sum("fen"), Count("pk")):
        for account, place in ((debit, 0), (credit, 1)):
            added[account, kind][place] += fen
            added[account, kind][2] += number
    AccountTotal.objects.bulk_create(
        [AccountTotal(account=account, kind=kind) for account, kind in sorted(added)], ignore_conflicts=True
    )
    # in one order for everybody, so that no two wait for each other
    for (account, kind), (debit_fen, credit_fen, number) in sorted(added.items()):
        AccountTotal.objects.filter(account=account, kind=kind).update(
            debit_fen=F("debit_fen") + debit_fen,
            credit_fen=F("credit_fen") + credit_fen,
            postings=F("postings") + number,
        )
    Uncounted.objects.filter(pk__in=ids)._raw_delete(connection.alias)
    return len(ids)
