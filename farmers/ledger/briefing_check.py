"""Whether a period's figures are what its entries say, and whether these are what they were sealed as.

Nothing here believes the totals: every figure is summed from the entries, and every entry of the period is held against
its digest, its seal and its block. What is wrong is told with the figure it spoils and the first bad entry.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import chain
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, Q, Sum
from django.utils.translation import gettext_noop as _

from farmers.registry.models import Town

from . import hashes
from .bad import Bad
from .briefing import Figures, figures, figures_of_entries, printed, same_period_last_year, value_of
from .entries_hold import GONE, NOT_POSTED, OTHERWISE_SEALED, chain_holds, entry_holds
from .kinds import Channel
from .models import Block, Briefing, DayTotal, Entry, Seal
from .snapshot import one_moment
from .wording import CHINESE, ENGLISH

ROWS_AT_ONCE, BLOCKS_AT_ONCE = 2000, 500

FIGURES = (
    "amount_fen", "produce_grams", "saplings", "households", "buyers", "saplings_same_period_last_year",
    *(f"{channel.value}.{name}" for channel in Channel for name in ("amount_fen", "produce_grams", "saplings")),
)  # fmt: skip


class Unsound(Exception):
    """A figure that its entries do not bear out: it is not printed. `figure` is its key, `bad` what is wrong."""

    def __init__(self, figure: str, bad: Bad) -> None:
        super().__init__(f"{figure}: {_told(bad)}")
        self.figure = figure
        self.bad = bad


class Checked(NamedTuple):
    """What became of a check of a published briefing; `head` is the hash of its block as it is now computed."""

    ok: bool
    briefing: int
    entries: int
    head: str | None
    figure: str | None
    first_bad: Bad | None

    def sentence(self) -> str:
        """For the terminal."""
        if self.first_bad is None:
            return f"briefing {self.briefing} holds: {self.entries} entries, block {self.head}"
        figure = f"{self.figure}: " if self.figure else ""
        return f"BRIEFING {self.briefing} DOES NOT HOLD: {figure}{_told(self.first_bad)}"


def _told(bad: Bad) -> str:
    return f"entry {bad.entry} ({bad.key}): {bad.reason}" if bad.entry else bad.reason


def sound_figures(start: dt.date, end: dt.date, town: Town | None = None) -> Figures:
    """The figures of `briefing.figures`, once they are found to be those of the entries. Raises Unsound."""
    with one_moment():
        told = figures(start, end, town)
        bear_out(told, start, end, town)
        return told


def to_be_checked(start: dt.date, end: dt.date, town: Town | None) -> int:
    """How many entries `bear_out` would look at, as the totals tell."""
    cells = DayTotal.objects.filter(_both_periods(start, end))
    if town:
        cells = cells.filter(town=town)
    entries: int = cells.aggregate(n=Sum("entries", default=0))["n"]
    return entries


def _both_periods(start: dt.date, end: dt.date) -> Q:
    return Q(day__range=(start, end)) | Q(day__range=same_period_last_year(start, end))


def bear_out(
    told: Figures, start: dt.date, end: dt.date, town: Town | None, up_to: Block | None = None
) -> int:
    """Raise Unsound unless the entries, with a block those sealed up to it, are in order and sum up to the figures.

    Gives the number of entries that were looked at: those of the period and of the same one last year.
    """
    found = figures_of_entries(start, end, town, up_to.number if up_to else None)
    figure = next((key for key in FIGURES if value_of(told, key) != value_of(found, key)), "")
    seen, bad = _first_bad(start, end, town, up_to)
    if bad:
        raise Unsound(figure or _figure_of(bad, start, end), bad)
    if figure:
        facts = {"told": printed(told, figure, CHINESE), "found": printed(found, figure, CHINESE)}
        raise Unsound(figure, Bad(None, "", _("it says %(told)s, the entries %(found)s"), facts))
    return seen


def _figure_of(bad: Bad, start: dt.date, end: dt.date) -> str:
    """A figure that a bad entry counts in: where it was sold before the period, in the comparison."""
    entry = Entry.objects.filter(pk=bad.entry).only("day", "is_sapling").first() if bad.entry else None
    if entry is None or start <= entry.day <= end:
        return "amount_fen"
    return "saplings_same_period_last_year"


def _first_bad(
    start: dt.date, end: dt.date, town: Town | None, up_to: Block | None
) -> tuple[int, Bad | None]:
    seen, blocks = 0, set[int]()
    for entry_bad, block in _entries(start, end, town, up_to):
        seen += 1
        if entry_bad:
            return seen, entry_bad
        if block is not None:
            blocks.add(block)
    # the block is to blame, not the entry that it begins with
    heads = (bad._replace(entry=None, key="") for bad in chain_holds(up_to.number if up_to else None))
    return seen, next(chain(_gone(up_to), heads, _members(sorted(blocks))), None)


def _entries(
    start: dt.date, end: dt.date, town: Town | None, up_to: Block | None
) -> Iterator[tuple[Bad | None, int | None]]:
    """Each entry of the two periods with what is wrong with it, and the block it is sealed in."""
    rows = Entry.objects.filter(_both_periods(start, end))
    if town:
        rows = rows.filter(town=town)
    if up_to:
        rows = rows.filter(seal__block__lte=up_to.number)
    asked = (
        rows.order_by("id")
        .annotate(of=F("reverses__key"))
        .values_list(
            *("id", "digest", "seal__leaf", "seal__block_id", "unsealed__entry_id", "salt"),
            *hashes.FACTS[:-1],
            "of",
        )
    )
    for pk, digest, sealed, block, waiting, salt, *facts in asked.iterator(ROWS_AT_ONCE):
        bad = next(entry_holds(pk, digest, salt, facts), None)
        if bad is None and sealed is not None and sealed != digest:
            bad = Bad(pk, facts[0], OTHERWISE_SEALED)
        elif bad is None and sealed is None and waiting is None:
            bad = Bad(pk, facts[0], NOT_POSTED)
        yield bad, block


def _gone(up_to: Block | None) -> Iterator[Bad]:
    """A sealed entry that is no more; of which day it was, nobody can say."""
    seals = Seal.objects.filter(~Exists(Entry.objects.filter(pk=OuterRef("entry_id"))))
    if up_to:
        seals = seals.filter(block__lte=up_to.number)
    for seal in seals.order_by("entry_id")[:1]:
        yield Bad(seal.entry_id, "", GONE, {"block": seal.block_id})


def _members(numbers: list[int]) -> Iterator[Bad]:
    """The blocks that hold the period's entries, each against its Merkle root."""
    for at in range(0, len(numbers), BLOCKS_AT_ONCE):
        some = numbers[at : at + BLOCKS_AT_ONCE]
        sealed = {block.number: block for block in Block.objects.filter(number__in=some)}
        roots = {number: hashes.Root() for number in some}
        seals = Seal.objects.filter(block__in=some).order_by("block_id", "position")
        for number, leaf in seals.values_list("block_id", "leaf").iterator(ROWS_AT_ONCE):
            roots[number].add(leaf)
        for number, root in roots.items():
            block = sealed.get(number)
            if block is None or root.count != block.count or root.digest() != block.merkle_root:
                words = _("the entries of block %(block)s are not those it was sealed with")
                yield Bad(None, "", words, {"block": number})


