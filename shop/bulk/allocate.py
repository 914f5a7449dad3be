"""Who supplies what of a bulk request 分配: a pure function on plain values, with no database in it.

The rules, in order. Each is what the city promises, and a reason names the ones that made a share:

1. good-and-affordable: only lots still good on the wanted day, at no more than the highest price accepted.
2. watched-first: households watched against falling back (rank 0) before other marked ones (1), before the rest (2).
3. equal-shares: within a rank, shares as equal as the lots allow (max-min fair, to within one unit): nobody gets more
   while another of the rank who still has stock gets less. A household with several lots counts once.
4. spoils-first: where one unit more has to go to somebody, and among a household's own lots, what spoils first.
5. fewer-villages: after that, villages that are called at already on that day, then those where most can be taken.
6. What is still equal is decided by the lot's id, so that the same input gives the same shares in any order.

Lines are served in the order of the day they are wanted for, then of their id. Quantities are in base units (grams
or pieces); shares are whole multiples of the line's `unit_size`. What does not fill a whole unit is never split off.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

Id = int | str


class Line(NamedTuple):
    """What is wanted: `quantity` grams or pieces, at no more than `max_price_fen` per `unit_size` (None: any price)."""

    id: Id
    product: Id
    quantity: int
    unit_size: int
    max_price_fen: int | None
    wanted: dt.date


class Candidate(NamedTuple):
    """A lot that may supply. `price_fen` is per `price_size` base units, or per the line's unit where that is 0."""

    id: Id
    household: Id
    rank: int
    village: Id
    product: Id
    available: int
    price_fen: int
    good_until: dt.date | None
    price_size: int = 0


class Share(NamedTuple):
    line: Id
    lot: Id
    quantity: int


class Unmet(NamedTuple):
    line: Id
    quantity: int


class Reason(NamedTuple):
    """Why a household has its share of a line: see `reasons.py` for the sentence."""

    line: Id
    household: Id
    rank: int
    quantity: int
    #: how many households of the rank share in the line, of how many that have goods that fit
    sharing: int
    fitting: int
    #: it gives all that it has of the product
    all_it_has: bool
    #: it gives one unit more than others of its rank do, for what rule
    extra: str


class Allocation(NamedTuple):
    shares: list[Share]
    unmet: list[Unmet]
    #: by lot, one for each line it serves
    reasons: dict[Id, list[Reason]]


SPOILS_FIRST, FEWER_VILLAGES, BY_ID = "spoils-first", "fewer-villages", "lot-id"
# no rule: the buyer's own change, see `adjust.py`
BY_HAND = "by-hand"
_LAST = dt.date.max


def order_of(key: Id) -> tuple[bool, Id]:
    """A place for every id, numbers before words, so that no input's order decides anything."""
    return isinstance(key, str), key


def _spoils(lot: Candidate) -> tuple[dt.date, tuple[bool, Id]]:
    return lot.good_until or _LAST, order_of(lot.id)


def is_affordable(lot: Candidate, line: Line) -> bool:
    if line.max_price_fen is None:
        return True
    size = lot.price_size or line.unit_size
    return lot.price_fen * line.unit_size <= line.max_price_fen * size


def is_good(lot: Candidate, line: Line) -> bool:
    return lot.good_until is None or lot.good_until >= line.wanted


def allocate(lines: Iterable[Line], lots: Iterable[Candidate]) -> Allocation:
    """The shares of every line, what is left unmet, and why. Raises ValueError for an id twice or a size of nothing."""
    wanted, supply = _checked(lines, lots)
    left = {lot.id: lot.available for each in supply.values() for lot in each}
    shares: list[Share] = []
    unmet: list[Unmet] = []
    reasons: dict[Id, list[Reason]] = defaultdict(list)
    called: dict[dt.date, set[Id]] = defaultdict(set)
    for line in sorted(wanted, key=lambda line: (line.wanted, order_of(line.id))):
        given, why = _serve(line, supply.get(line.product, []), left, called[line.wanted])
        for lot, units in given:
            quantity = units * line.unit_size
            left[lot.id] -= quantity
            called[line.wanted].add(lot.village)
            shares.append(Share(line.id, lot.id, quantity))
            reasons[lot.id].append(why[lot.household])
        if missing := line.quantity - sum(units for _, units in given) * line.unit_size:
            unmet.append(Unmet(line.id, missing))
    return Allocation(shares, unmet, dict(reasons))


def _checked(
    lines: Iterable[Line], lots: Iterable[Candidate]
) -> tuple[list[Line], dict[Id, list[Candidate]]]:
    wanted, known = list(lines), set[Id]()
    if len({line.id for line in wanted}) < len(wanted):
        twice = Counter(line.id for line in wanted).most_common(1)[0][0]
        raise ValueError(f"line {twice} is named twice")
    if any(line.unit_size <= 0 or line.quantity < 0 for line in wanted):
        raise ValueError("a line needs a positive unit size and no negative quantity")
    supply: dict[Id, list[Candidate]] = defaultdict(list)
    for lot in lots:
        if lot.id in known:
            raise ValueError(f"lot {lot.id} is named twice")
        known.add(lot.id)
        supply[lot.product].append(lot)
    return wanted, supply


