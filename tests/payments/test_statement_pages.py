"""A statement's pages: ticked off line by line, disputed, answered, closed, paid; each by whoever may."""

from __future__ import annotations

import io
import uuid
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from marketplace.access.models import Role
from shop.buyers.models import Duty
from shop.orders.models import Order
from shop.payments.models import Payment, Statement, StatementLine, Tick, Transfer
from shop.payments.statements import issue
from tests.makers import a_person, a_village, an_officer, signed_in

from .account import JULY, a_bookkeeper, a_canteen, a_member, at, bought, june, paid, standing, took_back

pytestmark = pytest.mark.django_db
HTMX = {"hx-request": "true"}


class Canteen:
    """A unit with June's statement: two orders, three lines, one return."""

    def __init__(self) -> None:
        self.unit, self.buyer = a_canteen()
        with at(6, 3):
            self.first = bought(self.unit, self.buyer, lines=2)
        with at(6, 9):
            self.second = bought(self.unit, self.buyer)
            took_back(self.second)
        self.statement = june(self.unit)
        self.bookkeeper = a_bookkeeper(self.unit)
        self.client = signed_in(self.bookkeeper)
        self.url = self.statement.get_absolute_url()

    def tick(self, client: Client | None = None, **data: Any) -> Any:
        return (client or self.client).post(f"{self.url}tick/", data)

    def lines(self) -> list[StatementLine]:
        return list(self.statement.lines.all())

    def states(self) -> list[str]:
        ticks = dict(Tick.objects.values_list("line", "state"))
        return [ticks.get(line.pk, "open") for line in self.lines()]


@pytest.fixture
def canteen() -> Canteen:
    return Canteen()


# --- the bookkeeper ----------------------------------------------------------------------------


def test_every_line_is_ticked_disputed_or_of_a_whole_order_and_then_it_closes(canteen: Canteen) -> None:
    one, two, three, back = canteen.lines()
    assert canteen.tick(agree=one.pk).url == f"{canteen.url}#line-{one.pk}"
    assert canteen.tick(dispute=two.pk, words="少了半斤").status_code == 302
    assert canteen.client.post(f"{canteen.url}close/").status_code == 409
    assert canteen.tick(order=canteen.second.number).status_code == 302
    assert canteen.states() == ["agreed", "disputed", "agreed", "agreed"]
    page = canteen.client.get(canteen.url)
    assert page.context["progress"] == (3, 1, 0)
    assert "少了半斤" in page.content.decode()
    assert canteen.client.post(f"{canteen.url}close/").url == canteen.url
    assert canteen.client.post(f"{canteen.url}close/").url == canteen.url, "twice is once"
    statement = Statement.objects.get()
    assert statement.closed_by == canteen.bookkeeper
    assert canteen.tick(open=one.pk).status_code == 409
    assert canteen.tick(agree=two.pk).status_code == 409
    assert canteen.states() == ["agreed", "disputed", "agreed", "agreed"]
    assert (three.is_return, back.is_return) == (False, True)


def test_ticks_are_taken_back_and_a_second_click_is_the_same(canteen: Canteen) -> None:
    line = canteen.lines()[0]
    for _ in range(2):
        canteen.tick(agree=line.pk)
    assert Tick.objects.count() == 1
    for _ in range(2):
        canteen.tick(open=line.pk)
    assert not Tick.objects.exists()
    canteen.tick(dispute=line.pk, words="没收到")
    canteen.tick(agree=line.pk)
    assert Tick.objects.get().state == "agreed"


def test_a_dispute_needs_words_said_at_the_line(canteen: Canteen) -> None:
    line = canteen.lines()[1]
    page = canteen.client.get(canteen.url, {"dispute": line.pk})
    assert 'name="words"' in page.content.decode()
    for words in ("", "  ", "x" * 201):
        answer = canteen.tick(dispute=line.pk, words=words)
        assert answer.status_code == 422
        assert answer.context["form"].errors
        assert answer.context["disputing"] == line
    assert not Tick.objects.exists()


