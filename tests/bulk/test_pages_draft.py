"""The page that a request is written on, as it works without a script, and from the wrong side."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from marketplace.access.models import Role
from marketplace.days import today
from shop.bulk import drafts
from shop.bulk.models import BulkRequest, State
from shop.bulk.read import CELLS, Typed
from shop.buyers.models import Duty
from tests.makers import a_lot, a_person, signed_in

from .needs import a_request, a_unit, approver, in_a_week, member, requester

pytestmark = pytest.mark.django_db
POTATOES = Typed("土豆", "800 斤", "1.20", "", "")
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def by() -> Any:
    return requester(a_unit())


@pytest.fixture
def client(by: Any) -> Client:
    client = signed_in(by)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def draft(by: Any) -> BulkRequest:
    return drafts.begin(by, by.membership.organisation)


def the_form(rows: Sequence[Typed], do: str = "save", revision: int = 0, **more: Any) -> dict[str, Any]:
    columns = {cell: [getattr(row, cell) for row in rows] for cell in CELLS}
    return {**columns, "do": do, "revision": revision, **more}


def good(number: int = 1) -> list[Typed]:
    return [
        POTATOES._replace(wanted=in_a_week().isoformat(), quantity=f"{10 + each} 斤")
        for each in range(number)
    ]


def cells(request: BulkRequest) -> list[Typed]:
    return [drafts.typed(line) for line in request.lines.all()]


def page(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


# --- writing -------------------------------------------------------------------------------------


def test_from_the_list_to_a_draft_with_rows(client: Client, by: Any) -> None:
    assert "/canteen/requests/new/" in page(client.get("/canteen/requests/"))
    response = client.post("/canteen/requests/new/")
    request = BulkRequest.objects.get()
    assert response["Location"] == request.get_absolute_url()
    response = client.post(request.get_absolute_url(), the_form([POTATOES, Typed()]), follow=True)
    assert 'value="800 斤"' in page(response)
    assert cells(request) == [POTATOES]
    assert request.number in page(client.get("/canteen/requests/"))


def test_what_cannot_be_read_is_said_at_its_cell_and_the_rest_stays(
    client: Client, draft: BulkRequest
) -> None:
    rows = [Typed("菠莱", "a few", "面议", "2020-01-01", ""), POTATOES]
    response = client.post(draft.get_absolute_url(), the_form(rows, "submit"))
    assert response.status_code == 422
    said = page(response)
    for cell in ("product-0", "quantity-0", "price-0", "wanted-0", "wanted-1"):
        field = re.search(rf'<input id="{cell}"[^>]*>', said)
        assert field, cell
        assert 'aria-invalid="true"' in field[0], cell
        assert f'href="#{cell}"' in said
    assert 'id="product-1" name="product" value="土豆"' in said
    assert cells(draft) == rows
    assert draft.lines.filter(product=None).count() == 2


def test_a_near_name_is_taken_with_one_button(client: Client, draft: BulkRequest) -> None:
    said = page(
        client.post(draft.get_absolute_url(), the_form([POTATOES._replace(product="菠莱")], "submit"))
    )
    assert 'value="take:0:Spinach"' in said
    rows = [POTATOES._replace(product="菠莱")]
    client.post(draft.get_absolute_url(), the_form(rows, "take:0:Spinach", 1))
    assert cells(draft)[0].product == "Spinach"


def test_an_empty_draft_does_not_go(client: Client, draft: BulkRequest) -> None:
    response = client.post(draft.get_absolute_url(), the_form([], "submit"))
    assert response.status_code == 422
    assert "no row yet" in page(response)


def test_rows_that_can_be_read_lead_to_the_proposal(client: Client, draft: BulkRequest) -> None:
    a_lot()
    response = client.post(draft.get_absolute_url(), the_form(good(), "submit"))
    assert response["Location"] == f"{draft.get_absolute_url()}proposal/"
    assert draft.lines.get().product is not None
    assert client.get(response["Location"]).status_code == 200


def test_a_row_less_and_more_rows(client: Client, draft: BulkRequest) -> None:
    client.post(draft.get_absolute_url(), the_form([Typed("土豆"), Typed("白菜")], "remove:0"))
    assert [row.product for row in cells(draft)] == ["白菜"]
    response = client.post(draft.get_absolute_url(), the_form([Typed("白菜")], "add", 1))
    more = page(client.get(response["Location"].partition("#")[0]))
    assert more.count('name="product"') >= 11


def test_rows_pasted_below_are_added_and_rows_pasted_into_a_cell_lie_over(
    client: Client, draft: BulkRequest
) -> None:
    address = draft.get_absolute_url()
    client.post(address, the_form([POTATOES], "paste", paste="白菜\t500\n大葱\t30\t1"))
    assert [row.product for row in cells(draft)] == ["土豆", "白菜", "大葱"]
    form = the_form(cells(draft), "paste", 1, paste="1,000\t2\n7\t3", paste_row=1, paste_cell="quantity")
    client.post(address, form)
    assert cells(draft)[1:] == [Typed("白菜", "1,000", "2"), Typed("大葱", "7", "3")]


def test_a_table_with_wrong_columns_is_refused_and_the_draft_survives(
    client: Client, draft: BulkRequest
) -> None:
    response = client.post(
        draft.get_absolute_url(), the_form([POTATOES], "paste", paste="品名\t单价\n白菜\t1")
    )
    assert response.status_code == 422
    assert "“品名”" in page(response)
    assert "quantity" in page(response)
    assert cells(draft) == [POTATOES]


def a_workbook(*rows: list[Any]) -> SimpleUploadedFile:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("needs.xlsx", out.getvalue())


def test_a_workbook_s_rows_are_taken_over(client: Client, draft: BulkRequest) -> None:
    file = a_workbook(["送货日期", "数量", "品名"], ["12月1日", "50斤", "白菜"])
    client.post(draft.get_absolute_url(), the_form([POTATOES], "upload", file=file))
    assert cells(draft) == [POTATOES, Typed("白菜", "50斤", "", "12月1日", "")]


@pytest.mark.parametrize("data", [b"", b"no workbook", b"PK\x03\x04"])
def test_a_file_that_is_no_workbook_is_refused_and_the_draft_survives(
    client: Client, draft: BulkRequest, data: bytes
) -> None:
    file = SimpleUploadedFile("needs.xlsx", data)
    response = client.post(draft.get_absolute_url(), the_form([POTATOES], "upload", file=file))
    assert response.status_code == 422
    assert cells(draft) == [POTATOES]
    assert client.post(draft.get_absolute_url(), the_form([POTATOES], "upload", 1)).status_code == 422


def test_too_many_rows_are_refused_and_nothing_is_lost(client: Client, draft: BulkRequest) -> None:
    client.post(draft.get_absolute_url(), the_form([POTATOES]))
    many = "\n".join(f"白菜\t{number}" for number in range(drafts.MAX_LINES))
    response = client.post(draft.get_absolute_url(), the_form([POTATOES], "paste", 1, paste=many))
    assert response.status_code == 422
    assert "201" in page(response)
    assert cells(draft) == [POTATOES]


def test_every_week_is_kept(client: Client, draft: BulkRequest) -> None:
    client.post(draft.get_absolute_url(), the_form([POTATOES], weekly="on"))
    draft.refresh_from_db()
    assert draft.weekly
    client.post(draft.get_absolute_url(), the_form([POTATOES], revision=1))
    draft.refresh_from_db()
    assert not draft.weekly


def test_names_to_choose_from_are_products_alone(client: Client) -> None:
    found = page(client.get("/shop/suggest/", {"q": "gao", "only": "products"}))
    assert "Gaopeng" not in found
    assert "Gaopeng" in page(client.get("/shop/suggest/", {"q": "gao"}))
    assert "Potato" in page(client.get("/shop/suggest/", {"q": "td", "only": "products"}))


# --- two pages -----------------------------------------------------------------------------------


def test_an_older_page_is_shown_both_and_may_keep_its_own(client: Client, draft: BulkRequest) -> None:
    address = draft.get_absolute_url()
    client.post(address, the_form([POTATOES]))
    mine = Typed("白菜", "<b>5</b>", "", "", "")
    response = client.post(address, the_form([mine]))
    assert response.status_code == 409
    said = page(response)
    assert "Keep mine instead" in said
    assert "白菜" in said
    assert 'value="土豆"' in said
    assert "<b>5</b>" not in said
    assert cells(draft) == [POTATOES]
    client.post(address, the_form([mine], revision=1))
    assert cells(draft) == [mine]


def in_background(client: Client, draft: BulkRequest, form: dict[str, Any]) -> Any:
    return client.post(draft.get_absolute_url(), form, headers={"X-Saving": "draft"})


def test_a_save_in_the_background_tells_when_and_what_each_cell_was_taken_for(
    client: Client, draft: BulkRequest
) -> None:
    rows = [Typed("td", "2吨", "2400", "明天", ""), Typed(), Typed("菠莱", "", "", "", "")]
    told = in_background(client, draft, the_form(rows)).json()
    assert told["revision"] == 1
    assert re.fullmatch(r"\d\d:\d\d", told["at"])
    first, empty, last = told["notes"]
    assert "Potato" in first["product"]
    assert "4,000 jin" in first["quantity"]
    assert not any(empty.values())
    # what is still empty is no mistake while somebody types
    assert "take:2:Spinach" in last["product"]
    assert last["quantity"] == ""
    assert told["wanted"][0] > today().isoformat()


def test_a_save_in_the_background_of_an_older_page_is_told(client: Client, draft: BulkRequest) -> None:
    in_background(client, draft, the_form([POTATOES]))
    response = in_background(client, draft, the_form([Typed("白菜")]))
    assert response.status_code == 409
    assert response.json()["stale"]
    BulkRequest.objects.update(state=State.WITHDRAWN)
    assert in_background(client, draft, the_form([Typed("白菜")], revision=1)).status_code == 409


@pytest.mark.parametrize(
    "form",
    [
        {"product": ["a", "b"], "quantity": ["1"], "price": [""], "wanted": [""], "place": [""]},
        {},
        the_form([POTATOES], "remove:99999999999"),
        the_form([POTATOES], "take:x:y"),
        the_form([POTATOES], "nonsense"),
        the_form([POTATOES]) | {"revision": "9" * 30},
        the_form([POTATOES], "paste", paste_row="-1", paste_cell="nothing", paste="\0\t\t\t\n\x1b"),
        the_form([POTATOES], "paste", paste_row="99999", paste_cell="place", paste="a\tb"),
        the_form([Typed(*["\0" * 900] * 5)]),
    ],
)
def test_a_form_that_no_page_sends_is_no_error_of_ours(
    client: Client, draft: BulkRequest, form: dict[str, Any]
) -> None:
    assert client.post(draft.get_absolute_url(), form).status_code in {200, 302, 400, 409, 422}
    assert in_background(client, draft, form).status_code in {200, 400, 409, 422}


# --- other states, copies, removal ---------------------------------------------------------------


def test_a_copy_leads_to_a_draft_a_week_later(client: Client, by: Any) -> None:
    first = a_request(by)
    assert first.number in page(client.get("/canteen/requests/new/"))
    response = client.post(f"{first.get_absolute_url()}copy/")
    copy = BulkRequest.objects.exclude(pk=first.pk).get()
    assert response["Location"] == copy.get_absolute_url()
    assert cells(copy)[0].wanted == (in_a_week() + drafts.WEEK).isoformat()


def test_a_draft_is_removed(client: Client, draft: BulkRequest) -> None:
    client.post(f"{draft.get_absolute_url()}remove/")
    assert client.get(draft.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("state", [State.WITHDRAWN, State.LAPSED, State.APPROVED])
def test_what_is_no_draft_is_read_and_not_written(client: Client, by: Any, state: State) -> None:
    asked = a_request(by)
    BulkRequest.objects.update(state=state)
    said = page(client.get(asked.get_absolute_url()))
    assert 'id="draft"' not in said
    client.post(asked.get_absolute_url(), the_form([Typed("白菜")]))
    client.post(f"{asked.get_absolute_url()}remove/")
    assert cells(asked)[0].product == "土豆"


def test_what_was_sent_back_says_why(client: Client, by: Any) -> None:
    asked = a_request(by)
    asked.steps.create(
        from_state=State.HELD, to_state=State.DRAFT, by=approver(asked.organisation), why="less, please"
    )
    assert "less, please" in page(client.get(asked.get_absolute_url()))


# --- from the wrong side -------------------------------------------------------------------------


def test_strangers_find_nothing_and_colleagues_only_read(client: Client, draft: BulkRequest) -> None:
    drafts.save(draft.pk, draft.by, 0, [POTATOES])
    address, unit = draft.get_absolute_url(), draft.organisation
    paths = ("", "copy/", "remove/")
    for stranger in (requester(a_unit()), a_person(), a_person(Role.SELLER), a_person(Role.EDITOR)):
        other = signed_in(stranger)
        assert other.get(address).status_code == 404
        assert [other.post(address + path, the_form([])).status_code for path in paths] == [404] * 3
    colleagues = (
        approver(unit),
        member(unit, Duty.Kind.RECEIVER),
        a_person(Role.OFFICIAL),
        a_person(Role.ADMIN),
    )
    for colleague in colleagues:
        other = signed_in(colleague)
        read = other.get(address)
        assert read.status_code == 200
        assert 'id="draft"' not in page(read)
        assert [other.post(address + path, the_form([])).status_code for path in paths] == [403] * 3
        assert other.post("/canteen/requests/new/").status_code == 403
    assert Client().post(address, the_form([])).status_code == 302
    assert cells(draft) == [POTATOES]
    assert BulkRequest.objects.count() == 1


@pytest.mark.parametrize("role", [Role.CITIZEN, Role.SELLER, Role.OFFICER, Role.EDITOR])
def test_the_list_is_for_units_and_the_city(role: Role) -> None:
    assert signed_in(role).get("/canteen/requests/").status_code == 403
    assert signed_in(role).get("/canteen/requests/new/").status_code == 403


def test_the_list_shows_the_own_unit_s_alone_by_state(client: Client, by: Any) -> None:
    mine, other = a_request(by), a_request(requester(a_unit()))
    BulkRequest.objects.filter(pk=mine.pk).update(state=State.WITHDRAWN)
    a_request(by)
    said = page(client.get("/canteen/requests/"))
    assert mine.number in said
    assert other.number not in said
    assert mine.number not in page(client.get("/canteen/requests/?state=draft"))
    assert client.get("/canteen/requests/?state=nonsense&page=99").status_code == 200


# --- budgets -------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [10, 150])
def test_the_pages_cost_the_same_for_few_rows_and_for_many(
    client: Client, by: Any, draft: BulkRequest, number: int, query_budget: Any
) -> None:
    drafts.save(draft.pk, by, 0, good(number))
    address = draft.get_absolute_url()
    client.get(address)
    with query_budget(8):
        assert client.get(address).status_code == 200
    rows = good(number)
    rows[0] = rows[0]._replace(quantity="99 斤")
    with query_budget(15):
        assert in_background(client, draft, the_form(rows, revision=1)).status_code == 200
    with query_budget(18):
        response = client.post(address, the_form(rows, "submit", 2))
    assert response.status_code == 302


@pytest.mark.parametrize("number", [2, 20])
def test_the_list_costs_the_same_for_few_requests_and_for_many(
    client: Client, by: Any, number: int, query_budget: Any
) -> None:
    for _each in range(number):
        a_request(by, [("tudou", 10), ("dacong", 5)])
    client.get("/canteen/requests/")
    with query_budget(11):
        assert client.get("/canteen/requests/").status_code == 200
