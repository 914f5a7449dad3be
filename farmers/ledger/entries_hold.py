"""Recompute entries and blocks, in the order in which they were sealed; then what waits, and what is taken back.

Everything streams: the process holds one row at a time. What is checked together is read in one moment (`one_moment`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, Sum
from django.utils.translation import gettext_noop as _

from marketplace.days import shanghai_day
from marketplace.money import line_amount_fen

from . import hashes
from .bad import Bad
from .models import Block, Entry, Seal, Unsealed

ROWS_AT_ONCE = 2000

ALTERED = _("its facts do not match its digest: it was changed after it was posted")
OTHERWISE_SEALED = _("its digest is not the one it was sealed with")
NOT_POSTED = _("it is neither sealed nor waiting to be: it was not posted")
GONE = _("it was sealed in block %(block)s and is gone")

# what a reversal must have in common with the sale it takes from
COPIED = (
    "household_id", "village_id", "town_id", "product_slug", "product_name", "product_name_en",
    "category_slug", "category_name", "category_name_en", "is_sapling", "measure", "unit", "unit_size",
    "price_fen", "channel", "buyer_kind", "buyer", "buyer_name", "order_number", "line",
)  # fmt: skip

_AT, _DAY, _KIND = (hashes.FACTS.index(name) for name in ("at", "day", "kind"))
_SUM = tuple(hashes.FACTS.index(name) for name in ("price_fen", "quantity", "unit_size", "amount_fen"))


def chain_holds(last: int | None = None) -> Iterator[Bad]:
    """Every block, up to number `last`, against its own hash and the block before.

    Their heads alone: few, however many the entries.
    """
    prev_hash = hashes.NO_BLOCK
    blocks = Block.objects.order_by("number")
    if last is not None:
        blocks = blocks.filter(number__lte=last)
    for number, block in enumerate(blocks.iterator(ROWS_AT_ONCE), start=1):
        if block.number != number:
            yield Bad(None, "", _("block %(block)s is missing"), {"block": number})
            return
        if block.prev_hash != prev_hash:
            words = _("block %(block)s is not chained to the block before it")
            yield Bad(*_first_of(number), words, {"block": number})
        if block.hash != block.computed():
            yield Bad(*_first_of(number), _("block %(block)s does not match its hash"), {"block": number})
        prev_hash = block.hash


def head_holds(head: str, number: int | None) -> Iterator[Bad]:
    """A head that was published is still one of the chain's, and that of block `number` where it was told."""
    if number is None:
        if not Block.objects.filter(hash=head).exists():
            yield Bad(None, "", f"no block has the published hash {head}: what was sealed was rewritten")
        return
    block = Block.objects.filter(pk=number).first()
    if block is None:
        yield Bad(None, "", f"block {number}, whose hash was published, is missing")
    elif block.hash != head:
        yield Bad(
            *_first_of(number),
            f"block {number} has the hash {block.hash}, not the published one: it, or one before it, was rewritten",
        )


def blocks_hold(first: int, last: int) -> Iterator[Bad]:
    """The entries sealed in blocks `first` to `last`: each as it was posted and sealed, in its place, up to the root."""
    rows = (
        Seal.objects.filter(block__number__range=(first, last))
        .order_by("block_id", "position")
        .annotate(of=F("entry__reverses__key"))
        .values_list(
            "block_id",
            "position",
            "leaf",
            "entry_id",
            "entry__digest",
            "entry__salt",
            *(f"entry__{name}" for name in hashes.FACTS[:-1]),
            "of",
        )
        .iterator(ROWS_AT_ONCE)
    )
    row: tuple[Any, ...] | None = next(rows, None)
    for block in Block.objects.filter(number__range=(first, last)).order_by("number").iterator(ROWS_AT_ONCE):
        root = hashes.Root()
        last_entry = 0
        while row is not None and row[0] == block.number:
            _block, position, leaf, pk, digest, salt, *facts = row
            if position != root.count:
                yield _hole(block.number, root.count)
                return
            yield from entry_holds(pk, digest, salt, facts)
            if leaf != digest:
                yield Bad(pk, facts[0], OTHERWISE_SEALED)
            if pk <= last_entry:
                yield Bad(pk, facts[0], f"it is out of its place in block {block.number}")
            last_entry = pk
            root.add(leaf)
            row = next(rows, None)
        if root.count < block.count:
            yield _hole(block.number, root.count)
            return
        if root.count > block.count:
            yield Bad(
                None,
                "",
                f"block {block.number} was sealed with {block.count} entries and has {root.count} now",
            )
            return
        if root.digest() != block.merkle_root:
            yield Bad(
                *_first_of(block.number),
                f"block {block.number} does not match its Merkle root, from this entry on",
            )


