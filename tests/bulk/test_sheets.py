"""Tables from spreadsheets: pasted or as files, their columns in any order."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from farmers.stock.workbook.parts import WorkbookError
from shop.bulk.read import Typed
from shop.bulk.sheets import Rows, from_text, from_workbook


def pasted(*lines: str, first: str = "product") -> Rows:
    return from_text("\n".join(lines), first)


def a_file(*rows: list[Any], title: str = "需求") -> io.BytesIO:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    return out


def test_a_table_without_headings_is_in_the_page_s_own_order() -> None:
    found = pasted("土豆\t800斤\t1.2\t12月1日\t北校区", "白菜\t500\t\t明天")
    assert found.rows == [
        Typed("土豆", "800斤", "1.2", "12月1日", "北校区"),
        Typed("白菜", "500", "", "明天", ""),
    ]
    assert found.notes == []


def test_a_table_begins_at_the_cell_it_was_pasted_into() -> None:
    assert pasted("800\t1.2", "500\t1.0", first="quantity").rows == [
        Typed("", "800", "1.2"),
        Typed("", "500", "1.0"),
    ]


def test_headings_say_which_column_is_which() -> None:
    found = pasted(
        "序号\t送货日期\t食材名称\t规格\t采购数量（公斤）\t单价（元/公斤）\t送货地点",
        "1\t12月1日\t土豆\t大\t400\t2.4\t北校区",
        "2\t12月2日\t国槐\t\t50棵\t\t南校区",
    )
    assert found.rows == [
        Typed("土豆", "400公斤", "2.4元/公斤", "12月1日", "北校区"),
        Typed("国槐", "50棵", "", "12月2日", "南校区"),
    ]
    assert "规格" in found.notes[-1]


def test_a_unit_of_its_own_column_goes_with_the_amount() -> None:
    assert pasted("Product\tQuantity\tUnit\tWanted on", "Potatoes\t800\tjin\t2026-12-01").rows == [
        Typed("Potatoes", "800jin", "", "2026-12-01", "")
    ]


@pytest.mark.parametrize(
    ("headings", "missing"),
    [("品名\t单价", "数量"), ("数量\t送货日期", "品类"), ("食材\t备注\t单位\t价格", "数量")],
)
def test_a_table_with_wrong_columns_is_told_what_was_found_and_what_is_missing(
    headings: str, missing: str
) -> None:
    with pytest.raises(WorkbookError) as refused:
        pasted(headings, "x\ty")
    assert headings.split("\t")[0] in str(refused.value) or headings.split("\t")[1] in str(refused.value)


def test_columns_too_many_are_left_out_and_it_is_said() -> None:
    found = pasted("土豆\t800\t1.2\t明天\t北校区\t备用\t二")
    assert found.rows == [Typed("土豆", "800", "1.2", "明天", "北校区")]
    assert "2" in found.notes[0]


def test_sums_and_empty_rows_are_passed_over() -> None:
    found = pasted("品名\t数量", "土豆\t800", "", "\t", "合计\t800")
    assert found.rows == [Typed("土豆", "800")]
    assert found.notes


@given(st.text(max_size=400))
def test_whatever_is_pasted_is_rows_or_a_refusal(text: str) -> None:
    try:
        found = from_text(text)
    except WorkbookError as error:
        assert str(error)
    else:
        assert all(isinstance(row, Typed) for row in found.rows)


def test_a_workbook_as_canteens_have_it() -> None:
    found = from_workbook(
        a_file(
            ["实验小学食堂下周需求计划"],
            [],
            ["需用日期", "品名", "数量", "单位", "最高限价", "备注"],
            ["2026-12-01", "土豆", 800, "斤", 1.2, "大的"],
            [None, None, None, None, None, None],
            ["2026-12-02", "白菜", "５００", "斤", None, None],
            ["合计", None, 1300, None, None, None],
        )
    )
    assert found.rows == [
        Typed("土豆", "800斤", "1.2", "2026-12-01", ""),
        Typed("白菜", "５００斤", "", "2026-12-02", ""),
    ]


def test_a_workbook_with_wrong_columns_or_no_table_is_refused_with_what_to_do() -> None:
    with pytest.raises(WorkbookError, match="品名"):
        from_workbook(a_file(["品名", "单价", "送货日期"], ["土豆", 1.2, "12月1日"]))
    with pytest.raises(WorkbookError):
        from_workbook(a_file(["你好"]))
    with pytest.raises(WorkbookError):
        from_workbook(io.BytesIO(b"PK\x03\x04 no workbook"))
