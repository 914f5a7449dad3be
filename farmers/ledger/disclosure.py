"""What of the ledger everybody may see: no figure stands for fewer than five households, nor does a difference of two.

Cells of one table that adds up to a told sum: towns and channels that are too small are counted together; any other
cell that is too small stays blank, and where that one could be known by taking the others from the sum, the next
smallest stays blank too. How many hide each other is told by who they are: five months of one family are one family.
Of a briefing everybody reads what is that of enough households, also between its ends and whatever else is told.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from django.db.models import QuerySet

from marketplace.days import month_end, today

from .briefing import same_period_last_year
from .models import Briefing, Entry
from .queries import FEWEST_HOUSEHOLDS
from .totals import SUMS

Families = frozenset[int]
MEASURES = ("amount_fen", "produce_grams", "saplings")


class Group(NamedTuple):
    """A row before it is shown: what was sold, and of each measure the households that have something of it."""

    key: str
    amount_fen: int
    produce_grams: int
    saplings: int
    families: Families
    growers: Families  # of produce by weight
    planters: Families  # of saplings

    def of(self, measure: str) -> tuple[int, Families]:
        """A measure's sum, and whose it is."""
        whose = {"amount_fen": self.families, "produce_grams": self.growers, "saplings": self.planters}
        return getattr(self, measure), whose[measure]


def together(groups: Sequence[Group], key: str = "") -> Group:
    """All of them as one."""
    none: Families = frozenset()
    return Group(
        key,
        *(sum(getattr(group, measure) for group in groups) for measure in MEASURES),
        *(
            none.union(*(getattr(group, whose) for group in groups))
            for whose in ("families", "growers", "planters")
        ),
    )


def merged(groups: Sequence[Group], fewest: int = FEWEST_HOUSEHOLDS) -> list[Group]:
    """The groups of at least `fewest` households, and the others as one without a key.

    That one has as many itself, or a small group could be told by taking the shown ones from the sum: where it must,
    it takes along the smallest of those that could have stood alone.
    """
    shown = [group for group in groups if len(group.families) >= fewest]
    hidden = [group for group in groups if len(group.families) < fewest]
    while shown and hidden and len(together(hidden).families) < fewest:
        smallest = min(shown, key=lambda group: (len(group.families), group.amount_fen))
        shown.remove(smallest)
        hidden.append(smallest)
    return [*shown, together(hidden)] if hidden else shown


def told(groups: Sequence[Group], measure: str, fewest: int = FEWEST_HOUSEHOLDS) -> list[int | None]:
    """The groups' sums of a measure; None where one, or what all hidden ones are together, is that of a few."""
    cells = [group.of(measure) for group in groups]
    hidden = {at for at, (value, whose) in enumerate(cells) if value and len(whose) < fewest}

    def hide_each_other() -> bool:
        return len(frozenset[int]().union(*(cells[at][1] for at in hidden))) >= fewest

    while hidden and not hide_each_other():
        others = [at for at, (value, _whose) in enumerate(cells) if value and at not in hidden]
        if not others:
            break
        hidden.add(min(others, key=lambda at: (len(cells[at][1]), cells[at][0])))
    return [None if at in hidden else value for at, (value, _whose) in enumerate(cells)]


