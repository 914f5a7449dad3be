"""The shop has something to show whenever the demo is made."""

from __future__ import annotations

import datetime as dt

import pytest

from marketplace.demo import names, notices, stories
from marketplace.demo.history import first_day
from marketplace.demo.season import (
    CANTEEN_STAPLES,
    CITIZEN_WISHES,
    ENTERPRISE_WISHES,
    FACTS,
    NURSERY_WISHES,
    harvest_days,
    to_be_had,
)

MONTHS = [dt.date(2027, month, 15) for month in range(1, 13)]


@pytest.mark.parametrize("day", MONTHS, ids=lambda day: f"{day:%B}")
def test_every_month_has_produce_of_each_kind_and_saplings(day: dt.date) -> None:
    there = [fact for fact in FACTS.values() if to_be_had(fact, day)]
    assert len(there) >= 40
    assert len([fact for fact in there if fact.shelf_life_days is not None]) >= 30
    kinds = {fact.category for fact in there}
    assert kinds >= {"roots", "fruit", "grain", "livestock", "mushrooms", "flowers", "saplings"}
    # in the heat of August no leaf is cut
    assert "leafy" in kinds or day.month == 8


@pytest.mark.parametrize("day", MONTHS, ids=lambda day: f"{day:%B}")
def test_something_keeps_and_something_spoils_soon(day: dt.date) -> None:
    quick = [
        fact for fact in FACTS.values() if fact.shelf_life_days is not None and fact.shelf_life_days <= 60
    ]
    assert any(to_be_had(fact, day) for fact in quick)


@pytest.mark.parametrize("day", MONTHS, ids=lambda day: f"{day:%B}")
def test_nothing_is_offered_that_cannot_have_been_harvested(day: dt.date) -> None:
    for fact in FACTS.values():
        for harvested in harvest_days(fact, day, good_for=1):
            assert fact.shelf_life_days is not None
            assert harvested.month in fact.months
            assert harvested <= day < harvested + dt.timedelta(days=fact.shelf_life_days)


@pytest.mark.parametrize(
    "wishes", [CANTEEN_STAPLES, CITIZEN_WISHES, NURSERY_WISHES, ENTERPRISE_WISHES], ids=len
)
def test_buyers_wish_for_what_there_is_in_every_month(wishes: dict[str, int]) -> None:
    assert set(wishes) <= set(FACTS)
    for day in MONTHS:
        assert len([slug for slug in wishes if to_be_had(FACTS[slug], day)]) >= 6


def test_the_past_begins_with_a_whole_month() -> None:
    assert first_day(dt.date(2026, 11, 25)) == dt.date(2024, 9, 1)
    assert first_day(dt.date(2026, 1, 31)) == dt.date(2023, 11, 1)


@pytest.mark.parametrize("day", MONTHS, ids=lambda day: f"{day:%B}")
def test_the_last_whole_spring_has_one_before_it_to_be_compared_with(day: dt.date) -> None:
    last = day.year if day.month > 4 else day.year - 1
    assert first_day(day) <= dt.date(last - 1, 3, 1)


def test_names_are_told_apart() -> None:
    villages = [(fact.town, fact.name) for fact in names.VILLAGES]
    assert len(set(villages)) == len(villages) == 30
    assert len(set(names.SURNAMES)) == len(names.SURNAMES)
    assert len(set(names.GIVEN)) == len(names.GIVEN)


@pytest.mark.parametrize("story", stories.STORIES, ids=lambda story: story.slug)
def test_a_story_is_told_at_length_in_both_languages(story: stories.Story) -> None:
    assert sum(map(len, story.zh.paragraphs)) >= 200
    assert sum(len(paragraph.split()) for paragraph in story.en.paragraphs) >= 120
    assert len(story.zh.paragraphs) == len(story.en.paragraphs)
    assert story.village in {fact.name for fact in names.VILLAGES}


@pytest.mark.parametrize("notice", notices.NOTICES, ids=lambda notice: notice.slug)
def test_a_notice_says_the_same_in_both_languages(notice: notices.Notice) -> None:
    assert len(notice.zh.paragraphs) == len(notice.en.paragraphs)
