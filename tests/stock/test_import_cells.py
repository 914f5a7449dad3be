"""One cell at a time: however an amount is written it means the same, and what is no amount is refused."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farmers.stock.workbook import cells
from farmers.stock.workbook.cells import Refusal
from farmers.stock.workbook.columns import about
from farmers.stock.workbook.known import Known
from farmers.stock.workbook.sheets import Cell, Kind, read_format
from farmers.stock.workbook.words import amount
from marketplace.quantity import UNITS, Unit

WEIGHTS = [unit for unit, fact in UNITS.items() if fact.measure == "g"]


def text(value: str) -> Cell:
    return Cell(Kind.TEXT, value, value)


def in_chinese(number: int) -> str:
    """As a schoolbook writes it, below 100,000,000."""
    if number >= 10_000:
        high, low = divmod(number, 10_000)
        return f"{in_chinese(high)}万" + ((("零" if low < 1000 else "") + in_chinese(low)) if low else "")
    out, gap = "", False
    for size, step in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // size % 10
        if digit:
            out += ("零" if gap and out else "") + "零一二三四五六七八九"[digit] + step
        gap = not digit
    return out


def full_width(value: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in value)


@given(
    number=st.integers(1, 9_999_999),
    decimals=st.integers(0, 2),
    unit=st.sampled_from(WEIGHTS),
    hand=st.sampled_from(["plain", "full", "thousands", "spaces", "upper"]),
    data=st.data(),
)
def test_a_weight_in_any_hand_is_the_same_grams(
    number: int, decimals: int, unit: Unit, hand: str, data: st.DataObject
) -> None:
    exact = Decimal(number).scaleb(-decimals)
    word = data.draw(st.sampled_from(UNITS[unit].words))
    written = f"{exact:,f}" if hand == "thousands" else f"{exact:f}"
    whole = f"{written} {word}" if hand == "spaces" else f"{written}{word}"
    whole = full_width(whole) if hand == "full" else whole.upper() if hand == "upper" else whole
    found = cells.quantity(text(whole))
    assert found.unit is unit
    if (exact * UNITS[unit].size) % 1 == 0 and exact * UNITS[unit].size <= 100_000_000_000:
        assert cells.base_quantity(found, unit) == exact * UNITS[unit].size


@given(number=st.integers(1, 99_999_999), unit=st.sampled_from(list(UNITS)))
def test_chinese_numerals_are_read_as_they_are_said(number: int, unit: Unit) -> None:
    found = cells.quantity(text(f"{in_chinese(number)}{UNITS[unit].words[0]}"))
    assert (found.number, found.unit) == (number, unit)


@given(st.text(alphabet=st.sampled_from("零〇一二两三五九十百千万亿点0123456789,. "), max_size=12))
def test_a_number_is_read_in_one_way_or_not_at_all(written: str) -> None:
    found = amount(written)
    assert found is None or found >= 0
    if found is not None and written.isascii():
        assert found == Decimal(written.replace(",", ""))


@given(
    st.one_of(
        st.text(max_size=40),
        st.text(
            alphabet=st.sampled_from("0123456789.,-~约多左右斤公千克吨半袋元角分毛块/每¥ 月日年"), max_size=20
        ),
    )
)
def test_a_parser_answers_or_refuses_and_never_fails(written: str) -> None:
    for read in (cells.quantity, cells.price, cells.name, cells.phone, cells.marks, cells.members):
        try:
            read(text(written))
        except Refusal as refusal:
            assert str(refusal)
    try:
        cells.date(text(written), 2020)
    except Refusal as refusal:
        assert str(refusal)
    about(written)
    read_format(written)


@given(
    st.text(alphabet=st.sampled_from("约大概多余左右近几来")),
    st.integers(1, 9999),
    st.sampled_from(["前", "后"]),
)
def test_a_doubtful_word_never_leaves_an_amount(doubt: str, number: int, where: str) -> None:
    written = f"{doubt}{number}斤" if where == "前" else f"{number}{doubt}斤"
    if doubt:
        with pytest.raises(Refusal):
            cells.quantity(text(written))


@pytest.mark.parametrize(
    ("written", "grams"),
    [
        ("1.5吨", 1_500_000),
        ("２吨半", 2_500_000),
        ("半吨", 500_000),
        ("3千斤", 1_500_000),
        ("2万斤", 10_000_000),
        ("八百斤", 400_000),
        ("80千克", 80_000),
        ("八百千克", 800_000),
        ("1，200市斤", 600_000),
        ("共800斤", 400_000),
        ("1吨500公斤", 1_500_000),
    ],
)
def test_amounts_as_officers_write_them(written: str, grams: int) -> None:
    found = cells.quantity(text(written))
    assert found.unit is not None
    assert cells.base_quantity(found, found.unit) == grams


@pytest.mark.parametrize(
    "written",
    ["1,20斤", "八百五", "800²", "½吨", "①斤", "8 00", "1.2.3", "1斤500公斤", "(500)", "50%", "9" * 5000],
)
def test_a_doubtful_amount_is_not_read(written: str) -> None:
    with pytest.raises(Refusal):
        cells.quantity(text(written))


@pytest.mark.parametrize(
    ("written", "fen"),
    [("2.4", 240), ("¥2.40", 240), ("￥1,200", 120_000), ("2.4元/公斤", 240), ("8毛", 80), ("1块2", 120),
     ("1块2毛5", 125), ("2元4角", 240), ("两块五", 250), ("85分", 85), ("每斤1.2元", 120), ("十五元", 1500)],
)  # fmt: skip
def test_prices_as_officers_write_them(written: str, fen: int) -> None:
    assert cells.whole_fen(cells.price(text(written)).fen) == fen


@pytest.mark.parametrize(
    "written",
    ["2020.4.15", "2020-04-15", "2020/4/15", "2020年4月15日", "4月15日", "4月15号", "20200415", "4/15", "四月十五日",
     "二〇二〇年四月十五日", "2020-04-15 00:00:00", "２０２０．４．１５"],
)  # fmt: skip
def test_days_as_officers_write_them(written: str) -> None:
    assert cells.date(text(written), 2020).day == dt.date(2020, 4, 15)


@pytest.mark.parametrize("written", ["2020-04-31", "2月30日", "2020.13.1", "20201301", "1899-01-01"])
def test_a_day_in_no_calendar_is_refused(written: str) -> None:
    with pytest.raises(Refusal):
        cells.date(text(written), 2020)


@pytest.mark.django_db
def test_towns_and_products_are_known_by_what_people_write() -> None:
    known = Known()
    for word in ("高蓬镇", "高蓬", "定州市高蓬镇", "河北省定州市高蓬镇", "高蓬镇人民政府", "高 蓬 镇"):
        assert known.town(word).name == "高蓬镇"
    assert known.town("南城区办事处").name == "南城区街道"
    assert known.town("号头庄乡").name == "号头庄回族乡"
    for word in ("土豆", "马铃薯", "土 豆", "土豆（黄心）"):
        assert known.product(word)[0].name == "土豆"
