"""The cashier's pages for bank files: looked at before anything is saved, taken in once, matched with one button."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from marketplace.access.models import Role, User
from shop.bank.models import BankFile, BankLine
from shop.orders.models import PayBy
from shop.payments.models import Transfer
from tests.makers import a_person, accepted, an_order, an_organisation, signed_in
from tests.payments.account import at, standing

from .files import Came, a_file, a_line, as_csv, as_xlsx, rows
from .test_match import owing, two_months

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    return a_person(Role.CASHIER)


@pytest.fixture
def cashier(person: User) -> Client:
    return signed_in(person)


def send(client: Client, data: bytes, name: str = "七月.csv") -> Any:
    return client.post("/cashier/bank/", {"file": SimpleUploadedFile(name, data)})


def nothing_saved() -> bool:
    return not (BankFile.objects.exists() or BankLine.objects.exists() or Transfer.objects.exists())


@pytest.mark.parametrize("dress", [as_csv, as_xlsx])
def test_a_file_is_looked_at_taken_in_and_matched(cashier: Client, dress: Any) -> None:
    statement = owing()
    with at(7, 6):
        data = dress(rows([Came(1200, statement.number), Came(-300, "手续费"), Came(55, "利息")]))
        preview = cashier.get(send(cashier, data).url)
        assert [known for _line, known, _otherwise in preview.context["page"]] == [False] * 3
        assert not BankLine.objects.exists(), "nothing is saved before the cashier says so"
        assert len(preview.context["new_in"]) == 2
        file = BankFile.objects.get()
        for _ in range(2):
            assert cashier.post(f"/cashier/bank/files/{file.uuid}/take/").url == "/cashier/bank/lines/"
        assert standing(statement).due_fen == 0
        page = cashier.get("/cashier/bank/lines/")
    assert [one.line.amount_fen for one in page.context["rows"]] == [55]
    progress = page.context["progress"]
    assert (progress["matched"]["fen"], progress["new"]["fen"], progress["in"]["fen"]) == (1200, 55, 1255)
    file.refresh_from_db()
    assert (file.added, file.content) == (3, "")
    assert cashier.get(file.get_absolute_url()).status_code == 200


def test_the_same_file_and_overlapping_days_add_nothing_twice(cashier: Client) -> None:
    with at(7, 9):
        first = [Came(100, serial="A"), Came(200, serial="B")]
        a_file(*first)
        taken = BankFile.objects.get()
        assert send(cashier, as_csv(rows(first))).url == taken.get_absolute_url()
        longer = as_csv(rows([*first, Came(300, serial="C")]))
        preview = cashier.get(send(cashier, longer).url)
        assert [known for _line, known, _otherwise in preview.context["page"]] == [True, True, False]
        new = BankFile.objects.get(state="waiting")
        cashier.post(f"/cashier/bank/files/{new.uuid}/take/")
    assert sorted(BankLine.objects.values_list("amount_fen", flat=True)) == [100, 200, 300]


def test_a_number_known_with_another_amount_is_refused(cashier: Client) -> None:
    with at(7, 9):
        a_file(Came(100, serial="A"))
        answer = send(cashier, as_csv(rows([Came(101, serial="A")])))
    assert answer.status_code == 422
    assert [bad.text for bad in answer.context["form"].bad] == ["A"]
    assert BankFile.objects.count() == BankLine.objects.count() == 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04zip",
        "姓名\n张三".encode("gbk"),
        as_csv([["交易日期", "收入", "支出"], ["2026-07-05", "1,23.4", ""]]),
        as_csv(
            [["交易日期", "收入", "支出", "余额"], ["2026-07-05", "1", "", "5"], ["2026-07-05", "1", "", "7"]]
        ),
    ],
)
def test_a_malformed_file_is_refused_at_the_field_and_nothing_changes(cashier: Client, data: bytes) -> None:
    answer = send(cashier, data)
    assert answer.status_code == 422
    assert answer.context["form"].errors["file"]
    assert nothing_saved()


def test_no_file_at_all_is_told(cashier: Client) -> None:
    answer = cashier.post("/cashier/bank/", {})
    assert answer.status_code == 422
    assert nothing_saved()


def test_what_is_not_wanted_is_thrown_away_and_what_is_taken_stays(cashier: Client) -> None:
    with at(7, 9):
        send(cashier, as_csv(rows([Came(100, serial="A")])))
        file = BankFile.objects.get()
        assert cashier.post(f"/cashier/bank/files/{file.uuid}/throw-away/").url == "/cashier/bank/"
        assert nothing_saved()
        taken = a_file(Came(100, serial="A"))
        cashier.post(f"/cashier/bank/files/{taken.uuid}/throw-away/")
    assert BankFile.objects.get() == taken


def test_the_proposal_is_one_button(cashier: Client) -> None:
    statement = owing()
    with at(7, 6):
        line = a_line(Came(1500, statement.number))
        page = cashier.get("/cashier/bank/lines/")
        (one,) = page.context["rows"]
        assert one.who == [statement.organisation]
        for _ in range(2):
            answer = cashier.post(f"/cashier/bank/lines/{line.pk}/match/", {"parts": one.parts})
            assert answer.url == "/cashier/bank/lines/"
    assert Transfer.objects.get().left_fen == 300
    assert cashier.get(f"/cashier/bank/lines/{line.pk}/").status_code == 200


@pytest.mark.parametrize(
    "parts", ["", "x", "u1", "u1:0", "u-1:5", "u1:5 ", "u99999999:1500", "o99999999:1500", "u1:²"]
)
def test_a_button_of_nobodys_matches_nothing(cashier: Client, parts: str) -> None:
    with at(7, 6):
        line = a_line(Came(1500))
        assert cashier.post(f"/cashier/bank/lines/{line.pk}/match/", {"parts": parts}).status_code in {
            409,
            422,
        }
    assert not Transfer.objects.exists()


def test_by_hand_a_unit_several_statements_or_an_order(cashier: Client) -> None:
    first, second = two_months()
    third = owing()
    order = accepted(an_order(PayBy.ON_DELIVERY))
    numbers = f"{first.number}, {second.number.lower()} {third.number}"
    with at(8, 9):
        a_file(
            Came(3000, serial="A", day="2026-08-09"),
            Came(700, serial="B", day="2026-08-09"),
            Came(2500, serial="C", day="2026-08-09"),
        )
        one, two, three = BankLine.objects.order_by("serial")

        def by_hand(line: BankLine, **data: str) -> Any:
            return cashier.post(f"/cashier/bank/lines/{line.pk}/match/", data)

        assert by_hand(one, numbers=numbers).url
        assert [standing(s).due_fen for s in (first, second, third)] == [0, 0, 0]
        assert Transfer.objects.count() == 2
        assert by_hand(two, unit=str(third.organisation_id)).url
        assert by_hand(three, numbers=order.number).url
    order.refresh_from_db()
    assert order.due_fen == 0


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "unit"),
        ({"unit": "0"}, "unit"),
        ({"unit": "x"}, "unit"),
        ({"numbers": "ZD209901-0001"}, "numbers"),
        ({"numbers": "DZ260703-ABCDEFGH"}, "numbers"),
        ({"numbers": "x" * 601}, "numbers"),
        ({"numbers": "both"}, "numbers"),
        ({"numbers": "too little"}, "numbers"),
    ],
)
def test_a_slip_by_hand_is_told_at_its_field(cashier: Client, data: dict[str, str], field: str) -> None:
    first, second = owing(), owing()
    if data.get("numbers") == "both":
        data = {"unit": str(first.organisation_id), "numbers": first.number}
    if data.get("numbers") == "too little":
        data = {"numbers": f"{first.number} {second.number}"}
    with at(7, 6):
        line = a_line(Came(2401))
        answer = cashier.post(f"/cashier/bank/lines/{line.pk}/match/", data)
    assert answer.status_code == 422
    assert answer.context["hand"].errors[field]
    assert not Transfer.objects.exists()


def test_set_aside_with_a_reason_and_back(cashier: Client) -> None:
    with at(7, 6):
        line = a_line(Came(15, "利息"))
        address = f"/cashier/bank/lines/{line.pk}/"
        assert cashier.post(f"{address}aside/", {"reason": " "}).status_code == 422
        assert cashier.post(f"{address}aside/", {"reason": "利息"}).url == "/cashier/bank/lines/"
        assert "利息" in cashier.get("/cashier/bank/lines/?state=aside").content.decode()
        cashier.post(f"{address}back/")
        line.refresh_from_db()
        assert line.state == BankLine.State.NEW


def test_what_is_left_goes_home_as_a_workbook_without_formulas(cashier: Client) -> None:
    with at(7, 6):
        a_line(Came(1234_56, "=HYPERLINK(1)", payer="@SUM(A1)"))
        answer = cashier.get("/cashier/bank/lines/unmatched.xlsx")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    row = [cell.value for cell in sheet[2]]
    assert float(row[1]) == 1234.56
    assert {cell.data_type for cell in sheet[2]} <= {"d", "n", "s", "inlineStr"}
    assert "HYPERLINK" in str(row[4])


def test_a_payer_is_nowhere_in_plain(cashier: Client) -> None:
    from django.db import connection

    with at(7, 6):
        line = a_line(Came(15, "张小妹的学费", payer="张小妹"))
        send(cashier, as_csv(rows([Came(16, "李四", payer="李四", serial="Q")])))
    with connection.cursor() as cursor:
        cursor.execute("SELECT payer, words FROM bank_bankline")
        told = str(cursor.fetchall())
        cursor.execute("SELECT content FROM bank_bankfile")
        told += str(cursor.fetchall())
    assert "张小妹" not in told and "李四" not in told
    line.refresh_from_db()
    assert line.payer == "张小妹"


@pytest.mark.parametrize("number", [1, 30])
def test_the_pages_cost_the_same_with_many_lines(cashier: Client, query_budget: Any, number: int) -> None:
    for _ in range(3):
        owing()
    unit = an_organisation()
    with at(7, 6):
        a_file(*(Came(100 + n, f"货款 {n}", payer=unit.name, serial=f"L{n}") for n in range(number)))
        with query_budget(16):
            page = cashier.get("/cashier/bank/lines/")
        assert len(page.context["rows"]) == min(number, 20)
        with query_budget(9):
            cashier.get("/cashier/bank/")
        line = BankLine.objects.first()
        with query_budget(18):
            cashier.get(f"/cashier/bank/lines/{line.pk}/" if line else "")
