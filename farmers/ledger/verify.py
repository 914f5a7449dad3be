"""Recompute the whole ledger and name the first entry that is not what it should be, sealed or not.

Everything streams: the process holds one row of each table at a time, and the database does the summing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice, zip_longest
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import ExtractYear, TruncMonth

from marketplace.days import shanghai_day
from marketplace.money import line_amount_fen

from . import books, hashes
from .bad import Bad
from .models import Block, Entry, Measures, Seal, Unsealed
from .seal import newest_block
from .snapshot import one_moment
from .totals import MEASURES, SUMS, TOTALS, cell_fields

ROWS_AT_ONCE = 2000

# what a reversal must have in common with the sale it takes from
COPIED = (
    "household_id", "village_id", "town_id", "product_slug", "product_name", "product_name_en",
    "category_slug", "category_name", "category_name_en", "is_sapling", "measure", "unit", "unit_size",
    "price_fen", "channel", "buyer_kind", "buyer", "buyer_name", "order_number", "line",
)  # fmt: skip


class Verdict(NamedTuple):
    """`head` is the hash of the newest block, None while nothing is sealed."""

    ok: bool
    entries: int
    head: str | None
    first_bad: Bad | None


# what rooms above this one have that must agree with the books: each adds its check when it starts
MORE_CHECKS: list[Callable[[], Iterator[Bad]]] = []


def verify() -> Verdict:
    """Check entries, blocks, reversals, totals and the books, as they stood at one moment."""
    with one_moment():
        checks: tuple[Callable[[], Iterator[Bad]], ...] = (
            _first_entry,
            _blocks,
            _reversals,
            _totals,
            *books.CHECKS,
            *MORE_CHECKS,
        )
        first_bad = next((bad for check in checks for bad in check()), None)
        newest = newest_block()
        return Verdict(first_bad is None, Entry.objects.count(), newest.hash if newest else None, first_bad)


def _first_entry() -> Iterator[Bad]:
    """The first of the entries that are changed or gone: what is gone also spoils the reversals of it."""
    found = [bad for check in (_gone, _entries) for bad in islice(check(), 1)]
    yield from sorted(found, key=lambda bad: bad.entry or 0)


def _entries() -> Iterator[Bad]:
    """Each entry against its own digest, its place in a block or the queue, and its arithmetic."""
    rows = (
        Entry.objects.order_by("id")
        .annotate(of=F("reverses__key"))
        .values_list("id", "digest", "seal__leaf", "unsealed__entry_id", *hashes.FACTS[:-1], "of")
    )
    at, day, kind = (4 + hashes.FACTS.index(name) for name in ("at", "day", "kind"))
    sums = tuple(
        4 + hashes.FACTS.index(name) for name in ("price_fen", "quantity", "unit_size", "amount_fen")
    )
    for row in rows.iterator(ROWS_AT_ONCE):
        pk, digest, sealed, waiting, key = row[:5]
        if hashes.leaf(row[4:]) != digest:
            yield Bad(pk, key, "its facts do not match its digest: it was changed after it was posted")
        elif sealed is not None and sealed != digest:
            yield Bad(pk, key, "its digest is not the one it was sealed with")
        elif sealed is None and waiting is None:
            yield Bad(pk, key, "it is neither sealed nor waiting to be: it was not posted")
        elif sealed is not None and waiting is not None:
            yield Bad(pk, key, "it is sealed and waits to be sealed again: somebody put it back")
        elif shanghai_day(row[at]) != row[day]:
            yield Bad(pk, key, "its day is not the Shanghai day of its moment")
        elif row[kind] == Entry.Kind.SALE:
            price_fen, quantity, unit_size, amount_fen = (row[index] for index in sums)
            if quantity <= 0 or line_amount_fen(price_fen, quantity, unit_size) != amount_fen:
                yield Bad(pk, key, "its amount is not price times quantity")


def _gone() -> Iterator[Bad]:
    """Entries that were posted and are no more, whether they were sealed or not."""
    gone = ~Exists(Entry.objects.filter(pk=OuterRef("entry_id")))
    for row in Seal.objects.filter(gone).order_by("entry_id")[:1]:
        yield Bad(row.entry_id, "", f"it was sealed in block {row.block_id} and is gone")
    for waiting in Unsealed.objects.filter(gone).order_by("entry_id")[:1]:
        yield Bad(waiting.entry_id, "", "it was posted and is gone, before it was sealed")


def _blocks() -> Iterator[Bad]:
    """The chain, and each block's members in their order up to its Merkle root."""
    seals = Seal.objects.order_by("block_id", "position").values_list(
        "block_id", "position", "leaf", "entry_id"
    )
    members = seals.iterator(ROWS_AT_ONCE)
    member = next(members, None)
    prev_hash = hashes.NO_BLOCK
    for number, block in enumerate(Block.objects.order_by("number").iterator(ROWS_AT_ONCE), start=1):
        if block.number != number:
            yield Bad(None, "", f"block {number} is missing")
            return
        if block.prev_hash != prev_hash:
            yield Bad(*_first_of(number), f"block {number} is not chained to the block before it")
        if block.hash != hashes.block_hash(
            number, block.prev_hash, block.merkle_root, block.count, block.sealed_at
        ):
            yield Bad(*_first_of(number), f"block {number} does not match its hash")
        root = hashes.Root()
        last_entry = 0
        while member is not None and member[0] == number:
            _block, position, leaf, entry_id = member
            if position != root.count:
                yield Bad(None, "", f"the entry at position {root.count} of block {number} is gone")
                return
            if entry_id <= last_entry:
                yield Bad(entry_id, _key(entry_id), f"it is out of its place in block {number}")
            last_entry = entry_id
            root.add(leaf)
            member = next(members, None)
        if root.count != block.count:
            yield Bad(
                None, "", f"block {number} was sealed with {block.count} entries and has {root.count} now"
            )
            return
        if root.digest() != block.merkle_root:
            yield Bad(
                *_first_of(number), f"block {number} does not match its Merkle root, from this entry on"
            )
        prev_hash = block.hash
    if member is not None:
        yield Bad(member[3], _key(member[3]), f"it is sealed in block {member[0]}, which does not exist")