def test_htmx_gets_the_order_and_how_far_the_whole_is(canteen: Canteen) -> None:
    one, two, *_rest = canteen.lines()
    canteen.client.defaults["HTTP_HX_REQUEST"] = "true"
    part = canteen.tick(agree=one.pk).content.decode()
    assert part.lstrip().startswith("<tbody")
    assert f"line-{one.pk}" in part
    assert f"line-{two.pk}" in part
    assert canteen.second.number not in part
    assert 'hx-swap-oob="true"' in part
    assert 'aria-pressed="true"' in part
    asked = canteen.client.get(canteen.url, {"dispute": two.pk}).content.decode()
    assert 'name="words"' in asked
    assert asked.lstrip().startswith("<tbody")
    wrong = canteen.tick(dispute=two.pk, words="")
    assert wrong.status_code == 422
    assert "<html" not in wrong.content.decode()
    canteen.tick(order=canteen.second.number)
    canteen.tick(dispute=two.pk, words="不对")
    canteen.client.post(f"{canteen.url}close/")
    late = canteen.tick(open=one.pk)
    assert late.status_code == 409
    assert 'role="alert"' in late.content.decode()


def test_the_pages_own_forms_are_let_in(canteen: Canteen) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(canteen.bookkeeper)
    line = canteen.lines()[0]
    assert canteen.tick(strict, agree=line.pk).status_code == 403
    token = (
        strict.get(canteen.url).content.decode().split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    )
    assert canteen.tick(strict, agree=line.pk, csrfmiddlewaretoken=token).status_code == 302


# --- from the wrong side -----------------------------------------------------------------------


def test_a_statement_is_its_units_and_the_citys(canteen: Canteen) -> None:
    other_unit, other_buyer = a_canteen()
    readers = [canteen.buyer, a_person(Role.CASHIER), a_person(Role.OFFICIAL), a_person(Role.ADMIN)]
    strangers = [
        a_bookkeeper(other_unit),
        other_buyer,
        an_officer(a_village()),
        *(a_person(role) for role in (Role.CITIZEN, Role.SELLER, Role.EDITOR, Role.CANTEEN, Role.NURSERY)),
    ]
    line = canteen.lines()[0]
    addresses = ("", "statement.xlsx", "statement.pdf")
    for person in readers:
        assert [signed_in(person).get(canteen.url + a).status_code for a in addresses] == [200] * 3, person
        assert canteen.tick(signed_in(person), agree=line.pk).status_code == 403, person
        assert signed_in(person).post(f"{canteen.url}close/").status_code == 403, person
    for person in strangers:
        client = signed_in(person)
        assert [client.get(canteen.url + a).status_code for a in addresses] == [404] * 3, person
        assert canteen.tick(client, agree=line.pk).status_code == 404, person
        assert client.post(f"{canteen.url}close/").status_code == 404, person
        assert client.post(f"{canteen.url}lines/{line.pk}/answer/", {"words": "x"}).status_code == 404, person
        assert client.post(f"{canteen.url}pay/", transfer_form()).status_code in {403, 404}, person
    assert [Client().get(canteen.url + a).url.split("?")[0] for a in addresses] == ["/accounts/login/"] * 3
    assert not Tick.objects.exists()
    assert not Transfer.objects.exists()


def test_who_is_bookkeeper_of_two_units_papers_is_so_for_the_own_unit_alone(canteen: Canteen) -> None:
    other = Canteen()
    assert canteen.tick(agree=other.lines()[0].pk).status_code == 404, "a line of another statement"
    assert canteen.tick(order=other.first.number).status_code == 404
    assert other.tick(canteen.client, agree=other.lines()[0].pk).status_code == 404
    approver = a_member(canteen.unit, Duty.Kind.APPROVER)
    assert canteen.tick(signed_in(approver), agree=canteen.lines()[0].pk).status_code == 403
    assert not Tick.objects.exists()


def test_nonsense_is_told_and_breaks_nothing(canteen: Canteen) -> None:
    for data in (
        {},
        {"agree": "x"},
        {"agree": "9" * 30},
        {"agree": "٣"},
        {"order": "DZ\x00"},
        {"open": "-1"},
    ):
        assert canteen.tick(**data).status_code == 404, data
    for asked in ("x", "9" * 30, "٣", "\x00"):
        assert canteen.client.get(canteen.url, {"dispute": asked}).status_code == 200
    for number in ("ZD\x00", "none", "x" * 500):
        assert canteen.client.get(f"/canteen/statements/{number}/").status_code == 404
    cashier = signed_in(Role.CASHIER)
    for unit in ("x", "9" * 30, "\x00", "999999"):
        assert cashier.get("/canteen/statements/", {"unit": unit, "page": "x"}).status_code == 200


