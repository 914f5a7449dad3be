"""Plants are listed with their measures: asked by kind, kept in the draft, saved on the lot, found in the shop."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from farmers.selling.form import ListingForm
from farmers.selling.models import LotDraft
from farmers.selling.views import seller_key
from farmers.stock.check import approve_lot, send_back
from farmers.stock.measures import Measures, measures_of, read_measures
from farmers.stock.models import Lot, SaplingMeasures
from farmers.stock.saplings import MOST_MM, Size
from marketplace.access.models import Role, User
from tests.makers import a_household, a_person, an_officer, saplings, signed_in

pytestmark = pytest.mark.django_db
NEW, SAVE = reverse("selling:new"), reverse("selling:save")
TREES = {"product": "guohuai", "amount": "50", "price": "35"}
SIZES = {"plant-trunk": "5-6", "plant-height": "2.5-3米", "plant-ball": "40", "plant-roots": "ball"}
MEANT = Measures("breast", Size(50, 60), Size(2500, 3000), roots="ball", ball=400)


@pytest.fixture
def seller() -> User:
    user = a_person(Role.SELLER)
    a_household(user=user)
    return user


def send(client: Client, **cells: Any) -> Any:
    return client.post(
        NEW, {"key": str(uuid.uuid4()), **TREES, **cells}, headers={"Accept": "application/json"}
    )


def test_what_is_typed_is_on_the_lot_and_found_by_its_range_once_it_is_on_sale(seller: User) -> None:
    assert send(signed_in(seller), **SIZES).status_code == 201
    lot = Lot.objects.get()
    assert (measures_of(lot.measures), lot.measures.by) == (MEANT, seller)
    assert lot.grade == "胸径 5–6 厘米 · 高 2.5–3 米 · 土球 40 厘米"
    approve_lot(lot.pk, an_officer(lot.village), stock_seen=True)
    Lot.objects.update(public_on=None)
    for wanted, found in (
        ("trunk_from=6&trunk_to=8", True),
        ("trunk_from=7&trunk_to=8", False),
        ("ball_from=50&ball_to=30", True),
        ("ball_from=41", False),
        ("grade=1", False),
    ):
        page = Client().get(f"/shop/?kind=sapling&{wanted}").content.decode()
        assert (lot.slug in page) is found, wanted


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ({}, "plant-trunk"),
        ({"plant-roots": "bare"}, "plant-trunk"),
        ({"plant-crown": "viel"}, "plant-crown"),
        ({"plant-trunk": "5", "plant-roots": "bare", "plant-ball": "40"}, "plant-roots"),
        ({"product": "dongqing"}, "plant-height"),
        ({"plant-trunk": "5", "grade": "很" * 80}, "grade"),
    ],
)
def test_one_size_is_needed_and_what_is_wrong_is_said_where_it_is(
    seller: User, cells: dict[str, str], field: str
) -> None:
    told = send(signed_in(seller), **cells)
    assert (told.status_code, list(told.json()["errors"])) == (422, [field])
    page = signed_in(seller).post(NEW, {**TREES, **cells})
    assert page.status_code == 422
    assert page.content.decode().count("errorlist") == 1
    assert not Lot.objects.exists()


def test_young_plants_are_found_by_their_grade(seller: User) -> None:
    cells = {"product": "taoshumiao", "plant-grade": "1", "plant-height": "80-100"}
    assert send(signed_in(seller), **cells).status_code == 201
    lot = Lot.objects.get()
    approve_lot(lot.pk, an_officer(lot.village), stock_seen=True)
    Lot.objects.update(public_on=None)
    for wanted, found in (("grade=1", True), ("grade=2", False), ("grade=1&height_from=2", False)):
        page = Client().get(f"/shop/?kind=sapling&{wanted}").content.decode()
        assert (lot.slug in page) is found, wanted


def test_a_size_in_words_is_enough(seller: User) -> None:
    assert send(signed_in(seller), grade="胸径5-6公分 带土球").status_code == 201
    assert Lot.objects.get().measures.trunk_to == 60


def test_what_was_typed_for_another_kind_of_goods_is_left_alone(seller: User) -> None:
    client = signed_in(seller)
    assert send(client, product="tudou", **SIZES).status_code == 201
    assert (
        send(client, product="dongqing", **{**SIZES, "plant-trunk": "viel", "plant-age": "2"}).status_code
        == 201
    )
    potatoes, hedge = Lot.objects.order_by("pk")
    assert potatoes.grade == ""
    assert measures_of(hedge.measures) == MEANT._replace(trunk=None, trunk_at="", age=2)
    assert SaplingMeasures.objects.count() == 1


def test_the_draft_keeps_them(seller: User) -> None:
    client, key = signed_in(seller), str(uuid.uuid4())
    client.post(SAVE, {"seller": seller_key(seller), "key": key, **TREES, **SIZES, "revision": "1"})
    assert LotDraft.objects.get().cells == {**TREES, **SIZES}
    page = client.get(NEW).content.decode()
    assert 'name="plant-trunk" value="5-6"' in page
    assert 'value="2.5-3米"' in page


def test_the_page_says_what_each_kind_of_plant_is_asked(seller: User) -> None:
    plants = json.loads(signed_in(seller).get(NEW).context["plants"])
    assert plants["products"]["guohuai"] == "tree"
    assert "tudou" not in plants["products"]
    assert plants["kinds"]["tree"]["asked"][:2] == ["trunk", "trunk_at"]
    assert (plants["kinds"]["tree"]["trunk"], plants["kinds"]["seedling"]["trunk"]) == ("breast", "ground")
    assert "trunk" not in plants["kinds"]["shrub"]["asked"]


@given(
    trunk=st.integers(1, MOST_MM["trunk"]),
    more=st.integers(0, 500),
    height=st.none() | st.integers(1, MOST_MM["height"]),
    age=st.none() | st.integers(1, 500),
)
def test_sizes_go_through_the_lots_words_unharmed(
    trunk: int, more: int, height: int | None, age: int | None
) -> None:
    largest = min(trunk + more, MOST_MM["trunk"])
    cells = {
        **TREES,
        "plant-trunk": f"{trunk}mm-{largest}mm",
        "plant-height": f"{height}mm" if height else "",
    }
    form = ListingForm({**cells, "plant-age": str(age or "")})
    assert form.is_valid(), form.errors
    row = form.row(a_household())
    wanted = Measures("breast", Size(trunk, largest), Size(height, height) if height else None, age=age)
    assert read_measures(row.grade, "tree") == wanted


# --- listed for a household, and put right -------------------------------------------------------


def for_them(officer: User, household_id: int, **cells: str) -> Any:
    sent = {"key": str(uuid.uuid4()), "consent": "person", "seen": "on", **TREES, **cells}
    return signed_in(officer).post(reverse("officers:list", args=[household_id]), sent)


def test_an_officer_lists_plants_with_their_sizes(seller: User) -> None:
    household = seller.household  # type: ignore[attr-defined]
    officer = an_officer(household.village)
    page = for_them(officer, household.pk)
    assert page.status_code == 422
    assert "errorlist" in page.content.decode()
    assert for_them(officer, household.pk, **SIZES).status_code == 302
    assert measures_of(Lot.objects.get().measures) == MEANT


def test_what_was_sent_back_is_measured_anew(seller: User) -> None:
    lot = saplings(household=seller.household, grade="胸径5公分", state=Lot.State.WAITING)  # type: ignore[attr-defined]
    send_back(lot.pk, an_officer(lot.village), "规格不对")
    client, address = signed_in(seller), reverse("selling:again", args=[lot.pk])
    assert (
        'name="plant-trunk" value="5cm"' in client.get(reverse("selling:one", args=[lot.pk])).content.decode()
    )
    assert client.post(address, {"plant-trunk": "viel"}).status_code == 422
    assert client.post(address, {"plant-trunk": "4", "plant-trunk_at": "breast"}).status_code == 302
    lot = Lot.objects.get()
    assert (lot.state, lot.grade) == ("waiting", "胸径 4 厘米")
    assert (lot.measures.trunk_from, lot.measures.trunk_to) == (40, 40)
    assert "胸径5公分 → 胸径 4 厘米" in lot.transitions.latest("pk").why
