"""A line that will not come costs nothing, lets go of its stock or not, and holds nothing else up."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.access.models import Role
from shop.orders.accept import accept
from shop.orders.call_off import call_off_line
from shop.orders.cancel import cancel
from shop.orders.dispatch import deliver, dispatch
from shop.orders.models import Consignment, Order, PayBy, State
from shop.orders.transitions import NotAllowed
from tests.makers import (
    JIN,
    a_household,
    a_lot,
    a_person,
    a_village,
    an_order,
    assert_stock_adds_up,
    counters,
    signed_in,
)

pytestmark = pytest.mark.django_db


def of_two() -> Order:
    """Ten jin each from two villages, at ¥1.20 and ¥1.30."""
    return an_order(PayBy.ON_DELIVERY)


@pytest.mark.parametrize("restock", [True, False])
def test_a_line_called_off_costs_nothing_and_its_stock_goes_where_it_should(restock: bool) -> None:
    order, city = of_two(), a_person(Role.OFFICIAL)
    first, second = order.lines.order_by("pk")
    for _ in range(2):
        call_off_line(first.pk, restock=restock, reason="烂了", by=city)
    order.refresh_from_db()
    assert (order.state, order.total_fen, order.charge_fen) == (State.CONFIRMED, 1300, 1300)
    first.refresh_from_db()
    assert (first.accepted_quantity, first.amount_fen) == (0, 1200)
    assert counters(first.lot) == ((1000 if restock else 990) * JIN, 0, 0)
    assert counters(second.lot)[1] == 10 * JIN
    assert (
        first.consignment.__class__.objects.get(pk=first.consignment_id).state == Consignment.State.CANCELLED
    )
    assert_stock_adds_up()
    officer = a_person(Role.OFFICER)
    dispatch(second.consignment_id, officer)
    deliver(second.consignment_id, officer)
    order.refresh_from_db()
    assert order.state == State.DELIVERED
    accept(order.pk, {second.pk: 10 * JIN}, order.buyer)
    order.refresh_from_db()
    assert (order.state, order.accepted_fen) == (State.ACCEPTED, 1300)
    assert_stock_adds_up()


@pytest.mark.parametrize("restock", [True, False])
def test_the_last_line_takes_the_order_with_it(restock: bool) -> None:
    order, city = of_two(), a_person(Role.OFFICIAL)
    for line in order.lines.order_by("pk"):
        call_off_line(line.pk, restock=restock, reason="烂了", by=city)
    order.refresh_from_db()
    assert (order.state, order.charge_fen) == (State.CANCELLED, 0)
    assert [counters(line.lot)[1] for line in order.lines.all()] == [0, 0]
    assert_stock_adds_up()


def test_an_order_called_off_after_one_of_its_lines_lets_go_of_the_rest_alone() -> None:
    order, city = of_two(), a_person(Role.OFFICIAL)
    first, _second = order.lines.order_by("pk")
    call_off_line(first.pk, restock=True, reason="烂了", by=city)
    cancel(order.pk, order.buyer, "")
    assert [counters(line.lot)[1] for line in order.lines.all()] == [0, 0]
    assert_stock_adds_up()


def test_what_has_left_is_not_called_off() -> None:
    order = of_two()
    first, second = order.lines.order_by("pk")
    dispatch(first.consignment_id, a_person(Role.OFFICER))
    with pytest.raises(NotAllowed):
        call_off_line(first.pk, restock=True, reason="x", by=order.buyer)
    call_off_line(second.pk, restock=True, reason="x", by=order.buyer)
    order.refresh_from_db()
    assert (order.state, order.total_fen) == (State.DISPATCHED, 1200)
    accept(order.pk, {first.pk: 10 * JIN}, order.buyer)
    order.refresh_from_db()
    assert order.state == State.ACCEPTED


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 2), st.booleans()), max_size=4), st.integers(0, 5))
def test_whatever_is_called_off_the_sums_hold(acts: list[tuple[int, bool]], short: int) -> None:
    order = an_order(PayBy.ON_DELIVERY, lots=[a_lot(price_fen=113 + n) for n in range(3)], jin=7)
    lines = list(order.lines.order_by("pk"))
    gone = set()
    for index, restock in acts:
        try:
            call_off_line(lines[index].pk, restock=restock, reason="x", by=order.buyer)
        except NotAllowed:
            continue
        gone.add(index)
    order.refresh_from_db()
    left = [line for index, line in enumerate(lines) if index not in gone]
    assert order.charge_fen == sum(line.amount_fen for line in left)
    assert (order.state == State.CANCELLED) == (not left)
    for line in left:
        dispatch(line.consignment_id, order.buyer)
    if left:
        accept(order.pk, {line.pk: line.quantity - short * JIN for line in left}, order.buyer)
        order.refresh_from_db()
        assert order.state == State.ACCEPTED
    assert_stock_adds_up()


def test_the_city_calls_a_line_off_on_the_orders_page_and_others_do_not() -> None:
    order = of_two()
    line = order.lines.order_by("pk")[0]
    address = f"{order.get_absolute_url()}lines/{line.pk}/call-off/"
    form = {f"call-off-{line.pk}-reason": "烂了", f"call-off-{line.pk}-restock": "on"}
    assert signed_in(order.buyer).post(address, form).status_code == 403
    assert signed_in(Role.CASHIER).post(address, form).status_code == 403
    city = signed_in(Role.OFFICIAL)
    assert b"call-off" in city.get(order.get_absolute_url()).content
    assert city.post(address, {}).status_code == 422
    assert city.post(address, form).url == order.get_absolute_url()
    line.refresh_from_db()
    assert line.accepted_quantity == 0
    assert city.get(order.get_absolute_url()).status_code == 200


def said(who: object, order: Order) -> str:
    """The order's page in English, tags and all."""
    return signed_in(who).get(order.get_absolute_url(), headers={"accept-language": "en"}).content.decode()  # type: ignore[arg-type]


