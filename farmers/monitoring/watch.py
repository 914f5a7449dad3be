"""The nightly round: every rule over every household, in as many queries as there are tables and not households."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Exists, Max, Min, OuterRef, Q, Sum
from django.utils import timezone

from farmers.ledger.models import Entry, HouseholdDay
from farmers.registry.models import WATCHED_KINDS, Household, HouseholdMark
from farmers.stock.models import Lot
from marketplace.days import SHANGHAI, shanghai_day, today
from marketplace.money import line_amount_fen
from marketplace.quantity import unit_size

from .handle import DUE_DAYS
from .incomes import line_of, other_by_household
from .models import Rule, RuleKind, State, Warning, YearlyLine
from .rules import (
    Span,
    Stuck,
    fallen,
    last_quarter,
    silent,
    under_the_line,
    unsold,
    whole_months,
)
from .told import problems_overdue, warnings_raised

# goods written off as spoiled are news for so long
SPOILED_DAYS = 30
# of what a finding rests on, the newest entries by their keys; their number is told besides
MOST_ENTRIES = 100
BATCH = 500


class People(NamedTuple):
    """Of one household, what every rule needs."""

    members: int | None
    watched: bool


class Finding(NamedTuple):
    household_id: int
    figures: dict[str, Any]
    # the days whose entries it rests on
    spans: tuple[Span, ...] = ()


def watch(day: dt.date | None = None, *, at: dt.datetime | None = None) -> int:
    """Raise the warnings of a day; how many were raised. Run twice, or twice at once, it raises them once.

    `at`: the moment they are raised, by default now.
    """
    day = day or today()
    raised = _raise_all(day, at or timezone.now())
    if raised:
        warnings_raised.enqueue(day.isoformat())
    problems_overdue.enqueue(day.isoformat())
    return raised


@transaction.atomic
def _raise_all(day: dt.date, at: dt.datetime) -> int:
    rules = list(Rule.objects.filter(on=True))
    # read before anything is judged: who closes one meanwhile does not find it raised anew
    quiet = _quiet(rules, day)
    people = _people(day)
    line = line_of(day) if any(rule.kind == RuleKind.INCOME for rule in rules) else None
    found = []
    for rule in rules:
        told = {
            finding.household_id: finding
            for finding in FINDERS[rule.kind](rule, people, day, line)
            if (rule.pk, finding.household_id) not in quiet
            and (people[finding.household_id].watched or not rule.watched_only)
        }
        found.append((rule, told, _entries(told.values())))
    there = _held({household for _rule, told, _entries in found for household in told})
    rows = [
        Warning(
            household_id=household,
            rule=rule,
            kind=rule.kind,
            evidence={"day": day, "rule": rule.parameters, **finding.figures, **entries.get(household, {})},
            raised_at=at,
            moved_at=at,
            due_on=shanghai_day(at) + dt.timedelta(days=DUE_DAYS[State.NEW]),
        )
        for rule, told, entries in found
        for household, finding in sorted(told.items())
        if household in there
    ]
    before = Warning.objects.count() if rows else 0
    # a twin of this round may have been quicker: the constraint lets one of them in
    Warning.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    return Warning.objects.count() - before if rows else 0


def _held(keys: set[int]) -> set[int]:
    """Those of the households that are not erased, locked: who erases one of them waits, and takes its warning along."""
    rows = Household.objects.there().filter(pk__in=keys).order_by("pk")
    return set(rows.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))


# --- what is known ------------------------------------------------------------------------------


def _quiet(rules: Collection[Rule], day: dt.date) -> set[tuple[int, int]]:
    """Rules and households between which a warning is open, or was closed too lately for another."""
    state = ~Q(state=State.CLOSED)
    for rule in rules:
        since = dt.datetime.combine(day - dt.timedelta(days=rule.quiet_days), dt.time(), SHANGHAI)
        state |= Q(rule=rule, moved_at__gte=since)
    return set(Warning.objects.filter(state).order_by().values_list("rule", "household"))


def _people(day: dt.date) -> dict[int, People]:
    marks = HouseholdMark.objects.filter(household=OuterRef("pk"), kind__in=WATCHED_KINDS, since__lte=day)
    rows = Household.objects.there().annotate(watched=Exists(marks.filter(Q(until=None) | Q(until__gte=day))))
    return {
        pk: People(members, watched)
        for pk, members, watched in rows.values_list("pk", "members", "watched").iterator(2_000)
    }


def _sales(*spans: Span) -> dict[int, tuple[int, ...]]:
    """Each household's net sales of some spans of days."""
    within = Q()
    for span in spans:
        within |= Q(day__range=span)
    sums = {
        f"span{n}": Sum("amount_fen", filter=Q(day__range=span), default=0) for n, span in enumerate(spans)
    }
    rows = HouseholdDay.objects.filter(within).order_by().values("household").annotate(**sums)
    return {pk: tuple(fen) for pk, *fen in rows.values_list("household", *sums).iterator(2_000)}


