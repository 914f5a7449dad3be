"""How far each unit has come with its reserved share, from the ledger's totals: as many queries for a city as for one.

What counts is food: all that a unit bought and kept but saplings. Counted are the purchases made for the unit itself
(by its own people or by the operator of its canteen), those of the units that file through it, and citizens'
purchases credited to any of these.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from django.db.models import F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import ExtractMonth

from farmers.ledger.kinds import BuyerKind
from farmers.ledger.models import BuyerDay, Entry
from marketplace.days import month_end, today

from .filings import CanteenBudget, CreditedOrder
from .models import BuyerOrganisation
from .quota import Month, Progress, expected_fen, months_of

PREFIX = "unit:"


class Source(StrEnum):
    """How a purchase came to count for a unit."""

    UNIT = "unit"
    STAFF = CreditedOrder.Kind.STAFF.value
    UNION = CreditedOrder.Kind.UNION.value


class Bought(NamedTuple):
    """Fen that one unit bought in one month from one source."""

    unit: int
    source: Source
    month: int
    fen: int


class Standing(StrEnum):
    """Where a unit stands, in the order in which the city looks at them."""

    BEHIND = "behind"
    NOT_FILED = "not filed"
    ON_PACE = "on pace"
    REACHED = "reached"
    OWES_NOTHING = "owes nothing"


class UnitYear(NamedTuple):
    """One unit's year. Without a checked budget there is nothing to measure by, and `progress` is None."""

    unit: BuyerOrganisation
    budget: CanteenBudget | None
    waiting: CanteenBudget | None
    sent_back: CanteenBudget | None
    by_month: dict[int, int]
    by_source: dict[Source, int]
    for_others: int  # of `bought`, what the units that file through this one bought
    progress: Progress | None

    @property
    def bought(self) -> int:
        return sum(self.by_month.values())

    @property
    def own_fen(self) -> int:
        """What was bought for the unit itself, or for one that files through it."""
        return self.by_source.get(Source.UNIT, 0)

    @property
    def staff_fen(self) -> int:
        return self.by_source.get(Source.STAFF, 0)

    @property
    def union_fen(self) -> int:
        return self.by_source.get(Source.UNION, 0)

    @property
    def standing(self) -> Standing:
        if not self.unit.owes_share:
            return Standing.OWES_NOTHING
        if self.progress is None:
            return Standing.NOT_FILED
        if self.progress.is_reached:
            return Standing.REACHED
        return Standing.BEHIND if self.progress.is_behind else Standing.ON_PACE


def unit_year(unit: BuyerOrganisation, year: int) -> UnitYear:
    """Four queries."""
    sharers = list(unit.files_for.values_list("pk", flat=True))
    filings = CanteenBudget.objects.filter(organisation=unit, year=year)
    return _years([unit], dict.fromkeys(sharers, unit.pk), filings, year, {unit.pk, *sharers})[0]


def city_year(year: int) -> list[UnitYear]:
    """Every public body, those behind first, the one that misses most at the top. Four queries."""
    units = list(
        BuyerOrganisation.objects.filter(kind=BuyerOrganisation.Kind.CANTEEN)
        .select_related("files_through", "operator")
        .defer("phone", "files_through__phone", "operator__phone")
    )
    through = {unit.pk: unit.files_through_id for unit in units if unit.files_through_id}
    years = _years(units, through, CanteenBudget.objects.filter(year=year), year)
    return sorted(years, key=_order)


def _order(each: UnitYear) -> tuple[int, int, str]:
    missing = each.progress.missing if each.progress else 0
    return list(Standing).index(each.standing), -missing, each.unit.name


def _years(
    units: Sequence[BuyerOrganisation],
    through: dict[int, int],
    filings: QuerySet[CanteenBudget],
    year: int,
    only: Collection[int] | None = None,
) -> list[UnitYear]:
    """`through`: for each unit that shares a canteen the one that files. `only`: whose purchases to look up."""
    by_month: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    by_source: dict[int, dict[Source, int]] = defaultdict(lambda: defaultdict(int))
    for_others: dict[int, int] = defaultdict(int)
    for bought in [*_by_units(year, only), *_credited(year, only)]:
        counted = through.get(bought.unit, bought.unit)
        by_month[counted][bought.month] += bought.fen
        by_source[counted][bought.source] += bought.fen
        for_others[counted] += bought.fen if counted != bought.unit else 0
    checked, waiting, sent_back = _newest(filings)
    return [
        UnitYear(
            unit=unit,
            budget=(budget := checked.get(unit.pk) if unit.owes_share else None),
            waiting=waiting.get(unit.pk),
            sent_back=sent_back.get(unit.pk),
            by_month=dict(by_month[unit.pk]),
            by_source=dict(by_source[unit.pk]),
            for_others=for_others[unit.pk],
            progress=_progress(budget, sum(by_month[unit.pk].values())) if budget else None,
        )
        for unit in units
    ]


def _progress(budget: CanteenBudget, bought: int) -> Progress:
    reserved = budget.reserved_fen
    return Progress(reserved, bought, expected_fen(reserved, budget.year, today()))


