"""Pages seen before cost one query, are never stale on price or stock, and hold nothing of one visitor's for another."""

from __future__ import annotations

import datetime as dt
import re
import time
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client

from farmers.stock import movements
from farmers.stock.models import Lot, Product
from marketplace.days import today
from shop.catalogue import counts, kept, offers
from shop.catalogue.kept import MAX_ADDRESS, SECONDS
from shop.orders.models import PayBy
from tests.makers import a_household, a_lot, a_person, an_order, at_once, signed_in

pytestmark = pytest.mark.django_db
SHOP, HOME = "/shop/", "/"


def seen(client: Client, address: str, **headers: str) -> str:
    response = client.get(address, headers={"accept-language": "zh-CN", **headers})
    assert response.status_code == 200
    return response.content.decode()


def by_hand(lot: Lot, change: str) -> None:
    """As an administrator at the database's own prompt would: nothing here is told of it."""
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE stock_lot SET {change} WHERE id = %s", [lot.pk])


@pytest.fixture
def lot() -> Lot:
    return a_lot(household=a_household(head_name="王小明", consent_on=today()))


@pytest.fixture
def addresses(lot: Lot) -> list[str]:
    return [HOME, SHOP, lot.get_absolute_url()]


def test_a_page_seen_before_costs_one_query(addresses: list[str], query_budget: Any) -> None:
    for address in addresses:
        first = seen(Client(), address)
        stranger = Client()
        with query_budget(1):
            again = seen(stranger, address)
        assert without_tokens(again) == without_tokens(first)


def without_tokens(page: str) -> str:
    return re.sub(r'csrfmiddlewaretoken" value="\w+"', "", page)


# --- price and stock ---------------------------------------------------------------------------


def test_a_price_changed_by_hand_is_shown_at_once(addresses: list[str], lot: Lot) -> None:
    for address in addresses:
        assert "¥1.20" in seen(Client(), address)
    by_hand(lot, "price_fen = 777")
    for address in addresses:
        page = seen(Client(), address)
        assert "¥7.77" in page
        assert "¥1.20" not in page


@pytest.mark.django_db(transaction=True)
def test_what_somebody_orders_elsewhere_is_no_longer_offered_here(addresses: list[str], lot: Lot) -> None:
    for address in addresses:
        assert "1,000" in seen(Client(), address)
    assert not isinstance(at_once([lambda: an_order(lots=[lot], jin=400)])[0], Exception)
    for address in addresses:
        page = seen(Client(), address)
        assert "600" in page
        assert "1,000" not in page


@pytest.mark.parametrize(
    "change",
    ["reserved = listed", "sold = listed", "state = 'withdrawn'", "good_until = '2020-01-01'"],
)
def test_what_is_not_to_be_had_any_more_is_offered_nowhere(
    change: str, addresses: list[str], lot: Lot
) -> None:
    for address in addresses:
        assert lot.get_absolute_url() in seen(Client(), address)
    by_hand(lot, change)
    assert lot.get_absolute_url() not in seen(Client(), HOME)
    assert lot.get_absolute_url() not in seen(Client(), SHOP)
    assert 'class="buy"' not in seen(Client(), lot.get_absolute_url())


def test_what_comes_on_sale_is_on_the_list_at_once(lot: Lot) -> None:
    order = an_order(PayBy.ONLINE, lots=[lot], jin=1_000)
    assert lot.get_absolute_url() not in seen(Client(), SHOP)
    movements.release([movements.Change(lot.pk, lot.listed, order.number, "back")], None)
    assert lot.get_absolute_url() in seen(Client(), SHOP)
    another = a_lot()
    assert another.get_absolute_url() in seen(Client(), SHOP)


