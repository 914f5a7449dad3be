"""Checkout: what the page shows is what is bought, or the buyer is told what changed."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from farmers.stock.models import Lot, StockMovement
from marketplace.access.models import Role
from marketplace.days import today
from shop.basket.models import BasketLine
from shop.orders.models import Order, PayBy, State
from tests.makers import (
    ADDRESS,
    JIN,
    PHONE,
    a_lot,
    a_person,
    a_pickup_point,
    an_organisation,
    counters,
    saplings,
    signed_in,
)

pytestmark = pytest.mark.django_db

HOME = {"recipient": "王小明", "phone": PHONE, "way": "address", "address": ADDRESS, "pay_by": "on_delivery"}


def put_in(client: Client, lot: Lot, amount: str = "10") -> None:
    assert client.post(f"/basket/add/{lot.pk}/", {"amount": amount}).status_code == 302


def offer_of(answer: Any) -> str:
    found = re.search(r'name="offer" value="([^"]+)"', answer.content.decode())
    assert found, "the page offers nothing to order"
    return found[1]


def order(client: Client, **data: Any) -> Any:
    """The page as it is now, filled in and sent."""
    return client.post("/checkout/", HOME | {"offer": offer_of(client.get("/checkout/"))} | data)


@pytest.fixture
def lot() -> Lot:
    return a_lot(jin=100)


@pytest.fixture
def buyer(lot: Lot) -> Client:
    """A citizen with ten jin of it in the basket."""
    client = signed_in()
    put_in(client, lot)
    return client


def test_what_is_shown_is_bought(buyer: Client, lot: Lot) -> None:
    page = buyer.get("/checkout/").content.decode()
    assert page.count("¥12.00") >= 3, "at the line, in the sum, on the button"
    answer = order(buyer, wanted_on=(today() + dt.timedelta(days=2)).isoformat(), note="早上送")
    bought = Order.objects.get()
    assert answer.url == bought.get_absolute_url()
    assert (bought.total_fen, bought.state, bought.address, bought.note) == (
        1200,
        State.CONFIRMED,
        ADDRESS,
        "早上送",
    )
    assert counters(lot) == (100 * JIN, 10 * JIN, 0)
    assert not BasketLine.objects.exists()
    shown = buyer.get(answer.url).content.decode()
    assert bought.number in shown
    assert PHONE in shown


def test_what_a_person_writes_about_the_delivery_is_not_stored_in_clear(buyer: Client) -> None:
    order(buyer, note="到了打 13800138000")
    with connection.cursor() as cursor:
        cursor.execute("SELECT recipient, phone, address, note FROM orders_order")
        (stored,) = cursor.fetchall()
    assert not [text for text in stored if PHONE in text or text in (ADDRESS, "王小明", "")]


def test_a_guest_signs_up_on_the_way_and_finds_the_basket_filled(lot: Lot) -> None:
    guest = Client()
    put_in(guest, lot)
    to = guest.get("/checkout/").url
    assert to == "/accounts/login/?next=/checkout/"
    new = {
        "username": "wang",
        "password1": "jishi-2026-ding",
        "password2": "jishi-2026-ding",
        "next": "/checkout/",
    }
    assert guest.post("/accounts/signup/", new).url == "/checkout/"
    assert order(guest).url == Order.objects.get().get_absolute_url()


def test_fetched_goods_keep_no_address(buyer: Client) -> None:
    point = a_pickup_point()
    assert point.address in buyer.get("/checkout/").content.decode()
    order(buyer, way="pickup", pickup_point=point.pk, address=ADDRESS)
    bought = Order.objects.get()
    assert (bought.pickup_point, bought.address) == (point, "")
    assert point.name in buyer.get(bought.get_absolute_url()).content.decode()


def test_without_a_place_to_fetch_them_goods_are_brought(buyer: Client) -> None:
    page = buyer.get("/checkout/")
    assert [value for value, _label in page.context["form"].fields["way"].choices] == ["address"]
    assert order(buyer, way="pickup").status_code == 422


def test_a_price_that_rose_is_marked_at_its_line_and_asked_about_again(buyer: Client, lot: Lot) -> None:
    stale = offer_of(buyer.get("/checkout/"))
    Lot.objects.filter(pk=lot.pk).update(price_fen=150)
    answer = buyer.post("/checkout/", HOME | {"offer": stale})
    assert answer.status_code == 409
    assert not Order.objects.exists()
    shown = answer.content.decode()
    assert "changed" in re.findall(r'<li\s+class="(\w+)"', shown)
    assert "¥1.20" in shown
    assert "¥1.50" in shown
    assert ADDRESS in shown, "nobody types it twice"
    agreed = buyer.post("/checkout/", HOME | {"offer": offer_of(answer)})
    assert agreed.status_code == 302
    assert Order.objects.get().total_fen == 1500


def test_a_price_that_fell_is_told_too(buyer: Client, lot: Lot) -> None:
    stale = offer_of(buyer.get("/checkout/"))
    Lot.objects.filter(pk=lot.pk).update(price_fen=100)
    answer = buyer.post("/checkout/", HOME | {"offer": stale})
    assert (answer.status_code, Order.objects.count()) == (409, 0)


@pytest.mark.parametrize(
    ("what", "mark"),
    [
        ({"listed": 5 * JIN}, "Only 5 jin left."),
        ({"listed": 0}, "Sold out."),
        ({"state": Lot.State.WITHDRAWN}, "No longer on sale."),
        ({"good_until": dt.date(2020, 1, 1)}, "No longer on sale."),
    ],
    ids=["less", "none", "withdrawn", "spoilt"],
)
def test_goods_that_went_lead_back_to_the_basket(
    buyer: Client, lot: Lot, what: dict[str, Any], mark: str
) -> None:
    put_in(buyer, other := a_lot(price_fen=200))
    english(buyer)
    stale = offer_of(buyer.get("/checkout/"))
    Lot.objects.filter(pk=lot.pk).update(**what)
    for answer, status in (
        (buyer.post("/checkout/", HOME | {"offer": stale}), 409),
        (buyer.get("/checkout/"), 200),
    ):
        shown = answer.content.decode()
        assert answer.status_code == status
        assert mark in shown
        assert 'name="offer"' not in shown, "nothing that cannot be had is offered"
        assert 'href="/basket/"' in shown
    assert not Order.objects.exists()
    assert counters(other)[1] == 0, "nothing is held for half an order"


def test_the_same_form_sent_twice_is_one_order(buyer: Client, lot: Lot) -> None:
    sent = HOME | {"offer": offer_of(buyer.get("/checkout/"))}
    first, second = buyer.post("/checkout/", sent), buyer.post("/checkout/", sent)
    assert first.url == second.url == Order.objects.get().get_absolute_url()
    assert counters(lot)[1] == 10 * JIN


def test_another_persons_form_buys_nothing_of_theirs(buyer: Client, lot: Lot) -> None:
    sent = HOME | {"offer": offer_of(buyer.get("/checkout/"))}
    buyer.post("/checkout/", sent)
    assert signed_in().post("/checkout/", sent).status_code == 409
    assert Order.objects.count() == 1


@pytest.mark.parametrize("token", ["", "nonsense", "a:b:c", "\0", "é" * 200], ids=repr)
def test_a_forged_offer_orders_nothing(buyer: Client, token: str) -> None:
    answer = buyer.post("/checkout/", HOME | {"offer": token})
    assert answer.status_code == 409
    assert offer_of(answer)
    assert not Order.objects.exists()


def test_a_page_left_open_for_days_is_asked_about_again(
    buyer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale = offer_of(buyer.get("/checkout/"))
    monkeypatch.setattr("shop.orders.checkout.OFFER_SECONDS", -1)
    answer = buyer.post("/checkout/", HOME | {"offer": stale})
    assert answer.status_code == 409
    assert ADDRESS in answer.content.decode()
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("slip", "field"),
    [
        ({"recipient": " "}, "recipient"),
        ({"recipient": "王" * 41}, "recipient"),
        ({"phone": "12345"}, "phone"),
        ({"phone": "1380013800a"}, "phone"),
        ({"phone": "13800138000\n1"}, "phone"),
        ({"address": ""}, "address"),
        ({"address": "\0"}, "address"),
        ({"way": "pickup"}, "pickup_point"),
        ({"way": "pickup", "pickup_point": "999999"}, "pickup_point"),
        ({"way": "by air"}, "way"),
        ({"wanted_on": "2020-01-01"}, "wanted_on"),
        ({"wanted_on": "2999-01-01"}, "wanted_on"),
        ({"wanted_on": "soon"}, "wanted_on"),
        ({"pay_by": "on_account"}, "pay_by"),
        ({"pay_by": "online"}, "pay_by"),
        ({"pay_by": ""}, "pay_by"),
        ({"note": "x" * 201}, "note"),
    ],
    ids=str,
)
def test_a_slip_is_told_at_its_field_and_orders_nothing(
    buyer: Client, slip: dict[str, str], field: str
) -> None:
    a_pickup_point()
    answer = order(buyer, **slip)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    assert not Order.objects.exists()
    assert offer_of(answer), "and may be sent again"


def test_a_closed_pick_up_point_is_not_chosen(buyer: Client) -> None:
    point, _open = a_pickup_point(), a_pickup_point()
    type(point).objects.filter(pk=point.pk).update(open=False)
    assert order(buyer, way="pickup", pickup_point=point.pk).status_code == 422


def test_an_empty_basket_leads_back_to_it(lot: Lot) -> None:
    client = signed_in()
    assert client.get("/checkout/").url == "/basket/"
    assert client.post("/checkout/", HOME | {"offer": "x"}).status_code == 409


def test_a_canteen_buys_on_account_and_types_nothing_twice(lot: Lot) -> None:
    cook = a_person(Role.CANTEEN)
    unit = an_organisation(cook, phone="13700001111")
    client = signed_in(cook)
    put_in(client, lot)
    page = client.get("/checkout/").content.decode()
    for known in (unit.address, unit.contact, "13700001111"):
        assert known in page
    order(client, pay_by="on_account")
    bought = Order.objects.get()
    assert (bought.organisation, bought.pay_by, bought.channel) == (unit, PayBy.ON_ACCOUNT, "canteen")
    assert unit.name in client.get(bought.get_absolute_url()).content.decode()


@pytest.mark.parametrize("why", ["the role", "the unit"])
def test_on_account_needs_both_the_role_and_the_units_leave(lot: Lot, why: str) -> None:
    person = a_person(Role.CITIZEN if why == "the role" else Role.CANTEEN)
    an_organisation(person, on_account=why != "the unit")
    client = signed_in(person)
    put_in(client, lot)
    answer = order(client, pay_by="on_account")
    assert answer.status_code == 422
    assert "pay_by" in answer.context["form"].errors


def test_the_last_address_is_offered_again(buyer: Client, lot: Lot) -> None:
    order(buyer)
    put_in(buyer, lot)
    page = buyer.get("/checkout/").content.decode()
    assert ADDRESS in page
    assert PHONE in page
    other = signed_in()
    put_in(other, lot)
    assert PHONE not in other.get("/checkout/").content.decode()


def test_paying_online_holds_the_goods_and_leads_to_the_payment(
    buyer: Client, lot: Lot, settings: Any
) -> None:
    settings.STRIPE_SECRET_KEY = "sk_test_x"
    answer = order(buyer, pay_by="online")
    bought = Order.objects.get()
    assert bought.state == State.AWAITING_PAYMENT
    shown = buyer.get(answer.url).content.decode()
    assert f'action="{bought.get_absolute_url()}pay/"' in shown
    assert f'action="{bought.get_absolute_url()}pay-on-delivery/"' in shown
    assert counters(lot)[1] == 10 * JIN


def test_checking_out_costs_the_same_for_many_lines(query_count: Any) -> None:
    client = signed_in()
    counts = []
    for more in (3, 27):
        for _ in range(more):
            put_in(client, a_lot())
        client.get("/checkout/")
        with query_count() as asked:
            assert client.get("/checkout/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert order(client).status_code == 302
    assert StockMovement.objects.filter(kind="reserve").count() == 30


def test_saplings_and_produce_go_into_one_order(buyer: Client) -> None:
    put_in(buyer, saplings(), "3")
    order(buyer)
    assert Order.objects.get().total_fen == 1200 + 3 * 3500


def english(client: Client) -> None:
    client.cookies["django_language"] = "en"


# --- where htmx puts the answer into the page ---------------------------------------------------


def in_place(client: Client, **data: Any) -> Any:
    return client.post("/checkout/", data, headers={"hx-request": "true", "hx-target": "checkout"})


def test_an_amount_changed_at_the_checkout_changes_the_total_and_orders_nothing(
    buyer: Client, lot: Lot
) -> None:
    offer = offer_of(buyer.get("/checkout/"))
    answer = in_place(buyer, **HOME, offer=offer, update="1", **{f"amount-{lot.pk}": "25"})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "<html" not in page
    assert "¥30.00" in page
    assert ADDRESS in page, "what was typed stays"
    assert not Order.objects.exists()
    done = in_place(buyer, **HOME, offer=offer_of(answer), **{f"amount-{lot.pk}": "25"})
    bought = Order.objects.get()
    assert done.headers["HX-Redirect"] == bought.get_absolute_url()
    assert bought.total_fen == 3000


def test_an_amount_that_was_typed_but_not_reckoned_is_not_passed_over(buyer: Client, lot: Lot) -> None:
    answer = order(buyer, **{f"amount-{lot.pk}": "20"})
    assert answer.status_code == 409
    assert "¥24.00" in answer.content.decode()
    assert not Order.objects.exists()


@pytest.mark.parametrize("amount", ["", "0", "abc", "99999"])
def test_a_wrong_amount_is_said_at_its_line(buyer: Client, lot: Lot, amount: str) -> None:
    offer = offer_of(buyer.get("/checkout/"))
    answer = in_place(buyer, **HOME, offer=offer, update="1", **{f"amount-{lot.pk}": amount})
    assert answer.status_code == 422
    assert f'id="amount-{lot.pk}-error"' in answer.content.decode()
    assert BasketLine.objects.get().quantity == 10 * JIN
    assert not Order.objects.exists()


def test_errors_come_back_in_place(buyer: Client) -> None:
    answer = in_place(buyer, **HOME | {"phone": "12"}, offer=offer_of(buyer.get("/checkout/")))
    assert answer.status_code == 422
    assert answer.content.decode().lstrip().startswith('<div id="checkout"')


@pytest.mark.parametrize(
    ("way", "days", "status"), [("pickup", 1, 302), ("address", 1, 422), ("address", 2, 302)]
)
def test_no_day_is_taken_before_the_village_can_do_it(
    buyer: Client, way: str, days: int, status: int
) -> None:
    point = a_pickup_point()
    day = (today() + dt.timedelta(days=days)).isoformat()
    answer = order(buyer, way=way, pickup_point=str(point.pk), wanted_on=day)
    assert answer.status_code == status
