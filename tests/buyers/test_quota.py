"""The arithmetic of the reserved share, in whole fen."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from shop.buyers.quota import MAX_BUDGET_FEN, Progress, expected_fen, months_of, reserved_fen

budgets = st.integers(1, MAX_BUDGET_FEN)
percents = st.integers(1, 100)
years = st.integers(2000, 2100)
fen = st.integers(-(10**9), 10**13)
days = st.dates(dt.date(1999, 1, 1), dt.date(2101, 12, 31))


@given(budgets, percents)
def test_the_share_is_never_less_than_its_percentage_and_less_than_a_fen_more(
    budget: int, percent: int
) -> None:
    exact = Fraction(budget * percent, 100)
    assert 0 <= reserved_fen(budget, percent) - exact < 1
    assert 0 < reserved_fen(budget, percent) <= budget


@given(st.integers(0, 10**13), years, days, days)
def test_what_is_expected_grows_with_the_days_from_nothing_to_the_whole(
    reserved: int, year: int, one: dt.date, other: dt.date
) -> None:
    first, later = sorted([one, other])
    assert 0 <= expected_fen(reserved, year, first) <= expected_fen(reserved, year, later) <= reserved
    assert expected_fen(reserved, year, dt.date(year - 1, 12, 31)) == 0
    assert expected_fen(reserved, year, dt.date(year, 12, 31)) == reserved


@given(st.integers(0, 10**13), years, st.integers(0, 365))
def test_what_is_expected_is_the_days_gone_by_rounded_down(reserved: int, year: int, at: int) -> None:
    day = dt.date(year, 1, 1) + dt.timedelta(days=at)
    if day.year != year:
        return
    in_year = dt.date(year, 12, 31).timetuple().tm_yday
    assert 0 <= Fraction(reserved * (at + 1), in_year) - expected_fen(reserved, year, day) < 1


@given(fen.map(abs), fen, st.data())
def test_missing_and_left_are_never_below_nothing_and_say_what_they_say(
    reserved: int, bought: int, data: st.DataObject
) -> None:
    expected = data.draw(st.integers(0, reserved))
    progress = Progress(reserved, bought, expected)
    assert progress.is_behind == (progress.missing > 0)
    assert progress.is_reached == (progress.left == 0)
    assert progress.missing <= progress.left
    if progress.is_behind:
        assert progress.missing + bought == expected
    assert (progress.percent >= 100) == (progress.is_reached and reserved > 0)
    assert 0 <= progress.bar <= 100


@given(years, st.dictionaries(st.integers(1, 12), fen), st.integers(0, 10**13), st.data())
def test_the_months_add_up_to_the_year(
    year: int, by_month: dict[int, int], reserved: int, data: st.DataObject
) -> None:
    day = data.draw(st.dates(dt.date(year, 1, 1), dt.date(year + 1, 12, 31)))
    bought = {month: amount for month, amount in by_month.items() if (year, month) <= (day.year, day.month)}
    rows = months_of(year, bought, reserved, day)
    assert [row.first.month for row in rows] == list(range(1, 13))
    begun = [row for row in rows if row.is_over_or_running]
    assert begun
    assert begun[-1].so_far == sum(bought.values()) == sum(row.bought for row in rows)
    # the running month is measured to its day: as the figures above the table are
    assert begun[-1].expected == expected_fen(reserved, year, day)
    assert rows[-1].expected == reserved or rows[-1].is_over_or_running
    expected = [row.expected for row in rows]
    assert expected == sorted(expected)


def test_ten_percent_of_a_leap_year_told_by_hand() -> None:
    assert reserved_fen(1_000_001, 10) == 100_001
    assert expected_fen(36_600, 2024, dt.date(2024, 2, 29)) == 6_000
    assert expected_fen(36_500, 2026, dt.date(2026, 2, 28)) == 5_900
    assert expected_fen(100, 2026, dt.date(2026, 1, 1)) == 0