def test_a_day_that_begins_takes_off_what_was_good_until_the_day_before(
    lot: Lot, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_hand(lot, f"good_until = '{today():%Y-%m-%d}'")
    assert lot.get_absolute_url() in seen(Client(), SHOP)
    tomorrow = today() + dt.timedelta(days=1)
    for room in (counts, kept, offers):
        monkeypatch.setattr(room, "today", lambda: tomorrow)
    assert lot.get_absolute_url() not in seen(Client(), SHOP)


def test_consent_taken_back_by_hand_is_heeded_at_once(lot: Lot) -> None:
    address = lot.get_absolute_url()
    assert "王**" in seen(Client(), address)
    type(lot.household).objects.filter(pk=lot.household_id).update(consent_on=None)
    assert "王**" not in seen(Client(), address)


# --- what else pages tell ----------------------------------------------------------------------


def test_what_is_edited_here_is_seen_here_at_once(addresses: list[str]) -> None:
    for address in addresses:
        assert "土豆" in seen(Client(), address)
    product = Product.objects.get(slug="tudou")
    product.name = "马铃薯蛋"
    product.save()
    for address in addresses:
        assert "马铃薯蛋" in seen(Client(), address)


def test_what_is_edited_elsewhere_is_seen_within_seconds(lot: Lot, monkeypatch: pytest.MonkeyPatch) -> None:
    address = lot.get_absolute_url()
    seen(Client(), address)
    Product.objects.filter(slug="tudou").update(name="马铃薯蛋")
    later = time.time() + SECONDS + 1
    monkeypatch.setattr(time, "time", lambda: later)
    assert "马铃薯蛋" in seen(Client(), address)


def test_each_language_has_its_own_pages(addresses: list[str]) -> None:
    for address in addresses:
        assert 'lang="zh-hans"' in seen(Client(), address)
        assert '<html lang="en"' in seen(Client(), address, **{"accept-language": "en"})
        chosen = Client()
        chosen.post("/i18n/setlang/", {"language": "en"})
        assert '<html lang="en"' in seen(chosen, address)


def test_a_part_for_a_script_and_a_whole_page_are_never_mixed_up(lot: Lot) -> None:
    script = {"HX-Request": "true"}
    for headers, whole in (({}, True), (script, False), (script, False), ({}, True)):
        assert ("<html" in seen(Client(), SHOP, **headers)) is whole


def test_who_asks_for_the_head_gets_no_body(addresses: list[str]) -> None:
    for address in addresses:
        for _ in range(2):
            assert Client().head(address).content == b""
            assert "</html>" in seen(Client(), address)


# --- one visitor's own -------------------------------------------------------------------------


def test_forms_of_a_kept_page_work_for_every_visitor(lot: Lot) -> None:
    address = lot.get_absolute_url()
    seen(Client(), address)
    tokens = set()
    for _ in range(2):
        visitor = Client(enforce_csrf_checks=True)
        token = re.search(r'csrfmiddlewaretoken" value="(\w{64})"', seen(visitor, address))
        assert token
        tokens |= {token[1], visitor.cookies["csrftoken"].value}
        form = {"amount": "1", "csrfmiddlewaretoken": token[1]}
        assert visitor.post(f"/basket/add/{lot.pk}/", form).status_code == 302
        assert visitor.post(f"/basket/add/{lot.pk}/", {"amount": "1"}).status_code == 403
    assert len(tokens) == 4


def test_a_shared_cache_on_the_way_is_told_to_keep_nothing(addresses: list[str]) -> None:
    for address in [*addresses, *addresses]:
        response = Client().get(address)
        assert {"private", "no-cache"} <= set(response.headers["Cache-Control"].split(", "))
        assert "Cookie" in response.headers["Vary"]


def test_each_visitor_sees_the_count_of_their_own_basket(addresses: list[str], lot: Lot) -> None:
    buyer = Client()
    buyer.post(f"/basket/add/{lot.pk}/", {"amount": "1"})
    seen(buyer, "/basket/")
    count = '<span class="basket-count">1</span>'
    for address in addresses:
        assert count in seen(buyer, address)
        assert count not in seen(Client(), address)
        assert count in seen(buyer, address)


def test_whoever_is_signed_in_neither_leaves_a_page_nor_is_given_a_strangers(addresses: list[str]) -> None:
    for address in addresses:
        person = signed_in(a_person())
        assert "/accounts/logout/" in seen(person, address)
        assert "/accounts/logout/" not in seen(Client(), address)
        assert "/accounts/logout/" in seen(person, address)


def test_a_message_is_shown_once_and_to_nobody_else(addresses: list[str], lot: Lot) -> None:
    for address in addresses:
        buyer = Client()
        buyer.post(f"/basket/add/{lot.pk}/", {"amount": "1"})
        assert "notice-success" in seen(buyer, address)
        assert "notice-success" not in seen(buyer, address)
        assert "notice-success" not in seen(Client(), address)


# --- how much is kept --------------------------------------------------------------------------


def test_nobody_fills_the_memory_with_addresses(lot: Lot, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = caches["pages"]
    pages.clear()
    monkeypatch.setattr(pages, "_max_entries", 5)
    for number in range(12):
        seen(Client(), f"{SHOP}?anything={number}")
    assert 0 < len(pages._cache) <= 5  # type: ignore[attr-defined]
    pages.clear()
    seen(Client(), f"{SHOP}?anything={'x' * MAX_ADDRESS}")
    assert Client().get("/shop/never-was/").status_code == 404
    assert not pages._cache  # type: ignore[attr-defined]
