"""What is saved, when, and how often."""

from __future__ import annotations

import datetime as dt
import io
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import translation
from openpyxl import Workbook, load_workbook

from farmers.registry.models import Household, HouseholdMark, Officer, Town, Village
from farmers.stock.models import Lot, StockMovement
from farmers.stock.workbook.load import RowsRefused, load
from farmers.stock.workbook.read import read_workbook

from .import_help import SAMPLE, run, run_json
from .workbooks import a_table

HEADER = ["乡镇", "村", "户主姓名", "联系电话", "农产品名称", "数量", "单位", "单价（元）"]
GOOD: list[object] = ["高蓬镇", "南李村", "李国庆", "13928816302", "土豆", 800, "公斤", 2.4]
BAD: list[object] = ["高蓬镇", "南李村", "张玉梅", "13928816303", "红薯", "约500斤", "斤", 1.1]


def saved() -> list[int]:
    return [
        model.objects.count() for model in (Lot, StockMovement, Household, Village, Officer, HouseholdMark)
    ]


@pytest.fixture
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    path = tmp_path / "ledger.xlsx"
    path.write_bytes(SAMPLE.read_bytes())
    return path


def write(path: Path, rows: list[list[object]], header: list[str] | None = None) -> Path:
    path.write_bytes(a_table(rows, header))
    return path


@pytest.mark.django_db
def test_one_bad_row_stops_the_load_and_nothing_is_saved(sample: Path) -> None:
    before = saved()
    code, answer = run_json(sample)
    assert code == 1 and answer["refused"]
    assert saved() == before
    assert [path.name for path in sample.parent.iterdir()] == ["ledger.xlsx"]


@pytest.mark.django_db
def test_a_dry_run_saves_nothing(sample: Path) -> None:
    before = saved()
    assert run(sample, "--dry-run", "--accept-good")[0] == 0
    assert run(sample, "--dry-run")[0] == 1
    assert saved() == before
    assert [path.name for path in sample.parent.iterdir()] == ["ledger.xlsx"]


@pytest.mark.django_db
def test_the_good_rows_become_lots_with_their_people(sample: Path) -> None:
    code, _out = run(sample, "--accept-good")
    assert code == 0
    assert Lot.objects.count() == 27
    lot = Lot.objects.get(household__head_name="李国庆")
    assert (lot.listed, lot.available, lot.unit, lot.price_fen) == (800_000, 800_000, "kg", 240)
    assert (lot.town.name, lot.village.name, lot.note) == ("高蓬镇", "南李村", "采收日期：4月中旬")
    assert (lot.household.phone, lot.household.members) == ("13928816302", 5)
    assert lot.household.officer is not None and lot.household.officer.name == "王主任"
    assert [mark.kind for mark in lot.household.marks.all()] == ["lifted"]
    assert lot.household.consent_on is None
    for one in Lot.objects.all():
        assert sum(one.movements.values_list("listed", flat=True)) == one.listed
    dated = Lot.objects.get(household__head_name="马志强")
    assert dated.harvested_on == dt.date(2020, 4, 15)


@pytest.mark.django_db
def test_loading_twice_adds_nothing(sample: Path) -> None:
    run(sample, "--accept-good")
    after_first = saved()
    code, _out = run(sample, "--accept-good")
    assert code == 0 and saved() == after_first
    # whatever the file is called, and whatever stands around its rows
    copy = sample.with_name("copy.xlsx")
    book = load_workbook(sample)
    book.worksheets[0].insert_rows(1, 3)
    book.worksheets[0]["A1"] = "第二次上报"
    for merged in list(book.worksheets[0].merged_cells.ranges):
        merged.shift(0, 3)
    book.save(copy)
    assert run(copy, "--accept-good")[0] == 0
    assert saved() == after_first


@pytest.mark.django_db
def test_two_batches_that_are_alike_are_both_kept_and_still_load_once(tmp_path: Path) -> None:
    path = write(tmp_path / "twins.xlsx", [GOOD, GOOD])
    assert run(path)[0] == 0
    assert Lot.objects.count() == 2 and Household.objects.count() == 1
    assert run(path)[0] == 0
    assert Lot.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.usefixtures("in_english")
