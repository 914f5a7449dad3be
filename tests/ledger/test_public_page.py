from __future__ import annotations

import csv
import datetime as dt
import json
import re
import uuid
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from farmers.ledger.chart import HEIGHT, monthly, round_above
from farmers.ledger.disclosure import MEASURES, Group, merged, together, told
from farmers.ledger.models import PublicYear
from farmers.ledger.post import post_sales
from farmers.ledger.public_year import KEPT, count_years
from farmers.ledger.publish_briefing import publish
from farmers.ledger.seal import seal_all
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
    post_sales([saplings(family, 20, at=noon(THIS - 1, 1, 1)) for family in families])
    post_sales([eggs(families[0], at=noon(THIS, 1, 1))])
    (block,) = seal_all()
    response = english.get(PAGE)
    page = said(response)
    assert "600 jin of produce" in page
    assert (
        f"¥900 paid for goods {THIS}; whole of {THIS - 1}: ¥4,200" in page
    )  # 600 jin at 1.20 and three boxes at 60
    assert "6 households reached" in page
    assert "2 buyers" in page
    assert f"{town_of(families).name_en} 6 600 0 900.00" in page
    assert "Jan 600 0 900.00 4,200.00" in page
    assert "Total 600 0 900.00 4,200.00" in page
    assert block.hash in page
    assert response.content.count(b'class="chart-bar"') >= 2
    assert b"style=" not in response.content


@pytest.mark.django_db
def test_another_year_is_chosen_by_its_number(english: Client) -> None:
    post_sales([potatoes(family, 100, at=noon(THIS - 2, 5, 1)) for family in books.households(5)])
    assert f"Nothing was accepted in {THIS} yet" in said(english.get(PAGE))
    assert "500 jin of produce" in said(english.get(f"{PAGE}?year={THIS - 2}"))
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
def test_the_page_costs_two_queries_for_a_small_and_a_large_ledger(client: Client, query_budget: Any) -> None:
    client.get(PAGE)  # what the page's frame asks for once and keeps
    for size in (1, 4):
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
        publish(dt.date(THIS - 1, 1, 1), dt.date(THIS - 1, 1, 31), None, by="official", once=uuid.uuid4())
        count_years()
        with query_budget(2):
            assert client.get(PAGE).status_code == 200
        for file in ("figures.json", "figures.csv"):
            with query_budget(1):
                assert client.get(f"{PAGE}{file}").status_code == 200


@pytest.mark.django_db
def test_what_is_accepted_since_is_counted_within_ten_minutes_or_with_the_next_seal(english: Client) -> None:
    families = books.households(5)
    post_sales([potatoes(family, 100, at=noon(THIS, 1, 1)) for family in families])
    assert "500 jin" in said(english.get(PAGE))
    post_sales([potatoes(families[0], 100, at=noon(THIS, 1, 1))])
    assert "500 jin" in said(english.get(PAGE)), "no visitor waits for it"
    PublicYear.objects.update(counted_at=timezone.now() - KEPT - dt.timedelta(seconds=1))
    assert "600 jin" in said(english.get(PAGE))
    post_sales([potatoes(families[0], 100, at=noon(THIS, 1, 1))])
    call_command("seal_ledger", verbosity=0)
    assert "700 jin" in said(english.get(PAGE))


@pytest.mark.django_db
def test_a_public_briefing_is_listed_and_has_a_page(english: Client) -> None:
    post_sales([potatoes(family, 10, at=noon(THIS - 1, 3, 3)) for family in books.households(5)])
    briefing = publish(dt.date(THIS - 1, 3, 1), dt.date(THIS - 1, 3, 31), None, by="zhao", once=uuid.uuid4())
    assert briefing.is_public
    listed = english.get(PAGE).content.decode()
    assert f'<a href="{briefing.get_absolute_url()}">No. {briefing.pk}: ' in listed
    assert 'id="check"' in listed
    assert f'href="{PAGE}#check"' in english.get(briefing.get_absolute_url()).content.decode()
    page = said(english.get(briefing.get_absolute_url()))
    assert "50 jin of produce" in page
    assert briefing.block_hash in page
    # where whoever holds a printed one finds it
    assert f"those of this page: {settings.SITE_URL}{briefing.get_absolute_url()}" in page
    assert "zhao" not in page
    few = publish(dt.date(THIS - 1, 3, 3), dt.date(THIS - 1, 4, 2), None, by="zhao", once=uuid.uuid4())
    assert few.is_public, "nothing lies between"
    post_sales([potatoes(books.a_household(), at=noon(THIS - 1, 4, 4))])
    few = publish(dt.date(THIS - 1, 4, 1), dt.date(THIS - 1, 4, 30), None, by="zhao", once=uuid.uuid4())
    assert english.get(few.get_absolute_url()).status_code == 404
    assert few.get_absolute_url() not in english.get(PAGE).content.decode()
    assert english.get(f"{PAGE}briefings/{2**70}/").status_code == 404


