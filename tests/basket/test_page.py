"""The basket's page: today's prices, and what changed since said beside the row it happened to."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from farmers.stock.models import Lot
from shop.orders.models import Order, PayBy, State
from tests.makers import a_lot, an_order, saplings, signed_in

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


def put(client: Client, lot: Lot, amount: str = "10") -> None:
    response = client.post(reverse("basket:add", args=[lot.pk]), {"amount": amount})
    assert response.status_code == 302


def change(client: Client, lot: Lot, **data: str) -> Any:
    return client.post(reverse("basket:change", args=[lot.pk]), data, headers=ENGLISH)


def basket(client: Client) -> BeautifulSoup:
    return BeautifulSoup(client.get("/basket/", headers=ENGLISH).content, "html.parser")


def row(soup: BeautifulSoup, lot: Lot) -> Tag:
    found = soup.find(id=f"line-{lot.pk}")
    assert isinstance(found, Tag)
    return found


def words(part: Tag) -> str:
    return part.get_text(" ", strip=True)


def may_check_out(soup: BeautifulSoup) -> bool:
    return soup.find("a", href=reverse("orders:checkout")) is not None


def test_an_empty_basket_offers_the_way_to_the_shop(client: Client) -> None:
    soup = basket(client)
    assert soup.select_one(".empty a[href='/shop/']")
    assert not may_check_out(soup)


def test_an_amount_too_small_to_cost_a_fen_is_refused(client: Client) -> None:
    lot = a_lot(price_fen=120)
    refused = client.post(reverse("basket:add", args=[lot.pk]), {"amount": "0.004"}, headers=ENGLISH)
    assert refused.status_code == 422
    assert "That little has no price." in refused.content.decode()
    put(client, lot, "0.006")
    refused = change(client, lot, amount="0.004")
    assert refused.status_code == 422
    assert "That little has no price." in refused.content.decode()
    assert "¥0.01" in words(row(basket(client), lot))


def test_rows_and_total_are_to_the_fen(client: Client) -> None:
    potatoes, trees = a_lot(price_fen=133), saplings(price_fen=3599)
    put(client, potatoes, "2.5")
    put(client, trees, "3")
    soup = basket(client)
    assert "¥3.33" in words(row(soup, potatoes))
    assert "¥107.97" in words(row(soup, trees))
    assert "¥111.30" in words(soup.select_one(".basket-sum"))  # type: ignore[arg-type]
    assert may_check_out(soup)


def test_a_guest_is_told_that_signing_in_keeps_the_basket(client: Client) -> None:
    lot = a_lot()
    put(client, lot)
    assert "stays" in words(basket(client).select_one(".basket-sum"))  # type: ignore[arg-type]
    known = signed_in()
    put(known, lot)
    assert "sign in" not in words(basket(known).select_one(".basket-sum"))  # type: ignore[arg-type]


def test_a_changed_price_is_told_with_the_old_one(client: Client) -> None:
    lot = a_lot(price_fen=120)
    put(client, lot)
    Lot.objects.filter(pk=lot.pk).update(price_fen=150)
    soup = basket(client)
    assert "was ¥1.20 and is ¥1.50" in words(row(soup, lot))
    assert "¥15.00" in words(row(soup, lot))


@pytest.mark.parametrize(
    ("happened", "said"),
    [
        ({"sold": 499_000}, "Only 2 jin left"),
        ({"sold": 500_000}, "Sold out"),
        ({"state": Lot.State.WITHDRAWN}, "No longer on sale"),
    ],
)
def test_what_can_no_longer_be_had_is_marked_and_keeps_from_checkout(
    client: Client, happened: dict[str, Any], said: str
) -> None:
    lot, other = a_lot(), a_lot()
    put(client, lot)
    put(client, other)
    Lot.objects.filter(pk=lot.pk).update(**happened)
    soup = basket(client)
    assert said in words(row(soup, lot))
    assert said not in words(row(soup, other))
    assert not may_check_out(soup)
    change(client, lot, remove="1")
    assert may_check_out(basket(client))


def test_an_amount_changes_and_a_wrong_one_is_said_beside_its_row(client: Client) -> None:
    lot, other = a_lot(price_fen=100), a_lot()
    put(client, lot)
    put(client, other)
    assert change(client, lot, amount="25").status_code == 302
    assert "¥25.00" in words(row(basket(client), lot))
    response = change(client, lot, amount="abc")
    assert response.status_code == 422
    soup = BeautifulSoup(response.content, "html.parser")
    field = row(soup, lot).select_one("[name=amount]")
    assert field is not None
    assert (field["value"], field["aria-invalid"]) == ("abc", "true")
    assert all(soup.find(id=name) for name in str(field["aria-describedby"]).split())
    assert not row(soup, other).select("[aria-invalid]")
    assert "¥25.00" in words(row(basket(client), lot))


def test_the_header_counts_the_rows(client: Client) -> None:
    lot, other = a_lot(), a_lot()
    put(client, lot)
    put(client, other)
    counted = BeautifulSoup(client.get("/shop/").content, "html.parser").select_one(".basket-count")
    assert counted is not None
    assert counted.get_text() == "2"
    change(client, lot, remove="1")
    change(client, other, remove="1")
    assert not basket(client).select(".basket-count")


def test_goods_held_by_an_order_that_lapsed_can_be_put_in(client: Client) -> None:
    lot = a_lot(jin=72)
    order = an_order(PayBy.ONLINE, lots=[lot], jin=70)
    Order.objects.filter(pk=order.pk).update(reserved_until=timezone.now() - dt.timedelta(minutes=1))
    put(client, lot, "40")
    order.refresh_from_db()
    assert order.state == State.EXPIRED


def test_it_is_said_how_much_lies_in_the_basket_now(client: Client) -> None:
    lot = a_lot()
    put(client, lot, "10")
    answer = client.post(reverse("basket:add", args=[lot.pk]), {"amount": "5"}, headers=ENGLISH, follow=True)
    assert "In the basket: Potato, 5 jin." in answer.content.decode()
