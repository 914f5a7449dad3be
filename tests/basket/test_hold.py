"""The basket through every door: guests and signed-in, kept at sign-in, and unmoved by hostile hands."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core.signing import get_cookie_signer
from django.test import Client

from farmers.stock.models import Lot
from marketplace.access.models import User
from marketplace.days import today
from shop.basket import hold
from shop.basket.models import Basket, BasketLine
from tests.makers import JIN, a_lot, a_person, saplings, signed_in

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-pass-word"


def put(client: Client, lot: Lot, amount: str = "2") -> Any:
    return client.post(f"/basket/add/{lot.pk}/", {"amount": amount})


def lines() -> list[tuple[int, int]]:
    return sorted(BasketLine.objects.values_list("lot", "quantity"))


def sign_in(client: Client, user: User) -> None:
    user.set_password(PASSWORD)
    user.save()
    assert (
        client.post("/accounts/login/", {"username": user.username, "password": PASSWORD}).status_code == 302
    )


class TestGuests:
    def test_a_guests_basket_comes_back_by_its_cookie(self) -> None:
        client, lot = Client(), a_lot()
        assert put(client, lot).status_code == 302
        put(client, lot, "3")
        assert lines() == [(lot.pk, 3 * JIN)]
        cookie = client.cookies["basket"]
        assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
        assert client.get("/basket/").context["basket"].total_fen == 360
        assert Client().get("/basket/").context["basket"].lines == []

    def test_a_guest_who_signs_in_keeps_the_basket(self) -> None:
        client, user, lot, own, both = Client(), a_person(), a_lot(), a_lot(), a_lot()
        put(signed_in(user), own, "1")
        put(signed_in(user), both, "9")
        put(client, lot)
        put(client, both, "4")
        sign_in(client, user)
        # of what was in both, the larger amount stays
        assert lines() == sorted([(lot.pk, 2 * JIN), (own.pk, JIN), (both.pk, 9 * JIN)])
        assert Basket.objects.get().user == user
        assert client.cookies["basket_count"].value == "3"
        client.post("/accounts/logout/")
        assert client.cookies["basket_count"].value == "0"
        assert client.get("/basket/").context["basket"].lines == []

    def test_a_guest_who_signs_up_keeps_the_basket(self) -> None:
        client, lot = Client(), a_lot()
        put(client, lot)
        form = {"username": "xiaoming", "password1": PASSWORD, "password2": PASSWORD}
        assert client.post("/accounts/signup/", form).status_code == 302
        assert Basket.objects.get().user == User.objects.get(username="xiaoming")

    @pytest.mark.parametrize(
        "how", ["unsigned", "another's signature", "rubbish", "unknown token", "taken over"]
    )
    def test_a_forged_cookie_opens_nobodys_basket(self, how: str) -> None:
        owner, lot = a_person(), a_lot()
        put(signed_in(owner), lot)
        theirs = str(Basket.objects.get().token)
        signer = get_cookie_signer(salt="basket")
        client = Client()
        client.cookies["basket"] = {
            "unsigned": theirs,
            "another's signature": f"{theirs}:{signer.sign(str(uuid.uuid4())).partition(':')[2]}",
            "rubbish": "\x7f;'--%00",
            "unknown token": signer.sign(str(uuid.uuid4())),
            # even rightly signed: a signed-in person's basket is not a guest's
            "taken over": signer.sign(theirs),
        }[how]
        assert client.get("/basket/").context["basket"].lines == []
        assert client.post(f"/basket/change/{lot.pk}/", {"remove": "1"}).status_code == 302
        sign_in(client, a_person())
        assert lines() == [(lot.pk, 2 * JIN)]
        assert Basket.objects.get(lines__lot=lot).user == owner


WRONG = [
    "",
    "0",
    "-1",
    "-0.5",
    "1001",
    "9" * 12,
    "9" * 500,
    "1e3",
    "NaN",
    "Infinity",
    "٣",
    "²",
    "十",
    "0.0001",
    "1\0",
    "1;2",
    "<b>",
]


class TestHostile:
    @pytest.mark.parametrize("amount", WRONG)
    def test_a_senseless_amount_is_told_and_puts_nothing_in(self, amount: str) -> None:
        lot = a_lot()
        response = put(Client(), lot, amount)
        assert response.status_code == 422
        assert response.context["form"].errors["amount"]
        assert not BasketLine.objects.exists()

    @pytest.mark.parametrize("amount", WRONG)
    def test_a_senseless_change_is_told_and_changes_nothing(self, amount: str) -> None:
        client, lot = Client(), a_lot()
        put(client, lot)
        response = client.post(f"/basket/change/{lot.pk}/", {"amount": amount})
        assert response.status_code == 422
        assert lines() == [(lot.pk, 2 * JIN)]

    def test_half_a_tree_and_goods_off_sale_stay_out(self) -> None:
        trees, old = saplings(), a_lot()
        assert put(Client(), trees, "0.5").status_code == 422
        Lot.objects.filter(pk=old.pk).update(state=Lot.State.WITHDRAWN)
        assert put(Client(), old).status_code == 422
        assert not BasketLine.objects.exists()

    @pytest.mark.parametrize("number", ["999999", "9" * 30])
    def test_a_lot_that_never_was_is_not_found(self, number: str) -> None:
        assert Client().post(f"/basket/add/{number}/", {"amount": "1"}).status_code == 404
        assert Client().post(f"/basket/change/{number}/", {"amount": "1"}).status_code in {302, 404}
        client = Client()
        put(client, a_lot())
        assert client.post(f"/basket/change/{number}/", {"amount": "1"}).status_code == 404

    def test_a_full_basket_says_so_and_still_takes_changes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(hold, "MAX_LINES", 3)
        client, lots = Client(), [a_lot() for _ in range(4)]
        assert [put(client, lot).status_code for lot in lots] == [302, 302, 302, 422]
        assert put(client, lots[0], "7").status_code == 302
        assert len(lines()) == 3

    def test_a_merge_never_overfills_a_basket(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(hold, "MAX_LINES", 3)
        client, user = Client(), a_person()
        for _ in range(2):
            put(signed_in(user), a_lot())
            put(client, a_lot())
        sign_in(client, user)
        assert Basket.objects.get().lines.count() == 3
        assert client.cookies["basket_count"].value == "3"

    def test_what_changes_is_posted_with_its_token(self) -> None:
        lot = a_lot()
        for address in (f"/basket/add/{lot.pk}/", f"/basket/change/{lot.pk}/"):
            assert Client().get(address).status_code == 405
            assert Client(enforce_csrf_checks=True).post(address, {"amount": "1"}).status_code == 403
        assert Client().post("/basket/").status_code == 405
        assert not Basket.objects.exists()


def test_a_basket_promises_no_stock_and_shows_what_is_true_now() -> None:
    client, lot = Client(), a_lot(jin=10)
    put(client, lot, "8")
    Lot.objects.filter(pk=lot.pk).update(price_fen=150)
    line = client.get("/basket/").context["basket"].lines[0]
    assert (line.amount_fen, line.old_price_fen, line.ready) == (1200, 120, True)
    assert Lot.objects.get().reserved == 0
    Lot.objects.filter(pk=lot.pk).update(listed=7 * JIN)
    assert not client.get("/basket/").context["basket"].lines[0].enough
    Lot.objects.filter(pk=lot.pk).update(good_until=today().replace(year=2020))
    inside = client.get("/basket/").context["basket"]
    assert (inside.lines[0].on_sale, inside.total_fen, inside.ready) == (False, 0, False)


def test_taking_out_needs_no_amount() -> None:
    client, lot = Client(), a_lot()
    put(client, lot)
    assert client.post(f"/basket/change/{lot.pk}/", {"remove": "1", "amount": "rubbish"}).status_code == 302
    assert not BasketLine.objects.exists()
