"""Time is stored in UTC; a ledger day is a Shanghai day."""

from __future__ import annotations

import calendar
import datetime as dt
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def shanghai_day(moment: dt.datetime) -> dt.date:
    """The Shanghai calendar day that `moment` (aware) falls on."""
    return moment.astimezone(SHANGHAI).date()


def month_end(day: dt.date) -> dt.date:
    """The last day of its month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def last_months(day: dt.date, number: int) -> list[dt.date]:
    """The first days of so many months, the earliest first; the one of `day` is the last."""
    this = day.year * 12 + day.month - 1
    years_and_months = (divmod(this - ago, 12) for ago in range(number - 1, -1, -1))
    return [dt.date(year, month + 1, 1) for year, month in years_and_months]


def today() -> dt.date:
    return dt.datetime.now(SHANGHAI).date()