def _entries(findings: Iterable[Finding]) -> dict[int, dict[str, Any]]:
    """By household, the ledger's entries that its finding rests on. One query for each rule that has any."""
    resting = [finding for finding in findings if finding.spans]
    if not resting:
        return {}
    within = Q()
    for span in {span for finding in resting for span in finding.spans}:
        within |= Q(day__range=span)
    rows = Entry.objects.filter(within, household__in=[finding.household_id for finding in resting])
    of: dict[int, list[int]] = defaultdict(list)
    for household, entry in rows.order_by("-day", "-pk").values_list("household", "pk").iterator(2_000):
        of[household].append(entry)
    return {
        household: {"entries": entries[:MOST_ENTRIES], "entry_count": len(entries)}
        for household, entries in of.items()
    }


# --- each kind of rule --------------------------------------------------------------------------


def _income(
    rule: Rule, people: Mapping[int, People], day: dt.date, line: YearlyLine | None
) -> Iterator[Finding]:
    """Nobody is judged in a year, or before one, of which the city has entered no line."""
    if line is None:
        return
    months = rule.months or 12
    span = whole_months(day, months)
    sales, other = _sales(span), other_by_household(span)
    for pk, one in people.items():
        found = under_the_line(
            sales.get(pk, (0,))[0],
            other.get(pk),
            one.members,
            months=months,
            line_fen=line.line_fen,
            percent=rule.percent or 100,
        )
        if found:
            about = {"span": span, "line_year": line.year, "line_source": line.source}
            yield Finding(pk, found._asdict() | about, (span,))


def _fall(
    rule: Rule, people: Mapping[int, People], day: dt.date, line: YearlyLine | None
) -> Iterator[Finding]:
    span = last_quarter(day)
    before = span.year_before()
    for pk, (now_fen, before_fen) in _sales(span, before).items():
        found = fallen(now_fen, before_fen, percent=rule.percent or 50, least_fen=rule.least_fen or 1)
        if found and pk in people:
            yield Finding(pk, found._asdict() | {"span": span, "span_before": before}, (before, span))


def _unsold(
    rule: Rule, people: Mapping[int, People], day: dt.date, line: YearlyLine | None
) -> Iterator[Finding]:
    stuck = _stuck(day, rule.days or 60)
    for pk, lots in stuck.items():
        found = unsold(lots, least_fen=rule.least_fen or 0)
        if found and pk in people:
            told = [lot._asdict() for lot in found.lots]
            yield Finding(pk, {"worth_fen": found.worth_fen, "lots": told})


def _stuck(day: dt.date, days: int) -> dict[int, list[Stuck]]:
    """By household, lots past their last day or as good as for ever on sale, and those lately written off. One query."""
    long_ago = dt.datetime.combine(day - dt.timedelta(days=days), dt.time(), SHANGHAI)
    there = Q(state=Lot.State.LISTED, available__gt=0)
    past = Q(good_until__lt=day) | Q(good_until=None, listed_at__lt=long_ago)
    spoiled = Q(rescue__lost__gt=0, rescue__ended_on__gt=day - dt.timedelta(days=SPOILED_DAYS))
    spoiled &= Q(rescue__ended_on__lte=day)
    lots = Lot.objects.filter((there & past) | spoiled, household__erased_on=None).order_by("pk")
    found: dict[int, list[Stuck]] = defaultdict(list)
    for lot in lots.select_related("product", "rescue").iterator(2_000):
        rescue = getattr(lot, "rescue", None)
        lost = rescue.lost if rescue is not None and not lot.available else 0
        quantity = lost or lot.available
        since = lot.good_until or shanghai_day(lot.listed_at)
        found[lot.household_id].append(
            Stuck(
                lot.pk,
                lot.product.name,
                lot.product.name_en,
                quantity,
                lot.unit,
                lot.unit_size,
                line_amount_fen(lot.price_fen, quantity, lot.unit_size or unit_size(lot.unit)),
                since,
                bool(lost),
            )
        )
    return found


def _silent(
    rule: Rule, people: Mapping[int, People], day: dt.date, line: YearlyLine | None
) -> Iterator[Finding]:
    sold = HouseholdDay.objects.filter(amount_fen__gt=0, day__lte=day).order_by().values("household")
    last = dict(sold.annotate(last=Max("day")).values_list("household", "last"))
    lots = Lot.objects.exclude(state__in=[Lot.State.WAITING, Lot.State.SENT_BACK]).order_by()
    listed = dict(lots.values("household").annotate(first=Min("listed_at")).values_list("household", "first"))
    for pk in people:
        first = shanghai_day(listed[pk]) if pk in listed else None
        found = silent(last.get(pk), first, day, days=rule.days or 90)
        if found:
            yield Finding(pk, found._asdict())


Finder = Callable[[Rule, Mapping[int, People], dt.date, "YearlyLine | None"], Iterator[Finding]]
FINDERS: dict[str, Finder] = {
    RuleKind.INCOME: _income,
    RuleKind.FALL: _fall,
    RuleKind.UNSOLD: _unsold,
    RuleKind.SILENT: _silent,
}
