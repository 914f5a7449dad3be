"""The nightly round: what it finds, with its evidence, once, and in as many queries whatever the number of households."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from farmers.ledger.models import Entry
from farmers.monitoring.incomes import enter_line
from farmers.monitoring.models import Rule, State, Warning
from farmers.monitoring.watch import watch
from farmers.registry.models import Household, HouseholdMark
from farmers.stock.models import Lot, Rescue
from marketplace.access.models import Role
from marketplace.days import SHANGHAI
from tests.makers import a_household, a_lot, a_person, a_village, an_officer, at_once, saplings
from tests.monitoring.watched import DAY, an_income, only, sold, wages

pytestmark = pytest.mark.django_db


def found() -> dict[int, dict[str, Any]]:
    return {one.household_id: one.evidence for one in Warning.objects.order_by("pk")}


def test_a_fall_by_half_is_raised_with_the_entries_of_both_quarters() -> None:
    only("fall")
    fell, held, small = a_household(), a_household(), a_household()
    for one, last_year, this_year in ((fell, 1_200, 600), (held, 1_200, 606), (small, 480, 0)):
        sold(one, dt.date(2025, 8, 3), last_year)
        if this_year:
            sold(one, dt.date(2026, 9, 30), this_year)
    sold(fell, dt.date(2026, 10, 1), 6_000)  # of the quarter that is not over
    assert watch(DAY) == 1
    (told,) = found().values()
    assert (told["now_fen"], told["before_fen"], told["less_percent"]) == (60_000, 120_000, 50)
    assert told["rule"] == {"percent": 50, "least_fen": 50_000}
    rests = Entry.objects.filter(pk__in=told["entries"])
    assert {entry.household_id for entry in rests} == {fell.pk}
    assert sum(entry.amount_fen for entry in rests) == told["now_fen"] + told["before_fen"]
    assert told["entry_count"] == 2


def test_income_under_the_line_is_raised_where_it_is_known() -> None:
    only("income")
    official = a_person(Role.OFFICIAL)
    village = a_village()
    officer = an_officer(village)
    poor, fine, unknown = (a_household(village, members=2) for _ in range(3))
    nobody_counted = a_household(village)
    for one in (poor, fine, unknown, nobody_counted):
        sold(one, dt.date(2026, 3, 1), 6_000)
    for one, fen in ((poor, 9_000), (fine, 10_000), (nobody_counted, 0)):
        an_income(one, officer, wages(fen, dt.date(2026, 1, 1), 10))
    assert watch(DAY) == 0, "no line is entered"
    enter_line(2026, 800_000, "示例", official)
    assert watch(DAY) == 1
    (told,) = found().values()
    assert set(found()) == {poor.pk}
    assert (told["sales_fen"], told["other_fen"], told["people"]) == (600_000, 900_000, 2)
    assert (told["per_head_fen"], told["line_fen"], told["line_source"]) == (750_000, 800_000, "示例")
    assert told["span"] == ["2025-11-01", "2026-10-31"]


def test_the_newest_line_of_a_year_counts_and_costs_are_taken_off() -> None:
    only("income")
    official, village = a_person(Role.OFFICIAL), a_village()
    one = a_household(village, members=1)
    an_income(one, an_officer(village), wages(9_000, dt.date(2026, 1, 1), 10))
    enter_line(2026, 800_000, "旧", official)
    assert watch(DAY) == 0
    an_income(one, an_officer(village), wages(1_500, dt.date(2026, 2, 1), 1, "burden"))
    enter_line(2026, 700_000, "新", official)
    assert watch(DAY) == 0
    enter_line(2026, 750_100, "更新", official)
    assert watch(DAY) == 1
    assert found()[one.pk]["other_fen"] == 750_000


def test_goods_that_outstayed_their_clock_are_raised() -> None:
    only("unsold", least_fen=10_000)
    past, spoiled, trees, fresh = (a_household() for _ in range(4))
    old = a_lot(jin=100, household=past)
    Lot.objects.filter(pk=old.pk).update(good_until=DAY - dt.timedelta(days=1))
    gone = a_lot(jin=100, household=spoiled)
    Lot.objects.filter(pk=gone.pk).update(listed=0, good_until=DAY - dt.timedelta(days=9))
    Rescue.objects.create(
        lot=gone, since=DAY - dt.timedelta(days=12), at_risk=50_000, ended_on=DAY - dt.timedelta(days=7), lost=50_000
    )  # fmt: skip
    long_ago = dt.datetime.combine(DAY - dt.timedelta(days=91), dt.time(), SHANGHAI)
    waiting = saplings(household=trees)
    Lot.objects.filter(pk=waiting.pk).update(listed_at=long_ago)
    keeps = a_lot(household=fresh)
    Lot.objects.filter(pk=keeps.pk).update(good_until=DAY)
    assert watch(DAY) == 3
    told = found()
    assert set(told) == {past.pk, spoiled.pk, trees.pk}
    assert [lot["lot_id"] for lot in told[past.pk]["lots"]] == [old.pk]
    assert told[past.pk]["worth_fen"] == told[spoiled.pk]["worth_fen"] == 12_000
    assert told[spoiled.pk]["lots"][0]["spoiled"] is True
    assert told[trees.pk]["worth_fen"] == 350_000


def test_ninety_days_without_a_sale_are_raised() -> None:
    only("silent")
    silent, lately, never_listed = a_household(), a_household(), a_household()
    sold(silent, DAY - dt.timedelta(days=90), 60)
    sold(lately, DAY - dt.timedelta(days=89), 60)
    assert watch(DAY) == 1
    assert found() == {silent.pk: found()[silent.pk]}
    assert found()[silent.pk]["days"] == 90
    assert never_listed.pk not in found()


def test_a_rule_for_watched_households_leaves_others_alone() -> None:
    rule = only("silent", watched_only=True)
    watched, ended, other = a_household(), a_household(), a_household()
    HouseholdMark.objects.create(household=watched, kind="edge", since=DAY - dt.timedelta(days=9))
    since = DAY - dt.timedelta(days=99)
    HouseholdMark.objects.create(household=ended, kind="edge", since=since, until=DAY - dt.timedelta(days=1))
    HouseholdMark.objects.create(household=other, kind="lifted", since=since)
    for one in (watched, ended, other):
        sold(one, dt.date(2026, 3, 1), 60)
    assert watch(DAY) == 1
    assert set(found()) == {watched.pk}
    Rule.objects.filter(pk=rule.pk).update(on=False)
    Warning.objects.update(state=State.CLOSED, due_on=None)
    assert watch(DAY + dt.timedelta(days=400)) == 0, "a rule that is off raises nothing"


def test_run_again_nothing_is_raised_twice() -> None:
    only("silent", quiet_days=90)
    sold(a_household(), dt.date(2026, 3, 1), 60)
    call_command("watch_households")
    assert watch() == 0
    one = Warning.objects.get()
    at = dt.datetime.combine(DAY, dt.time(12), SHANGHAI)
    Warning.objects.filter(pk=one.pk).update(state=State.CLOSED, due_on=None, moved_at=at)
    assert watch(DAY + dt.timedelta(days=90)) == 0, "closed too lately"
    assert watch(DAY + dt.timedelta(days=91)) == 1


def test_the_evidence_is_frozen() -> None:
    only("silent")
    household = a_household()
    sold(household, dt.date(2026, 3, 1), 60)
    watch(DAY)
    one = Warning.objects.get()
    for change in ({"evidence": {}}, {"household": a_household()}, {"kind": "fall"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Warning.objects.filter(pk=one.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Warning.objects.filter(pk=one.pk).delete()
    Rule.objects.filter(kind="silent").update(days=5)
    one.refresh_from_db()
    assert one.evidence["rule"] == {"days": 90}


def test_the_round_asks_as_often_whatever_the_number_of_households() -> None:
    official, village = a_person(Role.OFFICIAL), a_village()
    officer = an_officer(village)
    enter_line(2026, 800_000, "示例", official)

    def more() -> None:
        for _ in range(6):
            one: Household = a_household(village, members=3)
            an_income(one, officer, wages(1_200, dt.date(2026, 10, 1)))
            sold(one, dt.date(2025, 8, 1), 1_200)
            Lot.objects.filter(pk=a_lot(household=one).pk).update(good_until=DAY - dt.timedelta(days=2))

    counts = []
    for _ in range(2):
        more()
        with CaptureQueriesContext(connection) as asked:
            assert watch(DAY) == 24
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 20, counts


@pytest.mark.django_db(transaction=True)
def test_two_rounds_at_once_raise_each_warning_once() -> None:
    only("silent")
    for _ in range(5):
        sold(a_household(), dt.date(2026, 3, 1), 60)
    done = at_once([lambda: watch(DAY)] * 4)
    assert not [one for one in done if isinstance(one, Exception)], done
    assert Warning.objects.count() == 5