def test_a_changed_row_loaded_again_is_a_second_lot_and_said_to_be(tmp_path: Path) -> None:
    path = write(tmp_path / "ledger.xlsx", [GOOD])
    assert "土豆" not in run(path)[1]
    changed = write(
        tmp_path / "again.xlsx", [[*GOOD[:5], 900, *GOOD[6:]], ["高蓬镇", "南李村", "王强", "", *GOOD[4:]]]
    )
    _code, answer = run_json(changed, "--dry-run")
    assert [one[:6] for one in answer["notices"]] == ["row 2:"]
    assert "李国庆" in answer["notices"][0] and "土豆" in answer["notices"][0]
    assert run(changed)[1].count("already has") == 1
    assert Lot.objects.count() == 3
    assert "already has" not in run(changed)[1], "all of it was loaded before"
    assert "notices" not in run_json(changed)[1]


@pytest.mark.django_db
@pytest.mark.usefixtures("in_english")
def test_another_family_of_the_same_name_is_no_notice(tmp_path: Path) -> None:
    run(write(tmp_path / "ledger.xlsx", [GOOD]))
    other = write(tmp_path / "other.xlsx", [[*GOOD[:3], "13928816399", *GOOD[4:]]])
    assert "already has" not in run(other)[1]


@pytest.mark.django_db
@pytest.mark.usefixtures("in_english")
def test_a_table_without_rows_is_said_to_have_none(tmp_path: Path) -> None:
    code, out = run(write(tmp_path / "empty.xlsx", []))
    assert code == 0
    assert "no rows of goods" in out


@pytest.mark.django_db
def test_the_workbook_to_mend_is_named_wherever_it_was_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "ledger.xlsx", [GOOD, BAD])
    assert str(tmp_path / "ledger-to-mend.xlsx") in run(path, "--accept-good")[1]
    assert run_json(path, "--accept-good")[0] == 0
    assert str(tmp_path / "ledger-to-mend-2.xlsx") in capsys.readouterr().err


def mend(path: Path, **changes: object) -> None:
    """Correct the refused rows, as an officer would, in the columns named."""
    book = load_workbook(path)
    sheet = book.worksheets[0]
    top = next(row[0].row for row in sheet.iter_rows() if any(cell.value == "数量" for cell in row))
    assert top is not None
    columns = {cell.value: cell.column for cell in sheet[top]}
    for row in range(top + 1, sheet.max_row + 1):
        for heading, value in changes.items():
            sheet.cell(row, columns[heading]).value = value
    book.save(path)


@pytest.mark.django_db
def test_refused_rows_come_in_a_workbook_that_loads_when_mended(sample: Path) -> None:
    _code, out = run(sample, "--accept-good")
    path = sample.with_name("ledger-to-mend.xlsx")
    assert str(path) in out
    code, again = run_json(path)
    assert code == 1 and len(again["refused"]) == 20 and not again["accepted"]
    mend(path, 数量=100, 单位=None, **{"单价（元）": 2})
    code, again = run_json(path, "--accept-good")
    assert code == 0 and {row["column"] for row in again["refused"]} == {"单位"}
    path = sample.with_name("ledger-to-mend-2.xlsx")
    assert path.exists()
    assert again["accepted"] == []
    mend(path, 数量="100斤")
    _code, last = run_json(path, "--accept-good")
    assert len(last["accepted"]) > 10
    assert Lot.objects.count() == 27 + len(last["accepted"])
    before = saved()
    run(path, "--accept-good")
    run(sample, "--accept-good")
    assert saved() == before


@pytest.mark.django_db
def test_a_mended_row_that_comes_to_say_what_another_said_is_a_second_batch(tmp_path: Path) -> None:
    twin = [*GOOD[:5], "约800", *GOOD[6:]]
    path = write(tmp_path / "twins.xlsx", [GOOD, twin])
    assert run(path, "--accept-good")[0] == 0
    mended = tmp_path / "twins-to-mend.xlsx"
    mend(mended, 数量=800)
    assert run(mended)[0] == 0
    assert Lot.objects.count() == 2
    # the officer who mends the first workbook too adds nothing by it
    write(path, [GOOD, GOOD])
    assert run(path)[0] == 0 and run(mended)[0] == 0
    assert Lot.objects.count() == 2


