"""The officer's page of what is about to spoil, and the shelf that buyers see."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from farmers.stock.models import Lot
from marketplace.access.models import Role
from marketplace.days import today
from tests.makers import a_household, a_lot, a_person, an_officer, saplings, signed_in

pytestmark = pytest.mark.django_db
LIST = reverse("clearance:list")
SHELF = reverse("shop:clearance")


def a_lot_with(days_left: int, **facts: Any) -> Lot:
    lot = a_lot(100, **facts)
    Lot.objects.filter(pk=lot.pk).update(good_until=today() + dt.timedelta(days=days_left))
    lot.refresh_from_db()
    return lot


@pytest.fixture
def lot() -> Lot:
    return a_lot_with(1)


@pytest.fixture
def officer(lot: Lot) -> Client:
    return signed_in(an_officer(lot.village))


def keeps(lot: Lot, until: dt.date | str, why: str = "冷库里") -> dict[str, Any]:
    return {f"keeps-{lot.pk}-until": until, f"keeps-{lot.pk}-why": why}


def price(lot: Lot, yuan: str, why: str = "快坏了") -> dict[str, Any]:
    return {f"price-{lot.pk}-price": yuan, f"price-{lot.pk}-why": why}


def test_an_officer_sees_what_spoils_in_the_own_village_alone(officer: Client, lot: Lot) -> None:
    other = a_lot_with(0)
    answer = officer.get(LIST).content.decode()
    assert lot.household.head_name in answer
    assert other.household.head_name not in answer
    for address in ("clearance:keeps", "clearance:price"):
        assert officer.post(reverse(address, args=[other.pk])).status_code == 404


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.OFFICER, Role.OFFICIAL, Role.ADMIN, Role.SELLER}))
def test_who_keeps_no_stock_is_sent_away(role: Role, lot: Lot) -> None:
    assert signed_in(role).get(LIST).status_code == 403


def test_a_stranger_is_asked_to_sign_in(lot: Lot) -> None:
    assert Client().get(LIST).status_code == 302
    assert Client().post(reverse("clearance:price", args=[lot.pk])).status_code == 302


def test_a_later_day_takes_it_off_the_list(officer: Client, lot: Lot) -> None:
    until = today() + dt.timedelta(days=20)
    answer = officer.post(reverse("clearance:keeps", args=[lot.pk]), keeps(lot, until), follow=True)
    assert answer.status_code == 200
    lot.refresh_from_db()
    assert lot.good_until == until
    assert lot.household.head_name not in answer.content.decode()


@pytest.mark.parametrize("until", ["", "morgen", "2020-01-01", "2999-01-01", "\0"])
def test_a_wrong_day_is_told_at_its_field_and_changes_nothing(officer: Client, lot: Lot, until: str) -> None:
    answer = officer.post(reverse("clearance:keeps", args=[lot.pk]), keeps(lot, until))
    assert answer.status_code == 422
    assert "aria-invalid" in answer.content.decode()
    was = lot.good_until
    lot.refresh_from_db()
    assert lot.good_until == was


def test_a_lower_price_is_what_buyers_see(officer: Client, lot: Lot) -> None:
    assert officer.post(reverse("clearance:price", args=[lot.pk]), price(lot, "0.85")).status_code == 302
    assert "0.85" in Client().get(SHELF).content.decode()


@pytest.mark.parametrize("yuan", ["", "viel", "1.20", "9", "0", "-1", "0.999"])
def test_a_price_that_is_not_lower_is_refused_in_words(officer: Client, lot: Lot, yuan: str) -> None:
    answer = officer.post(reverse("clearance:price", args=[lot.pk]), price(lot, yuan))
    assert answer.status_code == 422
    lot.refresh_from_db()
    assert lot.price_fen == 120


def test_plants_have_no_last_day_to_move(lot: Lot) -> None:
    plants = saplings()
    answer = signed_in(an_officer(plants.village)).post(
        reverse("clearance:keeps", args=[plants.pk]), keeps(plants, today())
    )
    assert answer.status_code == 404


def test_the_shelf_shows_what_is_near_its_end_the_nearest_first() -> None:
    later, soon, fresh, over = (a_lot_with(left) for left in (3, 1, 90, -1))
    body = Client().get(SHELF).content.decode()
    assert body.index(soon.slug) < body.index(later.slug)
    assert fresh.slug not in body
    assert over.slug not in body


def test_the_shelf_can_be_of_one_product_and_survives_nonsense(lot: Lot) -> None:
    assert lot.slug in Client().get(SHELF, {"product": "tudou"}).content.decode()
    assert lot.slug not in Client().get(SHELF, {"product": "dabaicai"}).content.decode()
    for query in ({"product": "\0"}, {"page": "x"}, {"page": "999999999999"}):
        assert Client().get(SHELF, query).status_code == 200


@pytest.mark.parametrize("lots", [3, 30])
def test_queries_do_not_grow_with_lots(lots: int, django_assert_max_num_queries: Any) -> None:
    household = a_household()
    for _ in range(lots):
        a_lot_with(1, household=household)
    officer = signed_in(an_officer(household.village))
    officer.get(LIST)
    with django_assert_max_num_queries(9):
        officer.get(LIST)
    Client().get(SHELF)
    with django_assert_max_num_queries(4):
        Client().get(SHELF)


def test_the_city_reads_all_and_a_seller_the_own(lot: Lot) -> None:
    assert lot.household.head_name in signed_in(Role.OFFICIAL).get(LIST).content.decode()
    seller = a_person(Role.SELLER)
    assert lot.household.head_name not in signed_in(seller).get(LIST).content.decode()
