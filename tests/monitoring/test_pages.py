"""The officer's pages on a telephone, and the city's in the admin: who sees whom, what is said, what a form does."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from farmers.monitoring.incomes import enter_line
from farmers.monitoring.models import OtherIncome, Problem, Rule, State, Warning, YearlyLine
from farmers.monitoring.problems import NewItem
from farmers.monitoring.told import warnings_raised
from farmers.monitoring.watch import watch
from farmers.registry.models import Household, HouseholdMark
from marketplace.access.models import Role, Taken, User
from marketplace.days import shanghai_day, today
from marketplace.notices.models import Notice
from tests.makers import a_household, a_person, a_village, an_officer, signed_in
from tests.monitoring.watched import DAY, a_problem, a_warning, an_income, only, rule, sold, wages

pytestmark = pytest.mark.django_db


@pytest.fixture
def household() -> Household:
    return a_household(head_name="赵大山", members=4)


@pytest.fixture
def user(household: Household) -> User:
    return an_officer(household.village)


@pytest.fixture
def officer(user: User) -> Client:
    return signed_in(user)


def text(answer: Any) -> str:
    return str(answer.content.decode())


# --- the officer --------------------------------------------------------------------------------


def test_an_officer_meets_the_own_villages_warnings_alone(officer: Client, household: Household) -> None:
    mine, other = a_warning(household), a_warning(a_household(head_name="钱二姐"))
    page = text(officer.get("/officer/warnings/"))
    assert "赵大山" in page and "钱二姐" not in page
    assert officer.get(f"/officer/warnings/{mine.pk}/").status_code == 200
    for path in ("", "checked/"):
        ask = officer.post if path else officer.get
        assert ask(f"/officer/warnings/{other.pk}/{path}", {"words": "看过"}).status_code == 404
    assert officer.get(f"/officer/households/{other.household_id}/income/").status_code == 404
    city = signed_in(Role.OFFICIAL)
    assert "钱二姐" in text(city.get("/officer/warnings/"))
    assert city.get(f"/officer/warnings/{other.pk}/").status_code == 200


def test_a_warning_goes_its_way_by_forms(officer: Client, household: Household) -> None:
    one = a_warning(household)
    where = f"/officer/warnings/{one.pk}/"
    assert officer.post(f"{where}checked/", {"words": "", "key": uuid.uuid4()}).status_code == 422
    assert officer.post(f"{where}sideways/", {"words": "x"}).status_code == 404
    for step, more in (
        ("checked", {}),
        ("measure", {}),
        ("closed", {"reason": "lifted"}),
        ("reopened", {}),
    ):
        form = {"words": f"做了{step}", "key": uuid.uuid4(), **more}
        assert officer.post(f"{where}{step}/", form).status_code == 302
        one.refresh_from_db()
        assert one.state == step
        page = text(officer.get(where))
        assert f"做了{step}" in page
    # not where it stands: said, and nothing changed
    assert officer.post(f"{where}checked/", {"words": "x", "key": uuid.uuid4()}).status_code == 302
    one.refresh_from_db()
    assert one.state == State.REOPENED
    assert officer.post(f"{where}closed/", {"words": "x", "key": uuid.uuid4()}).status_code == 422


def test_the_finding_leads_to_its_entries(officer: Client, household: Household) -> None:
    only("fall")
    sold(household, dt.date(2025, 8, 3), 1_200)
    watch(DAY)
    one = Warning.objects.get()
    page = text(officer.get(one.get_absolute_url()))
    assert "1,200.00" in page and "100%" in page
    assert "/admin/entry/inspect/" in text(signed_in(Role.OFFICIAL).get(one.get_absolute_url()))


def test_an_income_is_entered_once_and_corrected_in_the_open(officer: Client, household: Household) -> None:
    where = f"/officer/households/{household.pk}/income/"
    month = today().replace(day=1)
    form = {"key": uuid.uuid4(), "kind": "wage", "amount": "1,200.50", "first_month": f"{month:%Y-%m}", "months": 1, "source": "赵大山的工资条"}  # fmt: skip
    wrong: list[tuple[str, str]] = [
        ("amount", "x"), ("amount", "-1"), ("amount", "99999999999"), ("first_month", "2199-01"), ("first_month", "soon"),
        ("months", "0"), ("months", "25"), ("kind", "gold"), ("source", ""), ("amount", "1\0"),
    ]  # fmt: skip
    for name, value in wrong:
        assert officer.post(where, form | {name: value}).status_code == 422, (name, value)
    assert not OtherIncome.objects.exists()
    assert officer.post(where, form).status_code == officer.post(where, form).status_code == 302
    one = OtherIncome.objects.get()
    assert (one.amount_fen, one.first_month) == (120_050, month)
    assert "赵大山" not in one.source
    assert officer.get(f"/officer/income/{one.pk}/").status_code == 200
    assert (
        officer.post(f"/officer/income/{one.pk}/", form | {"key": uuid.uuid4(), "amount": "0"}).status_code
        == 302
    )
    page = text(officer.get(where))
    assert "1,200.50" in page
    assert OtherIncome.objects.that_count().count() == 0
    assert officer.get(f"/officer/income/{one.pk}/").status_code == 302
    elsewhere = signed_in(an_officer(a_village("dongting")))
    assert elsewhere.get(f"/officer/income/{one.pk}/").status_code == 404
    assert elsewhere.post(where, form).status_code == 404


def test_an_item_is_ticked_off_by_whose_it_is(officer: Client, user: User) -> None:
    official = a_person(Role.OFFICIAL)
    problem = a_problem(official, [NewItem("mending", "修棚", user), NewItem("duty", "派人")])
    mine, citys = problem.items.all()
    assert "大棚漏雨" in text(officer.get("/officer/problems/"))
    page = text(officer.get(f"/officer/problems/{problem.pk}/"))
    assert f"/officer/problems/items/{mine.pk}/" in page and f"items/{citys.pk}/" not in page
    assert officer.post(f"/officer/problems/items/{citys.pk}/").status_code == 404
    assert officer.post(f"/officer/problems/items/{mine.pk}/", {"words": "修了"}).status_code == 302
    mine.refresh_from_db()
    assert mine.ticked_by == user
    other = signed_in(an_officer(a_village("dongting")))
    assert other.get(f"/officer/problems/{problem.pk}/").status_code == 404
    assert "大棚漏雨" not in text(other.get("/officer/problems/"))


def test_pages_ask_as_often_however_much_there_is(officer: Client, user: User, household: Household) -> None:
    official = a_person(Role.OFFICIAL)

    def more(number: int) -> list[str]:
        for _ in range(number):
            one = a_warning(a_household(household.village))
            an_income(household, user)
            problem = a_problem(official, [NewItem("mending", "修", user), NewItem("duty", "派", user)])
        where = ["warnings/", f"warnings/{one.pk}/", f"households/{household.pk}/income/", "problems/"]
        return [f"/officer/{path}" for path in [*where, f"problems/{problem.pk}/"]]

    counts = []
    officer.get("/officer/warnings/")  # what is known for all pages
    for number in (1, 8):
        asked = []
        for path in more(number):
            with CaptureQueriesContext(connection) as captured:
                assert officer.get(path).status_code == 200
            asked.append(len(captured))
        counts.append(asked)
    assert counts[0] == counts[1], counts
    assert max(counts[0]) <= 10, counts


def test_officers_hear_how_many_are_new_and_of_nobody(user: User, household: Household) -> None:
    one = a_warning(household)
    a_warning(a_household(household.village))
    day = shanghai_day(one.raised_at).isoformat()
    assert warnings_raised.func(day) == 1
    assert warnings_raised.func(day) == 0
    notice = Notice.objects.get()
    assert (notice.user, notice.facts) == (user, {"count": "2"})


# --- the city -----------------------------------------------------------------------------------


def test_the_city_filters_the_list_and_takes_it_along(household: Household) -> None:
    late = a_warning(household, due_on=today() - dt.timedelta(days=1))
    other = a_warning(a_household(a_village("dongting"), head_name="钱二姐"))
    city = signed_in(Role.OFFICIAL)
    page = text(city.get("/admin/warning/?overdue=true"))
    assert "赵大山" in page and "钱二姐" not in page
    assert f"/admin/warning/inspect/{late.pk}/" in page
    town = other.household.village.town_id
    assert "赵大山" not in text(city.get(f"/admin/warning/?town={town}"))
    assert "赵大山" not in text(city.get("/admin/warning/?is_open=false"))
    taken = city.get("/admin/warning/?overdue=true&export=csv")
    rows = b"".join(taken.streaming_content).decode()  # type: ignore[attr-defined]
    assert "赵大山" in rows and "钱二姐" not in rows
    shown = text(city.get(f"/admin/warning/inspect/{late.pk}/"))
    assert f"{late.due_on}，已超期" in shown
    assert f'href="{late.get_absolute_url()}"' in shown
    assert f'href="/admin/problem/new/?warning={late.pk}"' in shown
    assert city.get("/admin/reports/warnings/").status_code == 200
    home = text(city.get("/admin/"))
    assert "/admin/warning/?overdue=true" in home and "/admin/problem/?overdue=true" not in home


def test_watched_households_stand_beside_the_line(household: Household, user: User) -> None:
    official = a_person(Role.OFFICIAL)
    ended, day = a_household(household.village, head_name="孙三", members=1), today()
    HouseholdMark.objects.create(household=household, kind="edge", since=day - dt.timedelta(days=9))
    HouseholdMark.objects.create(
        household=ended, kind="edge", since=day - dt.timedelta(days=9), until=day - dt.timedelta(days=1)
    )
    enter_line(day.year, 800_000, "示例", official)
    last = day.replace(day=1) - dt.timedelta(days=1)
    sold(household, last, 1_200)
    city = signed_in(official)
    page = text(city.get("/admin/reports/watched/"))
    assert "赵大山" in page and "孙三" not in page and "8,000.00" in page and "1,200.00" in page
    an_income(household, user, wages(2_800, last.replace(day=1)))
    assert "1,000.00" in text(city.get("/admin/reports/watched/?kind=edge"))
    assert "赵大山" not in text(city.get("/admin/reports/watched/?kind=unstable"))
    rows = b"".join(city.get("/admin/reports/watched/?export=csv").streaming_content).decode()  # type: ignore
    assert "赵大山" in rows and "1,000.00" in rows and "孙三" not in rows
    assert Taken.objects.get().what == "watched_households"


@pytest.mark.parametrize("role", [Role.EDITOR, Role.CASHIER, Role.OFFICER, Role.SELLER])
def test_nobody_else_meets_them_in_the_admin(role: Role, household: Household) -> None:
    one, problem = a_warning(household), a_problem()
    client = signed_in(role)
    for path in ("warning/", f"warning/inspect/{one.pk}/", "reports/warnings/", "reports/watched/", "problem/", f"problem/inspect/{problem.pk}/", "problem/new/", "rule/", "rule/edit/1/", "yearlyline/", "yearlyline/new/"):  # fmt: skip
        assert client.get(f"/admin/{path}").status_code in (302, 403, 404), path
    assert client.post(f"/admin/problem/inspect/{problem.pk}/", {"act": "close"}).status_code in (
        302,
        403,
        404,
    )


def test_the_city_opens_works_off_and_closes_a_problem(household: Household, user: User) -> None:
    one, city = a_warning(household), signed_in(Role.OFFICIAL)
    form = {
        "title": "棚漏", "words": "", "town": household.village.town_id, "leader": "刘市长", "department": "农业农村局",
        "team": "三人", "due_on": f"{today() + dt.timedelta(days=9)}", "once": uuid.uuid4(), "came_of": one.pk,
        "problem_lines": "北棚漏\n\n南棚漏", "duty_lines": "派人", "mending_lines": "", "result_lines": "验收",
    }  # fmt: skip
    new = f"/admin/problem/new/?warning={one.pk}"
    assert f'value="{one.pk}"' in text(city.get(new))
    assert city.post(new, form | {"leader": ""}).status_code == 200
    assert city.post(new, form | {"due_on": "2020-01-01"}).status_code == 200
    assert not Problem.objects.exists()
    assert city.post(new, form).status_code == city.post(new, form).status_code == 302
    problem = Problem.objects.get()
    assert (problem.warning, problem.items.count()) == (one, 4)
    where = f"/admin/problem/inspect/{problem.pk}/"
    assert city.post(where, {"act": "add", "add-list": "mending", "add-words": ""}).status_code == 422
    more = {"act": "add", "add-list": "mending", "add-words": "修棚", "add-whose": user.pk, "add-due_on": "2030-01-01", "add-key": uuid.uuid4()}  # fmt: skip
    assert city.post(where, more).status_code == city.post(where, more).status_code == 302
    assert problem.items.count() == 5
    assert city.post(where, {"act": "close", "close-result": "好了"}).status_code == 302
    for item in problem.items.all():
        city.post(where, {"act": "tick", "item": item.pk, "words": "做了"})
    assert city.post(where, {"act": "tick", "item": "999999"}).status_code == 404
    assert city.post(where, {"act": "untick", "item": item.pk}).status_code == 302
    assert not problem.items.filter(ticked_at=None).exists(), "without words it stays"
    city.post(where, {"act": "close", "close-result": "好了"})
    problem.refresh_from_db()
    assert (problem.state, problem.result) == ("closed", "好了")
    city.post(where, {"act": "reopen", "reopen-words": "又漏", "reopen-due_on": "2030-02-01"})
    problem.refresh_from_db()
    assert (problem.state, problem.due_on) == ("open", dt.date(2030, 2, 1))
    assert "又漏" in text(city.get(where))


def test_rules_are_checked_at_their_fields() -> None:
    city = signed_in(Role.OFFICIAL)
    income = rule("income")
    where = f"/admin/rule/edit/{income.pk}/"
    form = {
        "kind": "income",
        "on": "on",
        "percent": 120,
        "months": 6,
        "days": "",
        "least_fen": "",
        "quiet_days": 60,
    }
    for wrong in (
        {"percent": ""},
        {"percent": 0},
        {"percent": 501},
        {"months": 25},
        {"quiet_days": 2000},
        {"months": "x"},
    ):
        assert city.post(where, form | wrong).status_code == 200, wrong
    income.refresh_from_db()
    assert income.percent == 100
    assert city.post(where, form | {"days": 5}).status_code == 302
    income.refresh_from_db()
    assert (income.percent, income.months, income.days, income.quiet_days) == (120, 6, None, 60)
    new = {
        "kind": "fall",
        "on": "on",
        "percent": 30,
        "months": "",
        "days": "",
        "least_fen": "500.50",
        "quiet_days": 0,
    }
    assert city.post("/admin/rule/new/", new | {"least_fen": "0"}).status_code == 200
    assert city.post("/admin/rule/new/", new).status_code == 302
    assert Rule.objects.get(percent=30).least_fen == 50_050


def test_a_line_is_entered_with_its_source_and_never_changed() -> None:
    official = a_person(Role.OFFICIAL)
    city = signed_in(official)
    form = {"year": 2026, "line_fen": "8,000", "source": "示例文件"}
    for wrong in ({"source": ""}, {"line_fen": "0"}, {"year": 1900}):
        assert city.post("/admin/yearlyline/new/", form | wrong).status_code == 200, wrong
    assert city.post("/admin/yearlyline/new/", form).status_code == 302
    line = YearlyLine.objects.get()
    assert (line.line_fen, line.by) == (800_000, official)
    for act in ("edit", "delete"):
        assert city.post(f"/admin/yearlyline/{act}/{line.pk}/").status_code == 404
