"""Kept addresses: typed once, chosen at checkout, and nobody else's business."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from marketplace.access.models import Role, User
from shop.buyers import addresses
from shop.buyers.addresses import MOST, Full, Place, forget, keep, make_usual
from shop.buyers.models import Address
from shop.orders.models import Order
from tests.makers import (
    ADDRESS,
    PHONE,
    a_lot,
    a_person,
    a_pickup_point,
    an_organisation,
    at_once,
    signed_in,
)

HOME = Place("王小明", PHONE, ADDRESS)
WORK = Place("王小明", PHONE, "中山路 9 号")


def usual(user: User) -> list[str]:
    return [one.address for one in Address.objects.filter(user=user, is_default=True)]


@pytest.mark.django_db
class TestKeeping:
    def test_the_first_is_the_usual_one_until_another_is_made_so(self) -> None:
        me = a_person()
        keep(me, HOME)
        work = keep(me, WORK)
        assert usual(me) == [ADDRESS]
        make_usual(work)
        assert usual(me) == [WORK.address]
        forget(work)
        assert usual(me) == [ADDRESS]

    def test_the_same_is_not_kept_twice(self) -> None:
        me = a_person()
        assert keep(me, HOME) == keep(me, HOME)

    def test_there_are_ten_at_most(self) -> None:
        me = a_person()
        for number in range(MOST):
            keep(me, HOME._replace(address=f"{number} 号"))
        with pytest.raises(Full):
            keep(me, HOME)
        assert keep(me, HOME._replace(address="0 号")), "one that is there is no new one"

    def test_the_table_holds_nothing_that_can_be_read(self) -> None:
        keep(a_person(), HOME)
        with connection.cursor() as cursor:
            cursor.execute("SELECT recipient, phone, address FROM buyers_address")
            row = cursor.fetchone()
        assert not set(HOME) & set(row)


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_still_ten_and_one_usual() -> None:
    me = a_person()
    for number in range(MOST - 2):
        keep(me, HOME._replace(address=f"{number} 号"))
    told = at_once([lambda n=n: keep(me, HOME._replace(address=f"新 {n} 号"), usual=True) for n in range(6)])
    assert sum(isinstance(one, Full) for one in told) == 4
    assert sum(isinstance(one, Address) for one in told) == 2
    assert Address.objects.filter(user=me).count() == MOST
    assert len(usual(me)) == 1


# --- the person's own page -----------------------------------------------------------------------


@pytest.mark.django_db
class TestPage:
    def test_add_edit_propose_and_delete(self) -> None:
        me = a_person()
        client = signed_in(me)
        page = "/account/addresses/"
        assert client.post(page, HOME._asdict()).url == page
        assert client.post(page, WORK._asdict() | {"usual": "on"}).url == page
        home = Address.objects.get(user=me, is_default=False)
        assert ADDRESS in client.get(page).content.decode()
        edit = f"{page}{home.pk}/"
        assert ADDRESS in client.get(edit).content.decode()
        assert client.post(edit, HOME._replace(recipient="王大明")._asdict()).url == page
        home.refresh_from_db()
        assert home.recipient == "王大明"
        client.post(f"{edit}usual/")
        assert usual(me) == [ADDRESS]
        client.post(f"{edit}delete/")
        assert usual(me) == [WORK.address]
        assert Address.objects.count() == 1

    def test_a_wrong_telephone_is_said_and_nothing_kept(self) -> None:
        answer = signed_in().post("/account/addresses/", HOME._replace(phone="12")._asdict())
        assert answer.status_code == 422
        assert not Address.objects.exists()

    def test_the_eleventh_is_refused_in_words(self) -> None:
        me = a_person()
        for number in range(MOST):
            keep(me, HOME._replace(address=f"{number} 号"))
        answer = signed_in(me).post("/account/addresses/", HOME._asdict())
        assert answer.status_code == 422
        assert Address.objects.count() == MOST

    @pytest.mark.parametrize("role", Role.values)
    def test_for_everybody_else_the_address_is_not_there(self, role: str) -> None:
        mine = keep(a_person(), HOME)
        other = signed_in(Role(role))
        edit = f"/account/addresses/{mine.pk}/"
        assert other.get(edit).status_code == 404
        assert other.post(edit, WORK._asdict()).status_code == 404
        assert other.post(f"{edit}usual/").status_code == 404
        assert other.post(f"{edit}delete/").status_code == 404
        assert ADDRESS not in other.get("/account/addresses/").content.decode()
        assert Address.objects.get().address == ADDRESS

    def test_a_stranger_signs_in_first_and_a_look_changes_nothing(self) -> None:
        mine = keep(a_person(), HOME)
        assert Client().get("/account/addresses/").status_code == 302
        assert signed_in(mine.user).get(f"/account/addresses/{mine.pk}/delete/").status_code == 405


# --- at checkout ---------------------------------------------------------------------------------


@pytest.fixture
def me(db: None) -> User:
    return a_person()


@pytest.fixture
def buyer(me: User) -> Client:
    client = signed_in(me)
    client.post(f"/basket/add/{a_lot().pk}/", {"amount": "10"})
    return client


def order(client: Client, **data: Any) -> Any:
    offer = re.search(r'name="offer" value="([^"]+)"', client.get("/checkout/").content.decode())
    assert offer
    return client.post("/checkout/", {"offer": offer[1], "way": "address", "pay_by": "on_delivery"} | data)


def test_a_ticked_address_is_kept_and_next_time_chosen_without_typing(me: User, buyer: Client) -> None:
    assert order(buyer, **HOME._asdict(), keep="on").status_code == 302
    kept = Address.objects.get(user=me)
    assert (kept.address, kept.is_default) == (ADDRESS, True)
    buyer.post(f"/basket/add/{a_lot().pk}/", {"amount": "1"})
    form = buyer.get("/checkout/").context["form"]
    assert form["saved"].value() == str(kept.pk)
    # what is typed beside a kept address counts for nothing
    assert order(buyer, saved=kept.pk, recipient="", phone="12", address="elsewhere").status_code == 302
    last = Order.objects.latest("pk")
    assert (last.recipient, last.phone, last.address) == HOME


def test_without_the_tick_nothing_is_kept(me: User, buyer: Client) -> None:
    order(buyer, **HOME._asdict())
    assert not Address.objects.exists()


def test_another_address_has_to_be_whole(me: User, buyer: Client) -> None:
    keep(me, HOME)
    assert order(buyer, saved="new").status_code == 422
    assert order(buyer, saved="new", **WORK._asdict()).status_code == 302
    assert Order.objects.get().address == WORK.address


def test_fetched_goods_need_a_name_whatever_address_is_chosen(me: User, buyer: Client) -> None:
    mine, point = keep(me, HOME), a_pickup_point()
    fetched = {"way": "pickup", "pickup_point": point.pk, "saved": mine.pk}
    assert order(buyer, **fetched).status_code == 422
    assert order(buyer, **fetched, recipient="李四", phone=PHONE, keep="on").status_code == 302
    assert (Order.objects.get().recipient, Order.objects.get().address) == ("李四", "")


def test_anothers_address_cannot_be_chosen(me: User, buyer: Client) -> None:
    keep(me, WORK)
    theirs = keep(a_person(), HOME)
    answer = order(buyer, saved=theirs.pk, **WORK._asdict())
    assert answer.status_code == 422
    assert ADDRESS not in answer.content.decode()
    assert not Order.objects.exists()


def test_when_all_are_taken_the_order_still_goes_through(
    me: User, buyer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "MOST", 1)
    keep(me, WORK)
    assert order(buyer, saved="new", **HOME._asdict(), keep="on").status_code == 302
    assert Order.objects.get().address == ADDRESS
    assert Address.objects.count() == 1


def test_a_units_goods_go_to_its_own_door(db: None) -> None:
    canteen = a_person(Role.CANTEEN)
    an_organisation(canteen)
    keep(canteen, HOME)
    client = signed_in(canteen)
    client.post(f"/basket/add/{a_lot().pk}/", {"amount": "10"})
    fields = client.get("/checkout/").context["form"].fields
    assert not {"saved", "keep"} & fields.keys()