def _newest(filings: QuerySet[CanteenBudget]) -> tuple[dict[int, CanteenBudget], ...]:
    """For each unit what holds, what waits, and what was sent back last with nothing filed since."""
    newest: dict[int, CanteenBudget] = {}
    checked: dict[int, CanteenBudget] = {}
    for filing in filings.select_related("filed_by", "decided_by").order_by("version"):
        newest[filing.organisation_id] = filing
        if filing.state == CanteenBudget.State.CHECKED:
            checked[filing.organisation_id] = filing
    now = {
        state: {unit: filing for unit, filing in newest.items() if filing.state == state}
        for state in (CanteenBudget.State.WAITING, CanteenBudget.State.SENT_BACK)
    }
    return checked, now[CanteenBudget.State.WAITING], now[CanteenBudget.State.SENT_BACK]


def _days(year: int) -> tuple[dt.date, dt.date]:
    return dt.date(year, 1, 1), dt.date(year, 12, 31)


def _by_units(year: int, only: Collection[int] | None) -> Iterable[Bought]:
    """What units bought themselves, from the totals that the ledger keeps of each buyer's day."""
    cells = BuyerDay.objects.filter(day__range=_days(year), buyer_kind=BuyerKind.CANTEEN)
    if only is not None:
        cells = cells.filter(buyer__in=[f"{PREFIX}{unit}" for unit in only])
    rows = (
        cells.order_by()
        .values_list("buyer", ExtractMonth("day"))
        .annotate(fen=Sum(F("amount_fen") - F("sapling_fen")))
    )
    for buyer, month, fen in rows:
        if buyer.startswith(PREFIX):
            yield Bought(int(buyer.removeprefix(PREFIX)), Source.UNIT, month, fen)


def _credited(year: int, only: Collection[int] | None) -> Iterable[Bought]:
    """What citizens bought and credited to units: the entries of those orders, returns taken off."""
    credits = CreditedOrder.objects.filter(Q() if only is None else Q(organisation__in=only))
    same = credits.filter(order_number=OuterRef("order_number"))
    rows = (
        Entry.objects.in_days(*_days(year))
        .filter(
            order_number__in=credits.values("order_number"), buyer_kind=BuyerKind.CITIZEN, is_sapling=False
        )
        .annotate(
            unit_id=Subquery(same.values("organisation"), output_field=IntegerField()),
            source=Subquery(same.values("kind")),
        )
        .order_by()
        .values_list("unit_id", "source", ExtractMonth("day"))
        .annotate(fen=Sum("amount_fen"))
    )
    return [Bought(unit, Source(source), month, fen) for unit, source, month, fen in rows]


class City(NamedTuple):
    """All units together, as far as they are measured."""

    progress: Progress
    months: list[Month]
    behind: int
    missing: int  # of those behind; what others have bought beyond is not set against it
    not_filed: int


def city_of(units: Sequence[UnitYear], year: int) -> City:
    """The sums over the units whose budget is checked: reserved and bought stand for the same units."""
    measured = [each for each in units if each.progress is not None]
    by_month: dict[int, int] = defaultdict(int)
    for each in measured:
        for month, fen in each.by_month.items():
            by_month[month] += fen
    reserved = sum(each.progress.reserved for each in measured if each.progress)
    progress = Progress(reserved, sum(by_month.values()), expected_fen(reserved, year, today()))
    return City(
        progress=progress,
        months=months_of(year, by_month, reserved, today()),
        behind=sum(each.standing == Standing.BEHIND for each in units),
        missing=sum(each.progress.missing for each in measured if each.progress),
        not_filed=sum(each.standing == Standing.NOT_FILED for each in units),
    )


def unit_months(each: UnitYear, year: int) -> list[Month]:
    return months_of(year, each.by_month, each.progress.reserved if each.progress else 0, today())


class Purchase(NamedTuple):
    """One order's part of a month's figure."""

    order_number: str
    last_day: dt.date
    source: Source
    buyer_name: str  # the unit's; of a citizen, nothing
    fen: int


def purchases(unit: BuyerOrganisation, year: int, month: int) -> list[Purchase]:
    """The orders that a month's figure is the sum of, by the ledger, newest first. Three queries."""
    ids = [unit.pk, *unit.files_for.values_list("pk", flat=True)]
    credited = dict(CreditedOrder.objects.filter(organisation__in=ids).values_list("order_number", "kind"))
    first = dt.date(year, month, 1)
    own = Q(buyer_kind=BuyerKind.CANTEEN, buyer__in=[f"{PREFIX}{pk}" for pk in ids])
    theirs = Q(
        buyer_kind=BuyerKind.CITIZEN,
        order_number__in=CreditedOrder.objects.filter(organisation__in=ids).values("order_number"),
    )
    rows = (
        Entry.objects.in_days(first, month_end(first))
        .filter(own | theirs, is_sapling=False)
        .order_by("-day", "order_number")
        .values_list("order_number", "day", "buyer_name", "amount_fen")
    )
    found: dict[str, Purchase] = {}
    for number, day, name, fen in rows:
        source = Source(credited[number]) if number in credited and not name else Source.UNIT
        had = found.get(number)
        found[number] = had._replace(fen=had.fen + fen) if had else Purchase(number, day, source, name, fen)
    return list(found.values())
