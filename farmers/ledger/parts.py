"""The pieces that checking the ledger comes in: plain values, so that another process can be handed one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from . import books
from .bad import Bad
from .entries_hold import blocks_hold, reversals_hold, waiting_holds
from .log_seal import logs_hold
from .models import Block, Entry, Posting, Seal, Unsealed
from .totals import TOTALS
from .totals_hold import SUMMED_FROM, total_holds

ROWS_A_PART = 50_000
POSTINGS_BEFORE = 1_000  # numbers are given in the order of posting but for what was posted at the same time

# what rooms above this one have that must agree with the books: each adds its check when it starts
MORE_CHECKS: list[Callable[[], Iterator[Bad]]] = []


def _more_hold(at: int) -> Iterator[Bad]:
    return MORE_CHECKS[at]()


CHECKS: dict[str, Callable[..., Iterator[Bad]]] = {
    "entries": blocks_hold,
    "waiting": waiting_holds,
    "reversals": reversals_hold,
    "totals": total_holds,
    "postings": books.postings_hold,
    "goods": books.goods_hold,
    "accounts": books.accounts_hold,
    "orders": _more_hold,
    "logs": logs_hold,
}


class Part(NamedTuple):
    """A check by its name, with what it is to look at; `rows` is how much work that is, for who waits."""

    check: str
    args: tuple[int, ...]
    rows: int


def first_bad(part: Part) -> Bad | None:
    return next(iter(CHECKS[part.check](*part.args)), None)


def parts_after(block: int, entries: int) -> list[Part]:
    """All there is to check of a ledger of so many entries, but for what blocks up to this one sealed."""
    one_pass = entries // 10  # what the database does by itself, as rows that this process reads
    return [
        *_block_parts(block),
        Part("waiting", (), one_pass),
        Part("reversals", (), one_pass),
        *(Part("totals", (at,), one_pass) for at in sorted(range(len(TOTALS)), key=_is_summed)),
        *_posting_parts(block),
        Part("goods", (), one_pass),
        Part("accounts", (), one_pass),
        Part("logs", (), 0),
        *(Part("orders", (at,), one_pass) for at in range(len(MORE_CHECKS))),
    ]


def _is_summed(at: int) -> bool:
    """Tables that are summed from others come after these, so that the one to blame is named."""
    return TOTALS[at] in SUMMED_FROM


def _block_parts(after: int) -> Iterator[Part]:
    first, rows, number = 0, 0, after
    heads = Block.objects.filter(number__gt=after).order_by("number").values_list("number", "count")
    for number, count in heads.iterator(2000):
        first = first or number
        rows += count
        if rows >= ROWS_A_PART:
            yield Part("entries", (first, number), rows)
            first, rows = 0, 0
    if first:
        yield Part("entries", (first, number), rows)


def _posting_parts(after_block: int) -> Iterator[Part]:
    newest = Posting.objects.order_by("-id").values_list("id", flat=True).first() or 0
    for first in range(_first_posting(after_block), newest + 1, ROWS_A_PART):
        last = min(first + ROWS_A_PART - 1, newest)
        yield Part("postings", (first, last), last - first + 1)


def _first_posting(after_block: int) -> int:
    """Where the postings begin that came after what this block sealed."""
    if not after_block:
        return 1
    since = [
        *Seal.objects.filter(block__gt=after_block).order_by("block", "position").values_list("entry_id")[:1],
        *Unsealed.objects.order_by("entry_id").values_list("entry_id")[:1],
    ]
    keys = Entry.objects.filter(pk__gte=min(since)[0]).order_by("pk").values("key")[:1] if since else []
    found = Posting.objects.filter(key__in=keys).values_list("id", flat=True).first()
    newest = Posting.objects.order_by("-id").values_list("id", flat=True).first() or 0
    return max((newest if found is None else found) - POSTINGS_BEFORE, 1)
