"""Recompute the whole ledger and name the first entry that is not what it should be, sealed or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from django.db import connection
from django.db.models import Sum

from .bad import Bad
from .entries_hold import chain_holds, head_holds
from .models import Block, Entry
from .parts import Part, first_bad, parts_after
from .seal import newest_block
from .snapshot import exported, one_moment
from .workers import in_processes

# rows done, rows in all, and the name of what was just done
Tell = Callable[[int, int, str], None]


class Published(NamedTuple):
    """A head that was published, and must still be in the chain; `number` is its block's, where that is known.

    With `trusted`, what blocks up to it sealed was verified before and is not looked at again.
    """

    head: str
    number: int | None = None
    trusted: bool = False


class Verdict(NamedTuple):
    """`head` is the hash of the newest block, None while nothing is sealed. `trusted`: entries not looked at again."""

    ok: bool
    entries: int
    head: str | None
    first_bad: Bad | None
    trusted: int = 0


class OneDatabaseOnly(Exception):
    """Several processes can look at one moment of a ledger on PostgreSQL alone."""


def verify(published: Published | None = None, *, workers: int = 1, tell: Tell | None = None) -> Verdict:
    """Check entries, blocks, reversals, totals and the books, as they stood at one moment.

    Raises OneDatabaseOnly for several workers elsewhere than on PostgreSQL.
    """
    if workers > 1 and connection.vendor != "postgresql":
        raise OneDatabaseOnly
    with one_moment():
        newest = newest_block()
        entries = Entry.objects.count()
        from_block = published.number or 0 if published and published.trusted else 0
        bad = next(_heads(published), None) or _parts(parts_after(from_block, entries), workers, tell)
        before = Block.objects.filter(number__lte=from_block).aggregate(all=Sum("count", default=0))["all"]
        return Verdict(bad is None, entries, newest.hash if newest else None, bad, before)


def _heads(published: Published | None) -> Iterator[Bad]:
    yield from chain_holds()
    if published:
        yield from head_holds(published.head, published.number)


def _parts(parts: Sequence[Part], workers: int, tell: Tell | None) -> Bad | None:
    total, done = sum(part.rows for part in parts), 0
    for part, bad in _checked(parts, workers):
        if bad:
            return bad
        done += part.rows
        if tell:
            tell(done, total, part.check)
    return None


def _checked(parts: Sequence[Part], workers: int) -> Iterator[tuple[Part, Bad | None]]:
    if workers == 1:
        return ((part, first_bad(part)) for part in parts)
    return in_processes(parts, workers, connection.settings_dict["NAME"], exported())
