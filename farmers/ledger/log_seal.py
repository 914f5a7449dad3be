"""Seal the logs of personal data: looks (`registry.Reveal`) and files taken along (`access.Taken`); and check them.

The same hashes as the ledger's, in a chain of its own. A row waits until it has a place in a block.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Exists, OuterRef

from farmers.registry.models import Reveal
from marketplace.access.models import Taken

from . import hashes
from .bad import Bad
from .chain import follow, newest_of, seal_next_of
from .log_chain import LogBlock, LogSeal

LINES_PER_BLOCK = 10_000
ROWS_AT_ONCE = 1000


class Log(NamedTuple):
    model: type[models.Model]
    facts: tuple[str, ...]

    def all(self) -> models.QuerySet[Any]:
        return self.model._default_manager.all()


LOGS: Mapping[str, Log] = {
    "look": Log(Reveal, ("id", "household_id", "fields", "by_id", "why", "words", "at")),
    "file": Log(Taken, ("id", "by_id", "role", "what", "about", "kind", "at")),
}


def seal_logs() -> list[LogBlock]:
    """Seal whatever waits. Nothing new, no block."""
    blocks = []
    while block := seal_next_of(LogBlock, _seal_after):
        blocks.append(block)
    return blocks


def newest_log_block() -> LogBlock | None:
    return newest_of(LogBlock)


def _seal_after(newest: LogBlock | None) -> LogBlock | None:
    lines = list(islice(_waiting(), LINES_PER_BLOCK))
    if not lines:
        return None
    block = follow(LogBlock, newest, [leaf for _log, _row, leaf in lines])
    LogSeal.objects.bulk_create(
        LogSeal(block=block, position=position, log=log, row=row, leaf=leaf)
        for position, (log, row, leaf) in enumerate(lines)
    )
    return block


def _waiting() -> Iterator[tuple[str, int, str]]:
    for name, log in LOGS.items():
        sealed = LogSeal.objects.filter(log=name, row=OuterRef("pk"))
        rows = log.all().filter(~Exists(sealed)).order_by("pk").values_list(*log.facts)[:LINES_PER_BLOCK]
        for facts in rows:
            yield name, facts[0], hashes.line(name, log.facts, facts)


# --- checked -----------------------------------------------------------------------------------


def logs_hold() -> Iterator[Bad]:
    """Every block of the logs, and every sealed line as it was written, in its place."""
    seals = LogSeal.objects.order_by("block_id", "position")
    lines = _with_leaves(
        seals.values_list("block_id", "position", "log", "row", "leaf").iterator(ROWS_AT_ONCE)
    )
    line = next(lines, None)
    prev_hash = hashes.NO_BLOCK
    for number, block in enumerate(LogBlock.objects.order_by("number").iterator(ROWS_AT_ONCE), start=1):
        if block.number != number or block.prev_hash != prev_hash:
            yield Bad(None, "", f"block {number} of the logs is missing, or not chained to the one before it")
            return
        if block.hash != block.computed():
            yield Bad(None, "", f"block {number} of the logs does not match its hash")
        root = hashes.Root()
        while line is not None and line[0] == number:
            _block, position, log, row, leaf, found = line
            if position != root.count:
                break
            if found is None:
                yield Bad(None, f"{log}:{row}", f"it was sealed in block {number} of the logs and is gone")
            elif found != leaf:
                yield Bad(None, f"{log}:{row}", "it was changed after it was sealed in the logs")
            root.add(leaf)
            line = next(lines, None)
        if root.count != block.count:
            yield Bad(None, "", f"block {number} of the logs has {root.count} of its {block.count} lines")
            return
        if root.digest() != block.merkle_root:
            yield Bad(None, "", f"block {number} of the logs does not match its Merkle root")
        prev_hash = block.hash
    if line is not None:
        yield Bad(None, f"{line[2]}:{line[3]}", f"it is sealed in block {line[0]} of the logs, which is gone")


Sealed = tuple[int, int, str, int, str]


def _with_leaves(seals: Iterator[Sealed]) -> Iterator[tuple[int, int, str, int, str, str | None]]:
    """Each with what the row's leaf is now; None where there is no such row."""
    while some := list(islice(seals, ROWS_AT_ONCE)):
        now = {
            (name, facts[0]): hashes.line(name, log.facts, facts)
            for name, log in LOGS.items()
            for facts in _rows(log, [row for _block, _position, of, row, _leaf in some if of == name])
        }
        for block, position, name, row, leaf in some:
            yield block, position, name, row, leaf, now.get((name, row))


def _rows(log: Log, keys: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    return iter(log.all().filter(pk__in=keys).values_list(*log.facts)) if keys else iter(())
