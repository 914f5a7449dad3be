"""The basket as htmx asks for it: the lines where they stand, the count in the header, errors in place."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from django.test import Client
from django.urls import reverse

from farmers.stock.models import Lot
from shop.basket import hold
from shop.basket.models import BasketLine
from tests.makers import a_lot, signed_in

pytestmark = pytest.mark.django_db


def ask(client: Client, address: str, target: str, **data: str) -> Any:
    headers = {"accept-language": "en", "hx-request": "true", "hx-target": target}
    return client.post(address, data, headers=headers)


def put(client: Client, lot: Lot, amount: str = "10") -> Any:
    return ask(client, reverse("basket:add", args=[lot.pk]), "drawer-body", amount=amount)


def change(client: Client, lot: Lot, target: str = "drawer-body", **data: str) -> Any:
    return ask(client, reverse("basket:change", args=[lot.pk]), target, **data)


def soup(answer: Any) -> BeautifulSoup:
    return BeautifulSoup(answer.content, "html.parser")


def words(part: Tag | None) -> str:
    assert part is not None
    return part.get_text(" ", strip=True)


def test_putting_in_answers_with_the_lines_the_total_and_the_way_on(client: Client) -> None:
    lot, other = a_lot(price_fen=120), a_lot(price_fen=200)
    put(client, lot)
    answer = put(client, other, "5")
    assert answer.status_code == 200
    shown = soup(answer)
    assert shown.html is None, "a part, no page"
    assert shown.find(id=f"line-{lot.pk}") and shown.find(id=f"line-{other.pk}")
    assert words(shown.select_one(".drawer-total")) == "Total ¥22.00"
    assert shown.select_one(f"a[href='{reverse('orders:checkout')}']")
    assert words(shown.select_one(".basket-link[hx-swap-oob] .basket-count")) == "2"
    assert words(shown.select_one("#basket-live")).startswith("In the basket: ")


def test_nothing_is_said_twice_on_the_next_page(client: Client) -> None:
    put(client, a_lot())
    assert BeautifulSoup(client.get("/basket/").content, "html.parser").select(".messages") == []


def test_a_guest_keeps_the_basket_that_the_drawer_made(client: Client) -> None:
    lot = a_lot()
    answer = put(client, lot)
    assert answer.cookies[hold.COOKIE].value
    assert f"line-{lot.pk}" in client.get("/basket/").content.decode()


def test_a_person_and_the_same_click_twice_have_one_line() -> None:
    client, lot = signed_in(), a_lot()
    put(client, lot)
    put(client, lot)
    assert BasketLine.objects.get().quantity == 5_000


@pytest.mark.parametrize("amount", ["", "0", "-5", "abc", "99999"])
def test_a_wrong_amount_comes_back_beside_its_field(client: Client, amount: str) -> None:
    answer = put(client, a_lot(jin=100), amount)
    assert answer.status_code == 422
    assert (answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == ("form.buy", "outerHTML")
    form = soup(answer).select_one("form.buy")
    assert form is not None
    field = form.select_one("[name=amount]")
    assert field is not None
    assert (field["value"], field["aria-invalid"]) == (amount, "true")
    assert form.select_one(".errorlist")
    assert not soup(answer).select(".site-header")
    assert not BasketLine.objects.exists()


@pytest.mark.parametrize("happened", [{"sold": 500_000}, {"state": Lot.State.WITHDRAWN}])
def test_what_has_gone_meanwhile_leads_to_the_page_that_says_so(
    client: Client, happened: dict[str, Any]
) -> None:
    lot = a_lot()
    Lot.objects.filter(pk=lot.pk).update(**happened)
    answer = put(client, lot)
    assert answer.headers["HX-Redirect"] == lot.get_absolute_url()
    assert not BasketLine.objects.exists()


@pytest.mark.parametrize("target", ["drawer-body", "basket-body"])
def test_an_amount_changes_where_it_stands(client: Client, target: str) -> None:
    lot = a_lot(price_fen=100)
    put(client, lot)
    answer = change(client, lot, target, amount="25")
    assert answer.status_code == 200
    assert "¥25.00" in words(soup(answer).select_one(f"#line-{lot.pk}"))
    assert words(soup(answer).select_one("#basket-live")) == "Changed."
    wrong = change(client, lot, target, amount="x")
    assert wrong.status_code == 422
    field = soup(wrong).select_one(f"#line-{lot.pk} [name=amount]")
    assert field is not None
    assert (field["value"], field["aria-invalid"]) == ("x", "true")
    assert BasketLine.objects.get().quantity == 12_500


@pytest.mark.parametrize("target", ["drawer-body", "basket-body"])
def test_the_last_line_taken_out_leaves_an_empty_basket_and_a_count_of_none(
    client: Client, target: str
) -> None:
    lot = a_lot()
    put(client, lot)
    answer = change(client, lot, target, remove="1")
    assert "Your basket is empty" in words(soup(answer))
    assert not soup(answer).select(".basket-count")
    assert words(soup(answer).select_one("#basket-live")) == "Taken out."


def test_another_persons_line_is_not_changed_through_the_drawer(client: Client) -> None:
    lot = a_lot()
    put(client, lot)
    stranger = signed_in()
    put(stranger, a_lot())
    assert change(stranger, lot, amount="1").status_code == 404
    assert change(Client(), lot, amount="1").status_code == 200
    assert BasketLine.objects.get(lot=lot).quantity == 5_000


def test_a_target_that_is_none_of_ours_gets_the_whole_page(client: Client) -> None:
    answer = ask(client, reverse("basket:add", args=[a_lot().pk]), "elsewhere", amount="10")
    assert (answer.status_code, answer.url) == (302, "/basket/")


def test_putting_in_stays_within_the_budget(query_budget: Any, client: Client) -> None:
    lots = [a_lot() for _ in range(3)]
    for lot in lots:
        with query_budget(6):
            assert put(client, lot).status_code == 200


def test_the_offers_page_has_a_place_for_the_drawer(client: Client) -> None:
    shown = BeautifulSoup(client.get(a_lot().get_absolute_url()).content, "html.parser")
    form = shown.select_one("form.buy")
    assert form is not None
    assert form["hx-target"] == "#drawer-body"
    assert form["action"] == form["hx-post"]
    assert shown.select_one("dialog #drawer-body")
