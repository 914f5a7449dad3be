"""How blocks follow each other, in the ledger and in the logs: one after the other, and of two sealers one is the faster."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.utils import timezone

from .hashes import NO_BLOCK, merkle_root
from .log_chain import LogBlock
from .models import Block

AnyBlock = TypeVar("AnyBlock", Block, LogBlock)


def newest_of(model: type[AnyBlock]) -> AnyBlock | None:
    return model._default_manager.order_by("-number").first()


def seal_next_of(
    model: type[AnyBlock], seal_after: Callable[[AnyBlock | None], AnyBlock | None]
) -> AnyBlock | None:
    """What `seal_after` seals after the newest block, in one transaction; None too when another sealer was faster."""
    newest = newest_of(model)
    try:
        with transaction.atomic():
            return seal_after(newest)
    except IntegrityError:
        # the block's number is taken: another sealer was faster, and what it left is for the next run
        if newest_of(model) == newest:
            raise
        return None


def follow(model: type[AnyBlock], newest: AnyBlock | None, leaves: Sequence[str]) -> AnyBlock:
    """Save the block of these leaves that follows the newest one."""
    block = model(
        number=newest.number + 1 if newest else 1,
        prev_hash=newest.hash if newest else NO_BLOCK,
        merkle_root=merkle_root(leaves),
        count=len(leaves),
        sealed_at=timezone.now(),
    )
    block.hash = block.computed()
    block.save(force_insert=True)
    return block
