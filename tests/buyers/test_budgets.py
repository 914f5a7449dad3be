"""Filing, checking and sending back: who may, what is refused, and that what was checked stays as it was."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from marketplace.access.models import Role, User
from marketplace.days import today
from shop.buyers import budgets
from shop.buyers.guards import TABLE
from shop.buyers.models import BuyerOrganisation, CanteenBudget, Duty
from shop.buyers.quota import MAX_BUDGET_FEN
from tests.makers import a_person, an_organisation, at_once

pytestmark = pytest.mark.django_db
State = CanteenBudget.State
YUAN = 100
BOOKS = Duty.Kind.BOOKKEEPER


class Unit(NamedTuple):
    unit: BuyerOrganisation
    bookkeeper: User
    official: User

    def file(self, yuan: int = 100_000, percent: int = 10, by: User | None = None) -> CanteenBudget:
        return budgets.file(self.unit.pk, today().year, yuan * YUAN, percent, by or self.bookkeeper)


@pytest.fixture
def school() -> Unit:
    bookkeeper = a_person(Role.CANTEEN)
    return Unit(an_organisation(duties={bookkeeper: [BOOKS]}), bookkeeper, a_person(Role.OFFICIAL))


def states(unit: BuyerOrganisation) -> list[tuple[int, str, int]]:
    rows = CanteenBudget.objects.filter(organisation=unit).order_by("version")
    return [(row.version, row.state, row.budget_fen // YUAN) for row in rows]


class TestFiling:
    def test_a_filing_waits_is_replaced_while_it_waits_and_kept_once_checked(self, school: Unit) -> None:
        first = school.file(100_000)
        second = school.file(120_000)
        assert states(school.unit) == [(1, "replaced", 100_000), (2, "waiting", 120_000)]
        budgets.check(second.pk, school.official)
        third = school.file(90_000, 20)
        assert states(school.unit)[1:] == [(2, "checked", 120_000), (3, "waiting", 90_000)]
        assert (third.reserved_fen, first.reserved_fen) == (18_000 * YUAN, 10_000 * YUAN)

    def test_the_same_filed_twice_is_filed_once(self, school: Unit) -> None:
        assert school.file().pk == school.file().pk
        budgets.check(school.file().pk, school.official)
        school.file()
        assert states(school.unit) == [(1, "checked", 100_000)]

    def test_what_was_sent_back_may_be_filed_again_as_it_was(self, school: Unit) -> None:
        budgets.send_back(school.file().pk, school.official, "预算与决算不符")
        school.file()
        assert [state for _version, state, _yuan in states(school.unit)] == ["sent_back", "waiting"]

    @pytest.mark.parametrize(
        ("field", "changed"),
        [
            ("budget", {"budget_fen": 0}),
            ("budget", {"budget_fen": -1}),
            ("budget", {"budget_fen": MAX_BUDGET_FEN + 1}),
            ("percent", {"percent": 9}),
            ("percent", {"percent": 101}),
            ("percent", {"percent": -10}),
            ("year", {"year": today().year - 1}),
            ("year", {"year": today().year + 2}),
        ],
    )
    def test_figures_that_cannot_be_are_named(
        self, school: Unit, field: str, changed: dict[str, int]
    ) -> None:
        figures = {"year": today().year, "budget_fen": 1000, "percent": 10} | changed
        with pytest.raises(budgets.NotFiled) as refused:
            budgets.file(school.unit.pk, **figures, by=school.bookkeeper)
        assert set(refused.value.errors) == {field}
        assert str(refused.value)
        assert not states(school.unit)

    def test_a_city_may_ask_for_more_than_ten_percent(self, school: Unit, settings: Any) -> None:
        settings.RESERVED_PERCENT_MIN = 15
        with pytest.raises(budgets.NotFiled):
            school.file(percent=14)
        assert school.file(percent=15)

    @pytest.mark.parametrize("canteen", ["none", "shared"])
    def test_a_unit_that_owes_nothing_files_nothing(self, canteen: str) -> None:
        bookkeeper = a_person(Role.CANTEEN)
        through = an_organisation() if canteen == "shared" else None
        unit = an_organisation(duties={bookkeeper: [BOOKS]}, canteen=canteen, files_through=through)
        with pytest.raises(budgets.NotFiled):
            budgets.file(unit.pk, today().year, 1000, 10, bookkeeper)
        assert not budgets.may_file(bookkeeper, unit)

    def test_only_the_unit_s_own_bookkeeper_files(self, school: Unit) -> None:
        buyer, cook, foreign = (a_person(Role.CANTEEN) for _ in range(3))
        other = an_organisation(duties={foreign: [BOOKS]})
        kitchen = an_organisation(kind=BuyerOrganisation.Kind.ENTERPRISE, duties={cook: [BOOKS]})
        run = an_organisation(
            duties={buyer: [Duty.Kind.REQUESTER, Duty.Kind.APPROVER, Duty.Kind.RECEIVER]},
            canteen="contracted",
            operator=kitchen,
        )
        for unit, by in (
            (school.unit, foreign),
            (school.unit, school.official),
            (run, buyer),
            (run, cook),
            (other, school.bookkeeper),
        ):
            with pytest.raises(PermissionDenied):
                budgets.file(unit.pk, today().year, 1000, 10, by)
        assert not CanteenBudget.objects.exists()


class TestDeciding:
    @pytest.mark.parametrize("role", [role for role in Role if role not in {Role.OFFICIAL, Role.ADMIN}])
    def test_only_officials_check_and_send_back(self, school: Unit, role: Role) -> None:
        filing = school.file()
        for act in (
            lambda by: budgets.check(filing.pk, by),
            lambda by: budgets.send_back(filing.pk, by, "不对"),
        ):
            with pytest.raises(PermissionDenied):
                act(a_person(role))
        assert states(school.unit) == [(1, "waiting", 100_000)]

    def test_nobody_checks_what_they_filed(self) -> None:
        both = a_person(Role.ADMIN)
        unit = an_organisation(duties={both: [BOOKS]})
        filing = budgets.file(unit.pk, today().year, 1000, 10, both)
        with pytest.raises(PermissionDenied):
            budgets.check(filing.pk, both)

    def test_a_reason_is_needed_and_fits(self, school: Unit) -> None:
        filing = school.file()
        for reason in ("", "  ", "长" * 201):
            with pytest.raises(budgets.NotFiled) as refused:
                budgets.send_back(filing.pk, school.official, reason)
            assert set(refused.value.errors) == {"reason"}

    def test_what_was_overtaken_is_not_decided(self, school: Unit) -> None:
        old = school.file(100_000)
        new = school.file(120_000)
        with pytest.raises(budgets.Overtaken):
            budgets.check(old.pk, school.official)
        budgets.check(new.pk, school.official)
        assert budgets.check(new.pk, school.official).state == State.CHECKED  # pressed twice
        with pytest.raises(budgets.Overtaken):
            budgets.send_back(new.pk, school.official, "不对")
        with pytest.raises(budgets.Overtaken):
            budgets.check(new.pk, a_person(Role.OFFICIAL))


class TestTheTable:
    @pytest.mark.parametrize(
        "change",
        [
            "SET budget_fen = 1",
            "SET reserved_percent = 99",
            "SET year = 2000",
            "SET version = 9",
            "SET state = 'waiting', decided_by_id = NULL, decided_at = NULL",
            "SET reason = reason",
        ],
    )
    def test_what_was_checked_is_never_changed(self, school: Unit, change: str) -> None:
        budgets.check(school.file().pk, school.official)
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {TABLE} {change}")

    def test_figures_that_wait_are_never_changed_and_none_is_deleted(self, school: Unit) -> None:
        school.file()
        for sql in (f"UPDATE {TABLE} SET budget_fen = 1", f"DELETE FROM {TABLE}"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"budget_fen": 0},
            {"reserved_percent": 0},
            {"reserved_percent": 101},
            {"state": "perhaps"},
            {"state": "checked"},
            {"reason": "why"},
        ],
    )
    def test_half_told_filings_are_refused(self, school: Unit, wrong: dict[str, Any]) -> None:
        facts = {
            "organisation": school.unit,
            "year": 2026,
            "version": 1,
            "budget_fen": 1000,
            "reserved_percent": 10,
            "filed_by": school.bookkeeper,
        }
        with pytest.raises(DatabaseError), transaction.atomic():
            CanteenBudget.objects.create(**{**facts, **wrong})


@pytest.mark.django_db(transaction=True)
def test_two_bookkeepers_at_once_leave_one_filing_that_waits() -> None:
    one, other = a_person(Role.CANTEEN), a_person(Role.CANTEEN)
    unit = an_organisation(duties={one: [BOOKS], other: [BOOKS]})
    year = today().year
    filed = at_once(
        [
            lambda: budgets.file(unit.pk, year, 1000, 10, one),
            lambda: budgets.file(unit.pk, year, 2000, 10, other),
        ]
    )
    assert all(isinstance(each, CanteenBudget) for each in filed), filed
    assert sorted(row[:2] for row in states(unit)) == [(1, "replaced"), (2, "waiting")]
