"""What an offer tells search engines and those it is sent to: the price and stock of now, and nobody's markup."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from farmers.stock.models import Category, Lot, Product
from marketplace.days import today
from shop.catalogue.seo import as_script
from tests.makers import a_household, a_lot, an_order, saplings

EN = {"accept-language": "en"}
HOSTILE = '</script><script>alert("1")</script><!-- & \u2028 \'"'


def head(client: Client, address: str, headers: dict[str, str] = EN) -> BeautifulSoup:
    response = client.get(address, headers=headers)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser").head


def data(client: Client, lot: Lot, headers: dict[str, str] = EN) -> dict[str, Any]:
    (block,) = head(client, lot.get_absolute_url(), headers).select('script[type="application/ld+json"]')
    return json.loads(block.string)


def meta(soup: BeautifulSoup) -> dict[str, str]:
    return {tag["property"]: tag["content"] for tag in soup.select("meta[property]")}


@pytest.fixture(autouse=True)
def _site(settings: Any) -> None:
    settings.SITE_URL = "https://market.example"


@pytest.mark.django_db
def test_an_offer_tells_its_price_for_half_a_kilogram(client: Client) -> None:
    lot = a_lot(price_fen=123_456)
    Lot.objects.filter(pk=lot.pk).update(good_until=today() + dt.timedelta(days=3))
    told = data(client, lot)
    address = f"https://market.example/shop/{lot.slug}/"
    assert (told["@context"], told["@type"], told["@id"]) == ("https://schema.org", "Product", address)
    assert (told["name"], told["sku"]) == ("Potato", lot.slug)
    assert told["image"] == ["https://market.example/static/products/tudou.svg"]
    offer = told["offers"]
    assert (offer["@type"], offer["url"], offer["price"], offer["priceCurrency"]) == (
        "Offer",
        address,
        "1234.56",
        "CNY",
    )
    assert offer["priceSpecification"]["referenceQuantity"] == {
        "@type": "QuantitativeValue",
        "value": 0.5,
        "unitCode": "KGM",
    }
    assert offer["priceValidUntil"] == (today() + dt.timedelta(days=3)).isoformat()
    assert offer["availability"] == "https://schema.org/InStock"
    assert data(client, lot, {"accept-language": "zh"})["name"] == "土豆"


@pytest.mark.django_db
def test_a_tree_is_told_by_the_piece(client: Client) -> None:
    told = data(client, saplings(price_fen=3500))["offers"]
    assert (told["price"], told["priceSpecification"]["referenceQuantity"]["unitCode"]) == ("35.00", "C62")


@pytest.mark.django_db
def test_what_is_gone_is_said_to_be_gone(client: Client) -> None:
    lot = a_lot(jin=10)
    an_order(lots=[lot])
    assert data(client, lot)["offers"]["availability"] == "https://schema.org/SoldOut"
    Lot.objects.filter(pk=lot.pk).update(state=Lot.State.WITHDRAWN)
    assert data(client, lot)["offers"]["availability"] == "https://schema.org/Discontinued"


@pytest.mark.django_db
def test_the_household_is_told_to_no_search_engine(client: Client) -> None:
    lot = a_lot(household=a_household(head_name="欧阳某某", consent_on=today()))
    told = json.dumps(data(client, lot), ensure_ascii=False)
    assert lot.household.public_name not in told
    assert lot.village.name not in told


@pytest.mark.django_db
def test_no_name_ends_the_element_it_stands_in(client: Client) -> None:
    lot = a_lot(note=HOSTILE)
    Product.objects.filter(pk=lot.product_id).update(name=HOSTILE, name_en=HOSTILE)
    Category.objects.filter(pk=lot.category_id).update(name_en=HOSTILE)
    told = data(client, lot)
    assert (told["name"], told["description"], told["category"]) == (HOSTILE, HOSTILE, HOSTILE)
    soup = head(client, lot.get_absolute_url())
    assert HOSTILE in meta(soup)["og:title"]
    assert [tag for tag in soup.select("script") if "alert" in tag.text and not tag.get("type")] == []


@given(st.text())
def test_any_text_comes_back_from_the_element_and_none_leaves_it(text: str) -> None:
    drawn = as_script({"text": text})
    inside = re.fullmatch('<script type="application/ld\\+json">([^<>&]*)</script>', drawn)
    assert inside and json.loads(inside[1]) == {"text": text}


@pytest.mark.django_db
def test_an_offer_has_one_address_and_a_card(client: Client) -> None:
    lot = a_lot()
    soup = head(client, f"{lot.get_absolute_url()}?from=somewhere")
    address = f"https://market.example/shop/{lot.slug}/"
    assert soup.select_one('link[rel="canonical"]')["href"] == address
    told = meta(soup)
    assert (told["og:url"], told["og:locale"]) == (address, "en_GB")
    assert told["og:title"] == "Potato of Qingfengdian Town, ¥1.20 / jin"
    assert told["og:image"] == "https://market.example/static/og.png"
    assert (told["og:image:width"], told["og:image:height"]) == ("1200", "630")


@pytest.mark.django_db
def test_a_refused_amount_leaves_the_offer_its_address(client: Client) -> None:
    lot = a_lot()
    response = client.post(f"/basket/add/{lot.pk}/", {"amount": "-1"})
    soup = BeautifulSoup(response.content, "html.parser")
    assert soup.select_one('link[rel="canonical"]')["href"] == f"https://market.example/shop/{lot.slug}/"


@pytest.mark.django_db
def test_the_language_of_an_address_is_said_by_its_answer(client: Client) -> None:
    lot = a_lot()
    for asked, said in (("en", "en"), ("zh-CN", "zh-hans")):
        response = client.get(lot.get_absolute_url(), headers={"accept-language": asked})
        assert response["Content-Language"] == said
        assert "Accept-Language" in response["Vary"]
