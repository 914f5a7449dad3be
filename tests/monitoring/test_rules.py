"""The rules on plain values: what each must find, whatever the figures."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farmers.monitoring.incomes import shared_out
from farmers.monitoring.rules import (
    Stuck,
    fallen,
    last_quarter,
    per_head_and_year,
    silent,
    under_the_line,
    unsold,
    whole_months,
)

fen = st.integers(0, 10_000_000_00)
signed = st.integers(-10_000_000_00, 10_000_000_00)
people = st.integers(1, 20)
months = st.integers(1, 24)
percent = st.integers(1, 500)
days = st.dates(dt.date(2020, 1, 1), dt.date(2040, 12, 31))


@given(signed, people, months)
def test_income_is_brought_to_a_year_and_a_head_within_half_a_fen(
    total: int, heads: int, number: int
) -> None:
    exact = Fraction(12 * total, heads * number)
    assert abs(per_head_and_year(total, heads, number) - exact) <= Fraction(1, 2)


@given(fen, signed, people, months, st.integers(1, 2_000_000), percent, fen)
def test_more_income_never_raises_a_warning(
    sales: int, other: int, heads: int, number: int, line: int, share: int, more: int
) -> None:
    def found(extra: int) -> object:
        return under_the_line(sales + extra, other, heads, months=number, line_fen=line, percent=share)

    if found(0) is None:
        assert found(more) is None


@given(fen, signed, people, st.integers(1, 2_000_000), percent)
def test_a_family_is_under_the_line_exactly_when_its_head_has_less(
    sales: int, other: int, heads: int, line: int, share: int
) -> None:
    found = under_the_line(sales, other, heads, months=12, line_fen=line, percent=share)
    head = per_head_and_year(sales + other, heads, 12)
    assert (found is not None) == (Fraction(head) < Fraction(line * share, 100))
    if found:
        assert (found.sales_fen, found.other_fen, found.people, found.per_head_fen) == (
            sales,
            other,
            heads,
            head,
        )


@pytest.mark.parametrize(("other", "heads"), [(None, 3), (0, None), (0, 0)])
def test_whose_income_or_members_nobody_knows_is_not_judged(other: int | None, heads: int | None) -> None:
    assert under_the_line(0, other, heads, months=12, line_fen=800_000, percent=100) is None
    assert under_the_line(0, 0, 3, months=12, line_fen=800_000, percent=100)


@given(fen, fen, st.integers(1, 100), st.integers(1, 1_000_000))
def test_a_fall_is_found_from_its_percent_on(now: int, before: int, share: int, least: int) -> None:
    found = fallen(now, before, percent=share, least_fen=least)
    fell = before >= least and Fraction(before - now, before) >= Fraction(share, 100) if before else False
    assert (found is not None) == fell
    if found:
        assert found.less_percent >= share


def test_half_is_half() -> None:
    assert fallen(50_000, 100_000, percent=50, least_fen=1)
    assert not fallen(50_001, 100_000, percent=50, least_fen=1)
    # goods came back, more than were sold
    assert fallen(-1, 100_000, percent=100, least_fen=1)


@given(st.lists(st.integers(0, 100_000), max_size=5), st.integers(0, 200_000))
def test_unsold_goods_count_together(worths: list[int], least: int) -> None:
    stuck = [Stuck(n, "土豆", "Potato", 1, "jin", 500, worth, dt.date(2026, 1, 1), False) for n, worth in enumerate(worths)]  # fmt: skip
    found = unsold(stuck, least_fen=least)
    assert (found is not None) == (bool(stuck) and sum(worths) >= least)


@given(st.none() | days, st.none() | days, days, st.integers(1, 400))
def test_silence_counts_from_the_last_sale(
    last: dt.date | None, first: dt.date | None, day: dt.date, number: int
) -> None:
    found = silent(last, first, day, days=number)
    since = last or first
    assert (found is not None) == (since is not None and (day - since).days >= number)


@given(days, months)
def test_spans_are_whole_and_over(day: dt.date, number: int) -> None:
    span = whole_months(day, number)
    assert span.first.day == 1
    assert span.last + dt.timedelta(days=1) == day.replace(day=1)
    assert (span.last.year - span.first.year) * 12 + span.last.month - span.first.month == number - 1
    quarter = last_quarter(day)
    assert quarter.last < day
    assert (quarter.first.month - 1) % 3 == 0
    assert (quarter.last - quarter.first).days in range(89, 92)
    before = quarter.year_before()
    assert (before.first.month, before.last.month) == (quarter.first.month, quarter.last.month)
    assert before.first.year == quarter.first.year - 1
    assert (before.last + dt.timedelta(days=1)).day == 1


@given(fen, days, months)
def test_an_amount_is_shared_over_its_months_to_the_fen(total: int, day: dt.date, number: int) -> None:
    parts = shared_out(total, day.replace(day=1), number)
    assert sum(parts.values()) == total
    assert len(parts) == number
    assert max(parts.values()) - min(parts.values()) <= 1