def test_the_list_is_for_units_and_city(canteen: Canteen) -> None:
    expected = {Role.CANTEEN, Role.APPROVER, Role.NURSERY, Role.CASHIER, Role.OFFICIAL, Role.ADMIN}
    for role in Role:
        status = signed_in(role).get("/canteen/statements/").status_code
        assert status == (200 if role in expected else 403), role
        may_issue = role in {Role.CASHIER, Role.ADMIN}
        status = signed_in(role).post("/canteen/statements/issue/").status_code
        assert status == (302 if may_issue else 403), role
    assert "ZD202606" in canteen.client.get("/canteen/statements/").content.decode()
    other = signed_in(a_bookkeeper(a_canteen()[0]))
    assert "ZD202606" not in other.get("/canteen/statements/").content.decode()


# --- city and cashier --------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.CASHIER, Role.OFFICIAL])
def test_a_dispute_is_seen_answered_and_read(canteen: Canteen, role: Role) -> None:
    line = canteen.lines()[0]
    canteen.tick(dispute=line.pk, words="少了半斤")
    client = signed_in(role)
    assert "少了半斤" in client.get("/canteen/statements/").content.decode()
    address = f"{canteen.url}lines/{line.pk}/answer/"
    assert client.post(address, {"words": " "}).status_code == 422
    assert client.post(address, {"words": "已核对，退半斤"}).status_code == 302
    assert client.post(address, {"words": "已核对，退半斤"}).status_code == 302, "twice is once"
    assert client.post(address, {"words": "另一个答复"}).status_code == 409
    assert "少了半斤" not in client.get("/canteen/statements/").content.decode()
    assert "已核对，退半斤" in canteen.client.get(canteen.url).content.decode()
    # what was answered is neither reworded nor taken back
    assert canteen.tick(dispute=line.pk, words="还是不对").status_code == 409
    canteen.tick(open=line.pk)
    assert Tick.objects.get().answer == "已核对，退半斤"
    canteen.tick(agree=line.pk)
    assert (
        client.post(f"{canteen.url}lines/{canteen.lines()[1].pk}/answer/", {"words": "x"}).status_code == 409
    )


def test_a_mistake_is_put_right_in_the_next_statement(canteen: Canteen) -> None:
    line = canteen.lines()[0]
    canteen.tick(dispute=line.pk, words="少了一斤")
    with at(7, 5):
        took_back(canteen.first)
    with at(8, 1):
        (july,) = issue(canteen.unit.pk, JULY)
    assert (july.returned_fen, july.lines.get().order_number) == (120, canteen.first.number)
    assert Statement.objects.get(pk=canteen.statement.pk).closing_fen == canteen.statement.closing_fen


def transfer_form(**data: Any) -> dict[str, Any]:
    return {"key": uuid.uuid4(), "amount": "10", "came_on": "2026-07-05", "reference": "B-1"} | data


def test_the_cashier_records_a_transfer_once_and_the_page_says_what_is_left(canteen: Canteen) -> None:
    cashier = signed_in(Role.CASHIER)
    page = cashier.get(canteen.url)
    assert page.context["transfer"].initial["amount"] == "34.80"
    form = transfer_form(amount="34.80")
    for _ in range(2):
        assert cashier.post(f"{canteen.url}pay/", form).url == canteen.url
    assert Transfer.objects.get().amount_fen == 3480
    assert standing(canteen.statement).due_fen == 0
    assert all(order.due_fen == 0 for order in Order.objects.all())
    page = cashier.get(canteen.url)
    assert [credit.reference for credit in page.context["since"]] == ["B-1"]
    more = cashier.post(f"{canteen.url}pay/", transfer_form(reference="B-2"), follow=True)
    assert "10.00" in more.content.decode()
    page = cashier.get("/cashier/")
    assert page.context["books"].to_match == 1000
    assert page.context["books"].difference == 0
    (credit,) = page.context["credits"]
    assert cashier.post(f"/cashier/credits/{credit.pk}/use/").url == "/cashier/"
    assert cashier.post(f"/cashier/credits/{credit.pk}/back/").url == "/cashier/"
    assert cashier.get("/cashier/").context["books"].overpaid == 1000


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": ""},
        {"amount": "0"},
        {"amount": "1.005"},
        {"came_on": ""},
        {"came_on": "2099-01-01"},
        {"came_on": "0202-07-05"},
        {"came_on": "soon"},
        {"reference": " "},
        {"reference": "R" * 61},
        {"reference": "B\x00"},
        {"key": ""},
    ],
    ids=str,
)
def test_a_slip_is_told_and_records_nothing(canteen: Canteen, wrong: dict[str, str]) -> None:
    answer = signed_in(Role.CASHIER).post(f"{canteen.url}pay/", transfer_form(**wrong))
    assert answer.status_code in {409, 422}
    assert answer.context["transfer"].errors
    assert not Transfer.objects.exists()
    assert not Payment.objects.exists()


