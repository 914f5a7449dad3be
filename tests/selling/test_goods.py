"""A household's own goods, its page of the ledger, and larger letters."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from farmers.ledger.models import Entry
from farmers.stock.check import send_back
from farmers.stock.models import Lot
from marketplace.access.models import Role, User
from shop.orders.accept import give_back
from shop.orders.models import PayBy
from tests.makers import JIN, a_household, a_lot, a_person, accepted, an_officer, an_order, signed_in
from tests.selling.test_listing import a_photo

pytestmark = pytest.mark.django_db
GOODS, LEDGER = reverse("selling:goods"), reverse("selling:ledger")


@pytest.fixture
def seller() -> User:
    user = a_person(Role.SELLER)
    a_household(user=user)
    return user


@pytest.fixture
def lot(seller: User) -> Lot:
    return a_lot(80, household=seller.household, state=Lot.State.WAITING)  # type: ignore[attr-defined]


@pytest.fixture
def client(seller: User) -> Client:
    return signed_in(seller)


def sent_back(lot: Lot, why: str = "照片看不清") -> Lot:
    return send_back(lot.pk, an_officer(lot.village), why)


def test_what_the_officer_wrote_stands_first_thing_in_the_morning(client: Client, lot: Lot) -> None:
    sent_back(lot)
    for page in (reverse("seller"), GOODS, reverse("selling:one", args=[lot.pk])):
        assert "照片看不清" in client.get(page).content.decode()


def test_put_right_it_waits_for_the_officer_again(client: Client, lot: Lot) -> None:
    sent_back(lot)
    answer = client.post(reverse("selling:again", args=[lot.pk]), {"amount": "七十斤", "price": "1块1"})
    assert answer.status_code == 302
    lot.refresh_from_db()
    assert (lot.state, lot.available, lot.price_fen) == ("waiting", 70 * JIN, 110)
    assert client.post(reverse("selling:again", args=[lot.pk]), {}).status_code == 302


@pytest.mark.parametrize(
    "cells",
    [{"amount": "一些"}, {"amount": "3棵"}, {"price": "面议"}, {"price": "3元/公斤"}, {"amount": "0"}],
)
def test_what_is_wrong_is_said_at_its_field(client: Client, lot: Lot, cells: dict[str, str]) -> None:
    sent_back(lot)
    answer = client.post(reverse("selling:again", args=[lot.pk]), cells)
    assert answer.status_code == 422
    assert answer.context["again"].errors.keys() == cells.keys()
    lot.refresh_from_db()
    assert lot.state == "sent_back"


@pytest.mark.parametrize("state", [Lot.State.LISTED, Lot.State.WAITING])
def test_no_photo_comes_to_goods_that_an_officer_looks_at_or_has_seen(
    client: Client, seller: User, state: Lot.State
) -> None:
    lot = a_lot(household=seller.household, state=state)  # type: ignore[attr-defined]
    client.post(reverse("selling:again", args=[lot.pk]), {"photo": a_photo()})
    assert not lot.photos.exists()


def test_a_household_takes_its_goods_off_sale_and_says_why(client: Client, seller: User) -> None:
    lot = a_lot(household=seller.household)  # type: ignore[attr-defined]
    assert client.post(reverse("selling:off", args=[lot.pk]), {"why": ""}).status_code == 422
    assert client.post(reverse("selling:off", args=[lot.pk]), {"why": "自家吃了"}).status_code == 302
    lot.refresh_from_db()
    assert lot.state == "withdrawn"
    assert "自家吃了" in client.get(reverse("selling:one", args=[lot.pk])).content.decode()


def test_nobody_opens_or_changes_anothers_goods(lot: Lot) -> None:
    other = a_person(Role.SELLER)
    a_household(user=other)
    for client in (signed_in(other), signed_in(Role.ADMIN)):
        assert client.get(reverse("selling:one", args=[lot.pk])).status_code == 404
        for act in ("again", "off"):
            assert client.post(reverse(f"selling:{act}", args=[lot.pk]), {"why": "x"}).status_code == 404
        assert lot.product.name not in client.get(GOODS).content.decode()
    assert signed_in(Role.CITIZEN).get(GOODS).status_code == 403


def test_states_are_tabs(client: Client, seller: User, lot: Lot) -> None:
    a_lot(household=seller.household, product="dacong")  # type: ignore[attr-defined]
    waiting = client.get(GOODS, {"state": "waiting"}).content.decode()
    assert "土豆" in waiting
    assert "大葱" not in waiting
    assert client.get(GOODS, {"state": "nonsense"}).status_code == 200


def test_the_own_page_of_the_ledger_has_the_own_entries_alone(client: Client, seller: User) -> None:
    mine, other = a_lot(household=seller.household), a_lot(product="dacong")  # type: ignore[attr-defined]
    order = accepted(an_order(PayBy.ON_DELIVERY, lots=[mine, other]))
    page = client.get(LEDGER)
    body = page.content.decode()
    entry = Entry.objects.get(household=seller.household)  # type: ignore[attr-defined]
    assert reverse("selling:entry", args=[entry.pk]) in body
    assert "12.00" in body
    assert "大葱" not in body
    assert page.context["owed"].due == 1200
    assert signed_in(Role.SELLER).get(LEDGER).status_code == 200
    sale = client.get(reverse("selling:entry", args=[entry.pk])).content.decode()
    assert order.number in sale
    theirs = Entry.objects.exclude(pk=entry.pk).get()
    assert client.get(reverse("selling:entry", args=[theirs.pk])).status_code == 404
    assert signed_in(Role.OFFICER).get(reverse("selling:entry", args=[entry.pk])).status_code == 403


@given(jin=st.integers(1, 400), price_fen=st.integers(1, 900), back=st.lists(st.integers(1, 200), max_size=3))
@settings(max_examples=15)
def test_an_entrys_page_adds_up_with_all_that_came_back(jin: int, price_fen: int, back: list[int]) -> None:
    seller = a_person(Role.SELLER)
    lot = a_lot(1_000, price_fen, household=a_household(user=seller))
    order = an_order(PayBy.ON_DELIVERY, lots=[lot], quantity=jin * JIN)
    line = accepted(order).lines.get()
    for grams in back:
        line.refresh_from_db()
        if grams <= line.kept_quantity:
            by = a_person(Role.OFFICIAL)
            give_back(
                line.pk, grams, returned_before=line.returned_quantity, sound=False, reason="烂了", by=by
            )
    line.refresh_from_db()
    client = signed_in(seller)
    sale = Entry.objects.get(kind="sale", line=line.pk)
    page = client.get(reverse("selling:entry", args=[sale.pk]))
    assert (page.context["left"], page.context["left_fen"]) == (line.kept_quantity, line.kept_fen)
    for each in sale.reversals.all():
        assert client.get(reverse("selling:entry", args=[each.pk]))["Location"] == page.request["PATH_INFO"]


@pytest.mark.parametrize("lots", [2, 25])
def test_the_pages_cost_the_same_for_little_and_for_much(
    client: Client, seller: User, lots: int, query_budget: Any
) -> None:
    own = [a_lot(household=seller.household) for _ in range(lots)]  # type: ignore[attr-defined]
    accepted(an_order(PayBy.ON_DELIVERY, lots=own))
    for page, most in ((GOODS, 8), (LEDGER, 8), (reverse("bought"), 10), (reverse("seller"), 15)):
        client.get(page)
        with query_budget(most):
            assert client.get(page).status_code == 200


def test_larger_letters_stay_on_this_phone(client: Client) -> None:
    address = reverse("selling:text_size")
    assert "large-text" not in client.get(GOODS).content.decode()
    assert client.post(address, {"size": "large", "next": GOODS}).url == GOODS  # type: ignore[attr-defined]
    assert 'class="large-text"' in client.get(GOODS).content.decode()
    assert client.post(address, {"next": "https://evil.example/"}).url == reverse("seller")  # type: ignore[attr-defined]
    assert "large-text" not in client.get(GOODS).content.decode()
    assert Client().post(address, {"size": "large"}).status_code == 403
