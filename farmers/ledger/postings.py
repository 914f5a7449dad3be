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
from django.db.models import Count, F, Sum

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
    """A posting in plain values. `key` makes it count once."""

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


def post(wanted: Iterable[Wanted]) -> list[Posting]:
    """Write them. Whoever calls holds what they tell of: a key that is posted already raises IntegrityError."""
    rows = [Posting(day=shanghai_day(one.at), **one._asdict()) for one in wanted]
    for row in rows:
        row.digest = row.seal()
    if not rows:
        return []
    with transaction.atomic(savepoint=False):
        made = Posting.objects.bulk_create(rows)
        Uncounted.objects.bulk_create(Uncounted(posting=row) for row in made)
    return made


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


def balances() -> dict[Account, int]:
    """Debits less credits of every account, in fen, as they are now; nothing in sum. One query."""
    counted = AccountTotal.objects.order_by().values_list("account", F("debit_fen") - F("credit_fen"))
    waiting = Uncounted.objects.order_by()
    debits = waiting.values_list("posting__debit").annotate(fen=Sum("posting__fen"))
    credits = waiting.values_list("posting__credit").annotate(fen=-Sum("posting__fen"))
    found = dict.fromkeys(Account, 0)
    for account, fen in counted.union(debits, credits, all=True):
        found[Account(account)] += int(fen)
    return found


def of_order(number: str) -> dict[Account, int]:
    """The balances that one order has on each account. One query."""
    return of_orders([number])[number]


def of_orders(numbers: Sequence[str]) -> dict[str, dict[Account, int]]:
    """The same of several."""
    found: dict[str, dict[Account, int]] = {number: defaultdict(int) for number in numbers}
    rows = (
        Posting.objects.filter(order_number__in=numbers)
        .order_by()
        .values_list("order_number", "debit", "credit")
        .annotate(Sum("fen"))
    )
    for number, debit, credit, fen in rows:
        found[number][Account(debit)] += fen
        found[number][Account(credit)] -= fen
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
    added: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    rows = Posting.objects.filter(pk__in=ids).order_by().values_list("debit", "credit")
    for debit, credit, fen, number in rows.annotate(Sum("fen"), Count("pk")):
        for account, place in ((debit, 0), (credit, 1)):
            added[account][place] += fen
            added[account][2] += number
    AccountTotal.objects.bulk_create(
        [AccountTotal(account=name) for name in sorted(added)], ignore_conflicts=True
    )
    # in one order for everybody, so that no two wait for each other
    for name, (debit_fen, credit_fen, number) in sorted(added.items()):
        AccountTotal.objects.filter(pk=name).update(
            debit_fen=F("debit_fen") + debit_fen,
            credit_fen=F("credit_fen") + credit_fen,
            postings=F("postings") + number,
        )
    Uncounted.objects.filter(pk__in=ids)._raw_delete(connection.alias)
    return len(ids)