def check_briefing(briefing: Briefing) -> Checked:
    """Compute a published briefing anew from the entries up to its block. What was posted since does not touch it."""
    told: Any = briefing.figures
    # the block as it is kept now may be another than the one that was printed
    block = Block.objects.filter(number=briefing.block_id).first()
    head = block.hash if block else None

    def wrong(figure: str | None, bad: Bad, entries: int = 0) -> Checked:
        return Checked(False, briefing.pk, entries, head, figure, bad)

    with one_moment():
        if block is None or block.hash != briefing.block_hash:
            words = _("block %(block)s is not the one that was printed")
            return wrong(None, Bad(None, "", words, {"block": briefing.block_id}))
        try:
            seen = bear_out(told, briefing.start, briefing.end, briefing.town, block)
        except Unsound as error:
            return wrong(error.figure, error.bad)
        if figure := _misprinted(briefing, told):
            return wrong(figure, Bad(None, "", _("the text tells it otherwise")), seen)
        if briefing.seal() != briefing.digest:
            return wrong(None, Bad(None, "", _("the briefing is not as it was published")), seen)
    return Checked(True, briefing.pk, seen, head, None, None)


def _misprinted(briefing: Briefing, told: Figures) -> str | None:
    """The first figure whose words in one of the texts are not what it says."""
    for language, text in (
        (CHINESE, briefing.chinese),
        (ENGLISH, briefing.english),
        (CHINESE, briefing.public_chinese),
        (ENGLISH, briefing.public_english),
    ):
        for words, figure in text or ():
            if figure and words not in (printed(told, figure, language), f"{value_of(told, figure):,}"):
                return str(figure)
    return None
