"""An officer's pages: the own village's or town's households and goods, and nobody else's by any address."""

from __future__ import annotations

import io
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from farmers.registry.models import Household
from farmers.stock.models import Lot, LotCheck
from marketplace.access.models import Role
from marketplace.days import today
from shop.orders.models import PayBy
from tests.makers import (
    JIN,
    a_household,
    a_lot,
    a_person,
    a_village,
    accepted,
    an_officer,
    an_order,
    assert_stock_adds_up,
    saplings,
    signed_in,
)

pytestmark = pytest.mark.django_db
PHONE = "13912345678"


@pytest.fixture
def household() -> Household:
    return a_household(head_name="赵大山", phone=PHONE, id_number="99068219800101001X")


@pytest.fixture
def officer(household: Household) -> Client:
    return signed_in(an_officer(household.village))


@pytest.fixture
def waiting(household: Household) -> Lot:
    return a_lot(household=household, state=Lot.State.WAITING, grade="一级")


def jpeg() -> SimpleUploadedFile:
    picture = io.BytesIO()
    Image.new("RGB", (640, 480), "olive").save(picture, "JPEG")
    return SimpleUploadedFile("a.jpg", picture.getvalue(), "image/jpeg")


def text(answer: Any) -> str:
    return str(answer.content.decode())


# --- whose --------------------------------------------------------------------------------------


def every_address(household: Household, lot: Lot) -> list[tuple[str, str]]:
    one, check, kept = (
        f"/officer/households/{household.pk}/",
        f"/officer/checks/{lot.pk}/",
        f"/officer/lots/{lot.pk}/",
    )
    return [
        ("get", one),
        *(("get", f"{one}{page}/") for page in ("edit", "list", "orders")),
        *(("post", f"{one}{page}/") for page in ("edit", "list", "shown")),
        ("get", check),
        *(("post", f"{check}{step}/") for step in ("approve", "back", "right", "photo")),
        ("get", kept),
        *(("post", f"{kept}{step}/") for step in ("withdraw", "again", "correct")),
    ]


def test_another_towns_officer_finds_nothing_of_it_anywhere(household: Household, waiting: Lot) -> None:
    strangers = [
        an_officer(a_village("gaopeng")),
        an_officer(a_village("gaopeng").town),
        an_officer(a_village()),  # the next village of the same town
        a_person(Role.OFFICER),  # no post at all
    ]
    for stranger in strangers:
        client = signed_in(stranger)
        for method, address in every_address(household, waiting):
            data = {"agreed": "yes", "q": "赵大山"}
            assert getattr(client, method)(address, data).status_code == 404, address
        for page in ("households/", "checks/", "lots/?state=waiting", "consignments/", ""):
            assert "赵大山" not in text(client.get(f"/officer/{page}")), page
        for words in ("赵大山", PHONE, household.village.name):
            answer = client.post("/officer/households/", {"q": words})
            assert not answer.context["rows"], words
    waiting.refresh_from_db()
    assert waiting.state == Lot.State.WAITING


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.OFFICER, Role.ADMIN}))
def test_whoever_is_no_officer_is_kept_out(role: Role, household: Household, waiting: Lot) -> None:
    client = signed_in(role)
    pages = [("get", f"/officer/{page}") for page in ("households/", "checks/", "lots/", "cash/", "")]
    for method, address in [*pages, *every_address(household, waiting)]:
        assert getattr(client, method)(address).status_code == 403, address


def test_the_officer_of_the_town_serves_its_villages_and_a_village_officer_one(household: Household) -> None:
    neighbour = a_household(a_village(), head_name="钱二")
    town = signed_in(an_officer(household.village.town))
    shown = text(town.get("/officer/households/"))
    assert "赵大山" in shown
    assert "钱二" in shown
    assert "钱二" not in text(town.get("/officer/households/", {"village": household.village_id}))
    village = signed_in(an_officer(household.village))
    assert "钱二" not in text(village.get("/officer/households/", {"village": neighbour.village_id}))


# --- households ---------------------------------------------------------------------------------


def test_a_household_is_found_by_name_village_or_whole_number(household: Household, officer: Client) -> None:
    for words in ("大山", household.village.name, PHONE, "139 1234 5678"):
        found = officer.post("/officer/households/", {"q": words}).context["rows"]
        assert [row[0] for row in found] == [household], words
    assert not officer.post("/officer/households/", {"q": PHONE[:8]}).context["rows"], (
        "a part of it tells nothing"
    )


def test_a_households_page_shows_in_part_what_is_secret(household: Household, officer: Client) -> None:
    a_lot(household=household, price_fen=777)
    shown = text(officer.get(f"/officer/households/{household.pk}/"))
    for part in ("赵大山", "139****5678", "****001X", "7.77"):
        assert part in shown
    for secret in (PHONE, household.id_number):
        assert secret not in shown


