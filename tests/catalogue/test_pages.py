"""The shop's pages as a buyer meets them: filters, chips, paging, words, and what is never told."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup, Tag
from django.test import Client
from django.urls import reverse

from farmers.registry.models import MarkKind
from farmers.stock.models import Lot
from marketplace.days import today
from shop.catalogue.amounts import quick_amounts
from shop.catalogue.offers import PAGE_SIZE, SORTS
from tests.makers import a_household, a_lot, a_village, saplings

pytestmark = pytest.mark.django_db
SHOP = "/shop/"
HTMX = {"HX-Request": "true"}


def page(client: Client, address: str, status: int = 200, **headers: str) -> BeautifulSoup:
    response = client.get(address, headers={"accept-language": "en", **headers})
    assert response.status_code == status
    return BeautifulSoup(response.content, "html.parser")


def names(soup: BeautifulSoup) -> list[str]:
    return [card.get_text(" ", strip=True) for card in soup.select(".cards .offer-name")]


def chips(soup: BeautifulSoup) -> dict[str, dict[str, list[str]]]:
    """The words of each chip, with the filters that stay when it is taken away."""
    return {
        next(chip.stripped_strings): parse_qs(urlsplit(str(chip["href"])).query)
        for chip in soup.select(".chips a.chip")
    }


def text(soup: BeautifulSoup | Tag, part: str = "main") -> str:
    found = soup.select_one(part)
    assert found is not None
    return found.get_text(" ", strip=True)


# --- filters -----------------------------------------------------------------------------------


def test_each_filter_leaves_only_what_was_asked_for(client: Client) -> None:
    a_lot(price_fen=120, household=a_household(a_village("gaopeng")))
    a_lot(price_fen=900, product="yali", household=a_household(a_village("dongting")))
    saplings()
    assert len(names(page(client, SHOP))) == 3
    assert names(page(client, f"{SHOP}?category=roots")) == ["Potato"]
    assert names(page(client, f"{SHOP}?town=dongting")) == ["Ya pear"]
    assert names(page(client, f"{SHOP}?kind=sapling")) == ["Pagoda tree"]
    assert names(page(client, f"{SHOP}?kind=produce&price_from=5")) == ["Ya pear"]
    assert names(page(client, f"{SHOP}?kind=produce&price_to=1.20")) == ["Potato"]
    assert len(names(page(client, f"{SHOP}?category=roots&category=fruit"))) == 2


def test_the_chosen_filters_are_still_chosen_on_the_page(client: Client) -> None:
    a_lot(household=a_household(a_village("gaopeng")))
    soup = page(
        client, f"{SHOP}?category=roots&town=gaopeng&price_from=1&kind=produce&sort=cheapest&sold_out=1"
    )
    assert {tag["value"] for tag in soup.select("#filters [checked]")} == {"roots", "gaopeng", "produce", "1"}
    assert [tag["value"] for tag in soup.select("#filters option[selected]")] == ["cheapest"]
    assert soup.select_one("#id_price_from")["value"] == "1"  # type: ignore[index]


def test_sold_out_goods_are_shown_only_when_asked_for_and_offer_no_sale(client: Client) -> None:
    lot = a_lot()
    Lot.objects.filter(pk=lot.pk).update(reserved=lot.listed)
    assert names(page(client, SHOP)) == []
    card = text(page(client, f"{SHOP}?sold_out=1"), ".offer")
    assert "sold out" in card
    assert "Buy" not in card


def test_a_chip_takes_away_its_filter_and_no_other(client: Client) -> None:
    a_lot(household=a_household(a_village("gaopeng")))
    asked = "q=tudou&category=roots&category=fruit&town=gaopeng&price_from=1&price_to=&sort=cheapest&page=1"
    found = chips(page(client, f"{SHOP}?{asked}"))
    rest = parse_qs(asked.replace("&page=1", ""))
    assert found["Roots and bulbs"] == rest | {"category": ["fruit"]}
    assert found["from ¥1.00"] == {key: value for key, value in rest.items() if key != "price_from"}
    assert found["“tudou”"] == {key: value for key, value in rest.items() if key != "q"}
    assert len(found) == 5


def test_without_filters_there_are_no_chips(client: Client) -> None:
    a_lot()
    assert not page(client, f"{SHOP}?q=&price_from=&sort=newest").select(".chips")


def test_paging_keeps_the_filters_and_shows_each_offer_once(client: Client) -> None:
    household = a_household()
    for _ in range(PAGE_SIZE + 2):
        a_lot(household=household)
    first = page(client, f"{SHOP}?category=roots&sort=cheapest")
    onward = first.select_one("a[rel=next]")
    assert onward is not None
    second = page(client, SHOP + str(onward["href"]))
    assert parse_qs(urlsplit(str(onward["href"])).query) == {
        "category": ["roots"],
        "sort": ["cheapest"],
        "page": ["2"],
    }
    met = [link["href"] for soup in (first, second) for link in soup.select(".offer a")]
    assert len(met) == len(set(met)) == PAGE_SIZE + 2
    assert second.select_one("a[rel=prev]")
    assert not second.select_one("a[rel=next]")


def test_a_script_gets_the_results_alone_and_coming_back_the_whole_page(client: Client) -> None:
    a_lot()
    part = page(client, SHOP, **HTMX)
    assert not part.select("header.site-header")
    assert {str(tag.get("id") or tag["hx-swap-oob"]) for tag in part.select("[hx-swap-oob]")} == {
        "categories",
        "towns",
        "plants",
        "innerHTML:#said",
    }
    assert page(client, SHOP, **HTMX | {"HX-History-Restore-Request": "true"}).select("header.site-header")
    # or a browser that kept the part would show it for the whole
    assert "HX-Request" in client.get(SHOP).headers["Vary"]


# --- words -------------------------------------------------------------------------------------


def test_a_word_that_means_nothing_is_answered_with_its_neighbours(client: Client) -> None:
    a_lot()
    soup = page(client, f"{SHOP}?q=tudouou")
    assert "“tudouou”" in text(soup, ".empty")
    assert "Potato" in [link.get_text(strip=True) for link in soup.select(".empty a.chip")]
    chinese = page(client, f"{SHOP}?q=tudouou", **{"accept-language": "zh-hans"})
    assert "土豆" in [link.get_text(strip=True) for link in chinese.select(".empty a.chip")]


def test_an_empty_market_says_what_will_be_there(client: Client) -> None:
    assert "As soon as a village lists" in text(page(client, SHOP), ".empty")


def test_what_was_typed_comes_back_as_text_and_never_as_markup(client: Client) -> None:
    hostile = '"><script>alert(1)</script>'
    response = client.get(SHOP, {"q": hostile, "town": hostile, "price_from": hostile})
    assert response.status_code == 200
    assert b"<script>alert" not in response.content


@pytest.mark.parametrize(
    "query",
    [
        "page=0", "page=-1", "page=abc", "page=999999", "page=9999999999999999999999", "page=²", "page=",
        "price_from=abc", "price_from=-5", "price_from=NaN", "price_from=1e99", "price_to=99999999999", "price_to=0.001",
        "sort=sideways", "kind=animals", "sold_out=maybe", "category=", "category=nowhere", "town=%00", "q=%00",
        "category=" + "x" * 500, "q=" + "x" * 500, "q=%F0%9F%A5%94", "&".join(["town=gaopeng"] * 200),
    ],
)  # fmt: skip
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_wrong_parameter_is_left_out_and_never_breaks_the_page(
    client: Client, query: str, headers: dict[str, str]
) -> None:
    a_lot()
    page(client, f"{SHOP}?{query}", **headers)


def test_a_price_that_is_none_is_said_to_be_left_out(client: Client) -> None:
    a_lot()
    soup = page(client, f"{SHOP}?price_from=abc")
    assert names(soup) == ["Potato"]
    assert "left out" in text(soup, ".notice-error")
    field = soup.select_one("#id_price_from")
    assert field is not None
    assert field["aria-invalid"] == "true"
    assert soup.find(id=field["aria-describedby"]) is not None


@pytest.mark.parametrize("sort", SORTS)
def test_every_order_can_be_asked_for(client: Client, sort: str) -> None:
    a_lot()
    saplings()
    assert len(names(page(client, f"{SHOP}?sort={sort}"))) == 2


# --- an offer ----------------------------------------------------------------------------------


def test_an_offer_tells_price_stock_freshness_and_takes_an_amount(client: Client) -> None:
    lot = a_lot(320, 120, harvested_on=today() - dt.timedelta(days=3))
    soup = page(client, lot.get_absolute_url())
    words = text(soup)
    for told in ("¥1.20 / jin", "¥2.40 / kg", "320 jin left", "harvested 3 days ago"):
        assert told in words
    form = soup.select_one("form.buy")
    assert form is not None
    assert form["action"] == reverse("basket:add", args=[lot.pk])
    assert form.select_one("[name=amount]")["value"] == "10"  # type: ignore[index]
    assert [button["data-quick"] for button in form.select("[data-quick]")] == ["10", "50", "100"]


def test_a_last_handful_is_offered_as_it_is(client: Client) -> None:
    soup = page(client, a_lot(grams=1250).get_absolute_url())
    assert soup.select_one("form.buy [name=amount]")["value"] == "2.5"  # type: ignore[index]


def test_quick_amounts_never_pass_what_is_left() -> None:
    assert quick_amounts("jin", 60) == [10, 50]
    assert quick_amounts("zhu", 9) == [1]
    assert quick_amounts("tonne", 0) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"state": Lot.State.WITHDRAWN}, "no longer on sale"),
        ({"good_until": dt.date(2020, 4, 1)}, "no longer on sale"),
        ({"sold": 500_000}, "Sold out"),
    ],
)
def test_an_old_address_says_that_it_is_over_and_shows_the_same_from_others(
    client: Client, change: dict[str, Any], said: str
) -> None:
    lot, other = a_lot(), a_lot()
    Lot.objects.filter(pk=lot.pk).update(**change)
    soup = page(client, lot.get_absolute_url())
    assert said in text(soup)
    assert not soup.select("form.buy")
    assert [link["href"] for link in soup.select("#kindred .offer a")] == [other.get_absolute_url()]


def test_an_offer_that_never_was_is_a_404_with_a_search_box(client: Client) -> None:
    soup = page(client, f"{SHOP}never-was/", 404)
    assert soup.select_one("main form[role=search] [name=q]")


@pytest.mark.parametrize("amount", ["", "0", "-5", "abc", "1e3", "0.0001", "9" * 12, "²", "10,000,000,0"])
def test_an_amount_that_cannot_be_is_said_beside_its_field(client: Client, amount: str) -> None:
    lot = a_lot()
    response = client.post(reverse("basket:add", args=[lot.pk]), {"amount": amount})
    assert response.status_code == 422
    field = BeautifulSoup(response.content, "html.parser").select_one("[name=amount]")
    assert field is not None
    assert field["aria-invalid"] == "true"
    said_in = str(field["aria-describedby"]).split()
    assert all(BeautifulSoup(response.content, "html.parser").find(id=name) for name in said_in)
    assert any(name.endswith("_error") for name in said_in)


# --- what is never told ------------------------------------------------------------------------


def marked(consent: dt.date | None) -> tuple[Lot, str]:
    village = a_village("gaopeng")
    household = a_household(village, head_name="牛翠花", consent_on=consent)
    household.marks.create(kind=MarkKind.EDGE, since=dt.date(2024, 1, 1))
    return a_lot(household=household), village.name


def test_without_consent_nobody_learns_who_grew_it(client: Client) -> None:
    lot, village = marked(consent=None)
    for address in (SHOP, lot.get_absolute_url()):
        words = text(page(client, address))
        for secret in ("牛", village, "watched", "edge of poverty"):
            assert secret not in words
        assert "Gaopeng" in words


def test_with_consent_the_name_is_masked_and_the_mark_told(client: Client) -> None:
    lot, village = marked(consent=dt.date(2026, 3, 1))
    assert "watched household" in text(page(client, SHOP))
    words = text(page(client, lot.get_absolute_url()))
    assert "牛**" in words
    assert "翠花" not in words
    assert village in words or "Test Village" in words
    assert "on the edge of poverty" in words


def test_a_mark_that_has_ended_is_not_told(client: Client) -> None:
    lot, _village = marked(consent=dt.date(2026, 3, 1))
    lot.household.marks.update(until=today() - dt.timedelta(days=1))
    assert "watched" not in text(page(client, SHOP))
    assert "edge of poverty" not in text(page(client, lot.get_absolute_url()))


def test_a_card_follows_a_changed_price_stock_and_consent_at_once(client: Client) -> None:
    lot, _village = marked(consent=dt.date(2026, 3, 1))
    page(client, SHOP)
    Lot.objects.filter(pk=lot.pk).update(price_fen=99, sold=250_000)
    lot.household.consent_on = None
    lot.household.save()
    card = text(page(client, SHOP), ".offer")
    assert "¥0.99" in card
    assert "500 jin left" in card
    assert "watched" not in card
