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


def months_before(day: dt.date, months: int) -> dt.date:
    """The first day of the month that many months before the one of `day`."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return dt.date(year, month + 1, 1)


def today() -> dt.date:
    return dt.datetime.now(SHANGHAI).date()
