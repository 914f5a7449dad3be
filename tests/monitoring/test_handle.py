"""A warning's way: new, checked, measure taken, closed with its reason, re-opened; and an income's corrections."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from hypothesis import settings
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.strategies import sampled_from

from cms.privacy.erase import erase_household
from farmers.monitoring.handle import ALLOWED, REASONS, Refused, take_step
from farmers.monitoring.incomes import CorrectedMeanwhile, by_month, correct_income, other_by_household
from farmers.monitoring.models import CloseReason, OtherIncome, State, Step, Warning
from farmers.monitoring.rules import Span
from farmers.registry.erasure import ask_erasure
from farmers.registry.models import Erasure, Household
from marketplace.access.models import Role, User
from tests.makers import a_household, a_person, a_village, an_officer, at_once
from tests.monitoring.watched import a_problem, a_warning, an_income, sold, wages

pytestmark = pytest.mark.django_db


@pytest.fixture
def household() -> Household:
    return a_household(head_name="赵大山", phone="13912345678", members=4)


@pytest.fixture
def officer(household: Household) -> User:
    return an_officer(household.village)


class Machine(RuleBasedStateMachine):
    """Whatever is tried in whatever order, the table decides, and what is written agrees with it."""

    @initialize()
    def begin(self) -> None:
        household = a_household()
        self.officer = an_officer(household.village)
        self.warning = a_warning(household)
        self.expected, self.steps = State.NEW, 0

    @rule(to=sampled_from(list(State)), reason=sampled_from(["", *CloseReason.values]))
    def try_a_step(self, to: State, reason: str) -> None:
        fits = reason in (REASONS.get(self.expected, ()) if to == State.CLOSED else ("",))
        if to not in ALLOWED[self.expected]:
            with pytest.raises(Refused):
                take_step(self.warning.pk, to, "看过", self.officer, reason=reason)
        elif not fits:
            with pytest.raises(ValueError):
                take_step(self.warning.pk, to, "看过", self.officer, reason=reason)
        else:
            step = take_step(self.warning.pk, to, "看过", self.officer, reason=reason)
            assert (step.from_state, step.to_state) == (self.expected, to)
            self.expected, self.steps = to, self.steps + 1

    @invariant()
    def stands_where_its_steps_led(self) -> None:
        if not hasattr(self, "warning"):
            return
        one = Warning.objects.get(pk=self.warning.pk)
        assert one.state == self.expected
        assert (one.due_on is None) == (one.state == State.CLOSED)
        assert one.steps.count() == self.steps


class TestMachine(TestCase, Machine.TestCase):  # type: ignore[misc]
    settings = settings(max_examples=8, stateful_step_count=12, deadline=None)


def test_every_state_is_left_by_some_step() -> None:
    assert set(ALLOWED) == set(State)
    assert set(REASONS) == {state for state, to in ALLOWED.items() if State.CLOSED in to}


def test_words_are_kept_without_name_and_number(household: Household, officer: User) -> None:
    one = a_warning(household)
    step = take_step(one.pk, "checked", "赵大山家，电话13912345678，棚塌了", officer)
    assert "赵大山" not in step.words and "13912345678" not in step.words
    assert "棚塌了" in step.words
    for wrong in ("", "   "):
        with pytest.raises(ValueError):
            take_step(one.pk, "measure", wrong, officer)


def test_a_step_sent_twice_is_one(household: Household, officer: User) -> None:
    one, key = a_warning(household), uuid.uuid4()
    assert take_step(one.pk, "checked", "看过", officer, key=key) == take_step(one.pk, "checked", "看过", officer, key=key)  # fmt: skip
    assert one.steps.count() == 1


def test_nobody_else_handles_it(household: Household) -> None:
    one = a_warning(household)
    own = an_officer(household.village)
    Household.objects.filter(pk=household.pk).update(user=own)
    others = [an_officer(a_village("dongting")), an_officer(a_village("qingfengdian")), own]
    others += [a_person(role) for role in Role if role not in {Role.OFFICIAL, Role.ADMIN}]
    for other in others:
        with pytest.raises(PermissionDenied):
            take_step(one.pk, "checked", "看过", other)
        with pytest.raises(PermissionDenied):
            an_income(household, other)
    assert not Step.objects.exists()
    take_step(one.pk, "checked", "看过", a_person(Role.OFFICIAL))


def test_another_open_one_stands_in_the_way_of_opening_again(household: Household, officer: User) -> None:
    one = a_warning(household)
    take_step(one.pk, "checked", "看过", officer)
    take_step(one.pk, "closed", "没事", officer, reason="no_risk")
    a_warning(household)
    with pytest.raises(Refused):
        take_step(one.pk, "reopened", "又来了", officer)
    one.refresh_from_db()
    assert one.state == State.CLOSED


def test_what_was_written_is_never_changed_and_goes_with_the_household_alone(
    household: Household, officer: User
) -> None:
    one, income = a_warning(household), an_income(household, officer)
    step = take_step(one.pk, "checked", "看过", officer)
    official = a_person(Role.OFFICIAL)
    problem = a_problem(official, warning=one, words="赵大山家的棚")
    for row, change in ((step, {"words": "别的"}), (income, {"amount_fen": 1})):
        with pytest.raises(DatabaseError), transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(**change)
        with pytest.raises(DatabaseError), transaction.atomic():
            type(row).objects.filter(pk=row.pk).delete()
    ask_erasure(household.pk, official, Erasure.Why.REQUEST)
    erase_household(household.pk, a_person(Role.ADMIN))
    assert not Warning.objects.exists() and not Step.objects.exists() and not OtherIncome.objects.exists()
    problem.refresh_from_db()
    assert problem.warning is None
    assert "赵大山" not in problem.words and "的棚" in problem.words


# --- income -------------------------------------------------------------------------------------


def test_income_stands_by_month_and_a_correction_in_its_place(household: Household, officer: User) -> None:
    months = [dt.date(2026, 2, 1), dt.date(2026, 3, 1), dt.date(2026, 4, 1)]
    sold(household, dt.date(2026, 3, 5), 600)
    wrong = an_income(household, officer, wages(3_000, dt.date(2026, 2, 1), 2))
    an_income(household, officer, wages(500, dt.date(2026, 3, 1), 1, "cost"))
    assert [(m.sales_fen, m.other_fen, m.spent_fen, m.fen) for m in by_month(household, months)] == [
        (0, 150_000, 0, 150_000),
        (60_000, 150_000, 50_000, 160_000),
        (0, 0, 0, 0),
    ]
    right = wages(1_000, dt.date(2026, 4, 1))
    correct_income(wrong.pk, right, officer, uuid.uuid4())
    assert [m.other_fen for m in by_month(household, months)] == [0, 0, 100_000]
    with pytest.raises(CorrectedMeanwhile):
        correct_income(wrong.pk, right, officer, uuid.uuid4())
    assert OtherIncome.objects.count() == 3


def test_an_income_taken_back_is_not_known_and_none_at_all_is(household: Household, officer: User) -> None:
    span = Span(dt.date(2026, 1, 1), dt.date(2026, 10, 31))
    one = an_income(household, officer, wages(900, dt.date(2026, 2, 1)))
    assert other_by_household(span) == {household.pk: 90_000}
    correct_income(one.pk, wages(0, dt.date(2026, 2, 1)), officer, uuid.uuid4())
    assert other_by_household(span) == {}
    an_income(household, officer, wages(0, dt.date(2026, 5, 1)))
    assert other_by_household(span) == {household.pk: 0}


@pytest.mark.django_db(transaction=True)
def test_two_hands_at_once_take_one_step_and_make_one_correction() -> None:
    household = a_household()
    officer, other = an_officer(household.village), an_officer(household.village.town)
    one, income = a_warning(household), an_income(household, officer)
    done = at_once([lambda by=by: take_step(one.pk, "checked", "看过", by) for by in (officer, other)])
    assert sorted(type(each).__name__ for each in done) == ["Refused", "Step"], done
    corrected: list[Any] = at_once(
        [lambda by=by: correct_income(income.pk, wages(7), by, uuid.uuid4()) for by in (officer, other)]
    )
    assert sorted(type(each).__name__ for each in corrected) == ["CorrectedMeanwhile", "OtherIncome"], (
        corrected
    )
