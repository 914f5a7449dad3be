"""A request becomes held orders, true at its moment; what is agreed to, sent back, or forgotten."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from farmers.stock.models import Lot
from shop.bulk import approve as decide
from shop.bulk.models import BulkRequest, State
from shop.bulk.propose import effects, propose
from shop.bulk.submit import Changed, NothingToHold, submit
from shop.orders.cancel import release_lapsed
from shop.orders.models import Order, PayBy
from shop.orders.models import State as OrderState
from shop.orders.place import Wanted, place
from shop.orders.transitions import NotAllowed
from tests.makers import (
    DELIVERY,
    JIN,
    a_household,
    a_lot,
    a_person,
    a_village,
    assert_stock_adds_up,
    counters,
)

from .needs import a_line, a_request, a_unit, approver, in_a_week, marked, member, requester, watched

pytestmark = pytest.mark.django_db


def orders_of(request: BulkRequest) -> list[Order]:
    return list(Order.objects.filter(bulk__request=request).order_by("pk"))


def later(hours: int) -> dt.datetime:
    return timezone.now() + dt.timedelta(hours=hours)


# --- proposing ---------------------------------------------------------------------------------


def test_lots_on_sale_are_allotted_by_their_households_ranks() -> None:
    first, second, third = (a_lot(60, household=home) for home in (watched(), marked(), a_household()))
    request = a_request(requester(a_unit()), [("tudou", 150)])
    taken = {share.lot: share.quantity for share in propose(request).chosen.shares}
    assert taken == {first.pk: 60 * JIN, second.pk: 60 * JIN, third.pk: 30 * JIN}


def test_a_lot_sold_by_the_kilogram_is_compared_by_its_price_and_shared_in_jin() -> None:
    lot = a_lot(100, 300)
    Lot.objects.filter(pk=lot.pk).update(unit="kg", unit_size=1000)
    asker = requester(a_unit())
    assert propose(a_request(asker, [("tudou", 5)], price_fen=149)).chosen.shares == []
    assert propose(a_request(asker, [("tudou", 5)], price_fen=150)).chosen.shares[0].quantity == 5 * JIN


def test_goods_that_spoil_before_the_day_do_not_supply() -> None:
    lot = a_lot()
    Lot.objects.filter(pk=lot.pk).update(good_until=in_a_week() - dt.timedelta(days=1))
    assert propose(a_request(requester(a_unit()))).chosen.unmet


@pytest.mark.parametrize("lots", [10, 60])
def test_a_proposal_asks_as_much_for_many_lots_as_for_few(lots: int, query_budget) -> None:
    village = a_village()
    for _ in range(lots):
        a_lot(household=a_household(village))
    request = a_request(requester(a_unit()), [("tudou", 100), ("dabaicai", 100)])
    with query_budget(3):
        propose(request)


def test_what_the_buyer_changes_is_shown_by_whom_it_touches() -> None:
    homes = [watched(), watched(), watched()]
    lots = [a_lot(60, household=home) for home in homes]
    request = a_request(requester(a_unit()), [("tudou", 90)])
    request.adjustments = {"lots_out": [lots[0].pk], "fixed": {str(lots[1].pk): 50 * JIN}}
    proposal = propose(request)
    assert {share.lot: share.quantity for share in proposal.chosen.shares} == {
        lots[1].pk: 50 * JIN,
        lots[2].pk: 40 * JIN,
    }
    assert [(effect.household, effect.difference) for effect in effects(proposal)] == [
        (homes[0].pk, -30 * JIN),
        (homes[2].pk, 10 * JIN),
        (homes[1].pk, 20 * JIN),
    ]


def test_a_village_that_is_dropped_supplies_nothing() -> None:
    here, there = a_lot(), a_lot()
    request = a_request(requester(a_unit()))
    request.adjustments = {"villages_out": [here.village_id]}
    assert {share.lot for share in propose(request).chosen.shares} == {there.pk}


# --- submitting --------------------------------------------------------------------------------


def test_submitting_holds_the_stock_as_one_order_for_each_day_and_place() -> None:
    lots = [a_lot(100), a_lot(100, product="dabaicai")]
    asker = requester(a_unit())
    request = a_request(asker, [("tudou", 60), ("dabaicai", 40)])
    a_line(request, 2, "tudou", 20, wanted_on=in_a_week() + dt.timedelta(days=1))
    held = submit(request.pk, asker)
    assert held.state == State.HELD and held.held_until
    assert counters(lots[0]) == (100 * JIN, 80 * JIN, 0)
    orders = orders_of(request)
    assert [order.state for order in orders] == [OrderState.AWAITING_APPROVAL] * 2
    assert [order.wanted_on for order in orders] == [in_a_week(), in_a_week() + dt.timedelta(days=1)]
    assert {order.pay_by for order in orders} == {PayBy.ON_ACCOUNT}
    assert held.total_fen == sum(order.total_fen for order in orders) == 120 * 120
    assert sum(share.quantity for line in request.lines.all() for share in line.shares.all()) == 120 * JIN
    assert_stock_adds_up()


def test_two_lines_for_one_product_and_day_are_one_order_line_of_a_lot() -> None:
    lot, asker = a_lot(100), requester(a_unit())
    request = a_request(asker, [("tudou", 30), ("tudou", 20)])
    submit(request.pk, asker)
    (order,) = orders_of(request)
    assert [line.quantity for line in order.lines.all()] == [50 * JIN]
    assert counters(lot)[1] == 50 * JIN


def test_submitted_twice_it_is_held_once() -> None:
    lot, asker = a_lot(100), requester(a_unit())
    request = a_request(asker, [("tudou", 30)])
    submit(request.pk, asker)
    submit(request.pk, asker)
    assert counters(lot)[1] == 30 * JIN
    assert len(orders_of(request)) == 1


def test_below_the_unit_s_limit_nobody_has_to_agree() -> None:
    a_lot(100, 120)
    asker = requester(a_unit(approval_from_fen=3601))
    assert submit((request := a_request(asker, [("tudou", 30)])).pk, asker).state == State.APPROVED
    assert orders_of(request)[0].state == OrderState.CONFIRMED
    assert submit(a_request(asker, [("tudou", 31)]).pk, asker).state == State.HELD


def test_what_is_no_longer_as_shown_is_not_held() -> None:
    lot, asker = a_lot(100), requester(a_unit())
    a_lot(100)
    request = a_request(asker, [("tudou", 60)])
    shown = propose(request).digest
    place(a_person(), uuid.uuid4(), [Wanted(lot.pk, 80 * JIN, 120)], PayBy.ON_DELIVERY, DELIVERY)
    with pytest.raises(Changed) as changed:
        submit(request.pk, asker, shown)
    assert not orders_of(request)
    assert submit(request.pk, asker, changed.value.proposal.digest).state == State.HELD


def test_a_request_that_nothing_fits_is_not_held() -> None:
    asker = requester(a_unit())
    with pytest.raises(NothingToHold):
        submit(a_request(asker).pk, asker)


def test_only_who_states_the_unit_s_needs_submits() -> None:
    a_lot()
    unit = a_unit()
    request = a_request(requester(unit))
    for other in (approver(unit), member(unit), requester(a_unit()), a_person()):
        with pytest.raises(PermissionDenied):
            submit(request.pk, other)


def test_stock_that_a_lapsed_card_order_holds_is_let_go_first() -> None:
    lot = a_lot(100)
    order = place(a_person(), uuid.uuid4(), [Wanted(lot.pk, 90 * JIN, 120)], PayBy.ONLINE, DELIVERY)
    Order.objects.filter(pk=order.pk).update(reserved_until=later(-1))
    asker = requester(a_unit())
    request = a_request(asker, [("tudou", 50)])
    submit(request.pk, asker)
    assert counters(lot)[1] == 50 * JIN


# --- deciding ----------------------------------------------------------------------------------


def held_request(jin: int = 60, **limits: int) -> tuple[BulkRequest, Lot]:
    lot = a_lot(100)
    unit = a_unit(**limits)
    asker = requester(unit)
    return submit(a_request(asker, [("tudou", jin)]).pk, asker), lot


def test_an_approval_sets_the_villages_to_work() -> None:
    request, lot = held_request()
    assert decide.approve(request.pk, approver(request.organisation)).state == State.APPROVED
    assert [order.state for order in orders_of(request)] == [OrderState.CONFIRMED]
    assert counters(lot) == (100 * JIN, 60 * JIN, 0)
    # and it does not lapse afterwards
    Order.objects.update(reserved_until=later(-1))
    assert release_lapsed(timezone.now()) == 0


def test_a_large_amount_wants_two_people() -> None:
    request, _ = held_request(two_approvals_from_fen=7200)
    one, two = approver(request.organisation), approver(request.organisation)
    assert decide.approve(request.pk, one).state == State.HELD
    assert decide.approve(request.pk, one).state == State.HELD  # the same person counts once
    assert decide.approve(request.pk, two).state == State.APPROVED


def test_nobody_approves_what_they_asked_for_themselves() -> None:
    from shop.buyers.models import Duty

    a_lot()
    unit = a_unit()
    both = member(unit, Duty.Kind.REQUESTER, Duty.Kind.APPROVER)
    request = submit(a_request(both).pk, both)
    with pytest.raises(decide.OwnRequest):
        decide.approve(request.pk, both)
    with pytest.raises(decide.OwnRequest):
        decide.send_back(request.pk, both, "x")
    # nor what a colleague began and they sent off
    begun = a_request(requester(unit))
    submit(begun.pk, both)
    with pytest.raises(decide.OwnRequest):
        decide.approve(begun.pk, both)


def test_another_unit_s_approver_decides_nothing() -> None:
    request, _ = held_request()
    for other in (approver(a_unit()), requester(request.organisation), a_person()):
        with pytest.raises(PermissionDenied):
            decide.approve(request.pk, other)
        with pytest.raises(PermissionDenied):
            decide.send_back(request.pk, other, "x")


def test_sent_back_the_stock_returns_and_the_draft_can_be_changed_and_sent_again() -> None:
    request, lot = held_request()
    back = decide.send_back(request.pk, approver(request.organisation), "太多了")
    assert back.state == State.DRAFT
    assert back.steps.last().why == "太多了"
    assert counters(lot) == (100 * JIN, 0, 0)
    request.lines.update(quantity=10 * JIN)
    again = submit(request.pk, request.by)
    assert (again.round, counters(lot)[1]) == (2, 10 * JIN)
    with_states = [order.state for order in orders_of(request)]
    assert with_states == [OrderState.CANCELLED, OrderState.AWAITING_APPROVAL]
    assert_stock_adds_up()


def test_unapproved_in_time_it_lapses_and_the_stock_returns() -> None:
    request, lot = held_request()
    assert decide.lapse(later(47)) == 0
    assert decide.lapse(later(49)) == 1
    request.refresh_from_db()
    assert request.state == State.LAPSED
    assert [order.state for order in orders_of(request)] == [OrderState.EXPIRED]
    assert counters(lot) == (100 * JIN, 0, 0)
    assert decide.reopen(request.pk, request.by).state == State.DRAFT
    assert submit(request.pk, request.by).state == State.HELD


@pytest.mark.django_db(transaction=True)
def test_an_order_let_go_for_somebody_else_takes_the_request_with_it() -> None:
    request, lot = held_request()
    BulkRequest.objects.update(held_until=later(-1))
    Order.objects.update(reserved_until=later(-1))
    place(a_person(), uuid.uuid4(), [Wanted(lot.pk, 90 * JIN, 120)], PayBy.ON_DELIVERY, DELIVERY)
    request.refresh_from_db()
    assert request.state == State.LAPSED
    with pytest.raises(NotAllowed):
        decide.approve(request.pk, approver(request.organisation))


def test_an_approval_that_comes_too_late_says_so() -> None:
    request, lot = held_request()
    BulkRequest.objects.update(held_until=later(-1))
    Order.objects.update(reserved_until=later(-1))
    with pytest.raises(NotAllowed):
        decide.approve(request.pk, approver(request.organisation))
    request.refresh_from_db()
    assert request.state == State.LAPSED
    assert counters(lot)[1] == 0


def test_who_asked_may_take_it_back() -> None:
    request, lot = held_request()
    assert decide.withdraw(request.pk, request.by).state == State.WITHDRAWN
    assert counters(lot)[1] == 0
    with pytest.raises(NotAllowed):
        decide.approve(request.pk, approver(request.organisation))
    with pytest.raises(PermissionDenied):
        decide.withdraw(request.pk, approver(request.organisation))
