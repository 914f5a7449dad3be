"""Time is stored in UTC; a ledger day is a Shanghai day."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def shanghai_day(moment: dt.datetime) -> dt.date:
    """The Shanghai calendar day that `moment` (aware) falls on."""
    return moment.astimezone(SHANGHAI).date()


def today() -> dt.date:
    return dt.datetime.now(SHANGHAI).date()
