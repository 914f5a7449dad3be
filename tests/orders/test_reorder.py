"""Order again: what can be had today goes into the basket, and each line says what became of it."""

from __future__ import annotations

from typing import Any

import pytest

from farmers.stock import movements
from farmers.stock.models import Lot
from marketplace.access.models import Role, User
from marketplace.days import today
from shop.basket.models import BasketLine
from shop.orders.models import Order, PayBy
from tests.makers import (
    JIN,
    a_household,
    a_lot,
    a_person,
    a_village,
    an_order,
    an_organisation,
    saplings,
    signed_in,
)

pytestmark = pytest.mark.django_db


def again(order: Order, who: User | None = None) -> Any:
    return signed_in(who or order.buyer).post(f"/orders/{order.number}/again/")


def told(answer: Any) -> list[tuple[str, int | None, int]]:
    return [(str(a.came), a.lot.pk if a.lot else None, a.quantity) for a in answer.context["told"]]


def in_basket(user: User) -> dict[int, int]:
    return dict(BasketLine.objects.filter(basket__user=user).values_list("lot", "quantity"))


def withdraw(lot: Lot) -> None:
    Lot.objects.filter(pk=lot.pk).update(state=Lot.State.WITHDRAWN)


def use_up(lot: Lot, all_but_jin: int = 0) -> None:
    lot.refresh_from_db()
    movements.remove(
        [movements.Change(lot.pk, lot.available - all_but_jin * JIN, "", f"rats:{lot.pk}:{all_but_jin}")],
        None,
    )


def test_the_same_lots_in_the_same_amounts_where_there_is_enough() -> None:
    order = an_order()
    lots = [line.lot_id for line in order.lines.all()]
    answer = again(order)
    assert answer.status_code == 200
    assert told(answer) == [("same", lot, 10 * JIN) for lot in lots]
    assert in_basket(order.buyer) == dict.fromkeys(lots, 10 * JIN)
    assert answer.cookies["basket_count"].value == "2"


def test_pressed_twice_it_is_one_wish_and_a_larger_amount_in_the_basket_stays() -> None:
    lot = a_lot()
    order = an_order(lots=[lot])
    client = signed_in(order.buyer)
    client.post(f"/basket/add/{lot.pk}/", {"amount": "30"})
    for _ in range(2):
        client.post(f"/orders/{order.number}/again/")
    assert in_basket(order.buyer) == {lot.pk: 30 * JIN}


def test_a_lot_that_is_gone_makes_way_for_the_cheapest_and_of_equals_the_nearest() -> None:
    village = a_village("gaopeng")
    gone = a_lot(price_fen=100, household=a_household(village))
    order = an_order(lots=[gone])
    withdraw(gone)
    a_lot(price_fen=140, household=a_household(village))
    a_lot(price_fen=130)
    near = a_lot(price_fen=130, household=a_household(a_village("gaopeng")))
    a_lot(price_fen=130)
    a_lot(price_fen=90, jin=9)  # cheaper, but not enough
    answer = again(order)
    assert told(answer) == [("other", near.pk, 10 * JIN)]
    assert in_basket(order.buyer) == {near.pk: 10 * JIN}
    assert "¥1.00" in answer.content.decode(), "what it was last time"


def test_where_nobody_has_enough_what_is_left_is_taken_and_said() -> None:
    lot = a_lot()
    order = an_order(lots=[lot])
    use_up(lot, all_but_jin=3)
    a_lot(jin=2)
    assert told(again(order)) == [("less", lot.pk, 3 * JIN)]
    assert in_basket(order.buyer) == {lot.pk: 3 * JIN}


def test_what_nobody_has_is_not_taken_and_the_rest_is() -> None:
    trees, potatoes = saplings(20), a_lot()
    order = an_order(lots=[potatoes], jin=10)
    other = an_order(buyer=order.buyer, lots=[trees], quantity=20)
    answer = again(other)
    assert told(answer) == [("none", None, 0)]
    assert not BasketLine.objects.exists()
    assert answer.context["count"] == 0
    assert told(again(order)) == [("same", potatoes.pk, 10 * JIN)]


def test_two_lines_of_one_product_never_end_with_the_same_lot() -> None:
    """Else the second would overwrite what the first took."""
    lots = [a_lot(), a_lot()]
    order = an_order(lots=lots)
    for lot in lots:
        withdraw(lot)
    new = [a_lot(price_fen=110), a_lot(price_fen=120)]
    assert [lot for _, lot, _ in told(again(order))] == [lot.pk for lot in new]


def test_goods_past_their_day_are_not_put_into_a_basket() -> None:
    lot = a_lot()
    order = an_order(lots=[lot])
    Lot.objects.filter(pk=lot.pk).update(good_until=today().replace(year=2020))
    assert told(again(order)) == [("none", None, 0)]


def test_nobody_orders_again_what_another_bought() -> None:
    order = an_order()
    assert again(order, a_person()).status_code == 404
    assert not BasketLine.objects.exists()


def test_of_a_units_orders_its_buyers_order_again_and_its_approver_reads() -> None:
    buyer, second, approver = a_person(Role.CANTEEN), a_person(Role.CANTEEN), a_person(Role.APPROVER)
    unit = an_organisation(buyer, second, approver)
    order = an_order(PayBy.ON_ACCOUNT, buyer=buyer, organisation=unit)
    assert again(order, approver).status_code == 403
    assert again(order, second).status_code == 200
    assert len(in_basket(second)) == 2
    # an official sees every order, and buys by none of them
    assert again(order, a_person(Role.OFFICIAL)).status_code == 403


def test_the_button_stands_at_the_order_and_in_the_list() -> None:
    order = an_order(PayBy.ON_DELIVERY)
    client = signed_in(order.buyer)
    for page in ("/orders/", order.get_absolute_url()):
        assert f'action="/orders/{order.number}/again/"' in client.get(page).content.decode()
    # whoever reloads by address comes back to the order
    assert client.get(f"/orders/{order.number}/again/").url == order.get_absolute_url()
