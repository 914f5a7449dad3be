"""Loading from the browser: once, all of it or the good rows, and by whom."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from farmers.registry.models import Household, Officer, Village
from farmers.stock.models import Lot, Product, StockMovement
from farmers.stock.workbook.read import read_workbook
from farmers.workbooks.bring_in import bring_in
from farmers.workbooks.models import MendedRow, WorkbookUpload
from marketplace.access.models import Role
from tests.makers import a_person, assert_stock_adds_up, at_once, signed_in
from tests.stock.import_help import SAMPLE, SAMPLE_TRUTH, disagreements
from tests.stock.workbooks import a_table

from .helps import BAD, GOOD, HOME, QUANTITY, kept_files, load, mend, rows, send, sent, town_officer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files_of_its_own(settings: Any, tmp_path: Any) -> None:
    settings.PRIVATE_ROOT = tmp_path


def test_good_rows_become_lots_of_their_officer(django_capture_on_commit_callbacks: Any) -> None:
    officer = town_officer()
    client, upload = sent(officer, [GOOD])
    with django_capture_on_commit_callbacks(execute=True):
        assert load(client, upload).url == f"{HOME}{upload.uuid}/loaded/"
    lot = Lot.objects.get()
    assert (lot.listed, lot.price_fen, lot.state, lot.household.village.name) == (
        800_000,
        240,
        "listed",
        "南李村",
    )
    assert lot.listed_by == officer and StockMovement.objects.get().by == officer
    assert list(upload.lots.all()) == [lot]
    # of the workbook, what became of it is kept, and nothing of what it said of people
    assert (upload.state, upload.reading, bool(upload.file)) == ("loaded", "", False)
    assert kept_files() == []
    page = client.get(f"{HOME}{upload.uuid}/loaded/").content.decode()
    assert lot.get_absolute_url() in page
    assert client.get(f"{HOME}{upload.uuid}/").status_code == 302
    assert_stock_adds_up()


def test_a_load_sent_twice_is_one() -> None:
    client, upload = sent(town_officer(), [GOOD, BAD])
    loads = upload.numbers["loads"]
    load(client, upload)
    assert (upload.state, upload.numbers["before"], upload.numbers["refused"]) == ("partly", 1, 1)
    load(client, upload, loads=loads)
    assert Lot.objects.count() == 1
    mend(client, upload, 3, {QUANTITY: "500"})
    load(client, upload)
    load(client, upload, loads=loads)
    assert Lot.objects.count() == 2 and upload.state == "loaded"
    assert upload.lots.count() == 2 and not MendedRow.objects.exists()


def test_refused_rows_stop_the_load_unless_the_good_alone_are_asked_for() -> None:
    client, upload = sent(town_officer(), [GOOD, BAD])
    assert load(client, upload, good_alone="").status_code == 422
    assert not Lot.objects.exists()


def test_what_reads_otherwise_by_now_is_shown_again_and_not_loaded() -> None:
    client, upload = sent(town_officer(), [GOOD])
    Product.objects.filter(name="土豆").update(name="洋芋头")
    assert load(client, upload).url == f"{HOME}{upload.uuid}/"
    assert not Lot.objects.exists() and upload.numbers["refused"] == 1
    mended = load(client, upload, loads="")
    assert mended.status_code == 302 and not Lot.objects.exists()


def test_a_workbook_loaded_before_adds_nothing_and_says_so() -> None:
    load(*sent(town_officer(), [GOOD]))
    client, upload = sent(town_officer(), [GOOD])
    assert (upload.numbers["add"], upload.numbers["before"]) == (0, 1)
    load(client, upload)
    assert Lot.objects.count() == 1 and upload.state == "loaded"


def test_a_changed_row_is_told_to_become_a_second_lot() -> None:
    load(*sent(town_officer(), [GOOD]))
    _client, upload = sent(town_officer(), [[*GOOD[:5], 900, *GOOD[6:]]])
    assert rows(upload)[0]["second"] and upload.numbers["second"] == 1


def test_goods_past_their_days_are_told_before_and_after() -> None:
    header = ["乡镇", "村", "户主姓名", "联系电话", "农产品名称", "数量", "单位", "单价（元）", "采收日期"]
    client, upload = sent(town_officer(), a_table([[*GOOD, "2020-04-15"]], header))
    assert rows(upload)[0]["past"] and upload.numbers["past"] == 1
    load(client, upload)
    page = client.get(f"{HOME}{upload.uuid}/loaded/")
    assert page.context["past"] == 1 and Lot.objects.get().get_absolute_url() not in page.content.decode()


def test_the_refused_rows_go_home_as_a_workbook_that_can_be_sent_again() -> None:
    officer = town_officer()
    client, upload = sent(officer, [GOOD, BAD])
    load(client, upload)
    response: Any = client.get(f"{HOME}{upload.uuid}/refused.xlsx")
    home = b"".join(response.streaming_content)
    assert "to-mend.xlsx" in response["Content-Disposition"]
    report = read_workbook(io.BytesIO(home))
    assert [one.cells[QUANTITY].text for one in report.refused] == ["约500斤"] and not report.accepted
    book = load_workbook(io.BytesIO(home))
    for row in book.worksheets[0].iter_rows():
        for cell in row:
            if cell.value == "约500斤":
                cell.value = 500
    out = io.BytesIO()
    book.save(out)
    load(*sent(officer, out.getvalue()))
    assert Lot.objects.count() == 2


def test_rows_to_take_home_are_none_where_all_is_good() -> None:
    client, upload = sent(town_officer(), [GOOD])
    assert client.get(f"{HOME}{upload.uuid}/refused.xlsx").status_code == 404
    load(client, upload)
    assert client.get(f"{HOME}{upload.uuid}/refused.xlsx").status_code == 404


def test_people_of_a_loaded_row_belong_to_its_village_and_officer() -> None:
    header = ["乡镇", "村", "户主姓名", "联系电话", "农产品名称", "数量", "单位", "单价（元）", "帮扶责任人"]
    client, upload = sent(town_officer(), a_table([[*GOOD, "王主任"]], header))
    load(client, upload)
    household = Household.objects.get()
    assert (household.village.town.name, household.village.name) == ("高蓬镇", "南李村")
    assert household.officer == Officer.objects.get(name="王主任") and household.officer is not None
    assert household.officer.village == Village.objects.get(name="南李村")


def test_the_sample_mended_row_by_row_is_loaded_as_its_truth_says() -> None:
    client, upload = sent(a_person(Role.OFFICIAL), SAMPLE.read_bytes())
    load(client, upload)
    loaded = {
        (lot.household.head_name, lot.product.name, lot.listed, lot.price_fen) for lot in upload.lots.all()
    }
    truth = json.loads(SAMPLE_TRUTH.read_text())
    good = {
        (row["name"], row["product"], row["base_quantity"], row["price_fen"])
        for row in truth
        if row["verdict"] == "ok"
    }
    assert good <= loaded and len(loaded) == 27
    assert disagreements(read_workbook(io.BytesIO(SAMPLE.read_bytes())).as_json(), truth) == []


@pytest.mark.django_db(transaction=True)
def test_two_windows_that_load_at_one_moment_load_once() -> None:
    officer = town_officer()
    _client, upload = sent(officer, [GOOD, [*GOOD[:5], 900, *GOOD[6:]], BAD])

    def bring() -> int:
        mine = WorkbookUpload.objects.get(pk=upload.pk)
        loaded = bring_in(mine, officer, upload.numbers["loads"], good_alone=True)
        return len(loaded.lots) if loaded else 0

    assert sorted(at_once([bring, bring])) == [0, 2]
    assert Lot.objects.count() == 2 and Household.objects.count() == 1
    assert_stock_adds_up()


@pytest.mark.django_db(transaction=True)
def test_one_workbook_sent_twice_at_one_moment_waits_once() -> None:
    officer, data = town_officer(), a_table([GOOD])
    clients = [signed_in(officer), signed_in(officer)]

    def sends(client: Client) -> Callable[[], int]:
        return lambda: int(send(client, data).status_code)

    assert at_once([sends(client) for client in clients]) == [302, 302]
    assert WorkbookUpload.objects.count() == 1 and len(kept_files()) == 1


@pytest.mark.parametrize("number", [5, 120])
def test_a_load_s_queries_do_not_grow_with_its_rows(number: int, query_budget: Any) -> None:
    client, upload = sent(town_officer(), [[*GOOD[:3], f"139{n:08d}", *GOOD[4:]] for n in range(number)])
    with query_budget(60):
        load(client, upload)
    assert Lot.objects.count() == number
