"""The answer to a question: its cells with those of the same period last year, in one query."""

from __future__ import annotations

from collections import defaultdict
from itertools import product
from typing import NamedTuple

from django.db.models import QuerySet

from ..models import Entry
from ..totals import MEASURES
from .asked import PARTIES, Dimension, Key, Question
from .parties import counted
from .sources import ALL, Part, branches, parts_of, sums_of


class Sums(NamedTuple):
    """What is summed in a cell: grams, pieces and fen. `parties` alone where households or buyers are counted."""

    grams: int = 0
    saplings: int = 0
    pieces: int = 0
    amount_fen: int = 0
    sapling_fen: int = 0
    entries: int = 0
    parties: int = 0

    def plus(self, other: Sums) -> Sums:
        return Sums(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))

    @property
    def quantity(self) -> int:
        """Grams or pieces of one product: each counts in one of the three."""
        return self.grams + self.saplings + self.pieces


class Pair(NamedTuple):
    """A cell of the period, and of the same one a year earlier."""

    this: Sums = Sums()
    last: Sums = Sums()

    def plus(self, other: Pair) -> Pair:
        return Pair(self.this.plus(other.this), self.last.plus(other.last))


class Answer(NamedTuple):
    """Cells by row and column; by an empty column for a question of one dimension."""

    question: Question
    cells: dict[tuple[Key, Key], Pair]
    rows: dict[Key, Pair]
    cols: dict[Key, Pair]
    total: Pair


Found = dict[tuple[Key | None, Key | None], Pair]


def answer(question: Question, entries: QuerySet[Entry] | None = None) -> Answer:
    """One query, on totals where they suffice. `entries`: those a person may see, when they are not all."""
    parts = parts_of(question, entries)
    if question.measure in PARTIES:
        found: Found = defaultdict(Pair)
        for row, col, this, last in counted(question, parts):
            _put(found, question, (row, col), Pair(Sums(parties=this), Sums(parties=last)))
    else:
        found = _with_totals(_summed(question, parts), question)
    return Answer(
        question,
        {(row, col): pair for (row, col), pair in found.items() if row is not None and col is not None},
        {row: pair for (row, col), pair in found.items() if row is not None and col is None},
        {col: pair for (row, col), pair in found.items() if row is None and col is not None},
        found.get((None, None), Pair()),
    )


def _summed(question: Question, parts: list[Part]) -> Found:
    """The cells, with the keys that stand for all marks as they come."""
    queries = []
    names = [f"{when}_{name}" for when in ("this", "last") for name in MEASURES]
    for part in parts:
        sums = sums_of(part, MEASURES)
        for rows, keys in branches(part, question):
            grouped = rows.order_by().annotate(**keys).values("r", "c").annotate(**sums)
            queries.append(grouped.values_list("r", "c", *names))
    every = queries[0].union(*queries[1:], all=True) if len(queries) > 1 else queries[0]
    found: Found = defaultdict(Pair)
    size = len(MEASURES)
    for row, col, *numbers in every:
        pair = Pair(Sums(*numbers[:size]), Sums(*numbers[size:]))
        _put(found, question, (row, col), pair)
    return found


def _put(found: Found, question: Question, key: tuple[Key | None, Key | None], pair: Pair) -> None:
    """A month a year ago belongs beside the same month of this year; all else beside itself."""
    before = (_year_on(key[0], question.rows), _year_on(key[1], question.cols))
    for at, more in ((key, Pair(this=pair.this)), (before, Pair(last=pair.last))):
        if any(more.this) or any(more.last):
            found[at] = found[at].plus(more)


def _year_on(key: Key | None, dimension: Dimension | None) -> Key | None:
    return key + 12 if dimension == Dimension.MONTH and isinstance(key, int) else key


def _with_totals(found: Found, question: Question) -> Found:
    """The cells with the sums of each row, of each column and of all."""
    every: Found = defaultdict(Pair)
    for (row, col), pair in found.items():
        for at in product(_counts_in(row, question.rows), _counts_in(col, question.cols)):
            every[at] = every[at].plus(pair)
    return every


def _counts_in(key: Key | None, dimension: Dimension | None) -> list[Key | None]:
    """A cell's own key and the total's. Of marks, which overlap, the total is the one that was summed apart."""
    if dimension == Dimension.MARK:
        return [None] if key == ALL else [key]
    return [key, None]
