"""Which facts of sealed entries everybody may be shown, and how the others are summed: never of fewer than `fewest` households.

Pure, no database. An entry is open when enough households share its block, town, kind of goods and channel. All others are
summed by the month they were sealed in, once that is over; what is too few for a sum of its own joins a wider one, and
what is too few for any waits for the next month. So what was published once never changes, and no two exports
compared tell of fewer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

MEASURES = ("entries", "grams", "saplings", "pieces", "amount_fen")
# what a sum is told apart by, from the narrowest to the widest
PLACES = ("town_id", "category_slug", "channel")


class Shared(NamedTuple):
    """An entry as far as it matters here: whose, where, and how much."""

    household: int
    place: tuple[Hashable, ...]  # in the order of PLACES
    sums: tuple[int, ...]  # in the order of MEASURES


def open_of_block(entries: Sequence[Shared], fewest: int) -> list[bool]:
    """For each entry of one block, whether its public facts may be shown."""
    households: dict[Hashable, set[int]] = defaultdict(set)
    for entry in entries:
        households[entry.place].add(entry.household)
    return [len(households[entry.place]) >= fewest for entry in entries]


class Cell:
    """A sum and whose it is."""

    def __init__(self) -> None:
        self.households: set[int] = set()
        self.sums = [0] * len(MEASURES)

    def add(self, households: Iterable[int], sums: Sequence[int]) -> None:
        self.households.update(households)
        self.sums = [more + before for more, before in zip(sums, self.sums, strict=True)]


class Month:
    """The closed entries of one month, and what the month before left over."""

    def __init__(self, left_over: Cell | None = None) -> None:
        self.cells: dict[tuple[Hashable, ...], Cell] = defaultdict(Cell)
        self.left_over = left_over or Cell()

    def add(self, entry: Shared) -> None:
        self.cells[entry.place].add((entry.household,), entry.sums)

    def told(self, fewest: int) -> Iterator[dict[str, Any]]:
        """Its sums, the narrowest that have enough households. What is in none stays in `left_over`."""
        cells = self.cells
        for width in range(len(PLACES), 0, -1):
            wider: dict[tuple[Hashable, ...], Cell] = defaultdict(Cell)
            for place in sorted(cells, key=str):
                cell = cells[place]
                if len(cell.households) >= fewest:
                    yield _cell(place, cell)
                else:
                    wider[place[: width - 1]].add(cell.households, cell.sums)
            cells = wider
        for cell in cells.values():
            self.left_over.add(cell.households, cell.sums)
        self.cells = defaultdict(Cell)
        if len(self.left_over.households) >= fewest:
            yield _cell((), self.left_over)
            self.left_over = Cell()


def _cell(place: tuple[Hashable, ...], cell: Cell) -> dict[str, Any]:
    where = dict.fromkeys(PLACES) | dict(zip(PLACES, place, strict=False))
    return {**where, **dict(zip(MEASURES, cell.sums, strict=True))}
