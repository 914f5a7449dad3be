"""Mending in place: as if the sheet had been corrected by hand, and nobody's change is lost."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from farmers.registry.models import Household, Village
from farmers.stock.workbook.mended import ADDED, Mended
from farmers.stock.workbook.read import read_workbook
from farmers.workbooks.models import MendedRow
from tests.makers import a_household
from tests.stock.workbooks import a_table, make

from .helps import (
    BAD,
    GOOD,
    HOME,
    PRICE,
    QUANTITY,
    form_of,
    mend,
    rows,
    sent,
    town_officer,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files_of_its_own(settings: Any, tmp_path: Any) -> None:
    settings.PRIVATE_ROOT = tmp_path


def test_a_mended_row_is_read_again_at_once_and_is_good() -> None:
    client, upload = sent(town_officer(), [GOOD, BAD])
    response = mend(client, upload, 3, {QUANTITY: "500"})
    assert response.status_code == 302
    assert upload.numbers["refused"] == 0 and upload.numbers["add"] == 2
    assert rows(upload, "add")[1]["quantity"] == 250_000
    assert client.get(response.url).status_code == 200


def test_what_is_still_wrong_is_said_at_its_cell_with_what_was_typed() -> None:
    client, upload = sent(town_officer(), [BAD])
    mend(client, upload, 2, {QUANTITY: "500-600"})
    page = client.get(f"{HOME}{upload.uuid}/").content.decode()
    assert 'value="500-600"' in page and upload.numbers["refused"] == 1


def test_what_was_not_typed_anew_stays_as_the_sheet_has_it() -> None:
    client, upload = sent(town_officer(), [BAD])
    mend(client, upload, 2, {PRICE: "1.2"})
    (kept,) = MendedRow.objects.all()
    assert kept.cells == '{"8": "1.2"}' and kept.by is not None
    assert mend(client, upload, 2, {}).status_code == 302
    assert upload.revision == 2, "nothing typed, nothing changed"


def test_a_row_can_be_left_out_and_put_back() -> None:
    client, upload = sent(town_officer(), [GOOD, BAD])
    client.post(f"{HOME}{upload.uuid}/mend/", form_of(upload, 3) | {"out-0-3": "on"})
    upload.refresh_from_db()
    assert (upload.numbers["refused"], upload.numbers["skipped"]) == (0, 1)
    assert client.get(f"{HOME}{upload.uuid}/?show=skipped").context["page"][0]["by_hand"]
    client.post(f"{HOME}{upload.uuid}/put-back/", {"row": "0-3"})
    client.get(f"{HOME}{upload.uuid}/")
    upload.refresh_from_db()
    assert upload.numbers["refused"] == 1


def test_a_good_row_can_be_corrected_before_it_is_loaded() -> None:
    client, upload = sent(town_officer(), [GOOD])
    page = client.get(f"{HOME}{upload.uuid}/?show=add&row=0-2")
    assert len(page.context["cards"]) == 1
    mend(client, upload, 2, {QUANTITY: "80"})
    assert rows(upload, "add")[0]["quantity"] == 80_000


def test_a_phone_that_the_sheet_has_no_column_for_can_be_told() -> None:
    village = Village.objects.create(town=town_officer().officer.town, name="南李村")
    for number in ("13928816302", "13928816309"):
        a_household(village, head_name="李国庆", phone=number)
    header = ["乡镇", "村", "户主姓名", "农产品名称", "数量", "单位", "单价（元）"]
    data = a_table([[*GOOD[:3], *GOOD[4:]], [*GOOD[:2], "王强", *GOOD[4:]]], header)
    client, upload = sent(town_officer(), data)
    (row,) = rows(upload, "refused")
    assert row["problems"][0][0] == ADDED_PHONE
    assert f'name="cell-0-2-{ADDED_PHONE}"' in client.get(f"{HOME}{upload.uuid}/").content.decode()
    mend(client, upload, 2, {ADDED_PHONE: "13928816309"})
    assert upload.numbers["add"] == 2
    assert Household.objects.count() == 2


ADDED_PHONE = next(column for column, heading in ADDED.values() if heading == "联系电话")


def test_two_windows_on_different_rows_both_keep_their_change() -> None:
    client, upload = sent(town_officer(), [BAD, [*BAD[:2], "王强", "13928816305", *BAD[4:]]])
    first, second = form_of(upload, 2, {QUANTITY: "500"}), form_of(upload, 3, {QUANTITY: "600"})
    assert client.post(f"{HOME}{upload.uuid}/mend/", first).status_code == 302
    assert client.post(f"{HOME}{upload.uuid}/mend/", second).status_code == 302
    upload.refresh_from_db()
    assert [row["quantity"] for row in rows(upload, "add")] == [250_000, 300_000]


def test_two_windows_on_one_row_are_asked_and_neither_loses_its_words() -> None:
    client, upload = sent(town_officer(), [BAD])
    first, second = form_of(upload, 2, {QUANTITY: "500"}), form_of(upload, 2, {QUANTITY: "600"})
    client.post(f"{HOME}{upload.uuid}/mend/", first)
    response = client.post(f"{HOME}{upload.uuid}/mend/", second)
    assert response.status_code == 409
    (card,) = response.context["cards"]
    (field,) = (one for one in card.wrong if one.name.endswith(f"-{QUANTITY}"))
    assert field.value == "600" and "500" in field.reasons[0]
    upload.refresh_from_db()
    assert rows(upload, "add")[0]["quantity"] == 250_000, "the first stands until the second has looked"
    again = second | {"seen-0-2": card.row["seen"]}
    assert client.post(f"{HOME}{upload.uuid}/mend/", again).status_code == 302
    upload.refresh_from_db()
    assert rows(upload, "add")[0]["quantity"] == 300_000


def test_cells_and_rows_that_are_not_there_change_nothing() -> None:
    client, upload = sent(town_officer(), [BAD])
    forged = {
        "seen-0-2": rows(upload)[0]["seen"],
        "cell-0-2-150": "x",
        "cell-0-99-6": "5",
        "cell-7-2-6": "5",
        "cell-x-2-6": "5",
        "out-0-1": "on",
        "cell-0-2-6": "约500斤",
    }
    assert client.post(f"{HOME}{upload.uuid}/mend/", forged).status_code == 302
    assert not MendedRow.objects.exists()


def test_one_amount_over_several_rows_is_mended_by_giving_each_its_own() -> None:
    book = load_workbook(
        io.BytesIO(a_table([GOOD, [*GOOD[:2], "王强", "13928816305", "红薯", None, *GOOD[6:]]]))
    )
    book.active.merge_cells(start_row=2, end_row=3, start_column=QUANTITY, end_column=QUANTITY)
    out = io.BytesIO()
    book.save(out)
    client, upload = sent(town_officer(), out.getvalue())
    assert upload.numbers["refused"] == 2
    mend(client, upload, 3, {QUANTITY: "300"})
    assert [row["quantity"] for row in rows(upload, "add")] == [800_000, 300_000]


# --- the same as by hand ------------------------------------------------------------------------

_TYPED = (
    "800 500斤 1.5吨 约300 2.4 8毛 土豆 国槐 李国庆 13928816302 高蓬镇 南李村 东亭镇 棵 公斤"
    " 2020-04-15 4月中旬 同上 =1+1 / 八百 0 １２３ 合计 小计"
)
TEXTS = st.sampled_from(["", *_TYPED.split()]) | st.text(max_size=8)


def corrected_by_hand(data: bytes, cells: dict[tuple[int, int], str]) -> bytes:
    """The workbook with these cells typed anew, as texts; one that a merged cell hides is split first."""
    book = load_workbook(io.BytesIO(data))
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        for (row, column), text in cells.items():
            cell = sheet.cell(row, column)
            cell.value, cell.number_format = text or None, "@"
            if text:
                cell.data_type = "s"
        break
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def facts(report: Any) -> Any:
    return (
        [
            (one.row, one.town.name, one.village, one.name, one.phone, one.content, one.key)
            for one in report.accepted
        ],
        [(one.row, one.problems) for one in report.refused],
        [(one.row, one.why) for one in report.skipped],
    )


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), seed=st.integers(0, 400))
def test_mending_reads_the_same_as_the_sheet_corrected_by_hand(data: st.DataObject, seed: int) -> None:
    made = make(seed)
    book = load_workbook(io.BytesIO(made.data))
    report = read_workbook(io.BytesIO(made.data))
    if not report.refused or len(report.sheets) > 1:
        return
    title = report.sheets[0]
    merged = {cell for area in book[title].merged_cells.ranges for cell in area.cells}
    places = [
        (one.row, column)
        for one in report.refused
        for column in one.header.headings
        # a text in the name of a formula's cell is typed the same way
        if (one.row, column) not in merged
    ]
    if not places or book.worksheets.index(book[title]) != _first_visible(book):
        return
    cells = data.draw(st.dictionaries(st.sampled_from(places), TEXTS.filter(_writable), max_size=5))
    mended = Mended({(title, row, column): text for (row, column), text in cells.items()})
    assert facts(read_workbook(io.BytesIO(made.data), mended=mended)) == facts(
        read_workbook(io.BytesIO(corrected_by_hand(made.data, cells)))
    ), {get_column_letter(column) + str(row): text for (row, column), text in cells.items()}


def _first_visible(book: Any) -> int:
    return next(n for n, sheet in enumerate(book.worksheets) if sheet.sheet_state == "visible")


def _writable(text: str) -> bool:
    """What a spreadsheet program can hold in a cell, and gives back as it was."""
    return text.isprintable() and not text.startswith("_x") and text == text.strip()
