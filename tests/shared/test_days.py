from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from marketplace.days import shanghai_day, today


@given(st.integers(0, 4_000_000_000).map(lambda second: dt.datetime.fromtimestamp(second, dt.UTC)))
def test_a_day_is_the_day_in_shanghai(moment: dt.datetime) -> None:
    assert shanghai_day(moment) == (moment + dt.timedelta(hours=8)).date()


def test_a_new_day_begins_at_four_in_the_afternoon_of_utc() -> None:
    assert shanghai_day(dt.datetime(2026, 4, 18, 15, 59, 59, tzinfo=dt.UTC)) == dt.date(2026, 4, 18)
    assert shanghai_day(dt.datetime(2026, 4, 18, 16, tzinfo=dt.UTC)) == dt.date(2026, 4, 19)
    assert today() == shanghai_day(dt.datetime.now(dt.UTC))
