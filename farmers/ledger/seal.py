"""Put new entries in order for good: a block of them, its Merkle root, and the chain to the block before."""

from __future__ import annotations

from typing import NamedTuple

from django.db import connection

from .chain import follow, newest_of, seal_next_of
from .hashes import leads_to, merkle_path
from .models import Block, Entry, Seal, Unsealed
from .postings import count_all

# what one transaction seals at most, so that a long queue is worked off in even memory
ENTRIES_PER_BLOCK = 10_000


class Broken(Exception):
    """An entry is not what it was posted as, so it is not sealed; `verify_ledger` tells more."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(f"entry {entry.pk} ({entry.key}) does not match its digest")
        self.entry = entry


class Proof(NamedTuple):
    """What shows that an entry stands in a block: check it with `holds`, or by RFC 9162 2.1.3.2."""

    leaf: str
    position: int
    entries: int  # in the block
    path: list[str]
    merkle_root: str
    block_number: int
    block_hash: str


def seal_all() -> list[Block]:
    """Seal whatever waits, in as many blocks as it takes, and count the postings that wait. Nothing new, no block."""
    count_all()
    blocks = []
    while block := seal_next():
        blocks.append(block)
    return blocks


def seal_next() -> Block | None:
    """Seal the oldest waiting entries in one block; None when none waits or another sealer was faster.

    Raises Broken for an entry that does not match its digest.
    """
    return seal_next_of(Block, _seal_after)


def _seal_after(newest: Block | None) -> Block | None:
    waiting = Unsealed.objects.select_related("entry__reverses").order_by("entry_id")[:ENTRIES_PER_BLOCK]
    entries = [row.entry for row in waiting]
    if not entries:
        return None
    for entry in entries:
        if entry.leaf() != entry.digest:
            raise Broken(entry)
    block = follow(Block, newest, [entry.digest for entry in entries])
    Seal.objects.bulk_create(
        Seal(entry=entry, block=block, position=position, leaf=entry.digest)
        for position, entry in enumerate(entries)
    )
    # by their keys: PostgreSQL, not having counted the new rows yet, may take minutes for a join that finds them
    sealed = Unsealed.objects.filter(entry__in=[entry.pk for entry in entries])
    # one statement: `delete` reads the rows and deletes them by the hundred once any app listens to deletions
    sealed._raw_delete(connection.alias)
    return block


def newest_block() -> Block | None:
    return newest_of(Block)


def proof(entry: Entry) -> Proof:
    """The short path from a sealed entry to its block. Raises Seal.DoesNotExist while it waits for a seal."""
    seal = Seal.objects.select_related("block").get(entry=entry)
    leaves = list(Seal.objects.filter(block=seal.block).order_by("position").values_list("leaf", flat=True))
    return Proof(
        leaf=seal.leaf,
        position=seal.position,
        entries=seal.block.count,
        path=merkle_path(leaves, seal.position),
        merkle_root=seal.block.merkle_root,
        block_number=seal.block.number,
        block_hash=seal.block.hash,
    )


def holds(entry: Entry, shown: Proof) -> bool:
    """Whether the proof is one for this entry as it now reads."""
    return entry.leaf() == shown.leaf and leads_to(
        shown.leaf, shown.position, shown.entries, shown.path, shown.merkle_root
    )
