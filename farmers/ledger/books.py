"""Recompute the books: each posting, the entries they stand for, and the accounts' totals. Part of `verify`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from django.db.models import Count, Exists, Min, OuterRef, QuerySet, Sum
from django.db.models.functions import Abs

from . import hashes
from .accounts import Account
from .bad import Bad
from .models import AccountTotal, Entry, Posting, Uncounted

ROWS_AT_ONCE = 500


def postings_hold(first: int, last: int) -> Iterator[Bad]:
    """Each of the postings numbered `first` to `last` against its own digest."""
    rows = Posting.objects.filter(id__range=(first, last)).order_by("id")
    for digest, *facts in rows.values_list("digest", *hashes.POSTED).iterator(ROWS_AT_ONCE):
        if hashes.posting(facts) != digest:
            yield Bad(None, facts[0], "its posting in the books was changed after it was posted")


def goods_hold() -> Iterator[Bad]:
    """Every entry stands in the books, once, with its amount, household and order; and nothing else does as goods."""
    same = Posting.objects.filter(
        key=OuterRef("key"),
        kind=Posting.Kind.GOODS,
        fen=Abs(OuterRef("amount_fen")),
        household=OuterRef("household_id"),
        order_number=OuterRef("order_number"),
        at=OuterRef("at"),
    )
    sold = Exists(same.filter(debit=Account.RECEIVABLE, credit=Account.PAYABLE))
    taken = Exists(same.filter(debit=Account.PAYABLE, credit=Account.RECEIVABLE))
    # apart, and the least of each: so the database joins them instead of looking each one up
    wrong = (Entry.objects.filter(~sold, amount_fen__gt=0), Entry.objects.filter(~taken, amount_fen__lt=0))
    found = [pk for rows in wrong if (pk := rows.aggregate(least=Min("pk"))["least"])]
    for pk, key in Entry.objects.filter(pk__in=found).order_by("id").values_list("id", "key")[:1]:
        yield Bad(
            pk, key, "the books do not have it as it was posted; for a ledger from before, run open_books"
        )
    entries = Entry.objects.filter(key=OuterRef("key")).exclude(amount_fen=0)
    beyond = Posting.objects.filter(~Exists(entries), kind=Posting.Kind.GOODS)
    least = beyond.aggregate(least=Min("pk"))["least"]
    for key in Posting.objects.filter(pk=least).values_list("key", flat=True):
        yield Bad(None, key, "the books have goods that the ledger has not")


def accounts_hold() -> Iterator[Bad]:
    """What was counted and what waits is all that was posted, account by account."""
    told: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    sums = ("debit_fen", "credit_fen", "postings")
    for account, kind, *known in AccountTotal.objects.values_list("account", "kind", *sums):
        told[account, kind] = known
    waiting = Posting.objects.filter(uncounted__isnull=False)
    _add(told, waiting)
    found: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    _add(found, Posting.objects.all())
    for name in sorted({*told, *found}):
        if told[name] != found[name]:
            yield Bad(
                None,
                "",
                f"account {name[0]} says debit, credit and postings {told[name]} of kind {name[1]},"
                f" its postings {found[name]}",
            )
    for posting_id in Uncounted.objects.filter(
        ~Exists(Posting.objects.filter(pk=OuterRef("posting_id")))
    ).values_list("posting_id", flat=True)[:1]:
        yield Bad(None, "", f"posting {posting_id} of the books is gone")


def _add(sums: dict[tuple[str, str], list[int]], rows: QuerySet[Posting]) -> None:
    pairs = rows.order_by().values_list("debit", "credit", "kind").annotate(Sum("fen"), Count("pk"))
    for debit, credit, kind, fen, number in pairs:
        for account, place in ((debit, 0), (credit, 1)):
            sums[account, kind][place] += fen
            sums[account, kind][2] += number