def grouped(rows: Iterable[tuple[Any, ...]]) -> list[Group]:
    """Groups of rows of `key, household, fen, grams, saplings, pieces`: each one household's part of one group."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    whose: dict[str, tuple[set[int], set[int], set[int]]] = defaultdict(lambda: (set(), set(), set()))
    for key, household, fen, grams, saplings, pieces in rows:
        sums[key] = [sum(pair) for pair in zip(sums[key], (fen, grams, saplings), strict=True)]
        for some, part in zip(whose[key], (max(grams, saplings, pieces), grams, saplings), strict=True):
            if part > 0:
                some.add(household)
    groups = []
    for key, (fen, grams, saplings) in sums.items():
        families, growers, planters = (frozenset(them) for them in whose[key])
        groups.append(Group(key, fen, grams, saplings, families, growers, planters))
    return sorted(groups, key=lambda group: (-group.amount_fen, group.key))


def by_channel(entries: QuerySet[Entry]) -> list[Group]:
    rows = entries.order_by().values_list("channel", "household")
    sums = {name: SUMS[f"sum_{name}"] for name in ("amount_fen", "grams", "saplings", "pieces")}
    return grouped(rows.annotate(**{f"of_{name}": total for name, total in sums.items()}).iterator())


# --- briefings ----------------------------------------------------------------------------------


def withheld(start: dt.date, end: dt.date, up_to_block: int) -> frozenset[str] | None:
    """The figures of the city's briefing for this period that are not for everybody; None where nothing of it is.

    A sum is withheld where it is that of a few, or where that is so between it and something else that is told: of
    the whole city the months and other briefings, of a channel the years and other briefings. Nothing is told before
    the last month is over, whose rest would be known by taking it off the month's own sum.
    """
    if month_end(end) > today():
        return None
    entries = Entry.objects.filter(seal__block__lte=up_to_block)

    def parts(cuts: set[dt.date], first: dt.date, last: dt.date) -> list[list[Group]]:
        days = [(first, last), *_between(cuts | {first, last + DAY}, first, last)]
        return [by_channel(entries.filter(day__range=piece)) for piece in dict.fromkeys(days)]

    told_before = _ends_of_briefings()
    hidden = few_in(parts(told_before | _years(start, end), start, end))
    if (start.month, start.day, end) != (1, 1, dt.date(start.year, 12, 31)):
        city = [[together(groups)] for groups in parts(told_before | _months(start, end), start, end)]
    else:
        city = [[together(by_channel(entries.filter(day__range=(start, end))))]]
    hidden |= {measure for measure in MEASURES if any(_few(*one.of(measure)) for (one,) in city)}
    if "amount_fen" in hidden:
        return None
    first, last = same_period_last_year(start, end)
    before = [together(groups) for groups in parts(_months(first, last), first, last)]
    if "saplings" in hidden or any(_few(*one.of("saplings")) for one in before):
        hidden.add("saplings_same_period_last_year")
    whole = {group.key: group for group in by_channel(entries.filter(day__range=(start, end)))}
    if whole and all(f"{channel}.amount_fen" in hidden for channel in whole):
        return None
    return frozenset(hidden)


def few_in(parts: Sequence[Sequence[Group]]) -> set[str]:
    """The channels' sums to withhold, as keys of figures: `parts` are the whole period and pieces next to or of it."""
    hidden: set[str] = set()
    named = [{group.key: group for group in groups} for groups in parts]
    for measure in MEASURES:
        keys = {key for groups in named for key, group in groups.items() if _few(*group.of(measure))}

        def tell_of_a_few(keys: set[str], measure: str = measure) -> bool:
            rest = (together([group for key, group in groups.items() if key in keys]) for groups in named)
            return any(_few(*group.of(measure)) for group in rest)

        # what is hidden together is known by taking what is shown from the whole
        while tell_of_a_few(keys):
            others = [group for key, group in named[0].items() if key not in keys and group.of(measure)[0]]
            if not others:
                break
            keys.add(min(others, key=lambda group: (len(group.families), group.amount_fen)).key)
        hidden |= {f"{key}.{measure}" for key in keys}
    return hidden


def _few(value: int, whose: Families) -> bool:
    return value != 0 and len(whose) < FEWEST_HOUSEHOLDS


DAY = dt.timedelta(days=1)


def _between(cuts: set[dt.date], first: dt.date, last: dt.date) -> list[tuple[dt.date, dt.date]]:
    """The days between each cut and the next, from the one before the period to the one after it."""
    row = sorted(cuts)
    low = max((cut for cut in row if cut < first), default=first)
    high = min((cut for cut in row if cut > last + DAY), default=last + DAY)
    near = [cut for cut in row if low <= cut <= high]
    return [(one, other - DAY) for one, other in pairwise(near)]


def _months(first: dt.date, last: dt.date) -> set[dt.date]:
    """Where months begin, from the one before the period to the one after it."""
    month, cuts = first.replace(day=1), {(first.replace(day=1) - DAY).replace(day=1)}
    while month <= last + DAY:
        cuts.add(month)
        month = month_end(month) + DAY
    return cuts | {month, month_end(month) + DAY}


def _years(first: dt.date, last: dt.date) -> set[dt.date]:
    return {dt.date(year, 1, 1) for year in range(first.year, last.year + 2)}


def _ends_of_briefings() -> set[dt.date]:
    told = Briefing.objects.filter(is_public=True).values_list("start", "end")
    return {cut for first, last in told for cut in (first, last + DAY)}
