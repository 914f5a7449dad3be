"""Publish a briefing: seal what waits, find every figure borne out by its entries, and freeze it with the newest block."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection

from django.db import IntegrityError, transaction
from django.utils import timezone

from farmers.registry.models import Town

from .bad import Bad
from .briefing import edited, figures, figures_of_entries, pieces
from .briefing_check import Unsound, bear_out
from .disclosure import withheld
from .entries_hold import ALTERED
from .models import Briefing, Unsealed
from .seal import Broken, newest_block, seal_all
from .snapshot import one_moment
from .wording import CHINESE, ENGLISH


class NothingSealed(Exception):
    """The ledger is empty: there is no block to freeze a briefing with."""


def publish(start: dt.date, end: dt.date, town: Town | None, *, by: str, once: uuid.UUID) -> Briefing:
    """Publish the period's figures, both days included, of the city or of one town. `once` asked again gives the same.

    Raises Unsound where a figure is not what its entries say or an entry is not what it was sealed as, and
    NothingSealed; nothing is published then.
    """
    if known := Briefing.objects.filter(once=once).first():
        return known
    try:
        seal_all()
    except Broken as error:
        raise Unsound("amount_fen", Bad(error.entry.pk, error.entry.key, ALTERED)) from error
    with one_moment():
        block = newest_block()
        if block is None:
            raise NothingSealed
        told = figures(start, end, town)
        bear_out(told, start, end, town)
        if Unsealed.objects.exists():
            # posted while we looked: not of this block
            told = figures_of_entries(start, end, town, block.number)
    sentences = edited()

    def text(language: str, hidden: Collection[str] = ()) -> list[list[str]]:
        words = sentences.get(language, {})
        return [list(piece) for piece in pieces(told, start, end, town, language, words, hidden)]

    hidden = withheld(start, end, block.number) if town is None else None
    briefing = Briefing(
        once=once,
        start=start,
        end=end,
        town=town,
        figures=told,
        chinese=text(CHINESE),
        english=text(ENGLISH),
        public_chinese=None if hidden is None else text(CHINESE, hidden),
        public_english=None if hidden is None else text(ENGLISH, hidden),
        block=block,
        block_hash=block.hash,
        is_public=hidden is not None,
        published_at=timezone.now(),
        by=by,
    )
    briefing.digest = briefing.seal()
    try:
        with transaction.atomic():
            briefing.save(force_insert=True)
    except IntegrityError:
        # the button was pressed twice, and the other press was faster
        return Briefing.objects.get(once=once)
    return briefing
