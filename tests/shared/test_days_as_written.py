"""Days and times are written in one way in each language."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template
from django.utils import translation

from marketplace.days import SHANGHAI, today

MOMENT = dt.datetime(2025, 1, 4, 16, 5, tzinfo=SHANGHAI)


def written(language: str, day: dt.date | dt.datetime, how: str) -> str:
    with translation.override(language):
        return Template(f"{{% load market %}}{{{{ day|{how} }}}}").render(Context({"day": day}))


@pytest.mark.parametrize(
    ("how", "chinese", "english"),
    [
        ('date:"DATE_FORMAT"', "2025年1月4日", "4 January 2025"),
        ('date:"DATETIME_FORMAT"', "2025年1月4日 16:05", "4 January 2025, 16:05"),
        ('date:"MONTH_DAY_FORMAT"', "1月4日", "4 January"),
        ('date:"YEAR_MONTH_FORMAT"', "2025年1月", "January 2025"),
        ("month_day", "2025年1月4日", "4 January 2025"),
    ],
)
def test_each_language_has_one_way_to_write_a_day(how: str, chinese: str, english: str) -> None:
    assert written("zh-hans", MOMENT, how) == chinese
    assert written("en", MOMENT, how) == english


def test_a_day_of_this_year_is_written_without_it() -> None:
    day = today().replace(month=3, day=9)
    assert written("zh-hans", day, "month_day") == "3月9日"
    assert written("en", day, "month_day") == "9 March"


def test_no_template_writes_days_in_a_way_of_its_own() -> None:
    own = [
        f"{path.name}: {how}"
        for room in ("marketplace", "farmers", "shop", "cms")
        for path in (Path(settings.BASE_DIR) / room).rglob("*.html")
        for how in re.findall(r'\|date:"([^"]+)"', path.read_text())
        # for machines; a time of today; a column of twelve months
        if how not in {"c", "Y-m-d", "Y-m", "H:i", "M"} and not how.endswith("_FORMAT")
    ]
    assert own == []
