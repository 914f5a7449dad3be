"""The orders under way are possible at whatever hour the demo is made."""

from __future__ import annotations

import datetime as dt

import pytest

from marketplace.days import SHANGHAI, today
from marketplace.demo.people import settle
from marketplace.demo.supply import Shelves, stock_up
from marketplace.demo.today import todays_orders
from marketplace.demo.write import write_lots, write_orders

from .timelines import check_timelines

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("clock", ["00:02", "06:43", "10:31", "10:40", "23:58"])
def test_goods_leave_before_they_arrive_at_whatever_hour(clock: str) -> None:
    now = dt.datetime.combine(today(), dt.time.fromisoformat(clock), SHANGHAI)
    city = settle(now, now.date())
    shelves = Shelves(city)
    stock_up(shelves)
    plans = todays_orders(city, shelves)
    write_lots(shelves)
    write_orders(city, plans)
    check_timelines(now)
