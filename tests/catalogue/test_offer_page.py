"""What an offer's page says beyond price and stock: whom it helps, when it can be had, pictures in large."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from farmers.ledger.queries import FEWEST_HOUSEHOLDS as FEWEST
from farmers.registry.models import Household
from farmers.stock.models import Lot, LotPhoto
from marketplace.days import today
from shop.catalogue.delivery import earliest
from shop.orders.models import PayBy
from tests.makers import JIN, a_household, a_lot, a_person, a_village, accepted, an_order, saplings

pytestmark = pytest.mark.django_db


def page(lot: Lot, language: str = "en") -> BeautifulSoup:
    response = Client().get(lot.get_absolute_url(), headers={"accept-language": language})
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def helped(lot: Lot) -> str:
    part = page(lot).select_one(".helped")
    return part.get_text(" ", strip=True) if part else ""


def sold(household: Household, jin: int, price_fen: int = 100, **facts: Any) -> None:
    accepted(
        an_order(
            PayBy.ON_DELIVERY,
            buyer=a_person(),
            lots=[a_lot(household=household, price_fen=price_fen)],
            jin=jin,
        )
    )


def test_a_household_that_agreed_is_shown_what_its_year_came_to() -> None:
    home = a_household(consent_on=today())
    sold(home, 30, price_fen=150)
    accepted(
        an_order(
            PayBy.ON_DELIVERY, buyer=a_person(), lots=[saplings(household=home, price_fen=3500)], quantity=2
        )
    )
    said = helped(a_lot(household=home, price_fen=120))
    assert "This household has sold 30 jin of produce and 2 saplings for ¥115.00 this year." in said
    assert "10 jin of these add ¥12.00" in said


def test_what_was_taken_back_is_not_counted() -> None:
    home = a_household(consent_on=today())
    sold(home, 30)
    order = an_order(PayBy.ON_DELIVERY, buyer=a_person(), lots=[a_lot(household=home, price_fen=100)], jin=10)
    accepted(order, short_jin=4)
    assert "36 jin of produce for ¥36.00" in helped(a_lot(household=home))


def test_a_household_without_sales_is_told_as_such_by_its_consent() -> None:
    assert "sold nothing yet this year" in helped(a_lot(household=a_household(consent_on=today())))


def test_without_consent_only_a_towns_figure_of_enough_households_is_told() -> None:
    village = a_village("dongting")
    silent = a_household(village)
    lot = a_lot(household=silent)
    sold(silent, 7)
    assert helped(lot) == ""
    for _ in range(FEWEST - 2):
        sold(a_household(village), 10)
    assert helped(lot) == ""
    sold(a_household(village), 10)
    said = helped(lot)
    assert f"{FEWEST} households of Dongting Town have sold for ¥47.00 this year." in said
    assert "This household" not in said


def test_another_towns_sales_are_not_told_here() -> None:
    for _ in range(FEWEST):
        sold(a_household(a_village("gaopeng")), 10)
    assert helped(a_lot(household=a_household(a_village("dongting")))) == ""


def test_consent_taken_back_takes_the_households_figure_away() -> None:
    home = a_household(consent_on=today())
    sold(home, 30)
    lot = a_lot(household=home)
    assert "This household" in helped(lot)
    Household.objects.filter(pk=home.pk).update(consent_on=None)
    assert helped(lot) == ""


def test_the_figures_cost_no_query_of_their_own() -> None:
    home = a_household(consent_on=today())
    sold(home, 30)
    lot = a_lot(household=home)
    with CaptureQueriesContext(connection) as asked:
        Client().get(lot.get_absolute_url())
    (own,) = [query["sql"] for query in asked if "householdyear" in query["sql"]]
    assert 'FROM "stock_lot"' in own, "they come with the lot"


def test_goods_are_fetched_the_day_after_and_brought_the_day_after_that() -> None:
    day = dt.date(2026, 4, 17)
    assert earliest([None], day) == (dt.date(2026, 4, 18), dt.date(2026, 4, 19))
    assert earliest([dt.date(2026, 4, 1)], day) == earliest([], day)
    # what still grows is not promised before its harvest
    assert earliest([None, dt.date(2026, 4, 25)], day) == (dt.date(2026, 4, 25), dt.date(2026, 4, 26))


def test_the_page_says_the_first_day_of_either_way() -> None:
    said = page(a_lot(), "zh").select_one(".assurances")
    assert said is not None
    for day in earliest([]):
        assert f"{day.month}月{day.day}日" in said.get_text()


def test_every_photo_leads_to_itself_in_large() -> None:
    lot = a_lot()
    for position in range(2):
        target = io.BytesIO()
        Image.new("RGB", (40, 30), "green").save(target, "JPEG")
        picture = ContentFile(target.getvalue(), name=f"{position}.jpg")
        LotPhoto.objects.create(lot=lot, position=position, image=picture)
    shown = page(lot).select(".offer-pictures a[data-zoom]")
    assert [link["href"] for link in shown] == [photo.image.url for photo in lot.photos.all()]
    for number, link in enumerate(shown, 1):
        image = link.select_one("img")
        assert image is not None
        assert (image["width"], image["height"], image["src"]) == ("40", "30", link["href"])
        assert f"photo {number}" in str(image["alt"])


def test_without_a_photo_the_drawing_stands_there() -> None:
    lot = a_lot(product="dabaicai")
    (link,) = page(lot).select(".offer-pictures a[data-zoom]")
    assert str(link["href"]).endswith("/products/dabaicai.svg")


def test_ten_jin_are_what_the_suggestion_is_reckoned_for() -> None:
    home = a_household(consent_on=today())
    few = a_lot(household=home, grams=3 * JIN, price_fen=133)
    assert "3 jin of these add ¥3.99" in helped(few)
