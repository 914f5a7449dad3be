"""Problems: four lists ticked off one by one, closed when nothing is left, opened again with all that was done."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.utils import timezone

from farmers.monitoring.models import Item, Problem
from farmers.monitoring.problem_models import ListKind
from farmers.monitoring.problems import (
    NewItem,
    NewProblem,
    Refused,
    add_item,
    close_problem,
    open_problem,
    reopen_problem,
    tick,
    untick,
)
from farmers.monitoring.told import problems_overdue
from marketplace.access.models import Role, User
from marketplace.days import today
from marketplace.notices.models import Notice
from tests.makers import a_person, a_village, an_officer, at_once
from tests.monitoring.watched import a_problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def official() -> User:
    return a_person(Role.OFFICIAL)


def four(whose: User | None = None) -> list[NewItem]:
    return [NewItem(kind, f"{kind.label}一项", whose) for kind in ListKind]


def test_it_is_closed_when_each_list_has_items_and_all_are_ticked(official: User) -> None:
    officer = an_officer(a_village())
    problem = a_problem(official, four(officer)[:3])
    for item in problem.items.all():
        with pytest.raises(Refused):
            close_problem(problem.pk, "好了", official)
        tick(item.pk, officer, "修好了")
    with pytest.raises(Refused, match=str(ListKind.RESULT.label)):
        close_problem(problem.pk, "好了", official)
    last = add_item(problem.pk, NewItem("result", "验收"), official, uuid.uuid4())
    tick(last.pk, official)
    with pytest.raises(ValueError):
        close_problem(problem.pk, "  ", official)
    close_problem(problem.pk, "三座棚都修好", official)
    assert close_problem(problem.pk, "别的", official).result == "三座棚都修好"
    item = problem.items.first()
    assert item and (item.ticked_by, item.ticked_at is not None) == (officer, True)


def test_opened_again_it_keeps_what_was_done(official: User) -> None:
    problem = a_problem(official, four())
    for item in problem.items.all():
        tick(item.pk, official)
    close_problem(problem.pk, "好了", official)
    item = problem.items.first()
    assert item
    for act in (
        lambda: add_item(problem.pk, NewItem("mending", "再修"), official, uuid.uuid4()),
        lambda: untick(item.pk, official, "又漏"),
    ):
        with pytest.raises(Refused):
            act()
    reopen_problem(problem.pk, "又漏了", today() + dt.timedelta(days=9), official)
    untick(item.pk, official, "没修好")
    with pytest.raises(Refused):
        close_problem(problem.pk, "好了", official)
    tick(item.pk, official)
    close_problem(problem.pk, "这回好了", official)
    kinds = list(problem.steps.values_list("kind", flat=True))
    assert kinds == [
        "opened",
        *["added"] * 4,
        *["ticked"] * 4,
        "closed",
        "reopened",
        "unticked",
        "ticked",
        "closed",
    ]
    with pytest.raises(DatabaseError), transaction.atomic():
        problem.steps.all().delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        problem.steps.update(words="")


def test_the_database_closes_nothing_that_is_left_open(official: User) -> None:
    problem = a_problem(official, four())
    with pytest.raises(DatabaseError), transaction.atomic():
        Problem.objects.filter(pk=problem.pk).update(state="closed", result="好了")
    Item.objects.filter(problem=problem).update(ticked_at=timezone.now(), ticked_by=official)
    with pytest.raises(DatabaseError), transaction.atomic():
        Problem.objects.filter(pk=problem.pk).update(state="closed", result="")
    Problem.objects.filter(pk=problem.pk).update(state="closed", result="好了")
    with pytest.raises(DatabaseError), transaction.atomic():
        Item.objects.create(problem=problem, list="duty", words="漏了")


def test_an_officer_ticks_the_own_items_and_does_nothing_else(official: User) -> None:
    officer, other = an_officer(a_village()), an_officer(a_village())
    problem = a_problem(official, [NewItem("mending", "修", officer), NewItem("duty", "派人")])
    mine, citys = problem.items.all()
    assert list(Problem.objects.visible_to(officer)) == [problem]
    assert not Problem.objects.visible_to(other)
    for role in set(Role) - {Role.OFFICIAL, Role.ADMIN, Role.OFFICER}:
        assert not Problem.objects.visible_to(a_person(role))
    for act in (
        lambda: tick(citys.pk, officer),
        lambda: tick(mine.pk, other),
        lambda: untick(mine.pk, officer, "没"),
        lambda: add_item(problem.pk, NewItem("duty", "x"), officer, uuid.uuid4()),
        lambda: close_problem(problem.pk, "好", officer),
        lambda: reopen_problem(problem.pk, "又", today(), officer),
        lambda: a_problem(officer),
    ):
        with pytest.raises(PermissionDenied):
            act()
    tick(mine.pk, officer)
    assert tick(mine.pk, officer).ticked_by == officer


def test_the_city_is_told_once_of_what_is_overdue(official: User) -> None:
    late = a_problem(official, title="王大明家的棚")
    Problem.objects.filter(pk=late.pk).update(due_on=today() - dt.timedelta(days=1))
    a_problem(official)
    assert problems_overdue.func(today().isoformat()) == 1
    assert problems_overdue.func(today().isoformat()) == 0
    notice = Notice.objects.get(kind="problem_overdue")
    assert notice.user == official
    assert "王大明" not in str(notice.facts)
    item = a_problem(official, [NewItem("duty", "派人", None, today() - dt.timedelta(days=1))])
    assert set(Problem.objects.overdue(today())) == {late, item}


def test_a_form_sent_twice_opens_one(official: User) -> None:
    key = uuid.uuid4()
    new = NewProblem("漏", "", "刘", "局", "组", today())
    assert open_problem(new, four(), official, key) == open_problem(new, four(), official, key)
    assert Item.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_closing_and_adding_at_once_leave_nothing_open_in_a_closed_problem() -> None:
    official = a_person(Role.OFFICIAL)
    problem = a_problem(official, four())
    for item in problem.items.all():
        tick(item.pk, official)
    done = at_once(
        [
            lambda: close_problem(problem.pk, "好了", official),
            lambda: add_item(problem.pk, NewItem("duty", "再派"), official, uuid.uuid4()),
        ]
    )
    assert sum(isinstance(one, Refused) for one in done) == 1, done
    problem.refresh_from_db()
    assert (problem.state == "closed") == (not problem.items.filter(ticked_at=None).exists())
