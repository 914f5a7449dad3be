"""A row as people write it, and what is refused at its cell."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farmers.stock.models import MAX_PRICE_FEN, Product
from marketplace.money import yuan
from marketplace.quantity import UNITS, Unit
from shop.bulk.named import Named
from shop.bulk.read import CELLS, ReadLine, Row, Typed, read_row
from shop.catalogue.search import Word

# a Wednesday
TODAY = dt.date(2026, 11, 25)


def _word(pk: int, name: str, english: str, pinyin: str, initials: str) -> Word:
    return Word("product", pk, name, english, pinyin, initials)


PRODUCTS = {
    1: Product(pk=1, name="大白菜", name_en="Napa cabbage", measure="g", unit="jin"),
    2: Product(pk=2, name="菠菜", name_en="Spinach", measure="g", unit="jin"),
    3: Product(pk=3, name="土豆", name_en="Potatoes", measure="g", unit="jin"),
    4: Product(pk=4, name="国槐", name_en="Pagoda tree", measure="count", unit="zhu"),
    5: Product(pk=5, name="肉羊", name_en="Sheep", measure="g", unit="kg"),
}
NAMED = Named(
    [
        _word(1, "大白菜", "Napa cabbage", "dabaicai", "dbc"),
        _word(1, "白菜", "", "baicai", "bc"),
        _word(2, "菠菜", "Spinach", "bocai", "bc"),
        _word(3, "土豆", "Potatoes", "tudou", "td"),
        _word(3, "马铃薯", "", "malingshu", "mls"),
        _word(4, "国槐", "Pagoda tree", "guohuai", "gh"),
        _word(5, "肉羊", "Sheep", "rouyang", "ry"),
        Word("town", 1, "高蓬镇", "Gaopeng", "gaopengzhen", "gpz"),
    ],
    PRODUCTS,
)


def read(**cells: str) -> Row:
    cells = {"product": "土豆", "quantity": "800", "wanted": "2026-12-01"} | cells
    return read_row(Typed(**cells), NAMED, TODAY)


def line(**cells: str) -> ReadLine:
    row = read(**cells)
    assert row.errors == {}
    assert row.line is not None
    return row.line


def wrong(cell: str, text: str, **cells: str) -> str:
    row = read(**cells, **{cell: text})
    assert list(row.errors) == [cell], row
    assert row.line is None
    return row.errors[cell].message


# --- product -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name"),
    [
        *(("大白菜", "大白菜"), (" 大 白菜 ", "大白菜"), ("白菜", "大白菜"), ("baicai", "大白菜")),
        *(("ＢＡＩＣＡＩ", "大白菜"), ("dbc", "大白菜"), ("td", "土豆"), ("马铃薯", "土豆"), ("mls", "土豆")),
        *(("Potatoes", "土豆"), ("potato", "土豆"), ("napa cabbage", "大白菜"), ("Pagoda trees", "国槐")),
    ],
)
def test_a_product_goes_by_any_of_its_names(text: str, name: str) -> None:
    quantity = "8"
    assert line(product=text, quantity=quantity).product.name == name


def test_initials_of_two_products_are_asked_about() -> None:
    row = read(product="bc")
    assert row.errors["product"].near == ("大白菜", "菠菜")


@pytest.mark.parametrize(
    ("text", "near"),
    [("baiacai", "大白菜"), ("菠莱", "菠菜"), ("老土豆", "土豆"), ("spinnach", "菠菜"), ("potatos", None)],
)
def test_a_slip_is_offered_and_never_taken_for_granted(text: str, near: str | None) -> None:
    row = read(product=text)
    if near is None:  # a plural of another hand is no slip
        assert row.errors == {}
    else:
        assert near in row.errors["product"].near
        assert text in row.errors["product"].message


def test_what_resembles_nothing_is_plainly_unknown() -> None:
    row = read(product="zzzzzzzz")
    assert row.errors["product"].near == ()


def test_a_town_is_no_product() -> None:
    assert "product" in read(product="高蓬镇").errors


# --- quantity ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "quantity", "unit"),
    [
        *(("800", 400_000, "jin"), ("800斤", 400_000, "jin"), ("８００　斤", 400_000, "jin")),
        *(("400公斤", 400_000, "kg"), ("400 KG", 400_000, "kg"), ("八百斤", 400_000, "jin")),
        *(("2吨", 2_000_000, "jin"), ("1.5t", 1_500_000, "jin"), ("2.5公斤", 2_500, "jin")),
        *(("1,200 jin", 600_000, "jin"), ("1千斤", 500_000, "jin")),
    ],
)
def test_weight_is_read_in_any_hand(text: str, quantity: int, unit: str) -> None:
    found = line(quantity=text)
    assert (found.quantity, found.unit) == (quantity, unit)
    # shares are of whole units, and all of them together must make up the line
    assert found.quantity % found.unit_size == 0


@pytest.mark.parametrize("text", ["50", "50株", "50棵", "50 trees", "50 plants", "五十棵"])
def test_pieces_go_by_the_words_people_have_for_them(text: str) -> None:
    assert line(product="国槐", quantity=text).quantity == 50


def test_a_bare_number_counts_in_the_product_s_usual_unit() -> None:
    assert line(product="肉羊", quantity="30").quantity == 30_000


@pytest.mark.parametrize(
    "text",
    [
        *(
            "a few",
            "some",
            "几斤",
            "约 800 斤",
            "800斤左右",
            "800多斤",
            "500-800斤",
            "若干",
            "适量",
            "",
            "-5斤",
            "0",
        ),
        *("800箩", "800株", "10箱", "½ 斤", "800.3斤", "99999999999999吨", "x" * 500, "1e9", "NaN", "\x00"),
    ],
)
def test_an_amount_that_is_not_exact_is_refused_with_what_to_write(text: str) -> None:
    assert wrong("quantity", text)


def test_what_to_write_is_in_the_product_s_own_unit() -> None:
    assert "800 斤" in wrong("quantity", "约 800 斤")
    assert "50 株" in wrong("quantity", "a few", product="国槐")


def test_some_is_an_amount_that_is_not_exact_rather_than_an_unknown_unit() -> None:
    assert "不确切" in wrong("quantity", "一些")
    assert "国槐" in wrong("quantity", "50斤", product="国槐")


# --- price ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        *(
            ("1.20", 120),
            ("1.2元/斤", 120),
            ("¥1.2", 120),
            ("１．２０", 120),
            ("2.4元/公斤", 120),
            ("8毛", 80),
        ),
        *(
            ("不超过1.2", 120),
            ("≤1.20", 120),
            ("1.2元以下", 120),
            ("1.2 yuan per jin", 120),
            ("up to 1.2", 120),
        ),
        *(("", None), ("不限", None), ("any", None), ("-", None)),
    ],
)
def test_the_highest_price_is_per_jin_of_a_line_in_jin(text: str, fen: int | None) -> None:
    assert line(price=text).max_price_fen == fen


def test_a_price_without_a_unit_is_per_the_unit_of_the_amount() -> None:
    assert line(quantity="400公斤", price="2.40").max_price_fen == 240
    # shared out by the jin, and so is its price
    assert line(quantity="2吨", price="2400").max_price_fen == 120
    assert line(product="国槐", quantity="50棵", price="35").max_price_fen == 3500


@pytest.mark.parametrize(
    "text", ["面议", "1.2-1.5", "约1.2", "0", "-1", "abc", "1.205", "1.2元/株", "1e5", "9" * 30, "1.2元/筐"]
)
def test_a_price_that_is_none_is_refused(text: str) -> None:
    assert wrong("price", text)


def test_a_price_that_no_whole_fen_can_say_is_refused_rather_than_rounded() -> None:
    assert "元/斤" in wrong("price", "1.2", quantity="2吨")


# --- day -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "day"),
    [
        *(
            (text, "2026-12-01")
            for text in ("2026-12-01", "2026/12/1", "2026.12.1", "20261201", "2026年12月1日")
        ),
        *(
            (text, "2026-12-01")
            for text in ("12月1日", "12月1号", "12/1", "12-1", "十二月一日", "１２月１日")
        ),
        *(
            (text, "2026-12-01")
            for text in ("12月1日(周二)", "1 Dec", "December 1", "Dec 1, 2026", "1st Dec 2026")
        ),
        *(
            (text, "2026-12-01")
            for text in ("下周二", "下星期二", "下礼拜二", "下周2", "next Tuesday", "next tue")
        ),
        *(
            (text, "2026-11-26")
            for text in ("明天", "明日", "tomorrow", "周四", "星期四", "本周四", "thursday", "Thu")
        ),
        *(
            ("后天", "2026-11-27"),
            ("大后天", "2026-11-28"),
            ("3天后", "2026-11-28"),
            ("in 3 days", "2026-11-28"),
        ),
        *(
            ("周一", "2026-11-30"),
            ("周日", "2026-11-29"),
            ("下下周一", "2026-12-07"),
            ("monday", "2026-11-30"),
        ),
        *(
            ("30号", "2026-11-30"),
            ("20日", "2026-12-20"),
            ("1月5日", "2027-01-05"),
            ("2027-11-25", "2027-11-25"),
        ),
    ],
)
def test_a_day_is_read_in_any_hand(text: str, day: str) -> None:
    assert line(wanted=text).wanted_on.isoformat() == day


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "2026-11-24",
            "昨天",
            "11月1日",
            "本周一",
            "今天",
            "2027-11-26",
            "2030-01-01",
            "0",
            "尽快",
            "soon",
        ),
        *("2月30日", "13/45", "月底", "九百天后", "x" * 300, "2026-02-29", "周八", "next", "\x00"),
    ],
)
def test_a_day_that_is_over_far_off_or_none_is_refused(text: str) -> None:
    assert wrong("wanted", text)


@given(st.integers(1, 365))
def test_every_day_of_the_coming_year_is_read_however_it_is_written(ahead: int) -> None:
    day = TODAY + dt.timedelta(days=ahead)
    for text in (day.isoformat(), f"{day:%Y/%m/%d}", f"{day.year}年{day.month}月{day.day}日", f"{ahead}天后"):
        assert line(wanted=text).wanted_on == day


# --- rows ----------------------------------------------------------------------------------------


def test_every_wrong_cell_is_told_and_the_rest_is_read() -> None:
    row = read(product="绝无此物", quantity="a few", price="面议", wanted="昨天")
    assert list(row.errors) == ["product", "quantity", "price", "wanted"]
    row = read(quantity="a few")
    assert row.product == PRODUCTS[3]
    assert row.wanted_on == dt.date(2026, 12, 1)


@given(st.fixed_dictionaries({cell: st.text(max_size=60) for cell in CELLS}))
def test_nothing_that_can_be_typed_breaks_the_reading(cells: dict[str, str]) -> None:
    row = read_row(Typed(**cells), NAMED, TODAY)
    assert (row.line is None) == bool(row.errors)


@given(
    st.sampled_from([Unit.JIN, Unit.KG]),
    st.integers(1, 1_000_000),
    st.integers(1, 100_000),
)
def test_what_was_written_is_what_is_meant_to_the_gram_and_the_fen(unit: Unit, number: int, fen: int) -> None:
    word = UNITS[unit].words[0]
    found = line(quantity=f"{number}{word}", price=f"{yuan(fen)}元/{word}")
    assert found.quantity == number * UNITS[unit].size
    # per base unit, as a fraction, it is the same price
    assert found.max_price_fen is not None
    assert found.max_price_fen * UNITS[unit].size == fen * found.unit_size
    assert found.max_price_fen <= MAX_PRICE_FEN


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_what_is_wrong_is_said_in_the_reader_s_language(language: str, settings: Any) -> None:
    from django.utils import translation

    with translation.override(language):
        said = read(product="菠莱").errors["product"]
    assert said.near == (("Spinach",) if language == "en" else ("菠菜",))
