"""The day that somebody means: 2026-12-01, 12月1日, 12/1, 明天, 下周三, next Wednesday. Refused rather than guessed."""

from __future__ import annotations

import datetime as dt
import re

from django.utils.translation import gettext as _

from farmers.stock.workbook import cells
from farmers.stock.workbook.cells import Refusal
from farmers.stock.workbook.sheets import Cell, Kind
from farmers.stock.workbook.words import amount, fold, tight
from shop.catalogue.delivery import earliest

FARTHEST = dt.timedelta(days=365)
# 1月5日, said in December, is next January's; 11月1日, said a few weeks later, is a slip
_LONG_AGO = dt.timedelta(days=182)

_DAYS = {
    "昨天": -1,
    "昨日": -1,
    "yesterday": -1,
    "今天": 0,
    "今日": 0,
    "明天": 1,
    "明日": 1,
    "后天": 2,
    "大后天": 3,
    "today": 0,
    "tomorrow": 1,
}
_IN_DAYS = re.compile(r"(?:in)?([0-9]+|[一二两三四五六七八九十]+)(?:天后|天以后|天之后|days?)")
_WEEKS = {
    "": 0,
    "本": 0,
    "这": 0,
    "这个": 0,
    "this": 0,
    "下": 1,
    "下个": 1,
    "next": 1,
    "下下": 2,
    "下下个": 2,
}
_WEEKDAYS = {
    **dict(zip("一二三四五六", range(6), strict=True)),
    **dict(zip("123456", range(6), strict=True)),
    **dict.fromkeys("日天7", 6),
}
_CHINESE_WEEKDAY = re.compile(
    r"(?P<week>下下个|下下|下个|下|本|这个|这)?(?:周|星期|礼拜)(?P<day>[一二三四五六日天1-7])"
)
_ENGLISH_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ENGLISH_WEEKDAY = re.compile(
    r"(?P<week>this|next)?(?P<day>mon|tue|wed|thu|fri|sat|sun)(?:day|s|sday|nesday|urs?|rsday|ursday|urday)?"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})[a-z]*\.?"
_ENGLISH_DAYS = (
    re.compile(rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)? ?{_MONTH},? ?(?P<year>\d{{4}})?"),
    re.compile(rf"{_MONTH} ?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? ?(?P<year>\d{{4}})?"),
)
_DAY_ALONE = re.compile(r"(\d{1,2})[日号]")


def day_said(text: str, today: dt.date) -> dt.date:
    """Raises Refusal for what is no day, is over, or lies more than a year ahead."""
    if not (said := fold(text)):
        raise Refusal(_("The day is missing."))
    day = day_in_words(said, today) or _day_of_english(said, today) or _day_of_calendar(text, today)
    if day < today:
        raise Refusal(_("%s is over. Give a day to come.") % day.isoformat())
    if day < (first := earliest((), today).fetched):
        raise Refusal(_("Goods can be there on %s at the earliest.") % first.isoformat())
    if day > today + FARTHEST:
        raise Refusal(_("%s is more than a year ahead.") % day.isoformat())
    return day


def day_in_words(text: str, today: dt.date) -> dt.date | None:
    """`明天`, `3天后`, `下周三`: what means another day tomorrow. None for a day of the calendar."""
    said = tight(text)
    if said in _DAYS:
        return today + dt.timedelta(days=_DAYS[said])
    if match := _IN_DAYS.fullmatch(said):
        number = amount(match[1])
        return today + dt.timedelta(days=int(number)) if number and number <= 400 else None
    monday = today - dt.timedelta(days=today.weekday())
    if match := _CHINESE_WEEKDAY.fullmatch(said):
        weekday = _WEEKDAYS[match["day"]]
    elif (match := _ENGLISH_WEEKDAY.fullmatch(said)) and _is_weekday(said.removeprefix(match["week"] or "")):
        weekday = [day[:3] for day in _ENGLISH_WEEKDAYS].index(match["day"])
    else:
        return None
    day = monday + dt.timedelta(weeks=_WEEKS[match["week"] or ""], days=weekday)
    # 周三, said on a Friday, is the next one
    return day + dt.timedelta(weeks=1) if not match["week"] and day < today else day


def _is_weekday(word: str) -> bool:
    return len(word) >= 3 and any(day.startswith(word) for day in _ENGLISH_WEEKDAYS)


def _day_of_english(said: str, today: dt.date) -> dt.date | None:
    """`1 Dec`, `December 1, 2026`."""
    match = next((match for each in _ENGLISH_DAYS if (match := each.fullmatch(said))), None)
    if match is None:
        return None
    month = _MONTHS.index(match["month"]) + 1
    if match["year"]:
        return _of_calendar(f"{match['year']}-{month}-{match['day']}", today.year)
    return _coming(f"{month}月{match['day']}日", today)


def _day_of_calendar(text: str, today: dt.date) -> dt.date:
    if match := _DAY_ALONE.fullmatch(tight(text)):
        # 20日, said on the 25th, is in the next month
        month = today.month % 12 + 1 if int(match[1]) < today.day else today.month
        return _coming(f"{month}月{match[1]}日", today)
    return _coming(text, today)


def _coming(text: str, today: dt.date) -> dt.date:
    """The day in this year, or, where that is long ago, in the next."""
    day = _of_calendar(text, today.year)
    if day.year == today.year and today - day > _LONG_AGO:
        return _of_calendar(text, today.year + 1)
    return day


def _of_calendar(text: str, year: int) -> dt.date:
    when = cells.date(Cell(Kind.TEXT, text, text), year)
    if when.day is None:
        raise Refusal(
            _("“%(text)s” is no day. Write it like %(example)s.")
            % {"text": " ".join(text.split())[:40], "example": _("2026-12-01, 12月1日 or 下周三")}
        )
    return when.day
