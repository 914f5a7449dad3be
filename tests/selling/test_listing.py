"""A household lists its own goods: read as it writes them, kept as typed, one lot for one key."""

from __future__ import annotations

import datetime as dt
import io
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from farmers.ledger.queries import Nearby, got_nearby
from farmers.registry.models import Village
from farmers.selling.form import ListingForm
from farmers.selling.models import LotDraft
from farmers.selling.send import MOST_DRAFTS
from farmers.selling.views import seller_key
from farmers.stock.models import Lot, StockMovement
from marketplace.access.models import Role, User
from marketplace.days import today
from shop.orders.models import PayBy
from tests.makers import JIN, a_household, a_lot, a_person, a_village, accepted, an_order, at_once, signed_in

pytestmark = pytest.mark.django_db
NEW, SAVE, SHELL, WORKER = (reverse(f"selling:{name}") for name in ("new", "save", "shell", "worker"))
GOODS = {"product": "tudou", "amount": "80", "price": "1.2", "when": "today"}


@pytest.fixture
def seller() -> User:
    user = a_person(Role.SELLER)
    a_household(user=user)
    return user


def goods(**changed: Any) -> dict[str, Any]:
    return {"key": str(uuid.uuid4()), **GOODS, **changed}


def a_photo(kind: str = "JPEG") -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", (640, 480), "olive").save(file, kind)
    return SimpleUploadedFile("photo.jpg", file.getvalue(), "image/jpeg")


def script(client: Client, data: dict[str, Any]) -> Any:
    return client.post(NEW, data, headers={"Accept": "application/json"})


# --- reading ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("product", "amount", "price", "quantity", "fen", "unit"),
    [
        ("tudou", "80", "1.2", 80 * JIN, 120, "jin"),
        ("tudou", "８０斤", "1块2", 80 * JIN, 120, "jin"),
        ("tudou", "半吨", "3毛5", 500_000, 35, "jin"),
        ("tudou", "一千二百斤", "两块五", 600_000, 250, "jin"),
        ("tudou", "40公斤", "3元/公斤", 40_000, 300, "kg"),
        ("guohuai", "50", "12", 50, 1200, "zhu"),
        ("guohuai", "五十棵", "12元", 50, 1200, "ke"),
    ],
)
def test_amounts_and_prices_are_read_as_farmers_write_them(
    seller: User, product: str, amount: str, price: str, quantity: int, fen: int, unit: str
) -> None:
    sent = goods(product=product, amount=amount, price=price, **{"plant-trunk": "5"})
    answer = signed_in(seller).post(NEW, sent)
    assert answer.status_code == 302
    lot = Lot.objects.get()
    assert (lot.listed, lot.price_fen, lot.unit) == (quantity, fen, unit)


@given(jin=st.integers(1, 100_000), tenths=st.integers(1, 9_999))
def test_plain_numbers_are_jin_and_yuan(jin: int, tenths: int) -> None:
    price = str(Decimal(tenths) / 10)
    form = ListingForm({**GOODS, "amount": str(jin), "price": price})
    assert form.is_valid(), form.errors
    row = form.row(a_household())
    assert (row.quantity, row.price_fen) == (jin * JIN, tenths * 10)


@given(amount=st.text(max_size=50), price=st.text(max_size=50), day=st.text(max_size=12))
def test_whatever_is_typed_is_read_or_refused_in_words(amount: str, price: str, day: str) -> None:
    form = ListingForm({"product": "tudou", "amount": amount, "price": price, "when": "day", "day": day})
    if form.is_valid():
        row = form.row(a_household())
        assert row.quantity > 0
        assert row.price_fen > 0
    else:
        assert set(form.errors) <= {"amount", "price", "day"}


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("product", {"product": ""}),
        ("product", {"product": "unobtainium"}),
        ("amount", {"amount": ""}),
        ("amount", {"amount": "一些"}),
        ("amount", {"amount": "30棵"}),
        ("amount", {"amount": "0"}),
        ("amount", {"amount": "999999999999"}),
        ("price", {"price": ""}),
        ("price", {"price": "面议"}),
        ("price", {"price": "0"}),
        ("price", {"price": "1.234"}),
        ("price", {"price": "3元/棵"}),
        ("day", {"when": "day"}),
        ("day", {"when": "day", "day": "2999-01-01"}),
        ("day", {"when": "day", "day": "2001-01-01"}),
        ("day", {"when": "day", "day": "morgen"}),
        ("when", {"when": "never"}),
        ("unit", {"unit": "pound"}),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_listed(
    seller: User, field: str, changed: dict[str, str]
) -> None:
    client = signed_in(seller)
    page = client.post(NEW, goods(**changed))
    assert page.status_code == 422
    assert page.context["form"].errors[field]
    told = script(client, goods(**changed))
    assert (told.status_code, list(told.json()["errors"])) == (422, [field])
    assert not Lot.objects.exists()


# --- sending ------------------------------------------------------------------------------------


