"""What the search box offers while somebody types, and what it makes of a slip of one letter."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from shop.catalogue.search import meaning, tokens, understood, vocabulary
from shop.catalogue.slips import mended, one_slip
from shop.catalogue.suggest import suggestions
from tests.makers import a_household, a_lot, saplings

EN = {"accept-language": "en"}


def offered(client: Any, typed: str, **headers: Any) -> list[str]:
    response = client.get("/shop/suggest/", {"q": typed}, **headers)
    assert response.status_code == 200
    return [unescape(name) for name in re.findall(r"<li[^>]*>([^<]+)</li>", response.content.decode())]


# --- slips -------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("白莱", "白菜"),
        ("土斗", "土豆"),
        ("苹国", "苹果"),
        ("西虹柿", "西红柿"),
        ("马玲薯", "马铃薯"),
        ("baiacai", "白菜"),
        ("tuduo", "土豆"),
        ("hunggua", "黄瓜"),
        ("ＨＵＮＧＧＵＡ", "黄瓜"),
        ("cabage", "cabbage"),
        ("potatoe", "potato"),
        ("高棚", "高蓬"),
        ("gaopeng tuduo", "gaopeng 土豆"),
    ],
)
def test_a_slip_of_one_letter_is_mended(query: str, meant: str) -> None:
    assert mended(query) == meant


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["", " ", "白菜", "baicai", "bc", "tudo", "高蓬土豆", "napa cabbage"])
def test_what_is_understood_is_left_as_it_is(query: str) -> None:
    assert mended(query) is None


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["龙虾", "qqqq", "xyz", "!!", "🥔", "%", "土豆 龙虾", "a" * 60, "²", "\0"])
def test_what_is_near_to_nothing_is_not_guessed_at(query: str) -> None:
    assert mended(query) is None


@pytest.mark.django_db
def test_the_shop_says_what_it_shows_instead(client: Any) -> None:
    cabbage = a_lot(product="dabaicai")
    a_lot()
    page = client.get("/shop/", {"q": "白莱"}, headers=EN).content.decode()
    assert "Showing “白菜” for “白莱”" in page
    assert cabbage.get_absolute_url() in page
    assert "1 offer" in page
    exact = client.get("/shop/", {"q": "白菜"}, headers=EN).content.decode()
    assert "Showing" not in exact


@pytest.mark.django_db
def test_the_public_interface_guesses_nothing(client: Any) -> None:
    a_lot(product="dabaicai")
    assert client.get("/api/v1/offers", {"q": "白莱"}).json()["total"] == 0


word = st.text("abcd", min_size=1, max_size=6)


@given(word, word)
def test_a_slip_is_the_same_either_way(one: str, other: str) -> None:
    assert one_slip(one, other) == one_slip(other, one)


@given(word, st.data())
def test_every_slip_of_one_letter_is_known_as_one(meant: str, data: Any) -> None:
    at = data.draw(st.integers(0, len(meant) - 1))
    letter = data.draw(st.sampled_from("abcd"))
    slips = {
        meant[:at] + letter + meant[at:],
        meant[:at] + meant[at + 1 :],
        meant[:at] + letter + meant[at + 1 :],
        meant[:at] + meant[at : at + 2][::-1] + meant[at + 2 :],
    }
    assert {typed for typed in slips - {meant} if not one_slip(typed, meant)} == set()
    assert not one_slip(meant, meant)
    assert not one_slip(meant, f"{meant}{letter}{letter}")


# --- suggestions -------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["土", "tud", "td", "马铃", "potat", "Ｔｕｄｏｕ"])
def test_goods_are_suggested_by_any_beginning_of_a_name(client: Any, typed: str) -> None:
    assert offered(client, typed)[0] == "土豆"


@pytest.mark.django_db
def test_suggestions_speak_the_reader_s_language(client: Any) -> None:
    assert offered(client, "tudou", headers=EN) == ["Potato"]
    assert offered(client, "gaop", headers=EN)[0].startswith("Gaopeng")


@pytest.mark.django_db
def test_the_words_before_the_last_stay(client: Any) -> None:
    found = suggestions("gaopeng tud")
    assert (found[0].name, found[0].query) == ("土豆", "gaopeng 土豆")


@pytest.mark.django_db
def test_a_slip_is_mended_while_typing(client: Any) -> None:
    assert offered(client, "baiacai") == ["白菜"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "typed", ["", "   ", "\0", "龙虾", "<script>", "'; DROP TABLE stock_lot; --", "土" * 9_000, "%"]
)
def test_nothing_is_suggested_for_what_nobody_sells(client: Any, typed: str) -> None:
    assert offered(client, typed) == []


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_suggestion_is_a_query_that_is_understood(language: str) -> None:
    a_lot(), saplings()
    with translation.override(language):
        firsts = {found for word in vocabulary() for found in suggestions(word.name[:1])}
        firsts |= {found for letter in "abcdefghijklmnopqrstuvwxyz" for found in suggestions(letter)}
        assert len(firsts) > 40
        assert [found for found in firsts if meaning(found.query) is None] == []


@pytest.mark.django_db
def test_suggestions_cost_one_query_once(client: Any) -> None:
    costs = []
    for typed in ("b", "ba"):
        with CaptureQueriesContext(connection) as queries:
            offered(client, typed)
        costs.append(len(queries))
    assert costs == [1, 0]


@pytest.mark.django_db
def test_no_village_is_suggested(client: Any) -> None:
    village = a_household().village
    assert understood(tokens(village.name)[0], vocabulary())
    assert village.name not in offered(client, village.name)


# --- an address where nothing is ---------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "near"),
    [
        ("/shop/tudou-gaopeng-99999/", "土豆"),
        ("/shop/baicai/", "大白菜"),
        ("/tudou", "土豆"),
        ("/stories/huanggua/", "黄瓜"),
        ("/shop/土豆/", "土豆"),
    ],
)
def test_a_lost_visitor_is_shown_what_the_address_may_have_meant(
    client: Any, address: str, near: str
) -> None:
    response = client.get(address, follow=True)
    assert response.status_code == 404
    assert f">{near}</a>" in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/shop/-/", "/%00/", "/%E2%82/", "/x" * 500, "/shop/%3Cscript%3E/", "/1"]
)
def test_a_hostile_address_is_only_not_found(client: Any, address: str) -> None:
    response = client.get(address, follow=True)
    assert response.status_code == 404
    assert "<script>" not in response.content.decode().replace("<script src", "")
