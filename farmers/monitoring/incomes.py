"""What a household lives on: its sales here, by month, and the other income that its officer enters and corrects."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.db.models.functions import TruncMonth

from farmers.ledger.models import Entry
from farmers.registry.erasure import hold_household
from farmers.registry.models import Household
from marketplace.access.models import User
from marketplace.access.rules import Act, may
from marketplace.days import month_end

from .models import COSTS, OtherIncome, YearlyLine
from .rules import Span, per_head_and_year, whole_months


class CorrectedMeanwhile(Exception):
    """Somebody has corrected it before; nothing was changed."""


class NewIncome(NamedTuple):
    """Fen for a span of months from the first of one on."""

    kind: str
    amount_fen: int
    first_month: dt.date
    months: int
    source: str


# --- verbs --------------------------------------------------------------------------------------


@transaction.atomic
def add_income(household_id: int, new: NewIncome, by: User, key: uuid.UUID) -> OtherIncome:
    """Enter what is known. The same `key` twice is one income. Raises PermissionDenied for another's household."""
    household = _kept(household_id, by)
    if twin := OtherIncome.objects.filter(key=key, household=household).first():
        return twin
    return _write(household, new, by, key)


@transaction.atomic
def correct_income(income_id: int, new: NewIncome, by: User, key: uuid.UUID) -> OtherIncome:
    """Enter what stands in its place; the wrong one stays to be read. An amount of nothing takes it back.

    Raises CorrectedMeanwhile, and PermissionDenied for what is not theirs.
    """
    wrong = OtherIncome.objects.visible_to(by).filter(pk=income_id).first()
    if wrong is None:
        raise PermissionDenied
    household = _kept(wrong.household_id, by)
    if twin := OtherIncome.objects.filter(key=key, corrects=wrong).first():
        return twin
    try:
        with transaction.atomic():
            return _write(household, new, by, key, corrects=wrong)
    except IntegrityError:
        raise CorrectedMeanwhile from None


@transaction.atomic
def enter_line(year: int, line_fen: int, source: str, by: User) -> YearlyLine:
    """Enter the year's line with the paper it stands in; an earlier one of the year stays to be read."""
    if not may(by, Act.KEEP_WATCH):
        raise PermissionDenied
    return YearlyLine.objects.create(year=year, line_fen=line_fen, source=source.strip(), by=by)


def _kept(household_id: int, by: User) -> Household:
    """The household, locked: who is being erased gets no new rows. Raises PermissionDenied for another's or one's own."""
    if not (may(by, Act.WATCH) and Household.objects.visible_to(by).filter(pk=household_id).exists()):
        raise PermissionDenied
    household = hold_household(household_id)
    if household.erased_on or household.user_id == by.pk:
        raise PermissionDenied
    return household


def _write(
    household: Household, new: NewIncome, by: User, key: uuid.UUID, corrects: OtherIncome | None = None
) -> OtherIncome:
    source = household.masked_in(new.source.strip())[:120]
    facts = new._asdict() | {"first_month": new.first_month.replace(day=1), "source": source}
    return OtherIncome.objects.create(household=household, by=by, key=key, corrects=corrects, **facts)


# --- figures ------------------------------------------------------------------------------------


class MonthOf(NamedTuple):
    """Of one month: net sales here, what else came in, what was spent, all in fen."""

    month: dt.date
    sales_fen: int
    other_fen: int
    spent_fen: int

    @property
    def fen(self) -> int:
        return self.sales_fen + self.other_fen - self.spent_fen


def shared_out(fen: int, first: dt.date, months: int) -> dict[dt.date, int]:
    """An amount over its months: alike, and what cannot be shared goes to the earliest, a fen each."""
    part, rest = divmod(fen, months)
    number = first.year * 12 + first.month - 1
    return {
        dt.date((number + n) // 12, (number + n) % 12 + 1, 1): part + (1 if n < rest else 0)
        for n in range(months)
    }


def by_month(household: Household, months: list[dt.date]) -> list[MonthOf]:
    """A household's months, given by their first days. Two queries."""
    span = Span(months[0], month_end(months[-1]))
    sold = dict(
        Entry.objects.filter(household=household, day__range=span)
        .annotate(of_month=TruncMonth("day"))
        .order_by()
        .values_list("of_month")
        .annotate(Sum("amount_fen"))
    )
    came: dict[dt.date, int] = defaultdict(int)
    spent: dict[dt.date, int] = defaultdict(int)
    for income in OtherIncome.objects.that_count().filter(household=household):
        sums = spent if income.kind in COSTS else came
        for month, fen in shared_out(income.amount_fen, income.first_month, income.months).items():
            sums[month] += fen
    return [MonthOf(month, sold.get(month, 0), came[month], spent[month]) for month in months]


def other_by_household(span: Span, of: Collection[int] | None = None) -> dict[int, int]:
    """Other income less costs within whole months, by household, where any is entered for one of them. One query.

    `of`: these households alone.
    """
    rows = OtherIncome.objects.that_count().filter(first_month__lte=span.last)
    if of is not None:
        rows = rows.filter(household__in=of)
    found: dict[int, int] = {}
    told = rows.values_list("household", "kind", "amount_fen", "first_month", "months")
    for household, kind, fen, first, months in told.iterator(2_000):
        within = [
            part for month, part in shared_out(fen, first, months).items() if span.first <= month <= span.last
        ]
        if within:
            found[household] = found.get(household, 0) + (-sum(within) if kind in COSTS else sum(within))
    return found


class YearOf(NamedTuple):
    """Of one household the last twelve whole months, in fen; `other_fen` is None where nothing is entered."""

    sales_fen: int
    other_fen: int | None
    per_head_fen: int | None


def year_of(households: Collection[Household], day: dt.date) -> dict[int, YearOf]:
    """What these households lived on, by key. Two queries."""
    span = whole_months(day, 12)
    keys = [one.pk for one in households]
    entries = Entry.objects.filter(household__in=keys, day__range=span).order_by().values("household")
    sold = dict(entries.annotate(fen=Sum("amount_fen")).values_list("household", "fen"))
    other = other_by_household(span, keys)
    found = {}
    for one in households:
        sales, besides = sold.get(one.pk, 0), other.get(one.pk)
        known = besides is not None and one.members
        head = per_head_and_year(sales + (besides or 0), one.members or 1, 12) if known else None
        found[one.pk] = YearOf(sales, besides, head)
    return found


def line_of(day: dt.date) -> YearlyLine | None:
    """The line by which a day's year is judged: its own, or as long as that is not out, the newest before."""
    return YearlyLine.objects.filter(year__lte=day.year).order_by("-year", "-id").first()