def test_the_page_says_called_off_and_counts_what_is_still_to_come() -> None:
    sellers = [a_person(Role.SELLER), a_person(Role.SELLER)]
    lots = [
        a_lot(household=a_household(a_village(), user=sellers[0])),
        a_lot(household=a_household(a_village("gaopeng"), user=sellers[1])),
    ]
    order = an_order(PayBy.ON_DELIVERY, lots=lots)
    first, second = order.lines.order_by("pk")
    assert "2 villages are gathering the goods." in said(order.buyer, order)
    call_off_line(first.pk, restock=True, reason="烂了", by=a_person(Role.OFFICIAL))
    page = said(order.buyer, order)
    assert f"{second.consignment.village_name_en} is gathering the goods." in page
    assert "called off, will not come" in page
    assert "accepted 0" not in page
    assert "goods given back" not in page
    assert "goods called off" in page
    # what was ordered and is to pay says the same, and nothing was weighed yet
    assert order.lines.exclude(called_off=True).get() == second
    assert "<dt>Accepted</dt>" not in page
    # whose goods they were reads that nothing is to be brought, and is told of no gathering
    mine = said(sellers[0], order)
    assert "Nothing of them is to be brought." in mine
    assert "is gathering" not in mine
    assert f"{second.consignment.village_name_en} is gathering the goods." in said(sellers[1], order)
    listed = signed_in(sellers[0]).get("/seller/orders/", headers={"accept-language": "en"})
    assert "accepted 0" not in listed.content.decode()


def test_a_line_of_which_nothing_came_is_not_called_off() -> None:
    order = of_two()
    first, second = order.lines.order_by("pk")
    with pytest.raises(IntegrityError), transaction.atomic():
        order.lines.filter(pk=first.pk).update(called_off=True)
    for line in (first, second):
        dispatch(line.consignment_id, a_person(Role.OFFICER))
    accept(order.pk, {first.pk: 0, second.pk: 10 * JIN}, order.buyer)
    assert "accepted 0" in said(order.buyer, order)
    with pytest.raises(IntegrityError), transaction.atomic():
        order.lines.filter(pk=second.pk).update(called_off=True)
