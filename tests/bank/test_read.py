"""A bank's file is read to the fen in whatever dress it comes, or refused with the reason."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from marketplace.money import yuan
from shop.bank import values
from shop.bank.columns import NAMES, Field, columns
from shop.bank.read import Reading, read
from shop.bank.tables import MOST_BYTES, MOST_CELLS, MOST_ROWS, FileRefused

from .files import ACCOUNT, HEAD, Came, as_csv, as_xlsx, rows

TODAY = dt.date(2026, 11, 30)
THREE = (
    Came(1_234_50, "货款ZD202606-0001", "定州市实验小学食堂", "A1"),
    Came(-200_00, "手续费", "", "A2"),
    Came(12_345_678_90, "货款", "定州市某局", "A3", "2026-07-06"),
)


def amounts(reading: Reading) -> list[int]:
    assert not reading.bad, reading.bad
    return [line.signed_fen for line in reading.lines]


# --- good ones, in every dress -----------------------------------------------------------------

DRESSES: dict[str, Callable[[Any], bytes]] = {
    "utf-8": lambda table: as_csv(table, "utf-8"),
    "utf-8 with a mark": lambda table: as_csv(table, "utf-8-sig"),
    "gbk": lambda table: as_csv(table, "gbk"),
    "gb18030, tabs": lambda table: as_csv(table, "gb18030", "\t"),
    "semicolons": lambda table: as_csv(table, "gb18030", ";"),
    "unicode text of a spreadsheet": lambda table: as_csv(table, "utf-16", "\t"),
    "xlsx": as_xlsx,
}


@pytest.mark.parametrize("dress", DRESSES)
def test_every_dress_is_read_to_the_fen(dress: str) -> None:
    reading = read(DRESSES[dress](rows(THREE)), TODAY)
    assert amounts(reading) == [one.fen for one in THREE]
    assert (reading.account, reading.opening_fen) == (ACCOUNT, 100_000_00)
    assert reading.closing_fen == 100_000_00 + sum(one.fen for one in THREE)
    first = reading.lines[0]
    assert (first.payer, first.serial, first.day) == ("定州市实验小学食堂", "A1", dt.date(2026, 7, 5))
    assert "ZD202606-0001" in first.words
    assert len({line.identity for line in reading.lines}) == 3


BANKS: dict[str, tuple[str, str]] = {
    "工商银行": (
        "凭证号,本方账号,对方账号,交易时间,借/贷,借方发生额,贷方发生额,对方行号,摘要,用途,对方单位名称,余额,个性化信息",
        '0,0409123456,6222,2026-07-05 10:20:33,贷,0.00,"1,200.00",102,货款,ZD202606-0001,某食堂,"2,200.00",',
    ),
    "建设银行": (
        "账号,账户名称,交易时间,借方发生额（支取）,贷方发生额（收入）,余额,币种,对方户名,对方账号,对方开户机构,记账日期,摘要,备注,"
        "账户明细编号-交易流水号,企业流水号,凭证种类,凭证号,关联账户",
        "0409123456,集市,20260705 10:20:33,0.00,1200.00,2200.00,人民币元,某食堂,6222,某行,20260705,转账,ZD202606-0001,8-123,,,,",
    ),
    "农业银行": (
        "交易时间,收入金额,支出金额,账户余额,交易行名,对方省市,对方账号,对方户名,交易用途",
        "2026-07-05 10:20:33,1200.00,0.00,2200.00,定州支行,,6222,某食堂,ZD202606-0001",
    ),
    "中国银行": (
        "交易类型[ Transaction Type ],付款人账号[ Debit Account No. ],付款人名称[ Payer's Name ],"
        "交易日期[ Transaction Date ],交易时间[ Transaction time ],交易货币[ Trade Currency ],"
        "交易金额[ Trade Amount ],交易后余额[ After-transaction balance ],"
        "交易流水号[ Transaction reference number ],摘要[ Reference ],交易附言[ Remark ]",
        "来账,6222,某食堂,20260705,10:20:33,CNY,1200.00,2200.00,99123,,ZD202606-0001",
    ),
    "招商银行": (
        "交易日,交易时间,起息日,交易类型,借方金额,贷方金额,余额,摘要,流水号,收/付方名称,收/付方账号",
        "20260705,102033,20260705,网银贷记,,1200.00,2200.00,ZD202606-0001,C1,某食堂,6222",
    ),
    "农村信用社": (
        "序号,交易日期,交易金额,借贷标志,余额,对方账号,对方户名,摘要",
        "1,2026/7/5,￥１，２００．００,贷,2200,6222,某食堂,ZD202606-0001",
    ),
}


@pytest.mark.parametrize("bank", BANKS)
def test_the_common_banks_columns_are_known(bank: str) -> None:
    reading = read("\n".join(BANKS[bank]).encode("gb18030"), TODAY)
    (line,) = reading.lines
    assert not reading.bad
    assert (line.signed_fen, line.day, line.payer) == (1200_00, dt.date(2026, 7, 5), "某食堂")
    assert "ZD202606-0001" in line.words
    assert line.balance_fen == 2200_00


def test_every_name_in_the_table_is_found_as_its_field() -> None:
    for field, names in NAMES.items():
        for name in names:
            others = {Field.DAY: ["金额"], Field.AMOUNT: ["交易日期"]}.get(field, ["交易日期", "金额"])
            assert columns([name, *others])[field] == [0], (field, name)
            assert columns([f" {name}（元）", *others])[field] == [0], (field, name)


@pytest.mark.parametrize("newest_first", [False, True])
def test_the_newest_line_may_stand_first_or_last(newest_first: bool) -> None:
    table = rows(THREE)
    if newest_first:
        table[3:] = table[:2:-1]
    reading = read(as_csv(table), TODAY)
    assert [line.serial for line in reading.lines] == ["A1", "A2", "A3"], "the oldest first"
    assert reading.closing_fen == 100_000_00 + sum(one.fen for one in THREE)


def test_totals_notes_and_repeated_heads_are_no_lines() -> None:
    table = rows(THREE)
    came = sum(one.fen for one in THREE if one.fen > 0)
    table += [
        list(HEAD),
        ["合计", yuan(200_00), yuan(came), "", "", "", "", "", ""],
        ["注：本清单仅供参考"],
    ]
    reading = read(as_csv(table), TODAY)
    assert amounts(reading) == [one.fen for one in THREE]
    assert len(reading.skipped) == 3


def test_without_serial_numbers_lines_alike_are_told_apart_and_found_again() -> None:
    head = ["交易日期", "收入", "支出", "对方户名", "摘要"]
    line = ["2026-07-05", "5.00", "", "张三", "买菜"]
    once, twice = (read(as_csv([head, *[line] * times]), TODAY) for times in (1, 2))
    assert len({line.identity for line in twice.lines}) == 2
    assert once.lines[0].identity in {line.identity for line in twice.lines}


def test_a_serial_number_told_twice_is_one_line_or_a_fault() -> None:
    head = ["交易日期", "收入", "支出", "对方户名", "流水号"]
    line = ["2026-07-05", "5.00", "", "张三", "A1"]
    reading = read(as_csv([head, line, line]), TODAY)
    assert amounts(reading) == [500]
    assert [row for row, _why in reading.skipped] == [3]
    reading = read(as_csv([head, line, ["2026-07-05", "6.00", "", "张三", "A1"]]), TODAY)
    assert [(bad.row, bad.text) for bad in reading.bad] == [(3, "A1")]


# --- bad ones, with the reason -----------------------------------------------------------------


def changed(row: int, column: int, text: Any) -> list[list[Any]]:
    table: list[list[Any]] = [list(cells) for cells in rows(THREE)]
    table[row - 1][column] = text
    return table


@pytest.mark.parametrize(
    ("row", "column", "text"),
    [
        (4, 0, ""),
        (4, 0, "26-7-5"),
        (4, 0, "7/5/2026"),
        (4, 0, "2026-13-01"),
        (4, 0, "2026-02-30"),
        (4, 0, "2026-12-01"),
        (4, 0, "1926-07-05"),
        (4, 2, "1,23.00"),
        (4, 2, "1.234,50"),
        (4, 2, "1234.505"),
        (4, 2, "1e3"),
        (4, 2, "十元"),
        (4, 2, ""),
        (4, 2, "=1+1"),
        (4, 1, "5.00"),
        (4, 3, "余"),
        (4, 3, "101,234.51"),
        (5, 3, "101,034.51"),
        (4, 8, "6.22848E+18"),
        (4, 2, "200,000,000.00"),
        (6, 8, "A1"),
    ],
)
@pytest.mark.parametrize("dress", [as_csv, as_xlsx])
def test_a_row_that_cannot_be_right_is_named(dress: Any, row: int, column: int, text: str) -> None:
    reading = read(dress(changed(row, column, text)), TODAY)
    assert reading.bad, "read as if nothing were wrong"
    assert reading.bad[0].row in {row, row + 1}
    assert reading.bad[0].reason


def test_a_line_left_out_breaks_the_balance_and_the_total() -> None:
    table = rows(THREE)
    del table[4]
    reading = read(as_csv(table), TODAY)
    assert [bad.row for bad in reading.bad] == [5]
    no_balance = [[cell for place, cell in enumerate(row) if place != 3] for row in rows(THREE)[2:]]
    came = sum(one.fen for one in THREE if one.fen > 0)
    no_balance.append(["合计", yuan(200_00), yuan(came)])
    assert amounts(read(as_csv(no_balance), TODAY))
    del no_balance[1]
    assert read(as_csv(no_balance), TODAY).bad


def test_other_money_is_not_counted() -> None:
    table = [["交易日期", "收入", "支出", "币种"], ["2026-07-05", "5.00", "", "美元"]]
    assert read(as_csv(table), TODAY).bad[0].text == "美元"


def test_computed_cells_are_not_the_banks_word() -> None:
    book = Workbook()
    for row in rows(THREE):
        book.active.append(row)
    book.active["C4"] = "=1000+234.5"
    out = io.BytesIO()
    book.save(out)
    reading = read(out.getvalue(), TODAY)
    assert [bad.row for bad in reading.bad] == [4]


def test_a_number_that_a_workbook_rounded_is_refused() -> None:
    table = changed(4, 8, 6228481234567890123)
    assert read(as_xlsx(table), TODAY).bad[0].row == 4
    assert not read(as_xlsx(changed(4, 8, 123456789)), TODAY).bad


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"  \n ",
        b"\xd0\xcf\x11\xe0rest",
        b"%PDF-1.7",
        b"PK\x03\x04 not a zip",
        b"<html><table><tr><td>\xe4\xba\xa4\xe6\x98\x93\xe6\x97\xa5\xe6\x9c\x9f",
        "交易日期,金额,借贷标志\n2026-07-05,5.00,贷\x00".encode(),
        b"\xff\xfe\x00",
        "姓名,电话\n张三,139".encode("gbk"),
        '交易日期,收入,支出\n2026-07-05,"5.00,'.encode(),
        "交易日期,收入,支出\n".encode(),
        "交易日期,金额\n2026-07-05,5.00".encode(),
        "账号,交易日期,收入,支出\n123456789,2026-07-05,5.00,\n987654321,2026-07-05,5.00,".encode(),
        b"x" * (MOST_BYTES + 1),
        ("交易日期,收入,支出\n" + "2026-07-05,5.00,\n" * MOST_ROWS).encode(),
        ("交易日期,收入,支出\n2026-07-05,5.00" + "," * MOST_CELLS).encode(),
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    ],
    ids=lambda data: repr(data[:24]),
)
def test_what_is_no_banks_file_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(FileRefused) as refused:
        read(data, TODAY)
    assert len(str(refused.value)) > 5


@settings(max_examples=150)
@given(st.binary(max_size=400))
def test_no_bytes_do_more_than_be_refused(data: bytes) -> None:
    try:
        reading = read(data, TODAY)
    except FileRefused:
        return
    assert reading.lines or reading.bad


@settings(max_examples=150)
@given(
    st.lists(
        st.lists(
            st.text(max_size=12) | st.sampled_from(["2026-07-05", "5.00", "-", "合计", "=1", "贷"]),
            max_size=6,
        ),
        max_size=8,
    ),
    st.sampled_from(["交易日期,收入,支出,余额,流水号,对方户名", "交易日期,金额,借贷标志,余额", "日期\t金额"]),
)
def test_no_rows_below_a_header_do_more_than_be_refused(cells: list[list[str]], head: str) -> None:
    test_no_bytes_do_more_than_be_refused.hypothesis.inner_test(  # type: ignore[attr-defined]
        f"{head}\n".encode() + as_csv(cells, "utf-8")
        if not any("\ud800" <= char <= "\udfff" for row in cells for cell in row for char in cell)
        else b""
    )


# --- values ------------------------------------------------------------------------------------

WIDE = str.maketrans("0123456789,.-¥", "０１２３４５６７８９，．－￥")


@given(st.integers(-(10**12), 10**12), st.sampled_from(["", "¥", "￥", "RMB", "人民币"]), st.data())
def test_an_amount_in_any_hand_is_the_same_to_the_fen(fen: int, mark: str, data: st.DataObject) -> None:
    text = yuan(abs(fen))
    if data.draw(st.booleans()):
        text = text.replace(",", "")
    if text.endswith("00") and data.draw(st.booleans()):
        text = text[:-3]
    elif data.draw(st.booleans()):
        text += "00"
    text = (
        ("-" if fen < 0 else data.draw(st.sampled_from(["", "+"])))
        + mark
        + text
        + data.draw(st.sampled_from(["", "元"]))
    )
    if data.draw(st.booleans()):
        text = text.translate(WIDE)
    space = data.draw(st.sampled_from(["", " ", "\t", "\u3000", "\u00a0"]))
    assert values.fen(f"{space}{text}{space}") == fen


@pytest.mark.parametrize("text", ["", " ", "-", "--", "—", "－"])
def test_an_empty_amount_is_none(text: str) -> None:
    assert values.fen(text) is None


@given(st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31)), st.data())
def test_a_day_in_any_hand_is_the_same_day(day: dt.date, data: st.DataObject) -> None:
    forms = ["{:%Y-%m-%d}", "{:%Y/%m/%d}", "{:%Y.%m.%d}", "{:%Y%m%d}", "{:%Y年%m月%d日}", "{0.year}-{0.month}-{0.day}",
             "{0.year}/{0.month}/{0.day}", "{0.year}年{0.month}月{0.day}日"]  # fmt: skip
    form = data.draw(st.sampled_from(forms))
    time = data.draw(
        st.sampled_from(["", " 10:20:33", "102033", "T10:20:33", "-10.20.33.123456", " 10时20分33秒"])
    )
    if time == "102033" and form != "{:%Y%m%d}":
        time = " 102033"
    text = form.format(day) + time
    if data.draw(st.booleans()):
        text = text.translate(WIDE)
    assert values.day_and_time(text) == (day, "102033" if time else "")


@settings(max_examples=60)
@given(
    st.lists(st.integers(-(10**9), 10**9).filter(bool), min_size=1, max_size=12),
    st.sampled_from(list(DRESSES)),
    st.booleans(),
    st.integers(0, 10**9),
)
def test_a_whole_file_in_any_dress_comes_to_the_fen(
    moved: list[int], dress: str, newest_first: bool, opening: int
) -> None:
    table = rows([Came(fen) for fen in moved], opening)
    if newest_first:
        table[3:] = table[:2:-1]
    reading = read(DRESSES[dress](table), TODAY)
    assert amounts(reading) == moved
    assert (reading.opening_fen, reading.closing_fen) == (opening, opening + sum(moved))


@settings(max_examples=60)
@given(
    st.lists(st.integers(-(10**7), 10**7).filter(bool), min_size=2, max_size=8),
    st.data(),
    st.integers(1, 10**6),
)
def test_one_figure_changed_anywhere_is_noticed(moved: list[int], data: st.DataObject, by: int) -> None:
    table = rows([Came(fen) for fen in moved])
    row = data.draw(st.integers(1, len(moved) - 1)) + 3
    fen = abs(moved[row - 3]) + by
    table[row][2 if moved[row - 3] > 0 else 1] = yuan(fen)
    assert read(as_csv(table), TODAY).bad