def test_a_household_is_entered_once_and_kept_encrypted(household: Household, officer: Client) -> None:
    data = {
        "village": household.village_id,
        "head_name": "孙三",
        "members": "4",
        "phone": "138-0013-8000",
        "bank_account": "6222 0000 1111 2222",
    }
    answer = officer.post("/officer/households/new/", data)
    made = Household.objects.get(head_name="孙三")
    assert answer["Location"] == f"/officer/households/{made.pk}/"
    assert (made.phone, made.bank_account, made.consent_on) == ("13800138000", "6222000011112222", None)
    assert officer.post("/officer/households/new/", data).status_code == 422
    assert Household.objects.filter(head_name="孙三").count() == 1
    other = a_village("gaopeng")
    assert officer.post("/officer/households/new/", data | {"village": other.pk}).status_code == 422


def test_what_is_not_typed_again_stays_as_it_is(household: Household, officer: Client) -> None:
    address = f"/officer/households/{household.pk}/edit/"
    assert PHONE not in text(officer.get(address))
    officer.post(address, {"village": household.village_id, "head_name": "赵大山", "members": "5"})
    household.refresh_from_db()
    assert (household.members, household.phone) == (5, PHONE)
    wrong = officer.post(address, {"village": household.village_id, "head_name": "赵大山", "phone": "12"})
    assert wrong.status_code == 422


def test_being_shown_is_agreed_to_and_taken_back(household: Household, officer: Client) -> None:
    lot = a_lot(household=household)
    address = f"/officer/households/{household.pk}/shown/"
    visitor = Client()
    assert "赵**" not in text(visitor.get(lot.get_absolute_url()))
    officer.post(address, {"agreed": "yes"})
    household.refresh_from_db()
    assert household.consent_on == today()
    assert "赵**" in text(visitor.get(lot.get_absolute_url()))
    officer.post(address, {"agreed": "no"})
    assert "赵**" not in text(visitor.get(lot.get_absolute_url())), "at once, on pages that are kept too"
    assert officer.post(address, {"agreed": "perhaps"}).status_code == 422


def test_what_was_bought_of_a_household_is_listed_and_what_is_not_agreed_is_not(
    household: Household, officer: Client
) -> None:
    lot = a_lot(household=household)
    order = an_order(PayBy.ON_DELIVERY, lots=[lot])
    done = accepted(an_order(PayBy.ON_DELIVERY, lots=[lot]))
    page = officer.get(f"/officer/households/{household.pk}/orders/")
    assert [line.order for line in page.context["bring"]] == [order]
    assert [line.order for line in page.context["page"]] == [done, order]
    assert "¥12.00" in text(officer.get(f"/officer/households/{household.pk}/")), "in the ledger"


# --- checks -------------------------------------------------------------------------------------


def test_goods_are_seen_and_let_on_sale(waiting: Lot, officer: Client) -> None:
    listed = text(officer.get("/officer/checks/"))
    assert f"/officer/checks/{waiting.pk}/" in listed
    address = f"/officer/checks/{waiting.pk}/"
    assert officer.post(f"{address}approve/", {"grade_true": "on"}).status_code == 422, "unseen"
    assert (
        officer.post(f"{address}approve/", {"stock_seen": "on", "photo_true": "on"})["Location"]
        == "/officer/checks/"
    )
    waiting.refresh_from_db()
    assert waiting.state == Lot.State.LISTED
    again = officer.post(f"{address}back/", {"words": "看不清"}, follow=True)
    assert again.status_code == 200
    assert LotCheck.objects.count() == 1


def test_what_is_sent_back_says_why_in_taps_or_words(waiting: Lot, officer: Client) -> None:
    address = f"/officer/checks/{waiting.pk}/back/"
    assert officer.post(address, {"words": " "}).status_code == 422
    assert officer.post(address, {"quick": "nonsense"}).status_code == 422
    officer.post(address, {"quick": ["photo"], "words": "请拍整堆"})
    waiting.refresh_from_db()
    assert waiting.state == Lot.State.SENT_BACK
    assert LotCheck.objects.get().why.endswith(" 请拍整堆")


def test_quantity_and_price_are_put_right_with_consent(waiting: Lot, officer: Client) -> None:
    address = f"/officer/checks/{waiting.pk}/right/"
    right = {"quantity": "８００", "price": "1.1", "grade": "二级", "harvested_on": today().isoformat()}
    assert officer.post(address, right).status_code == 422, "no consent"
    assert officer.post(address, right | {"consent": "person", "quantity": "a few"}).status_code == 422
    officer.post(address, right | {"consent": "person"})
    waiting.refresh_from_db()
    assert (waiting.available, waiting.price_fen, waiting.grade) == (800 * JIN, 110, "二级")
    assert (waiting.state, waiting.consent) == (Lot.State.WAITING, "person")
    assert_stock_adds_up()