def _key(entry_id: int) -> str:
    return Entry.objects.filter(pk=entry_id).values_list("key", flat=True).first() or ""


def _first_of(number: int) -> tuple[int | None, str]:
    entry_id = (
        Seal.objects.filter(block=number).order_by("position").values_list("entry_id", flat=True).first()
    )
    return (entry_id, _key(entry_id)) if entry_id else (None, "")


def _reversals() -> Iterator[Bad]:
    """A reversal is of a sale and alike it; never more is taken back than was sold, and to the fen."""
    unlike = Q(reverses__kind=Entry.Kind.REVERSAL) | Q(reverses=None)
    for name in COPIED:
        unlike |= ~Q(**{name: F(f"reverses__{name}")})
    reversals = Entry.objects.filter(kind=Entry.Kind.REVERSAL)
    for pk, key in reversals.filter(unlike).order_by("id").values_list("id", "key")[:1]:
        yield Bad(pk, key, "it is not like the sale it takes from")
    taken_from = (
        Entry.objects.filter(kind=Entry.Kind.SALE, reversals__isnull=False)
        .order_by("id")
        .annotate(back=Sum("reversals__quantity"), back_fen=Sum("reversals__amount_fen"))
    )
    for sale in taken_from.iterator(ROWS_AT_ONCE):
        left = sale.quantity + sale.back
        if left < 0:
            yield Bad(sale.pk, sale.key, "more was taken back from it than was sold")
        elif sale.amount_fen + sale.back_fen != line_amount_fen(sale.price_fen, left, sale.unit_size):
            yield Bad(sale.pk, sale.key, "what was taken back from it does not add up to the fen")


def _totals() -> Iterator[Bad]:
    """Every cell of every table of totals against the sum of its entries."""
    for table in TOTALS:
        names = cell_fields(table)
        width = len(names)
        kept = table._default_manager.order_by(*names).values_list(*names, *MEASURES)
        # both come in the database's own order, so the first pair that differs marks a bad cell
        for told, found in zip_longest(
            kept.iterator(ROWS_AT_ONCE), _summed(table).order_by(*names).iterator(ROWS_AT_ONCE)
        ):
            if told != found:
                cells = [tuple(row[:width]) for row in (told, found) if row is not None]
                yield _bad_cell(table, cells)
                return


def _summed(table: type[Measures]) -> QuerySet[Entry, Any]:
    names = cell_fields(table)
    return _with_periods(names).order_by().values(*names).annotate(**SUMS).values_list(*names, *SUMS)


def _with_periods(names: Iterable[str]) -> QuerySet[Entry, Any]:
    """Entries with whatever of month and year the cells are told apart by."""
    known = {"month": TruncMonth("day"), "year": ExtractYear("day")}
    return Entry.objects.annotate(**{name: known[name] for name in names if name in known})


def _bad_cell(table: type[Measures], cells: list[tuple[Any, ...]]) -> Bad:
    """Which of the two cells differs, and the entry that alone would explain it, if there is one."""
    names = cell_fields(table)
    for cell in cells:
        of_cell = dict(zip(names, cell, strict=True))
        told, found = (
            next(iter(rows[:1]), (0,) * len(MEASURES))
            for rows in (
                table._default_manager.filter(**of_cell).order_by().values_list(*MEASURES),
                _summed(table).filter(**of_cell).values_list(*SUMS),
            )
        )
        if told == found:
            continue
        place = ", ".join(f"{name} {value}" for name, value in of_cell.items())
        reason = f"{table._meta.model_name} of {place} says {dict(zip(MEASURES, told, strict=True))}, its entries {dict(zip(MEASURES, found, strict=True))}"
        excess = found[MEASURES.index("amount_fen")] - told[MEASURES.index("amount_fen")]
        more = found[MEASURES.index("entries")] - told[MEASURES.index("entries")]
        entries = _with_periods(names).order_by("-id")
        if more == 1:
            for pk, key in entries.filter(**of_cell, amount_fen=excess).values_list("id", "key")[:1]:
                return Bad(pk, key, f"it was not counted: {reason}")
        return Bad(None, "", reason)
    return Bad(None, "", f"{table._meta.model_name} has cells that no entry explains")
