"""Every row below a header has one fate, and it is the right one."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from openpyxl import Workbook

from farmers.stock.workbook.read import read_workbook

from .import_help import SAMPLE, SAMPLE_TRUTH, disagreements, run_json
from .workbooks import a_table, make

pytestmark = pytest.mark.django_db
HEADER = ["乡镇", "村", "户主姓名", "联系电话", "农产品名称", "数量", "单位", "单价（元）"]


def read(data: bytes) -> dict[str, Any]:
    return read_workbook(io.BytesIO(data)).as_json()


def one(**changes: object) -> dict[str, Any]:
    """The fate of one row that is right but for the changes (`amount`, `unit`, `price`, …)."""
    row: dict[str, object] = {
        "town": "高蓬镇",
        "village": "南李村",
        "name": "李国庆",
        "phone": "13928816302",
        "product": "土豆",
        "amount": 800,
        "unit": "公斤",
        "price": 2.4,
    }
    answer = read(a_table([list((row | changes).values())]))
    assert len(answer["accepted"]) + len(answer["refused"]) == 1
    fate: dict[str, Any] = (answer["accepted"] or answer["refused"])[0]
    return fate


def test_the_sample_agrees_with_its_truth_row_by_row() -> None:
    code, answer = run_json(SAMPLE)
    truth = json.loads(SAMPLE_TRUTH.read_text())
    assert disagreements(answer, truth) == []
    assert code == 1
    assert len(truth) == 47


@pytest.mark.parametrize("seed", range(40))
def test_unseen_layouts_agree_with_their_truth(seed: int) -> None:
    made = make(seed)
    answer = read(made.data)
    assert disagreements(answer, made.truth) == [], made.layout


@pytest.mark.parametrize("seed", range(40))
def test_each_row_has_exactly_one_fate(seed: int) -> None:
    made = make(seed)
    fates = [fate["row"] for kind in read(made.data).values() for fate in kind]
    assert len(fates) == len(set(fates))
    last = max(fates)
    assert {row["row"] for row in made.truth} <= set(fates)
    assert {row for row in made.passed if row <= last} <= set(fates)
    assert sorted(fates) == list(range(min(fates), last + 1))


def test_an_answer_has_the_keys_that_scripts_read() -> None:
    answer = read(SAMPLE.read_bytes())
    assert list(answer) == ["accepted", "refused", "skipped"]
    assert answer["accepted"][0] == {
        "row": 4,
        "town": "高蓬镇",
        "village": "南李村",
        "household": "李国庆",
        "product": "土豆",
        "measure": "g",
        "base_quantity": 800_000,
        "price_fen": 240,
        "unit": "公斤",
    }
    assert list(answer["refused"][0]) == ["row", "column", "reason"]
    assert answer["refused"][0]["column"] == "单价（元）"
    assert list(answer["skipped"][0]) == ["row", "why"]


@pytest.mark.parametrize(
    "amount", ["约800公斤", "800公斤左右", "800多", "近800", "800-1000", "几百斤", "800+", "若干"]
)
def test_an_amount_that_is_not_exact_is_asked_for_never_guessed(amount: str) -> None:
    assert one(amount=amount)["column"] == "数量"


def test_a_price_for_another_unit_is_turned_into_the_rows_own() -> None:
    assert one(price="1.2元/斤") | {"row": 0} == one(price=2.4) | {"row": 0}
    # 0.85 a jin is 850 a kilogram to the fen; 2.405 a kilogram is no whole fen a jin, so it stays by the kilogram
    assert (one(price="0.85元/斤")["price_fen"], one(price="0.85元/斤")["unit"]) == (170, "公斤")
    odd = one(amount=800, unit="斤", price="2.41元/公斤")
    assert (odd["base_quantity"], odd["price_fen"], odd["unit"]) == (400_000, 241, "公斤")


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"town": "保定镇"}, "乡镇"),
        ({"town": None}, "乡镇"),
        ({"village": None}, "村"),
        ({"village": "东亭镇南李村"}, "村"),
        ({"name": None}, "户主姓名"),
        ({"name": 123}, "户主姓名"),
        ({"phone": "1392881630"}, "联系电话"),
        ({"product": "恐龙蛋"}, "农产品名称"),
        ({"product": None}, "农产品名称"),
        ({"amount": None}, "数量"),
        ({"amount": 0}, "数量"),
        ({"amount": -3}, "数量"),
        ({"amount": True}, "数量"),
        ({"amount": "1e9"}, "数量"),
        ({"amount": 10**15}, "数量"),
        ({"amount": 0.0001}, "数量"),
        ({"amount": "800斤"}, "单位"),
        ({"unit": None}, "单位"),
        ({"unit": "袋"}, "单位"),
        ({"unit": "棵"}, "单位"),
        ({"unit": "箱"}, "单位"),
        ({"price": None}, "单价（元）"),
        ({"price": 0}, "单价（元）"),
        ({"price": -1}, "单价（元）"),
        ({"price": 2.345}, "单价（元）"),
        ({"price": "面议"}, "单价（元）"),
        ({"price": "1.8-2.2"}, "单价（元）"),
        ({"price": 200_000}, "单价（元）"),
        ({"price": "2元/盆"}, "单价（元）"),
    ],
)
def test_a_row_that_is_wrong_is_refused_where_it_is_wrong(changes: dict[str, object], column: str) -> None:
    fate = one(**changes)
    assert fate.get("column") == column, fate
    assert fate["reason"]


def test_all_that_is_wrong_with_a_row_is_said_at_once() -> None:
    fate = one(name=None, price="面议", amount="约800")
    assert fate["column"] == "户主姓名"
    assert "数量" in fate["reason"] and "单价（元）" in fate["reason"]


def test_a_stranger_gets_the_names_that_come_near() -> None:
    assert "土豆" in one(product="新土豆")["reason"]
    assert "高蓬镇" in one(town="高朋镇")["reason"]


def test_an_amount_merged_over_two_households_is_nobodys() -> None:
    book = Workbook()
    sheet: Any = book.active
    sheet.append(HEADER)
    for name in ("李国庆", "张玉梅"):
        sheet.append(["高蓬镇", "南李村", name, "", "土豆", 800, "公斤", 2.4])
    sheet.merge_cells("F2:F3")
    out = io.BytesIO()
    book.save(out)
    answer = read(out.getvalue())
    assert [row["row"] for row in answer["refused"]] == [2, 3]


def test_what_is_merged_over_rows_is_said_of_each() -> None:
    book = Workbook()
    sheet: Any = book.active
    sheet.append(HEADER)
    for product in ("土豆", "红薯"):
        sheet.append(["高蓬镇", "南李村", "李国庆", "13928816302", product, 800, "公斤", 2.4])
    for letter in "ABCDGH":
        sheet.merge_cells(f"{letter}2:{letter}3")
    out = io.BytesIO()
    book.save(out)
    rows = read_workbook(io.BytesIO(out.getvalue())).accepted
    assert [(row.name, row.phone, row.product.name, row.price_fen) for row in rows] == [
        ("李国庆", "13928816302", "土豆", 240),
        ("李国庆", "13928816302", "红薯", 240),
    ]


def test_headings_said_again_inside_a_merged_town_leave_the_town_to_the_rows_below() -> None:
    book = Workbook()
    sheet: Any = book.active
    sheet.append(HEADER)
    sheet.append(["高蓬镇", "南李村", "李国庆", "13928816302", "土豆", 800, "公斤", 2.4])
    sheet.append(HEADER)
    sheet.append([None, "南李村", "马大山", "13946574257", "红薯", 300, "斤", 1.1])
    sheet.merge_cells("A2:A4")
    out = io.BytesIO()
    book.save(out)
    answer = read(out.getvalue())
    assert [(row["row"], row["town"]) for row in answer["accepted"]] == [(2, "高蓬镇"), (4, "高蓬镇")]
    assert [row["row"] for row in answer["skipped"]] == [3]


@pytest.mark.parametrize("unit", ["公斤", "kg"])
def test_the_unit_after_a_heading_is_the_unit_of_its_amounts(unit: str) -> None:
    row: list[object] = ["高蓬镇", "南李村", "李国庆", "", "土豆", 800, 2.4]
    header = ["乡镇", "村", "户主姓名", "联系电话", "农产品名称", f"滞销量/{unit}", "单价（元）"]
    assert [one["base_quantity"] for one in read(a_table([row], header))["accepted"]] == [800_000]


@pytest.mark.parametrize("mark", ["同上", "〃", "″", "“"])
def test_ditto_marks_say_what_the_row_above_says(mark: str) -> None:
    rows: list[list[object]] = [
        ["高蓬镇", "南李村", "李国庆", "", "土豆", 800, "公斤", 2.4],
        [mark, mark, "马大山", "", mark, 300, mark, 2.2],
    ]
    answer = read(a_table(rows))
    assert [(row["town"], row["product"], row["base_quantity"]) for row in answer["accepted"]] == [
        ("高蓬镇", "土豆", 800_000),
        ("高蓬镇", "土豆", 300_000),
    ]


@pytest.mark.parametrize("label", ["小计", "其中：土豆", "高蓬镇共1户"])
def test_a_sum_under_any_label_is_no_row_of_goods(label: str) -> None:
    row: list[object] = [1, "高蓬镇", "南李村", "李国庆", "", "土豆", 800, "公斤", 2.4]
    answer = read(a_table([row, [label, *[None] * 5, 700, None, None], row], ["序号", *HEADER]))
    assert not answer["refused"]
    assert len(answer["accepted"]) == 2


def test_a_missing_town_among_towns_is_not_filled_from_above() -> None:
    rows: list[list[object]] = [
        [town, "南李村", name, "", "土豆", 800, "公斤", 2.4]
        for town, name in (("高蓬镇", "李国庆"), ("高蓬镇", "张玉梅"), (None, "刘建国"), ("东亭镇", "王志强"))
    ]
    answer = read(a_table(rows))
    assert [row["row"] for row in answer["refused"]] == [4]


def test_several_sheets_say_which_row_is_whose(tmp_path: Path) -> None:
    book = Workbook()
    book.remove(book.worksheets[0])
    for town in ("高蓬镇", "东亭镇"):
        sheet: Any = book.create_sheet(town)
        sheet.append(HEADER[1:])
        sheet.append(["南李村", "李国庆", "", "土豆", 800, "公斤", 2.4])
    book.save(tmp_path / "two.xlsx")
    _code, answer = run_json(tmp_path / "two.xlsx", "--dry-run")
    assert [(row["sheet"], row["row"], row["town"]) for row in answer["accepted"]] == [
        ("高蓬镇", 2, "高蓬镇"),
        ("东亭镇", 2, "东亭镇"),
    ]


def test_a_day_roughly_said_is_kept_as_words_and_never_counted_from() -> None:
    rows: list[list[object]] = [
        ["高蓬镇", "南李村", "李国庆", "", "土豆", 800, "公斤", 2.4, day]
        for day in ("4月中旬", "2020.4.15", None)
    ]
    report = read_workbook(io.BytesIO(a_table(rows, [*HEADER, "采收日期"])))
    assert [row.harvested_on and row.harvested_on.isoformat() for row in report.accepted] == [
        None,
        "2020-04-15",
        None,
    ]
    assert report.accepted[0].note == "采收日期：4月中旬"


@pytest.mark.django_db
def test_a_row_numbered_beforehand_is_empty_and_no_heading(tmp_path: Path) -> None:
    header = ["序号", "乡镇", "村", "户主姓名", "农产品名称", "数量", "单位", "单价（元）"]
    goods: list[object] = ["南李村", "李国庆", "土豆", 800, "公斤", 2.4]
    path = tmp_path / "numbered.xlsx"
    rows = [[1, "高蓬镇", *goods], [2, "东亭镇"], [3, "高蓬镇", *goods], ["4", "东亭镇"]]
    path.write_bytes(a_table(rows, header))
    with translation.override("en"):
        skipped = run_json(path, "--dry-run")[1]["skipped"]
    assert skipped == [{"row": 3, "why": "empty row"}, {"row": 5, "why": "empty row"}]
    # but where the rows below lean on it, it is their town's heading
    path.write_bytes(a_table([[1, "高蓬镇"], [2, None, *goods], [3, "东亭镇"], [4, None, *goods]], header))
    answer = run_json(path, "--dry-run")[1]
    assert [row["town"] for row in answer["accepted"]] == ["高蓬镇", "东亭镇"]
