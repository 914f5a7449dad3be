"""Households to watch over: sales on days of our choosing, warnings, incomes and problems, made by the real verbs."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from farmers.ledger.post import post_sales
from farmers.monitoring.handle import DUE_DAYS
from farmers.monitoring.incomes import NewIncome, add_income
from farmers.monitoring.models import OtherIncome, Problem, Rule, State, Warning
from farmers.monitoring.problems import NewItem, NewProblem, open_problem
from farmers.registry.models import Household
from marketplace.access.models import Role, User
from marketplace.days import today
from tests.ledger.books import noon, potatoes
from tests.makers import a_person

DAY = dt.date(2026, 11, 30)


def sold(household: Household, day: dt.date, yuan: int) -> None:
    """Potatoes for so many yuan (a multiple of six), accepted at noon."""
    post_sales([potatoes(household, jin=yuan * 100 // 120, at=noon(day.year, day.month, day.day))])


def rule(kind: str, **changed: Any) -> Rule:
    """The one that a city begins with."""
    Rule.objects.filter(kind=kind).update(**changed)
    return Rule.objects.get(kind=kind)


def only(kind: str, **changed: Any) -> Rule:
    """No other is in force."""
    Rule.objects.exclude(kind=kind).update(on=False)
    return rule(kind, **changed)


def a_warning(household: Household, kind: str = "silent", **facts: Any) -> Warning:
    evidence = {
        "day": f"{DAY}",
        "rule": {"days": 90},
        "days": 120,
        "last_sale": "2026-08-02",
        "first_listed": None,
    }
    due = today() + dt.timedelta(days=DUE_DAYS[State.NEW])
    facts = {"evidence": evidence, "due_on": due} | facts
    return Warning.objects.create(household=household, rule=Rule.objects.get(kind=kind), kind=kind, **facts)


def wages(yuan: int, first: dt.date = dt.date(2026, 11, 1), months: int = 1, kind: str = "wage") -> NewIncome:
    return NewIncome(kind, yuan * 100, first, months, "工资条")


def an_income(household: Household, by: User, new: NewIncome | None = None) -> OtherIncome:
    return add_income(household.pk, new or wages(1_200), by, uuid.uuid4())


def a_problem(by: User | None = None, items: Iterable[NewItem] = (), **facts: Any) -> Problem:
    facts = {
        "title": "大棚漏雨",
        "words": "北村三座棚漏",
        "leader": "刘副市长",
        "department": "农业农村局",
        "team": "设施组三人",
        "due_on": today() + dt.timedelta(days=30),
    } | facts
    return open_problem(NewProblem(**facts), items, by or a_person(Role.OFFICIAL), uuid.uuid4())
