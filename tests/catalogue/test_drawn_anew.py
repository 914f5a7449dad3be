"""Pages drawn from pieces that were drawn before: whoever is signed in is given no kept page, and yet nothing is stale.

What somebody changes elsewhere is changed by hand here: nothing in this process is told of it.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from cms import front
from farmers.registry.models import Town
from farmers.stock import movements
from farmers.stock.models import Lot, Product
from marketplace.days import today
from shop.catalogue import cards, counts, kept, offers
from shop.catalogue.kept import SECONDS
from tests.makers import a_household, a_lot, a_person, signed_in

pytestmark = pytest.mark.django_db
SHOP, HOME = "/shop/", "/"


@pytest.fixture
def lot() -> Lot:
    """One whose card is on the page of another of its product, too."""
    home = a_household(head_name="王小明", consent_on=today())
    home.marks.create(kind="edge", since=today())
    return a_lot(household=home, grade="大个", harvested_on=today())


@pytest.fixture
def addresses(lot: Lot) -> list[str]:
    older = a_lot(product="tudou", listed_at=timezone.now() - dt.timedelta(days=1))
    return [HOME, SHOP, lot.get_absolute_url(), older.get_absolute_url()]


@pytest.fixture
def person() -> Client:
    return signed_in(a_person())


def seen(client: Client, address: str, language: str = "zh-CN") -> str:
    response = client.get(address, headers={"accept-language": language})
    assert response.status_code == 200
    return response.content.decode()


def by_hand(table: str, key: int, change: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {change} WHERE id = %s", [key])


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        ("price_fen = 777", "¥1.20", "¥7.77"),
        ("sold = 250000", "1,000", "500"),
        ("grade = '特级'", "大个", "特级"),
    ],
)
def test_what_changes_on_a_lot_is_on_every_page_at_once(
    change: str, before: str, after: str, addresses: list[str], lot: Lot, person: Client
) -> None:
    assert all(before in seen(person, address) for address in addresses)
    by_hand("stock_lot", lot.pk, change)
    assert [address for address in addresses if after not in seen(person, address)] == []
    assert before not in seen(person, lot.get_absolute_url()).partition('id="kindred"')[0]


@pytest.mark.parametrize("change", ["reserved = listed", "state = 'withdrawn'", "good_until = '2020-01-01'"])
def test_what_is_not_to_be_had_any_more_is_offered_nowhere(
    change: str, addresses: list[str], lot: Lot, person: Client
) -> None:
    link = f'href="{lot.get_absolute_url()}"'
    lists = [address for address in addresses if address != lot.get_absolute_url()]
    assert all(link in seen(person, address) for address in lists)
    by_hand("stock_lot", lot.pk, change)
    assert [address for address in lists if link in seen(person, address)] == []
    assert 'class="buy"' not in seen(person, lot.get_absolute_url())


def test_what_comes_on_sale_is_listed_and_counted_at_once(lot: Lot, person: Client) -> None:
    assert "1 offer" in seen(person, SHOP, "en")
    another = a_lot(product="bocai")
    page = seen(person, SHOP, "en")
    assert another.get_absolute_url() in page
    assert "2 offers" in page
    movements.reserve([movements.Change(another.pk, another.listed, "order", "all")], None)
    assert "1 offer" in seen(person, SHOP, "en")
    assert another.get_absolute_url() not in seen(person, SHOP)


def test_consent_taken_back_is_heeded_at_once(addresses: list[str], lot: Lot, person: Client) -> None:
    told = ("王**", "重点帮扶", "watched household", "on the edge of poverty")

    def read() -> list[str]:
        pages = [seen(person, address, language) for address in addresses for language in ("zh-CN", "en")]
        return [words for words in told for page in pages if words in page]

    assert {"王**", "watched household"} <= set(read())
    by_hand("registry_household", lot.household_id, "consent_on = NULL")
    assert read() == []


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda: renamed(Product.objects.get(slug="tudou"), "马铃薯蛋"), "马铃薯蛋"),
        (lambda: renamed(Town.objects.get(slug="qingfengdian"), "清风店新镇"), "清风店新镇"),
    ],
)
def test_a_name_edited_here_is_shown_at_once(
    edit: Callable[[], None], words: str, addresses: list[str], person: Client
) -> None:
    assert not any(words in seen(person, address) for address in addresses)
    edit()
    assert [address for address in addresses if words not in seen(person, address)] == []


def renamed(thing: Product | Town, name: str) -> None:
    thing.name = name
    thing.save()


def test_a_name_edited_elsewhere_is_shown_within_seconds(
    addresses: list[str], person: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for client in (person, Client()):
        assert all("土豆" in seen(client, address) for address in addresses)
    Product.objects.filter(slug="tudou").update(name="马铃薯蛋")
    later = time.time() + SECONDS + 1
    monkeypatch.setattr(time, "time", lambda: later)
    for client in (person, Client()):
        assert [address for address in addresses if "马铃薯蛋" not in seen(client, address)] == []


def test_a_page_ends_with_the_pieces_it_was_drawn_from(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kept last, it would otherwise tell twice as long what they told first."""
    began = time.time()
    first = kept.lately()
    monkeypatch.setattr(time, "time", lambda: began + SECONDS - 1)
    assert kept.lately() == first
    monkeypatch.setattr(time, "time", lambda: began + SECONDS + 1)
    assert kept.lately() != first


def test_each_language_has_its_own_pieces(addresses: list[str], person: Client) -> None:
    for address in addresses:
        for _ in range(2):
            assert "Potato" in seen(person, address, "en")
            assert "Potato" not in seen(person, address).partition("<main")[2]
            assert "土豆" in seen(person, address)


def test_a_day_that_begins_is_told_by_every_card(lot: Lot, person: Client, monkeypatch: Any) -> None:
    assert "harvested today" in seen(person, SHOP, "en")
    tomorrow = today() + dt.timedelta(days=1)
    for room in (cards, counts, kept, offers, front):
        monkeypatch.setattr(room, "today", lambda: tomorrow)
    monkeypatch.setattr("marketplace.templatetags.market.this_day", lambda: tomorrow)
    assert "harvested 1 day ago" in seen(person, SHOP, "en")


def test_a_wrong_price_is_said_beside_its_field_and_to_nobody_else(lot: Lot, person: Client) -> None:
    assert 'aria-invalid="true"' in seen(person, f"{SHOP}?price_from=abc")
    assert 'aria-invalid="true"' not in seen(person, SHOP)
    assert 'value="abc"' not in seen(person, f"{SHOP}?price_from=1")
    hostile = '"><script>alert(1)</script>'
    assert "<script>alert" not in seen(person, f"{SHOP}?price_from={hostile}&sort={hostile}&kind={hostile}")
