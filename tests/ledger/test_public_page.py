from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from farmers.ledger.chart import HEIGHT, monthly, round_above
from farmers.ledger.post import post_sales
from farmers.ledger.seal import seal_all
from farmers.ledger.year_page import Sold, TownYear, merged
from farmers.registry.models import Household, Town
from marketplace.access.models import Role, User
from marketplace.days import today

from . import books
from .books import eggs, noon, potatoes, saplings

THIS = today().year
PAGE = "/ledger/"


def said(response: Any) -> str:
    """The page's words, without tags."""
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


def town_of(families: list[Household]) -> Town:
    return families[0].village.town


@pytest.fixture
def english(client: Client) -> Client:
    client.cookies["django_language"] = "en"
    return client


# --- the page ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_empty_ledger_says_what_will_be_there(english: Client) -> None:
    page = said(english.get(PAGE))
    assert f"Nothing was accepted in {THIS} yet" in page
    assert "Nothing is sealed yet" in page


@pytest.mark.django_db
def test_the_year_is_told_by_month_town_and_channel(english: Client) -> None:
    families = books.households(6)
    post_sales([potatoes(family, 100, at=noon(THIS, 1, 1)) for family in families])
    post_sales([saplings(families[0], 20, at=noon(THIS - 1, 1, 1)), eggs(families[0], at=noon(THIS, 1, 1))])
    (block,) = seal_all()
    response = english.get(PAGE)
    page = said(response)
    assert "600 jin of produce" in page
    assert (
        f"¥900 paid for goods {THIS}; whole of {THIS - 1}: ¥700" in page
    )  # 600 jin at 1.20 and three boxes at 60
    assert "6 households reached" in page
    assert "2 buyers" in page
    assert f"{town_of(families).name_en} 6 600 0 900.00" in page
    assert "Jan 600 0 900.00 700.00" in page
    assert "Total 600 0 900.00 700.00" in page
    assert block.hash in page
    assert response.content.count(b'class="chart-bar"') >= 2
    assert b"style=" not in response.content


@pytest.mark.django_db
def test_another_year_is_chosen_by_its_number(english: Client) -> None:
    post_sales([potatoes(family, 100, at=noon(THIS - 2, 5, 1)) for family in books.households(5)])
    assert f"Nothing was accepted in {THIS} yet" in said(english.get(PAGE))
    assert "500 jin of produce" in said(english.get(f"{PAGE}?year={THIS - 2}"))
    post_sales([potatoes(books.a_household(), 100, at=noon(THIS, 1, 1))])
    assert f'href="?year={THIS - 1}"' in english.get(PAGE).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "asked", ["", "x", "-1", "0", "99999", "9999", "２０２６", "1e3", "2026' OR 1=1", "%00", "1999"]
)
def test_what_is_no_year_shows_this_one(english: Client, asked: str) -> None:
    assert f"Public ledger {THIS}" in said(english.get(PAGE, {"year": asked}))


@pytest.mark.django_db
def test_the_page_is_in_chinese_unless_asked_otherwise(client: Client) -> None:
    families = books.households(5)
    post_sales([potatoes(family, at=noon(THIS, 1, 1)) for family in families])
    response = client.get(PAGE)
    assert 'lang="zh-hans"' in response.content.decode()
    assert town_of(families).name in said(response)
    assert town_of(families).name_en not in said(response)
    with translation.override("zh-hans"):
        assert "一月" in said(response)


@pytest.mark.django_db
def test_only_reading_is_allowed(client: Client) -> None:
    assert client.post(PAGE).status_code == 405
    assert client.head(PAGE).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
def test_every_role_may_read_it(client: Client, role: Role) -> None:
    client.force_login(User.objects.create_user("somebody", password="a-pass-word", role=role))
    assert client.get(PAGE).status_code == 200


@pytest.mark.django_db
def test_the_page_costs_four_queries_for_a_small_and_a_large_ledger(
    client: Client, query_budget: Any
) -> None:
    client.get(PAGE)  # what the page's frame asks for once and keeps
    for size in (1, 12):
        for _town in range(size):
            families = books.households(6)
            post_sales(
                [
                    potatoes(family, at=noon(year, month, 1), buyer=f"person:{family.pk}", channel=channel)
                    for family in families
                    for year in (THIS - 1, THIS)
                    for month in range(1, size + 1)
                    for channel in ("online", "canteen", "green")
                ]
            )
        seal_all()
        with query_budget(4):
            assert client.get(PAGE).status_code == 200


# --- nobody is recognised ----------------------------------------------------------------------


@pytest.mark.django_db
def test_small_towns_are_shown_as_one(english: Client) -> None:
    large, small, smaller = books.households(7), books.households(3), books.households(2)
    post_sales([potatoes(family, 100, at=noon(THIS, 1, 1)) for family in (*large, *small, *smaller)])
    page = said(english.get(PAGE))
    assert f"{town_of(large).name_en} 7 700" in page
    assert "Other towns 5 500" in page
    assert town_of(small).name_en not in page
    assert town_of(smaller).name_en not in page
    assert not any(family.head_name in page for family in (*large, *small, *smaller))


@pytest.mark.django_db
def test_one_small_town_cannot_be_told_from_the_sum(english: Client) -> None:
    large, next_, small = books.households(9), books.households(6), books.households(1)
    post_sales([potatoes(family, 100, at=noon(THIS, 1, 1)) for family in (*large, *next_, *small)])
    page = said(english.get(PAGE))
    assert f"{town_of(large).name_en} 9 900" in page
    assert "Other towns 7 700" in page
    assert town_of(next_).name_en not in page


TOWNS = st.lists(
    st.builds(
        lambda households, fen: TownYear("town", "Town", households, Sold(1, 1, fen)),
        st.integers(0, 12),
        st.integers(-50, 10_000),
    ),
    max_size=12,
)


@given(TOWNS)
def test_no_row_stands_for_fewer_than_five_households_unless_there_are_no_more(towns: list[TownYear]) -> None:
    rows = merged(towns)
    assert sum(row.households for row in rows) == sum(town.households for town in towns)
    assert sum(row.sold.amount_fen for row in rows) == sum(town.sold.amount_fen for town in towns)
    assert all(row.households >= 5 for row in rows) or len(rows) == 1
    assert [row for row in rows if not row.name] in ([], rows[-1:])


# --- the chart ---------------------------------------------------------------------------------


@given(st.lists(st.integers(-100, 10**9), min_size=24, max_size=24))
def test_every_bar_stays_in_the_drawing_and_is_seen_when_there_is_something(values: list[int]) -> None:
    this, last = values[:12], values[12:]
    chart = monthly(this, last)
    for bars, told in ((chart.this_year, this), (chart.last_year, last)):
        for bar, value in zip(bars, told, strict=True):
            assert 0 <= bar.y <= HEIGHT
            assert bar.y + bar.height == HEIGHT
            assert (bar.height > 0) == (value > 0)


def test_the_scale_ends_at_a_round_number() -> None:
    assert [round_above(value) for value in (0, 3, 11, 499, 801, 1234)] == [10, 10, 12, 500, 1000, 1500]
