"""The same movements in another form of file count once; balances that do not go on are told; payouts are known."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.access.models import Role, User
from marketplace.days import today
from shop.bank.follows import Break, breaks
from shop.bank.models import BankFile, BankLine
from shop.bank.receive import fates, receive, take_in
from tests.makers import a_person, signed_in
from tests.payments.account import at
from tests.payouts.runs import a_seller, sent, settled, sold

from .files import ACCOUNT, Came, a_file, a_line, as_csv, rows

pytestmark = pytest.mark.django_db
Table = list[list[str]]
BALANCE, SERIAL = 3, 8
TAIL = ACCOUNT[-4:]


@pytest.fixture
def cashier() -> User:
    return a_person(Role.CASHIER)


def without_account(table: Table) -> Table:
    return [table[0], *table[2:]]


def masked_account(table: Table) -> Table:
    """As some banks print it: told by its ends alone."""
    heads, *lines = table[2:]
    return [["本方账号", *heads], *(["6228****0123", *line] for line in lines)]


def without(*columns: int) -> Callable[[Table], Table]:
    def cut(table: Table) -> Table:
        return [[cell for n, cell in enumerate(row) if n not in columns or len(row) < 5] for row in table]

    return cut


FORMS: dict[str, Callable[[Table], Table]] = {
    "as it is": list,
    "without the account": without_account,
    "the account masked": masked_account,
    "without serial numbers": without(SERIAL),
    "without balances": without(BALANCE),
    "without account and serial numbers": lambda table: without(SERIAL)(without_account(table)),
    "without account and balances": lambda table: without(BALANCE)(without_account(table)),
    "without all of them": lambda table: without(SERIAL, BALANCE)(without_account(table)),
}
MOVED = (
    Came(1200, "货款", "甲食堂"),
    Came(1200, "货款", "甲食堂"),
    Came(1200, "货款", "乙食堂"),
    Came(-5_00, "手续费", ""),
    Came(-5_00, "手续费", ""),
    Came(77, "", ""),
)


def taken(table: Table, by: User) -> BankFile:
    return take_in(receive("a.csv", as_csv(table), by, TAIL).pk, by)


@pytest.mark.parametrize("second", FORMS)
@pytest.mark.parametrize("first", FORMS)
def test_the_same_movements_in_another_form_count_once(cashier: User, first: str, second: str) -> None:
    with at(7, 9):
        assert taken(FORMS[first](rows(MOVED)), cashier).added == len(MOVED)
        longer = (*MOVED, Came(1200, "货款", "甲食堂"), Came(99, "货款", "甲食堂"))
        file = receive("b.csv", as_csv(FORMS[second](rows(longer))), cashier, TAIL)
        told = fates(file)
        assert [line.fen for line in told.new] == [1200, 99]
        assert take_in(file.pk, cashier).added == 2
    assert BankLine.objects.count() == len(longer)


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(st.sampled_from([100, 200, -100]), st.sampled_from("甲乙"), st.sampled_from([5, 6])),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from(list(FORMS)),
    st.sampled_from(list(FORMS)),
    st.data(),
)
def test_whatever_moved_in_whatever_forms_no_fen_counts_twice(
    moved: list[tuple[int, str, int]], first: str, second: str, data: st.DataObject
) -> None:
    movements = sorted(
        (Came(fen, "货款", who, day=f"2026-07-{day:02}") for fen, who, day in moved), key=lambda m: m.day
    )
    some = movements[: data.draw(st.integers(1, len(movements)))]
    with transaction.atomic(), at(7, 9):
        by = a_person(Role.CASHIER)
        taken(FORMS[first](rows(some)), by)
        taken(FORMS[second](rows(movements)), by)
        stored = sorted(one.amount_fen * (1 if one.came_in else -1) for one in BankLine.objects.all())
        transaction.set_rollback(True)
    assert stored == sorted(one.fen for one in movements)


def test_what_only_looks_alike_is_another_line(cashier: User) -> None:
    with at(7, 9):
        taken(rows([Came(1200, "货款", "甲食堂", serial="A1")]), cashier)
        # another number; another day; another balance; another payer where there is neither
        for other in (
            without_account(rows([Came(1200, "货款", "甲食堂", serial="A2")])),
            without_account(rows([Came(1200, "货款", "甲食堂", serial="A1", day="2026-07-06")])),
            without(SERIAL)(without_account(rows([Came(1200, "货款", "甲食堂")], opening=7))),
            without(SERIAL, BALANCE)(without_account(rows([Came(1200, "货款", "丙食堂")]))),
        ):
            assert taken(other, cashier).added == 1, other
    assert BankLine.objects.count() == 5


def test_the_cashier_sees_as_what_a_line_is_known(cashier: User) -> None:
    client = signed_in(cashier)
    with at(7, 9):
        first = taken(rows(MOVED[:1]), cashier).lines.get()
        data = as_csv(without_account(rows(MOVED[:1])))
        sent = client.post("/cashier/bank/", {"file": SimpleUploadedFile("b.csv", data), "tail": TAIL})
        page = client.get(sent.url)
    ((_line, known, otherwise),) = page.context["page"]
    assert (known, otherwise) == (True, first)
    assert f"/cashier/bank/lines/{first.pk}/" in page.content.decode()


def test_of_two_accounts_lines_that_look_alike_are_two(cashier: User) -> None:
    """Neither file tells its account, nor numbers, nor balances: only the cashier can tell them apart."""
    client = signed_in(cashier)
    bare = without(SERIAL, BALANCE)(without_account(rows(MOVED[:1])))

    def send(table: Table, tail: str) -> Any:
        file = SimpleUploadedFile("b.csv", as_csv(table))
        return client.post("/cashier/bank/", {"file": file, "tail": tail})

    with at(7, 9):
        for tail in ("", "12", "12345", "abcd"):
            refused = send(bare, tail)
            assert refused.status_code == 422
            assert list(refused.context["form"].errors) == ["tail"]
        assert not BankFile.objects.exists()
        assert send(bare, "１２３４").status_code == 302
        # the same bytes of another account: the first file is named
        assert "1234" in send(bare, "5678").content.decode()
        again = [*bare, [""]]
        assert send(again, "5678").status_code == 302
        for file in BankFile.objects.order_by("pk"):
            assert take_in(file.pk, cashier).added == 1
        # a file that tells its account is believed before anybody
        assert send(rows(MOVED[:1]), "5678").status_code == 422
    assert sorted(BankFile.objects.values_list("account_tail", flat=True)) == ["1234", "5678"]
    assert BankLine.objects.count() == 2


# --- balances that go on ------------------------------------------------------------------------


def looked_at(movements: Sequence[Came], opening: int, by: User, form: str = "as it is") -> list[Break]:
    file = receive("b.csv", as_csv(FORMS[form](rows(movements, opening))), by, TAIL)
    found = breaks(file)
    file.delete()
    return found


def test_a_file_begins_where_the_one_before_ended(cashier: User) -> None:
    june = [Came(1200, day="2026-06-03"), Came(300, day="2026-06-29")]
    july = [Came(50, day="2026-07-05")]
    with at(9, 9):
        assert looked_at(july, 7, cashier) == [], "nothing to compare with yet"
        a_file(*june, by=cashier, opening=100)
        assert looked_at(july, 1600, cashier) == []
        (told,) = looked_at(july, 1601, cashier)
        assert (told.is_before, f"{told.day}", told.there_fen, told.here_fen) == (
            True,
            "2026-06-29",
            1600,
            1601,
        )
        told_of_july = told
        # the whole of what was there and more of it
        assert looked_at([*june, *july], 100, cashier) == []
        assert looked_at([june[1], *july], 1300, cashier) == []
        # the rest of a day
        assert looked_at([Came(9, serial="R", day="2026-06-29")], 1600, cashier) == []
        # what came before, sent later
        assert looked_at([Came(90, day="2026-05-09")], 10, cashier) == []
        (told,) = looked_at([Came(90, day="2026-05-09")], 11, cashier)
        assert (told.is_before, f"{told.day}", told.there_fen, told.here_fen) == (
            False,
            "2026-06-03",
            100,
            101,
        )
        assert looked_at(july, 1601, cashier, "without the account") == [told_of_july]
        assert looked_at(july, 1601, cashier, "without balances") == []


def test_a_gap_is_told_before_anything_is_taken_in(cashier: User) -> None:
    client = signed_in(cashier)
    with at(9, 9):
        a_file(Came(1200, day="2026-06-03"), by=cashier, opening=100_00)
        for opening, gaps in ((112_00, 0), (99_00, 1)):
            data = as_csv(rows([Came(50, serial=f"Q{opening}", day="2026-07-05")], opening))
            sent = client.post("/cashier/bank/", {"file": SimpleUploadedFile("b.csv", data)})
            page = client.get(sent.url)
            assert len(page.context["breaks"]) == gaps
            assert ("112.00" in page.content.decode() and "99.00" in page.content.decode()) == bool(gaps)


# --- what went to households --------------------------------------------------------------------


def test_what_went_to_households_is_known_by_run_and_amount(cashier: User) -> None:
    for jin in (10, 20):
        sold(a_seller(), jin=jin)
    payouts = sent()
    run = settled(payouts, n2="账号不符")
    words = f"助农货款{run.number}"
    one = payouts[0]
    day = today().isoformat()

    numbers = itertools.count()

    def line(fen: int, said: str = words) -> BankLine:
        return a_line(Came(-fen, said, serial=f"P{next(numbers)}", day=day), by=cashier)

    client = signed_in(cashier)
    cases: list[tuple[BankLine, Any]] = [
        (line(run.amount_fen), (run.number, True)),
        (line(one.amount_fen), (run.number, True)),
        (line(one.amount_fen + 1), (run.number, False)),
        (line(one.amount_fen, "手续费"), None),
        (line(one.amount_fen, "助农货款FK20200101-1"), None),
    ]
    for found, wanted in cases:
        told = client.get(f"/cashier/bank/lines/{found.pk}/").context["shown"].paid_out
        assert (told and (told.number, told.agrees)) == wanted
    page = client.get("/cashier/bank/lines/?state=out")
    assert sum(bool(row.paid_out) for row in page.context["rows"]) == 3
    assert run.get_absolute_url() in page.content.decode()


def test_a_single_payout_is_known_by_its_amount(cashier: User) -> None:
    for jin in (10, 20, 30):
        sold(a_seller(), jin=jin)
    payouts = sent()
    one = payouts[1]
    table = rows([Came(-one.amount_fen, f"助农货款{one.run.number.lower()}", day=today().isoformat())])
    address = "/cashier/bank/lines/{}/"
    for serial, account, wanted in (
        ("B1", one.account, (one.number, True)),
        ("B2", "62220000", (one.run.number, False)),
    ):
        table[3][5], table[3][8] = account, serial
        found = taken(table, cashier).lines.get()
        told = signed_in(cashier).get(address.format(found.pk)).context["shown"].paid_out
        assert (told.number, told.agrees) == wanted