@pytest.mark.django_db
def test_a_workbook_to_mend_runs_no_formula_and_replaces_no_file(tmp_path: Path) -> None:
    evil = [*BAD[:2], '=HYPERLINK("http://x")', *BAD[3:]]
    path = tmp_path / "evil.xlsx"
    book = Workbook()
    sheet: Any = book.active
    sheet.append(HEADER)
    for column, value in enumerate(evil, start=1):
        cell = sheet.cell(2, column, value)
        if isinstance(value, str):
            cell.data_type = "s"
    book.save(path)
    (tmp_path / "evil-to-mend.xlsx").write_bytes(b"half a day of work")
    code, _out = run(path, "--accept-good")
    assert code == 0
    assert (tmp_path / "evil-to-mend.xlsx").read_bytes() == b"half a day of work"
    mended = load_workbook(tmp_path / "evil-to-mend-2.xlsx")
    kinds = {cell.data_type for sheet in mended for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    values = [cell.value for row in mended.worksheets[0].iter_rows() for cell in row]
    assert evil[2] in values


@pytest.mark.django_db
def test_without_its_workbook_to_mend_nothing_is_saved(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("farmers.stock.management.commands.import_stock.write_refused", full)
    before = saved()
    assert run(sample, "--accept-good")[0] == 2
    assert saved() == before
    assert [path.name for path in sample.parent.iterdir()] == ["ledger.xlsx"]


@pytest.mark.django_db
def test_towns_said_by_headings_are_written_out_in_the_workbook_to_mend(tmp_path: Path) -> None:
    rows: list[list[object]] = [["东亭镇"], BAD[1:], ["高蓬镇"], BAD[1:]]
    path = write(tmp_path / "towns.xlsx", rows, HEADER[1:])
    assert run(path, "--accept-good")[0] == 0
    mended = tmp_path / "towns-to-mend.xlsx"
    mend(mended, 数量=500)
    assert run(mended)[0] == 0
    assert sorted(Lot.objects.values_list("town__name", flat=True)) == ["东亭镇", "高蓬镇"]


@pytest.mark.django_db
def test_two_families_of_one_name_are_told_apart_by_their_phone(tmp_path: Path) -> None:
    other = [*GOOD[:3], "13900000000", *GOOD[4:]]
    assert run(write(tmp_path / "two.xlsx", [GOOD, other]))[0] == 0
    assert Household.objects.count() == 2
    unclear = [*GOOD[:3], None, *GOOD[4:5], 70, *GOOD[6:]]
    code, answer = run_json(write(tmp_path / "unclear.xlsx", [unclear]))
    assert code == 1 and answer["refused"][0]["column"] == "联系电话"


@pytest.mark.django_db
def test_a_family_known_without_its_phone_is_the_same_family_with_it(tmp_path: Path) -> None:
    silent = [*GOOD[:3], None, *GOOD[4:5], 70, *GOOD[6:]]
    assert run(write(tmp_path / "silent.xlsx", [silent]))[0] == 0
    assert run(write(tmp_path / "said.xlsx", [GOOD]))[0] == 0
    household = Household.objects.get()
    assert household.phone == "13928816302" and household.lots.count() == 2
    assert run(write(tmp_path / "silent again.xlsx", [[*silent[:5], 71, *silent[6:]]]))[0] == 0
    assert Household.objects.count() == 1


@pytest.mark.django_db
def test_the_function_behind_refuses_a_report_with_bad_rows() -> None:
    report = read_workbook(io.BytesIO(a_table([GOOD, BAD])))
    with pytest.raises(RowsRefused):
        load(report, None)
    assert Lot.objects.count() == 0
    assert len(load(report, None, accept_good=True).lots) == 1


def many(number: int) -> bytes:
    towns = list(Town.objects.values_list("name", flat=True))
    return a_table(
        [
            [
                towns[i % 25],
                f"第{i % 40}村",
                f"李{'甲乙丙丁'[i % 4]}",
                f"139{i:08d}",
                "土豆",
                100 + i,
                "斤",
                1.2,
            ]
            for i in range(number)
        ]
    )


@pytest.mark.django_db
def test_queries_do_not_follow_the_number_of_rows(django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(25):
        load(read_workbook(io.BytesIO(many(20))), None)
    # a batch of inserts more for every thirty rows or so, on SQLite, and no more than that
    with django_assert_max_num_queries(45):
        load(read_workbook(io.BytesIO(many(400))), None)
    assert Lot.objects.count() == 400


@pytest.mark.django_db(transaction=True)
def test_two_loads_at_once_add_each_row_once() -> None:
    data = many(60)
    start = threading.Barrier(2)
    failures: list[BaseException] = []

    def officer() -> None:
        try:
            report = read_workbook(io.BytesIO(data))
            start.wait(10)
            load(report, None)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=officer) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert Lot.objects.count() == 60 == StockMovement.objects.count() == Household.objects.count()