def _serve(
    line: Line, lots: Sequence[Candidate], left: Mapping[Id, int], called: set[Id]
) -> tuple[list[tuple[Candidate, int]], dict[Id, Reason]]:
    """Each lot's share of one line in units, and each household's reason."""
    size, need = line.unit_size, line.quantity // line.unit_size
    ranks: dict[int, dict[Id, list[Candidate]]] = defaultdict(lambda: defaultdict(list))
    for household, its_lots in _by_household(line, lots, left).items():
        ranks[min(lot.rank for lot in its_lots)][household] = its_lots
    given: list[tuple[Candidate, int]] = []
    why: dict[Id, Reason] = {}
    for rank in sorted(ranks):
        if not need:
            break
        homes = ranks[rank]
        caps = {home: sum(left[lot.id] // size for lot in its_lots) for home, its_lots in homes.items()}
        on_the_way = called | {lot.village for lot, _ in given}
        parts, extra = equal_shares(caps, need, partial(_who_gives_more, homes=homes, called=on_the_way))
        sharing = sum(units > 0 for units in parts.values())
        for home in sorted((home for home, units in parts.items() if units), key=order_of):
            given += _within(homes[home], parts[home], left, size)
            why[home] = Reason(
                line.id,
                home,
                rank,
                parts[home] * size,
                sharing,
                len(homes),
                sum(left[lot.id] for lot in homes[home]) == parts[home] * size,
                # where everybody gives something, no village is saved
                BY_ID if sharing == len(homes) and extra.get(home) == FEWER_VILLAGES else extra.get(home, ""),
            )
        need -= sum(parts.values())
    return given, why


def _by_household(line: Line, lots: Sequence[Candidate], left: Mapping[Id, int]) -> dict[Id, list[Candidate]]:
    """The lots that may serve the line, each household's in the order in which they spoil."""
    homes: dict[Id, list[Candidate]] = defaultdict(list)
    for lot in lots:
        if left[lot.id] >= line.unit_size and is_good(lot, line) and is_affordable(lot, line):
            homes[lot.household].append(lot)
    for its_lots in homes.values():
        its_lots.sort(key=_spoils)
    return homes


def equal_shares(
    caps: Mapping[Id, int], need: int, more: Callable[[list[Id], int], dict[Id, str]]
) -> tuple[dict[Id, int], dict[Id, str]]:
    """`need` units over households that have `caps`: nobody gets more while another with stock gets less.

    What does not divide evenly goes one unit each to those whom `more` picks, with the rule that picked them.
    """
    parts: dict[Id, int] = {}
    smallest_first = sorted(caps.items(), key=lambda each: (each[1], order_of(each[0])))
    for place, (home, cap) in enumerate(smallest_first):
        rest = smallest_first[place:]
        level, over = divmod(need, len(rest))
        if cap > level:
            extra = more([each for each, _ in rest], over) if over else {}
            return parts | {each: level + (each in extra) for each, _ in rest}, extra
        parts[home] = cap
        need -= cap
    return parts, {}


def _who_gives_more(
    tied: list[Id], number: int, homes: Mapping[Id, list[Candidate]], called: Container[Id]
) -> dict[Id, str]:
    """Rules 4 to 6 for `number` households of the tied ones, each with the name of the rule that picked it."""
    first = {home: homes[home][0] for home in tied}
    crowd = Counter((lot.good_until, lot.village) for lot in first.values())

    def place(home: Id) -> tuple[Any, ...]:
        lot = first[home]
        return (
            lot.good_until or _LAST,
            lot.village not in called,
            -crowd[lot.good_until, lot.village],
            order_of(lot.village),
            order_of(lot.id),
        )

    places = sorted((place(home), order_of(home), home) for home in tied)
    missed = places[number][0]
    rules = (SPOILS_FIRST, FEWER_VILLAGES, FEWER_VILLAGES, BY_ID, BY_ID)
    return {
        home: next(rule for rule, mine, other in zip(rules, its, missed, strict=True) if mine != other)
        for its, _, home in places[:number]
    }


def _within(
    its_lots: Sequence[Candidate], units: int, left: Mapping[Id, int], size: int
) -> list[tuple[Candidate, int]]:
    """A household's share out of its own lots: what spoils first goes first."""
    parts = []
    for lot in its_lots:
        if not units:
            break
        taken = min(units, left[lot.id] // size)
        parts.append((lot, taken))
        units -= taken
    return parts
