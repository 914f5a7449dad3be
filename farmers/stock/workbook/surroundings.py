"""What a sheet says around its table: the day it was filled in, the year, the town, the unit."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from farmers.registry.models import Town
from marketplace.days import today
from marketplace.quantity import Unit

from .columns import unit_of
from .header import Header
from .known import Known
from .sheets import Kind, Sheet
from .words import tight

_DAY = re.compile(r"(?<!\d)(20\d\d)[年./-](\d{1,2})[月./-](\d{1,2})(?!\d)")
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?=年|[-./]\d{1,2}(?!\d))")
_FILLED_IN = re.compile(r"(填报|填表|制表|上报|统计|登记)(时间|日期)")
_UNIT = re.compile(r"(?:计量|数量|重量)?单位[:]([^,;、:]{1,6})(?:[,;、].*)?")
_CHINESE_YEAR = re.compile("[二][零〇][零〇一二三四五六七八九]{2}(?=年)")


@dataclass(frozen=True)
class Surroundings:
    year: int
    day: dt.date | None = None
    town: Town | None = None
    unit: Unit | None = None


def look_around(sheet: Sheet, header: Header, known: Known, file_name: str) -> Surroundings:
    above = [_digits(text) for text in _texts(sheet, range(1, header.top))]
    below = [
        _digits(text)
        for text in _texts(sheet, range(header.bottom + 1, sheet.last_row + 1))
        if _FILLED_IN.search(text)
    ]
    lines = [*(line for line in above if _FILLED_IN.search(line)), *above, *below]
    day = next((found for line in lines if (found := _day(line))), None)
    years = [int(match[1]) for line in [*above, sheet.title, file_name] if (match := _YEAR.search(line))]
    towns = {town for line in [*above, sheet.title] if (town := known.town_in(line))}
    short = known.town_alone(sheet.title)
    units = [unit for line in above if (match := _UNIT.fullmatch(line)) and (unit := unit_of(match[1]))]
    return Surroundings(
        year=day.year if day else years[0] if years else today().year,
        day=day,
        town=towns.pop() if len(towns) == 1 else short if not towns else None,
        unit=units[0] if units else None,
    )


def _texts(sheet: Sheet, rows: range) -> Iterator[str]:
    for row in rows:
        for cell in sheet.rows.get(row, {}).values():
            if cell.kind in {Kind.TEXT, Kind.DATE}:
                yield tight(cell.text)


def _digits(text: str) -> str:
    """`二〇二〇年` as `2020年`."""
    return _CHINESE_YEAR.sub(
        lambda match: "".join(str("零一二三四五六七八九".find(c.replace("〇", "零"))) for c in match.group()),
        text,
    )


def _day(line: str) -> dt.date | None:
    match = _DAY.search(line)
    try:
        return dt.date(*(int(part) for part in match.groups())) if match else None
    except ValueError:
        return None