def test_the_officer_may_take_the_photo(waiting: Lot, officer: Client) -> None:
    address = f"/officer/checks/{waiting.pk}/photo/"
    assert officer.post(address, {"photo": SimpleUploadedFile("a.jpg", b"none")}).status_code == 422
    assert officer.post(address, {"photo": jpeg()}).status_code == 302
    assert waiting.photos.count() == 1
    assert "<img" in text(officer.get(f"/officer/checks/{waiting.pk}/"))


# --- listing for a household --------------------------------------------------------------------


def a_listing(**facts: Any) -> dict[str, Any]:
    return {
        "key": str(uuid.uuid4()),
        "product": "tudou",
        "amount": "120",
        "unit": "jin",
        "price": "1块2",
        "when": "today",
        "consent": "phone",
        "seen": "on",
    } | facts


def test_an_officer_lists_for_a_household_once_with_its_consent(
    household: Household, officer: Client
) -> None:
    address = f"/officer/households/{household.pk}/list/"
    assert 'name="key"' in text(officer.get(address))
    for missing in ("consent", "seen", "product", "amount", "price", "key"):
        assert officer.post(address, a_listing(**{missing: ""})).status_code == 422, missing
    assert officer.post(address, a_listing(photo=SimpleUploadedFile("a.jpg", b"x"))).status_code == 422
    assert not Lot.objects.exists(), "nothing is listed with a photo that is none"
    form = a_listing()
    for _again in range(2):
        answer = officer.post(address, form | {"photo": jpeg()})
        assert answer.status_code == 302
    lot = Lot.objects.get()
    assert (lot.state, lot.available, lot.price_fen, lot.consent) == ("listed", 120 * JIN, 120, "phone")
    assert lot.listed_by is not None
    assert lot.listed_by.role == Role.OFFICER
    assert lot.photos.count() == LotCheck.objects.count() == 1
    assert lot.harvested_on == today()


# --- goods --------------------------------------------------------------------------------------


def test_goods_go_off_sale_and_on_again_and_are_counted(household: Household, officer: Client) -> None:
    lot = a_lot(household=household)
    address = f"/officer/lots/{lot.pk}/"
    assert officer.post(f"{address}withdraw/", {"why": ""}).status_code == 422
    officer.post(f"{address}withdraw/", {"why": "虫害"})
    lot.refresh_from_db()
    assert lot.state == Lot.State.WITHDRAWN
    assert "虫害" in text(officer.get(address))
    officer.post(f"{address}again/", {"why": "治好了"})
    counted = {"key": str(uuid.uuid4()), "left": "300", "why": "过秤"}
    for _again in range(2):
        officer.post(f"{address}correct/", counted)
    lot.refresh_from_db()
    assert (lot.state, lot.available) == (Lot.State.LISTED, 300 * JIN)
    assert officer.post(f"{address}correct/", counted | {"left": "-1"}).status_code == 422
    assert_stock_adds_up()


def test_a_households_own_word_is_not_counted_away_before_the_check(waiting: Lot, officer: Client) -> None:
    form = {"key": str(uuid.uuid4()), "left": "1", "why": "过秤"}
    answer = officer.post(f"/officer/lots/{waiting.pk}/correct/", form)
    assert answer["Location"] == f"/officer/checks/{waiting.pk}/"
    waiting.refresh_from_db()
    assert waiting.available == 1_000 * JIN


# --- what it costs ------------------------------------------------------------------------------


def a_busy_village(size: int) -> tuple[Client, Household]:
    village = a_village()
    first = a_household(village, head_name="赵大山")
    for _ in range(size):
        own = a_household(village)
        lots = [a_lot(household=own), saplings(household=first)]
        a_lot(household=own, state=Lot.State.WAITING)
        a_lot(household=first, state=Lot.State.WAITING)
        an_order(PayBy.ON_DELIVERY, lots=lots[:1], jin=1)
        accepted(an_order(PayBy.ON_DELIVERY, lots=[lots[1]], quantity=1))
    return signed_in(an_officer(village)), first


def test_every_page_costs_the_same_for_a_few_and_for_many() -> None:
    budgets = {
        "/officer/": 27,
        "/officer/households/": 10,
        "/officer/checks/": 8,
        "/officer/lots/": 8,
        "/officer/consignments/": 8,
        "/officer/cash/": 10,
        "household": 13,
        "orders": 10,
    }
    counts: dict[str, list[int]] = {}
    for size in (6, 30):
        client, household = a_busy_village(size)
        pages = {
            "household": f"/officer/households/{household.pk}/",
            "orders": f"/officer/households/{household.pk}/orders/",
        }
        for name in budgets:
            address = pages.get(name, name)
            client.get(address)  # what the frame looks up once
            with CaptureQueriesContext(connection) as asked:
                assert client.get(address).status_code == 200
            counts.setdefault(name, []).append(len(asked))
    for name, (few, many) in counts.items():
        assert few == many <= budgets[name], (name, few, many)