def test_a_lot_waits_for_the_officer_with_its_photo(seller: User, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    signed_in(seller).post(NEW, goods(photo=a_photo(), grade="大", note="自家种的"))
    lot = Lot.objects.get()
    assert (lot.state, lot.household.user, lot.listed_by) == ("waiting", seller, seller)
    assert (lot.harvested_on, lot.grade, lot.note) == (today(), "大", "自家种的")
    assert lot.photos.get().small
    assert StockMovement.objects.get().listed == 80 * JIN


@pytest.mark.parametrize("bad", [b"<svg onload=alert(1)>", b"", b"\xff\xd8\xff\xe0broken", b"GIF89a<script>"])
def test_a_photo_that_is_none_is_refused_at_its_field_and_no_lot_is_made(
    seller: User, settings: Any, tmp_path: Any, bad: bytes
) -> None:
    settings.MEDIA_ROOT = tmp_path
    told = script(signed_in(seller), goods(photo=SimpleUploadedFile("a.jpg", bad, "image/jpeg")))
    assert (told.status_code, list(told.json()["errors"])) == (422, ["photo"])
    assert not Lot.objects.exists()
    assert not list(tmp_path.rglob("*.jpg"))


def test_sent_twice_it_is_one_lot(seller: User) -> None:
    client, sent = signed_in(seller), goods()
    first, second = script(client, sent), script(client, sent)
    assert first.status_code == second.status_code == 201
    assert first.json()["sent"] == second.json()["sent"] == Lot.objects.get().slug


@pytest.mark.django_db(transaction=True)
def test_sent_many_times_at_once_it_is_one_lot() -> None:
    seller = a_person(Role.SELLER)
    a_household(user=seller)
    sent = goods()
    clients = [signed_in(seller) for _ in range(6)]
    came = at_once([lambda client=client: script(client, sent).status_code for client in clients])
    assert set(came) == {201}
    assert Lot.objects.count() == StockMovement.objects.count() == 1


def test_a_key_of_another_household_is_refused(seller: User) -> None:
    other = a_person(Role.SELLER)
    a_household(user=other)
    sent = goods()
    script(signed_in(other), sent)
    assert signed_in(seller).post(NEW, sent).status_code == 403
    assert Lot.objects.count() == 1


def test_goods_that_somebody_else_left_on_the_phone_are_not_sent(seller: User) -> None:
    other = a_person(Role.SELLER)
    a_household(user=other)
    assert script(signed_in(other), goods(seller=seller_key(seller))).status_code == 409
    assert not Lot.objects.exists()
    assert script(signed_in(seller), goods(seller=seller_key(seller))).status_code == 201


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SELLER, Role.ADMIN}))
def test_nobody_but_a_seller_lists_here(role: Role) -> None:
    client = signed_in(role)
    assert client.get(NEW).status_code == client.post(NEW, goods()).status_code == 403
    assert client.post(SAVE, goods()).status_code == 403


def test_without_a_household_there_is_nothing_to_list_for() -> None:
    client = signed_in(Role.SELLER)
    assert client.get(NEW).status_code == 200
    assert client.post(NEW, goods()).status_code == 403


def test_a_stranger_is_asked_to_sign_in() -> None:
    assert Client().get(NEW).status_code == Client().post(NEW, goods()).status_code == 302


# --- drafts -------------------------------------------------------------------------------------


def save(client: Client, seller: User, **cells: Any) -> Any:
    return client.post(SAVE, {"seller": seller_key(seller), **cells}).json()


def test_what_is_typed_is_kept_and_stands_there_again(seller: User) -> None:
    client, key = signed_in(seller), str(uuid.uuid4())
    assert save(client, seller, key=key, product="tudou", amount="七十", revision="5") == {"kept": True}
    page = client.get(NEW).content.decode()
    assert key in page
    assert 'value="七十"' in page


def test_a_save_that_was_overtaken_writes_over_nothing(seller: User) -> None:
    client, key = signed_in(seller), str(uuid.uuid4())
    save(client, seller, key=key, amount="80", revision="9")
    assert save(client, seller, key=key, amount="8", revision="8") == {"kept": False}
    assert LotDraft.objects.get().cells == {"amount": "80"}


def test_what_was_sent_is_no_draft_any_more(seller: User) -> None:
    client, sent = signed_in(seller), goods()
    save(client, seller, **sent, revision="1")
    client.post(NEW, sent)
    assert not LotDraft.objects.exists()
    assert save(client, seller, **sent, revision="2") == {"kept": False}
    assert not LotDraft.objects.exists()


def test_nobody_reads_or_writes_over_anothers_draft(seller: User) -> None:
    other = a_person(Role.SELLER)
    a_household(user=other)
    key = str(uuid.uuid4())
    save(signed_in(seller), seller, key=key, amount="七十", revision="1")
    assert signed_in(other).post(SAVE, {"seller": seller_key(other), "key": key}).status_code == 403
    assert "七十" not in signed_in(other).get(NEW).content.decode()
    signed_in(other).post(reverse("selling:throw_away"), {"key": key})
    assert LotDraft.objects.get().by == seller


