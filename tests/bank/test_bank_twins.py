"""The same file, line or month at the same moment, in real threads on a real database: each once."""

from __future__ import annotations

import datetime as dt

import pytest

from marketplace.access.models import Role
from shop.bank.match import Part, match, set_aside
from shop.bank.models import BankFile, BankLine, ClosedMonth, Match
from shop.bank.month import close_month
from shop.bank.receive import receive, take_in
from shop.bank.settle import settle_sure
from shop.payments.books import books
from shop.payments.models import Transfer
from shop.payments.receive import NotTaken
from tests.makers import a_person, at_once
from tests.payments.account import at, standing

from .files import ACCOUNT, Came, a_line, as_csv, rows
from .test_match import owing

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_same_file_sent_and_taken_in_twice_at_once_is_one() -> None:
    cashier = a_person(Role.CASHIER)
    data = as_csv(rows([Came(100, serial="A"), Came(200), Came(-5)]))
    with at(7, 9):
        sent = at_once([lambda: receive("a.csv", data, cashier)] * 4)
        assert {file.pk for file in sent} == {BankFile.objects.get().pk}
        taken = at_once([lambda: take_in(sent[0].pk, cashier)] * 4)
    assert {file.added for file in taken} == {3}
    assert BankLine.objects.count() == 3


def test_files_that_overlap_taken_in_at_once_add_each_line_once() -> None:
    cashier = a_person(Role.CASHIER)
    moved = [Came(100 + n, serial=f"S{n}") for n in range(8)]
    with at(7, 9):
        files = [receive("a.csv", as_csv(rows(moved[:last])), cashier) for last in (4, 6, 8)]
        taken = at_once([lambda pk=file.pk: take_in(pk, cashier) for file in files])
    assert not any(isinstance(one, Exception) for one in taken), taken
    assert BankLine.objects.count() == sum(file.added for file in taken) == 8


def test_two_forms_of_one_file_taken_in_at_once_add_each_line_once() -> None:
    cashier = a_person(Role.CASHIER)
    table = rows([Came(100 + n, serial=f"S{n}") for n in range(8)])
    with at(7, 9):
        # with the account's number, and without
        files = [
            receive("a.csv", as_csv(form), cashier, ACCOUNT[-4:]) for form in (table, [table[0], *table[2:]])
        ]
        taken = at_once([lambda pk=file.pk: take_in(pk, cashier) for file in files * 2])
    assert not any(isinstance(one, Exception) for one in taken), taken
    assert BankLine.objects.count() == 8


def test_the_same_line_matched_at_once_is_one_transfer() -> None:
    cashier = a_person(Role.CASHIER)
    statement = owing()
    with at(7, 5):
        line = a_line(Came(1200, statement.number), by=cashier)
        parts = [Part(1200, unit=statement.organisation_id)]
        acts = [lambda: match(line.pk, parts, cashier)] * 2 + [lambda: settle_sure(cashier)] * 2
        told = at_once(acts)
        assert not any(isinstance(one, Exception) for one in told), told
        assert standing(statement).due_fen == 0
    assert Transfer.objects.count() == Match.objects.count() == 1
    assert (books().received, books().difference) == (1200, 0)


def test_a_line_given_to_two_units_at_once_is_one_of_theirs() -> None:
    cashier = a_person(Role.CASHIER)
    first, second = owing(), owing()
    with at(7, 5):
        line = a_line(Came(1200), by=cashier)
        told = at_once(
            [
                lambda s=s: match(line.pk, [Part(1200, unit=s.organisation_id)], cashier)
                for s in (first, second)
            ]
            + [lambda: set_aside(line.pk, "利息", cashier)]
        )
    assert sum(isinstance(one, NotTaken) for one in told) == 2, told
    line.refresh_from_db()
    assert Transfer.objects.count() == (line.state == BankLine.State.MATCHED)


def test_lines_for_several_units_crosswise_wait_for_each_other() -> None:
    cashier = a_person(Role.CASHIER)
    units = [owing().organisation_id for _ in range(3)]
    with at(7, 5):
        lines = [a_line(Came(300, serial=f"X{n}"), by=cashier) for n in range(6)]
        turned = [units[n % 3 :] + units[: n % 3] for n in range(6)]
        told = at_once(
            [
                lambda line=line, order=order: match(
                    line.pk, [Part(100, unit=unit) for unit in order], cashier
                )
                for line, order in zip(lines, turned, strict=True)
            ]
        )
    assert not any(isinstance(one, Exception) for one in told), told
    assert Transfer.objects.count() == 18
    assert books().difference == 0


def test_a_month_closed_from_two_windows_is_closed_once() -> None:
    cashier = a_person(Role.CASHIER)
    with at(7, 5):
        made = at_once([lambda: close_month(dt.date(2026, 6, 1), "", cashier)] * 3)
    assert {one.pk for one in made} == {ClosedMonth.objects.get().pk}