def test_money_and_credit_are_the_cashiers(canteen: Canteen) -> None:
    with at(7, 2):
        transfer = paid(canteen.unit, 99_999)
    for role in Role:
        if role in {Role.CASHIER, Role.ADMIN}:
            continue
        client = signed_in(role)
        assert client.post(f"/cashier/credits/{transfer.pk}/use/").status_code == 403
        assert client.post(f"/cashier/credits/{transfer.pk}/back/").status_code == 403
        assert client.post(f"{canteen.url}pay/", transfer_form(reference="B-9")).status_code == 403
    assert canteen.client.post(f"{canteen.url}pay/", transfer_form(reference="B-9")).status_code == 403
    assert Transfer.objects.count() == 1


def test_the_cashiers_button_issues_last_months_once() -> None:
    unit, buyer = a_canteen()
    with at(6, 3):
        bought(unit, buyer)
    cashier = a_person(Role.CASHIER)
    with at(7, 1):
        client = signed_in(cashier)
        assert 'value="2026-06"' in client.get("/canteen/statements/").content.decode()
        for month in ("2026-06", "2026-06", "2026-05", ""):
            assert client.post("/canteen/statements/issue/", {"month": month}).url == "/canteen/statements/"
    assert Statement.objects.get().issued_by == cashier


def test_who_is_late_is_shown_to_city_cashier_and_the_unit(canteen: Canteen) -> None:
    for role in (Role.CASHIER, Role.OFFICIAL):
        page = signed_in(role).get("/canteen/statements/")
        assert [statement for statement, _ in page.context["late"]] == [canteen.statement]
    assert "34.80" in canteen.client.get("/canteen/statements/").content.decode()
    assert canteen.client.get(canteen.url).context["standing"].state == "overdue"


# --- papers ------------------------------------------------------------------------------------


def test_the_workbook_has_real_numbers_that_add_up(canteen: Canteen) -> None:
    canteen.tick(dispute=canteen.lines()[0].pk, words="=1+1")
    answer = canteen.client.get(f"{canteen.url}statement.xlsx")
    assert answer["Content-Disposition"] == f'attachment; filename="{canteen.statement.number}.xlsx"'
    book = load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["对账单", "明细", "收款"]
    heads, *rows, total = book["明细"].iter_rows(values_only=True)
    assert heads[:4] == ("序号", "日期", "订单号", "摘要")
    amounts = [row[11] for row in rows]
    assert all(isinstance(number, int | float) for number in amounts)
    assert [round(number * 100) for number in amounts] == [line.amount_fen for line in canteen.lines()]
    assert round(total[11] * 100) == canteen.statement.closing_fen
    assert rows[0][12:] == ("有异议", "=1+1")
    assert [cell.data_type for cell in book["明细"]["N"]].count("f") == 0
    sums = dict(row for row in book["对账单"].iter_rows(min_row=2, values_only=True))
    assert round(sums["期末余额（元）"] * 100) == canteen.statement.closing_fen


def test_the_paper_is_the_same_each_time(canteen: Canteen) -> None:
    first, second = (canteen.client.get(f"{canteen.url}statement.pdf") for _ in range(2))
    assert first["Content-Type"] == "application/pdf"
    assert first.content.startswith(b"%PDF")
    assert first.content == second.content


# --- cost --------------------------------------------------------------------------------------


@pytest.mark.parametrize("lines", [30, 300])
def test_pages_cost_the_same_however_many_lines(lines: int, query_budget: Any) -> None:
    unit, buyer = a_canteen()
    with at(6, 3):
        orders = [bought(unit, buyer, lines=30, jin=2) for _ in range(lines // 30)]
    statement = june(unit)
    bookkeeper, cashier = signed_in(a_bookkeeper(unit)), signed_in(Role.CASHIER)
    assert statement.line_count == lines
    with query_budget(18):
        page = bookkeeper.get(statement.get_absolute_url())
    assert len(page.context["groups"]) == len(orders)
    with query_budget(16):
        cashier.get(statement.get_absolute_url())
    with query_budget(15):
        cashier.get("/canteen/statements/")
    with query_budget(12):
        bookkeeper.get(f"{statement.get_absolute_url()}statement.xlsx")
    with query_budget(14):
        bookkeeper.post(f"{statement.get_absolute_url()}tick/", {"order": orders[0].number}, headers=HTMX)
    assert Tick.objects.count() == 30