def test_a_draft_can_be_thrown_away(seller: User) -> None:
    client, key = signed_in(seller), str(uuid.uuid4())
    save(client, seller, key=key, amount="80", revision="1")
    assert client.post(reverse("selling:throw_away"), {"key": key}).status_code == 302
    assert not LotDraft.objects.exists()


def test_a_broken_phone_does_not_fill_the_table(seller: User) -> None:
    client = signed_in(seller)
    for _ in range(MOST_DRAFTS + 3):
        save(client, seller, key=str(uuid.uuid4()), amount="9" * 1_000, revision="1")
    assert LotDraft.objects.count() == MOST_DRAFTS


# --- the page -----------------------------------------------------------------------------------


def test_what_was_listed_last_stands_first(seller: User) -> None:
    a_lot(household=seller.household, product="dacong")  # type: ignore[attr-defined]
    page = signed_in(seller).get(NEW).content.decode()
    assert page.index('value="dacong"') < page.index('value="dabaicai"')
    assert page.count('value="dacong"') == 1


def sold_by_a_neighbour(village: Village, price_fen: int = 120) -> None:
    accepted(an_order(PayBy.ON_DELIVERY, lots=[a_lot(household=a_household(village), price_fen=price_fen)]))


def test_what_neighbours_got_is_told_of_three_at_least(seller: User) -> None:
    village = seller.household.village  # type: ignore[attr-defined]
    for number in range(3):
        page = signed_in(seller).get(NEW).content.decode()
        assert "data-village" not in page, number
        assert "data-town" not in page, number
        sold_by_a_neighbour(village)
    assert 'data-village="1.20"' in signed_in(seller).get(NEW).content.decode()


def test_where_too_few_of_the_village_sold_the_town_is_asked_and_no_single_household_shows(
    seller: User,
) -> None:
    village = seller.household.village  # type: ignore[attr-defined]
    for _ in range(2):
        sold_by_a_neighbour(village, 100)
    assert got_nearby(village, today(), 0) == {}
    sold_by_a_neighbour(a_village(village.town.slug), 400)
    sold_by_a_neighbour(a_village("gaopeng"), 900)
    assert got_nearby(village, today(), 0) == {"tudou": Nearby(400, in_village=False)}
    assert 'data-town="2.00"' in signed_in(seller).get(NEW).content.decode()
    sold_by_a_neighbour(village, 130)
    assert got_nearby(village, today(), 0) == {"tudou": Nearby(220, in_village=True)}
    assert got_nearby(village, today() + dt.timedelta(days=1), 0) == {}


def test_ones_own_sales_are_no_news(seller: User) -> None:
    village = seller.household.village  # type: ignore[attr-defined]
    for _ in range(2):
        sold_by_a_neighbour(village)
    accepted(an_order(PayBy.ON_DELIVERY, lots=[a_lot(household=seller.household)]))  # type: ignore[attr-defined]
    assert got_nearby(village, today(), seller.household.pk) == {}  # type: ignore[attr-defined]
    assert "tudou" in got_nearby(village, today(), 0)


@pytest.mark.parametrize("lots", [1, 40])
def test_the_page_costs_the_same_for_few_lots_and_for_many(
    seller: User, lots: int, query_budget: Any
) -> None:
    for _ in range(lots):
        a_lot(household=seller.household)  # type: ignore[attr-defined]
    client = signed_in(seller)
    client.get(NEW)
    with query_budget(9):
        client.get(NEW)


def test_the_page_a_phone_keeps_is_nobodys(seller: User) -> None:
    client = signed_in(seller)
    client.get(NEW)
    for language, word in (("en", "List goods"), ("zh-hans", "")):
        answer = Client().get(SHELL, {"language": language})
        body = answer.content.decode()
        assert word in body
        assert seller.username not in body
        assert 'name="seller" value="" disabled' in body
        assert 'data-seller=""' in body
    assert Client().get(SHELL, {"language": "xx"}).status_code == 200


def test_the_worker_reaches_sellers_pages_alone() -> None:
    answer = Client().get(WORKER, {"language": "en"})
    assert answer["Content-Type"].startswith("text/javascript")
    assert WORKER.startswith("/seller/")
    assert "Service-Worker-Allowed" not in answer
    assert "/seller/shell/?language\\u003Den" in answer.content.decode()


def test_harvest_counts_for_the_clock(seller: User) -> None:
    yesterday = today() - dt.timedelta(days=1)
    signed_in(seller).post(NEW, goods(when="yesterday"))
    lot = Lot.objects.get()
    assert lot.harvested_on == yesterday
    assert lot.good_until == yesterday + dt.timedelta(days=lot.product.shelf_life_days or 0)
    assert lot.listed_at <= timezone.now()