def _hole(number: int, position: int) -> Bad:
    """An entry that was sealed and is no more; its seal still says which, unless that is gone too."""
    entry_id = Seal.objects.filter(block=number, position=position).values_list("entry_id", flat=True).first()
    if entry_id is None:
        return Bad(None, "", f"the entry at position {position} of block {number} is gone")
    return Bad(entry_id, "", GONE, {"block": number})


def entry_holds(pk: int, digest: str, salt: str, facts: list[Any]) -> Iterator[Bad]:
    """An entry against its own digest, and its arithmetic."""
    if hashes.leaf(facts, salt) != digest:
        yield Bad(pk, facts[0], ALTERED)
    elif shanghai_day(facts[_AT]) != facts[_DAY]:
        yield Bad(pk, facts[0], _("its day is not the Shanghai day of its moment"))
    elif facts[_KIND] == Entry.Kind.SALE:
        price_fen, quantity, unit_size, amount_fen = (facts[index] for index in _SUM)
        if quantity <= 0 or line_amount_fen(price_fen, quantity, unit_size) != amount_fen:
            yield Bad(pk, facts[0], _("its amount is not price times quantity"))


def waiting_holds() -> Iterator[Bad]:
    """What waits for a seal, entry by entry; and whatever is gone, or neither waits nor is sealed."""
    no_entry = ~Exists(Entry.objects.filter(pk=OuterRef("entry_id")))
    for gone in _first(Unsealed.objects.filter(no_entry)):
        yield Bad(gone, "", "it was posted and is gone, before it was sealed")
    sealed = Exists(Seal.objects.filter(entry_id=OuterRef("entry_id")))
    for twice in _first(Unsealed.objects.filter(sealed)):
        yield Bad(twice, _key(twice), "it is sealed and waits to be sealed again: somebody put it back")
    rows = (
        Unsealed.objects.order_by("entry_id")
        .annotate(of=F("entry__reverses__key"))
        .values_list(
            "entry_id",
            "entry__digest",
            "entry__salt",
            *(f"entry__{name}" for name in hashes.FACTS[:-1]),
            "of",
        )
    )
    for pk, digest, salt, *facts in rows.iterator(ROWS_AT_ONCE):
        yield from entry_holds(pk, digest, salt, facts)
    no_block = ~Exists(Block.objects.filter(pk=OuterRef("block_id")))
    for number in Seal.objects.filter(no_block).order_by("block_id").values_list("block_id", flat=True)[:1]:
        yield Bad(*_first_of(number), f"it is sealed in block {number}, which does not exist")
    neither = ~Exists(Seal.objects.filter(entry_id=OuterRef("pk"))) & ~Exists(
        Unsealed.objects.filter(entry_id=OuterRef("pk"))
    )
    for stray in _first(Entry.objects.filter(neither)):
        yield Bad(stray, _key(stray), NOT_POSTED)


def _first(rows: QuerySet[Any]) -> Iterable[int]:
    """The least key of these rows. Not `order_by` and one: that is planned as if such a row came soon."""
    least = rows.aggregate(least=Min("pk"))["least"]
    return () if least is None else (least,)


def _key(entry_id: int) -> str:
    return Entry.objects.filter(pk=entry_id).values_list("key", flat=True).first() or ""


def _first_of(number: int) -> tuple[int | None, str]:
    entry_id = (
        Seal.objects.filter(block=number).order_by("position").values_list("entry_id", flat=True).first()
    )
    return (entry_id, _key(entry_id)) if entry_id else (None, "")


def reversals_hold() -> Iterator[Bad]:
    """A reversal is of a sale and alike it; never more is taken back than was sold, and to the fen."""
    unlike = Q(reverses__kind=Entry.Kind.REVERSAL) | Q(reverses=None)
    for name in COPIED:
        unlike |= ~Q(**{name: F(f"reverses__{name}")})
    for pk in _first(Entry.objects.filter(unlike, kind=Entry.Kind.REVERSAL)):
        yield Bad(pk, _key(pk), "it is not like the sale it takes from")
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
