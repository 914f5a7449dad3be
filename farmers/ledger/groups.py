"""Which facts of sealed entries everybody may be shown, and how the others are summed: never of fewer than `fewest` households.

Pure, no database. An entry is open when enough households share its block, town, kind of goods and channel. All others are
summed by the month they were sealed in, once that is over; what is too few for a sum of its own joins a wider one, and
what is too few for any waits for the next month. So what was published once never changes, and no two exports
compared tell of fewer. Nor does an export beside the public page: whoever takes what is told here from a sum that the
page tells (a year's, a month's, a town's, a channel's) is left with enough households, or with nothing.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence, Set
from typing import Any, NamedTuple

MEASURES = ("entries", "grams", "saplings", "pieces", "amount_fen")
# what a sum is told apart by, from the narrowest to the widest
PLACES = ("town_id", "category_slug", "channel")
# of these the page tells sums; the others here are counted along
TOLD_ON_PAGE = frozenset({"amount_fen", "grams", "saplings"})
ALL = len(PLACES)

# a sum of the page, whose entries can be known by taking others from it: what it is told apart by, and the measure
Sum = tuple[Hashable, ...]


class Shared(NamedTuple):
    """An entry as far as it matters here: whose, where, when, and how much."""

    household: int
    place: tuple[Hashable, ...]  # in the order of PLACES
    day: dt.date
    sums: tuple[int, ...]  # in the order of MEASURES

    def on_page(self) -> Iterator[Sum]:
        """The sums of the public page that it is in."""
        town, _category, channel = self.place
        year = self.day.year
        for measure, amount in zip(MEASURES, self.sums, strict=True):
            if amount and measure in TOLD_ON_PAGE:
                yield measure, "year", year
                yield measure, "month", year, self.day.month
                yield measure, "town", year, town
                yield measure, "channel", year, channel


class Cell:
    """A sum, and whose parts of which of the page's sums are in it."""

    def __init__(self) -> None:
        self.households: set[int] = set()
        self.sums = [0] * len(MEASURES)
        self.parts: dict[Sum, Counter[int]] = defaultdict(Counter)

    def add(self, entry: Shared) -> None:
        self.households.add(entry.household)
        self.sums = [more + before for more, before in zip(entry.sums, self.sums, strict=True)]
        for each in entry.on_page():
            self.parts[each][entry.household] += 1

    def join(self, other: Cell) -> None:
        self.households |= other.households
        self.sums = [more + before for more, before in zip(other.sums, self.sums, strict=True)]
        for each, whose in other.parts.items():
            self.parts[each].update(whose)


class Told:
    """What was told so far, month by month, and who waits in each of the page's sums."""

    def __init__(self, fewest: int) -> None:
        self.fewest = fewest
        self.left_over = Cell()
        self._month: dict[tuple[Hashable, ...], Cell] = defaultdict(Cell)
        self._waits: dict[Sum, Counter[int]] = defaultdict(Counter)

    def block(self, entries: Sequence[Shared], *, can_open: bool = True) -> list[bool]:
        """For each entry of the next block, whether its public facts are shown. The others wait for the month's end."""
        cells: dict[tuple[Hashable, ...], Cell] = defaultdict(Cell)
        for entry in entries:
            cells[entry.place].add(entry)
        for cell in cells.values():
            for each, whose in cell.parts.items():
                self._waits[each].update(whose)
        shown = set()
        for place in sorted(cells, key=str):
            if can_open and self._tellable(cells[place], ALL) == TOLD_ON_PAGE:
                self._tell(cells[place], TOLD_ON_PAGE)
                shown.add(place)
            else:
                self._month[place].join(cells[place])
        return [entry.place in shown for entry in entries]

    def month_over(self) -> Iterator[dict[str, Any]]:
        """The month's sums, the narrowest that may be told. What is in none stays in `left_over`."""
        cells = self._month
        for width in range(ALL, 0, -1):
            wider: dict[tuple[Hashable, ...], Cell] = defaultdict(Cell)
            for place in sorted(cells, key=str):
                if self._tellable(cells[place], width) == TOLD_ON_PAGE:
                    yield self._tell(cells[place], TOLD_ON_PAGE, place)
                else:
                    wider[place[: width - 1]].join(cells[place])
            cells = wider
        for cell in cells.values():
            self.left_over.join(cell)
        self._month = defaultdict(Cell)
        measures = self._tellable(self.left_over, 0)
        if "amount_fen" in measures:
            yield self._tell(self.left_over, measures)
            self.left_over = Cell()

    def _tellable(self, cell: Cell, width: int) -> set[str]:
        """The measures of a sum that may be told: of nobody, or of enough, and so is what it leaves of the page's.

        A sum of all towns leaves nothing of one town's own, and one of all channels nothing of a channel's.
        """
        if len(cell.households) < self.fewest:
            return set()
        told = set(TOLD_ON_PAGE)
        for each, whose in cell.parts.items():
            measure, of = each[0], each[1]
            if (of == "town" and not width) or (of == "channel" and width < ALL):
                continue
            stay = sum(1 for one, times in self._waits[each].items() if times > whose[one])
            if 0 < stay < self.fewest:
                told.discard(str(measure))
        for measure in TOLD_ON_PAGE:
            families = {one for each, whose in cell.parts.items() if each[0] == measure for one in whose}
            if 0 < len(families) < self.fewest:
                told.discard(measure)
        return told

    def _tell(self, cell: Cell, measures: Set[str], place: Iterable[Hashable] = ()) -> dict[str, Any]:
        """The sum as it is published; a measure that may not be told is null, and waits for ever."""
        for each, whose in cell.parts.items():
            if each[0] in measures:
                waits = self._waits[each]
                waits.subtract(whose)
                for one in whose:
                    if not waits[one]:
                        del waits[one]
        where = dict.fromkeys(PLACES) | dict(zip(PLACES, place, strict=False))
        sums = dict(zip(MEASURES, cell.sums, strict=True))
        return where | {
            name: value if name not in TOLD_ON_PAGE or name in measures else None
            for name, value in sums.items()
        }