@pytest.mark.django_db
def test_everybody_takes_the_same_figures_along(client: Client) -> None:
    families = books.households(6)
    post_sales([potatoes(family, 100, at=noon(THIS, 1, 1)) for family in families])
    told_json = client.get(f"{PAGE}figures.json").json()
    assert told_json["total"] == {
        "amount_fen": 72_000, "produce_grams": 300_000, "saplings": 0, "households": 6, "buyers": 1,
    }  # fmt: skip
    assert told_json["towns"][0]["households"] == 6
    rows = list(csv.DictReader(client.get(f"{PAGE}figures.csv").content.decode("utf-8-sig").splitlines()))
    assert rows[0] == {
        "table": "year", "name": str(THIS), "households": "6", "produce_jin": "600", "saplings": "0",
        "amount_yuan": "720.00",
    }  # fmt: skip
    assert [row["amount_yuan"] for row in rows if row["table"] == "month"] == ["720.00", *["0.00"] * 11]
    assert rows[-1]["name"] == "online"


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


@pytest.mark.django_db
def test_of_fewer_than_five_households_nothing_is_told(english: Client) -> None:
    post_sales([potatoes(family, 77, at=noon(THIS, 1, 1)) for family in books.households(4)])
    page = said(english.get(PAGE))
    assert f"Fewer than five households have sold in {THIS} so far" in page
    everything = english.get(f"{PAGE}figures.json").json() | {"counted_at": ""}
    assert "154000" not in json.dumps(everything), "4 times 77 jin"
    assert everything["total"] == {
        "amount_fen": None, "produce_grams": None, "saplings": 0, "households": None, "buyers": 1,
    }  # fmt: skip


@pytest.mark.django_db
def test_a_sapling_grower_s_sum_is_not_told_by_the_town_nor_by_the_month(english: Client) -> None:
    one, other = books.households(7), books.households(8)
    post_sales([potatoes(family, 100, at=noon(THIS, 1, 1)) for family in (*one, *other)])
    post_sales([saplings(family, 10, at=noon(THIS, 1, 1)) for family in other])
    post_sales([saplings(one[0], 33, at=noon(THIS, 1, 1))])
    figures = english.get(f"{PAGE}figures.json").json()
    assert [row["saplings"] for row in figures["towns"]] == [None, None], "113 less 80 would be 33"
    assert figures["months"][0]["saplings"] == 113
    assert "fewer than five households" in said(english.get(PAGE))


def groups(of: list[list[tuple[int, int, int]]]) -> list[Group]:
    """Rows of (household, grams, saplings)."""
    made = []
    for number, parts in enumerate(of, start=1):
        grams, plants = sum(part[1] for part in parts), sum(part[2] for part in parts)
        made.append(
            Group(
                f"g{number}",
                grams + plants,
                grams,
                plants,
                frozenset(who for who, g, s in parts if g > 0 or s > 0),
                frozenset(who for who, g, _s in parts if g > 0),
                frozenset(who for who, _g, s in parts if s > 0),
            )
        )
    return made


PARTS = st.lists(
    st.lists(st.tuples(st.integers(1, 30), st.integers(0, 9), st.integers(0, 3)), max_size=9).map(
        lambda parts: list({part[0]: part for part in parts}.values())
    ),
    max_size=9,
).map(groups)


@given(PARTS)
def test_no_row_stands_for_fewer_than_five_households_unless_there_are_no_more(of: list[Group]) -> None:
    rows = merged(of)
    assert together(rows)[1:] == together(of)[1:]
    assert all(len(row.families) >= 5 for row in rows) or len(rows) == 1
    assert [row for row in rows if not row.key] in ([], rows[-1:])


@given(PARTS, st.sampled_from(MEASURES))
def test_no_told_sum_nor_a_difference_to_the_whole_is_that_of_fewer_than_five(
    of: list[Group], measure: str
) -> None:
    cells = told(of, measure)
    for cell, group in zip(cells, of, strict=True):
        value, whose = group.of(measure)
        assert cell is None or cell == value
        assert cell is None or value == 0 or len(whose) >= 5
    blank = [group for cell, group in zip(cells, of, strict=True) if cell is None]
    others = [group for cell, group in zip(cells, of, strict=True) if cell]
    if blank and others:
        assert len(together(blank).of(measure)[1]) >= 5, "what is blank is known as one sum"


# --- the chart ---------------------------------------------------------------------------------


@given(st.lists(st.integers(-100, 10**9), min_size=24, max_size=24))
def test_every_bar_stays_in_the_drawing_and_is_seen_when_there_is_something(values: list[int]) -> None:
    this, last = values[:12], values[12:]
    chart = monthly(this, last)
    for bars, sums in ((chart.this_year, this), (chart.last_year, last)):
        for bar, value in zip(bars, sums, strict=True):
            assert 0 <= bar.y <= HEIGHT
            assert bar.y + bar.height == HEIGHT
            assert (bar.height > 0) == (value > 0)


def test_the_scale_ends_at_a_round_number() -> None:
    assert [round_above(value) for value in (0, 3, 11, 499, 801, 1234)] == [10, 10, 12, 500, 1000, 1500]
