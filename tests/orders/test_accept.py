"""Acceptance: what was really weighed is sold, owed and told, to the gram and the fen. Once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from farmers.ledger.briefing import figures
from farmers.ledger.models import Entry
from farmers.ledger.queries import owed
from marketplace.access.models import Role, User
from marketplace.days import today
from marketplace.money import line_amount_fen
from shop.orders.accept import BadQuantity, accept, give_back
from shop.orders.dispatch import deliver, dispatch
from shop.orders.models import Consignment, OrderLine, PayBy, State
from shop.orders.transitions import NotAllowed
from tests.makers import (
    JIN,
    a_lot,
    a_person,
    accepted,
    an_order,
    an_organisation,
    assert_stock_adds_up,
    counters,
    paid_by_card,
    saplings,
    sent_off,
)


def briefed() -> dict[str, Any]:
    return dict(figures(today(), today()))


def of(line: OrderLine, quantity: int, *, sound: bool, by: User | None = None) -> OrderLine:
    """A return as the form sends it."""
    line.refresh_from_db()
    return give_back(
        line.pk,
        quantity,
        returned_before=line.returned_quantity,
        sound=sound,
        reason="变质",
        by=by or a_person(Role.OFFICIAL),
    )


@pytest.mark.django_db
class TestShort:
    def test_only_what_was_accepted_is_sold_owed_and_told(self) -> None:
        lot, trees = a_lot(), saplings()
        buyer = a_person(Role.CANTEEN)
        unit = an_organisation(buyer, name="第一中学食堂")
        order = sent_off(an_order(PayBy.ON_ACCOUNT, buyer=buyer, lots=[lot], organisation=unit))
        other = sent_off(an_order(PayBy.ON_DELIVERY, lots=[trees], quantity=7))
        line, tree_line = order.lines.get(), other.lines.get()
        accept(order.pk, {line.pk: 4_321}, buyer)
        accept(other.pk, {tree_line.pk: 6}, other.buyer)

        potato_fen, tree_fen = 1037, 21_000  # 8.642 jin at ¥1.20 is 1037.04 fen
        assert counters(lot) == (500_000 - 679, 0, 4_321)
        assert counters(trees) == (99, 0, 6)
        entry = Entry.objects.get(order_number=order.number)
        assert (entry.quantity, entry.amount_fen, entry.price_fen, entry.unit_size) == (
            4_321,
            potato_fen,
            120,
            500,
        )
        assert (entry.household, entry.village, entry.town) == (lot.household, lot.village, lot.town)
        assert (entry.channel, entry.buyer_kind, entry.buyer) == ("canteen", "canteen", f"unit:{unit.pk}")
        assert entry.buyer_name == "第一中学食堂"
        assert (entry.product_name_en, entry.category_name, entry.category_name_en) == (
            "Potato",
            "根茎菜",
            "Roots and bulbs",
        )
        assert owed([lot.household_id, trees.household_id]) == {
            lot.household_id: potato_fen,
            trees.household_id: tree_fen,
        }
        told = briefed()
        assert (told["produce_grams"], told["saplings"], told["amount_fen"]) == (
            4_321,
            6,
            potato_fen + tree_fen,
        )
        assert (told["households"], told["buyers"]) == (2, 2)
        order.refresh_from_db()
        assert (order.state, order.accepted_fen, order.charge_fen) == (State.ACCEPTED, potato_fen, potato_fen)
        assert_stock_adds_up()

    def test_a_person_is_not_named_in_the_ledger(self) -> None:
        order = accepted(an_order(PayBy.ON_DELIVERY))
        entry = Entry.objects.first()
        assert entry is not None
        assert (entry.buyer, entry.buyer_name) == (f"person:{order.buyer_id}", "")

    def test_goods_that_did_not_come_at_all_leave_no_entry(self) -> None:
        lot = a_lot()
        order = sent_off(an_order(PayBy.ON_DELIVERY, lots=[lot]))
        order = accept(order.pk, {order.lines.get().pk: 0}, order.buyer)
        assert (order.state, order.accepted_fen, order.due_fen) == (State.ACCEPTED, 0, 0)
        assert not Entry.objects.exists()
        assert counters(lot) == (495_000, 0, 0)

    def test_what_was_paid_too_much_is_known(self) -> None:
        order = an_order()
        paid_by_card(order.pk, order.total_fen)
        order = accepted(order, short_jin=3)
        assert (order.paid_fen, order.charge_fen, order.overpaid_fen, order.due_fen) == (2500, 2140, 360, 0)

    def test_a_buyer_on_delivery_owes_what_was_accepted(self) -> None:
        order = accepted(an_order(PayBy.ON_DELIVERY), short_jin=3)
        assert (order.due_fen, order.overpaid_fen) == (2140, 0)


@pytest.mark.django_db
class TestOnce:
    def test_the_same_acceptance_twice_posts_once(self) -> None:
        order = sent_off(an_order(PayBy.ON_DELIVERY))
        got = {line.pk: line.quantity - 7 for line in order.lines.all()}
        accept(order.pk, got, order.buyer)
        before = (Entry.objects.count(), briefed(), order.tracking.count(), order.transitions.count())
        accept(order.pk, got, order.buyer)
        assert (Entry.objects.count(), briefed(), order.tracking.count(), order.transitions.count()) == before
        assert_stock_adds_up()

    def test_a_different_second_acceptance_is_refused(self) -> None:
        order = sent_off(an_order(PayBy.ON_DELIVERY))
        got = {line.pk: line.quantity for line in order.lines.all()}
        accept(order.pk, got, order.buyer)
        before = briefed()
        with pytest.raises(NotAllowed):
            accept(order.pk, {pk: quantity - 1 for pk, quantity in got.items()}, order.buyer)
        assert briefed() == before

    def test_line_by_line_in_several_steps(self) -> None:
        order = sent_off(an_order(PayBy.ON_DELIVERY), delivered=True)
        assert order.state == State.DELIVERED
        first, second = order.lines.all()
        order = accept(order.pk, {first.pk: first.quantity}, order.buyer)
        assert (order.state, order.accepted_fen, order.charge_fen) == (State.DELIVERED, 1200, 2500)
        # the first line again with the second: only the second is new
        order = accept(order.pk, {first.pk: first.quantity, second.pk: 0}, order.buyer)
        assert (order.state, order.accepted_fen, order.charge_fen) == (State.ACCEPTED, 1200, 1200)
        assert Entry.objects.get().line == first.pk
        assert_stock_adds_up()

    def test_weighing_part_of_the_goods_says_that_they_have_come(self) -> None:
        lot = a_lot()
        order = sent_off(an_order(PayBy.ON_DELIVERY, lots=[lot, a_lot(household=lot.household)]))
        order = accept(order.pk, {order.lines.all()[0].pk: JIN}, order.buyer)
        assert order.state == State.DELIVERED
        assert order.consignments.get().state == Consignment.State.DELIVERED


@pytest.mark.django_db
class TestRefused:
    @pytest.mark.parametrize("quantity", [-1, 5_001, 10**30])
    def test_more_than_ordered_or_less_than_nothing(self, quantity: int) -> None:
        order = sent_off(an_order(PayBy.ON_DELIVERY))
        first, second = order.lines.all()
        with pytest.raises(BadQuantity) as told:
            accept(order.pk, {first.pk: first.quantity, second.pk: quantity}, order.buyer)
        assert told.value.line_id == second.pk
        assert not Entry.objects.exists()
        assert not OrderLine.objects.exclude(accepted_quantity=None).exists()
        assert_stock_adds_up()

    def test_a_line_of_another_order(self) -> None:
        order, other = sent_off(an_order(PayBy.ON_DELIVERY)), sent_off(an_order(PayBy.ON_DELIVERY))
        with pytest.raises(BadQuantity):
            accept(order.pk, {other.lines.all()[0].pk: 1}, order.buyer)

    def test_goods_that_have_not_left(self) -> None:
        order = an_order(PayBy.ON_DELIVERY)
        first, second = order.lines.all()
        dispatch(first.consignment_id, a_person(Role.OFFICER))
        with pytest.raises(NotAllowed):
            accept(order.pk, {first.pk: JIN, second.pk: JIN}, order.buyer)
        assert not Entry.objects.exists()
        accept(order.pk, {first.pk: JIN}, order.buyer)
        assert Entry.objects.count() == 1


@pytest.mark.django_db
class TestReturns:
    @pytest.mark.parametrize("sound", [True, False])
    def test_a_return_is_a_reversing_entry(self, sound: bool) -> None:
        lot = a_lot()
        order = accepted(an_order(PayBy.ON_DELIVERY, lots=[lot]))
        line = of(order.lines.get(), 1_500, sound=sound)
        assert line.kept_quantity == 3_500
        assert counters(lot) == ((500_000 if sound else 498_500), 0, 3_500)
        assert list(Entry.objects.order_by("id").values_list("quantity", "amount_fen")) == [
            (5_000, 1200),
            (-1_500, -360),
        ]
        assert owed([lot.household_id]) == {lot.household_id: 840}
        assert briefed()["amount_fen"] == 840
        order.refresh_from_db()
        assert (order.state, order.accepted_fen, order.due_fen) == (State.ACCEPTED, 840, 840)
        assert_stock_adds_up()

    def test_no_more_comes_back_than_was_kept(self) -> None:
        order = accepted(an_order(PayBy.ON_DELIVERY, lots=[a_lot()]))
        line = order.lines.get()
        of(line, 4_000, sound=True)
        for quantity in (1_001, 0, -1, 10**30):
            with pytest.raises(BadQuantity):
                of(line, quantity, sound=True)
        of(line, 1_000, sound=True)
        order.refresh_from_db()
        assert (order.accepted_fen, sum(Entry.objects.values_list("amount_fen", flat=True))) == (0, 0)

    def test_a_return_form_sent_twice_is_one_return(self) -> None:
        order = accepted(an_order(PayBy.ON_DELIVERY, lots=[a_lot()]))
        line, official = order.lines.get(), a_person(Role.OFFICIAL)
        give_back(line.pk, JIN, returned_before=0, sound=True, reason="发芽", by=official)
        with pytest.raises(NotAllowed):
            give_back(line.pk, JIN, returned_before=0, sound=True, reason="发芽", by=official)
        assert Entry.objects.count() == 2

    def test_what_was_not_accepted_cannot_come_back(self) -> None:
        order = sent_off(an_order(PayBy.ON_DELIVERY, lots=[a_lot()]))
        with pytest.raises(BadQuantity):
            of(order.lines.get(), 1, sound=True)


class Sums(TestCase):
    @settings(max_examples=30)
    @given(
        price_fen=st.integers(1, 5_000),
        ordered=st.integers(1, 20_000),
        part=st.floats(0, 1),
        returns=st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=4),
    )
    def test_lot_ledger_household_and_order_agree_whatever_comes_and_goes(
        self, price_fen: int, ordered: int, part: float, returns: list[tuple[float, bool]]
    ) -> None:
        assume(line_amount_fen(price_fen, ordered, 500))  # nothing is ordered for nothing
        lot = a_lot(price_fen=price_fen, grams=20_000)
        order = sent_off(an_order(PayBy.ON_DELIVERY, lots=[lot], quantity=ordered))
        line = order.lines.get()
        accept(order.pk, {line.pk: int(ordered * part)}, order.buyer)
        for share, sound in returns:
            line.refresh_from_db()
            if quantity := int(line.kept_quantity * share):
                of(line, quantity, sound=sound)
        line.refresh_from_db()
        order.refresh_from_db()
        amount = line_amount_fen(price_fen, line.kept_quantity, 500)
        entries = Entry.objects.filter(household=lot.household)
        assert sum(entry.quantity for entry in entries) == line.kept_quantity == counters(lot)[2]
        assert sum(entry.amount_fen for entry in entries) == amount == order.accepted_fen
        assert owed([lot.household_id]).get(lot.household_id, 0) == amount
        assert_stock_adds_up()


@pytest.mark.django_db
def test_the_ledger_day_is_the_day_in_shanghai() -> None:
    order = accepted(an_order(PayBy.ON_DELIVERY))
    entry = Entry.objects.filter(order_number=order.number)[0]
    assert entry.day == entry.at.astimezone(dt.timezone(dt.timedelta(hours=8))).date()


@pytest.mark.django_db
def test_goods_handed_over_twice_are_handed_over_once() -> None:
    order = sent_off(an_order(PayBy.ON_DELIVERY, lots=[a_lot()]))
    officer, consignment = a_person(Role.OFFICER), order.consignments.get()
    deliver(consignment.pk, officer)
    deliver(consignment.pk, officer)
    dispatch(consignment.pk, officer)
    assert [event.kind for event in order.tracking.all()] == ["placed", "dispatched", "delivered"]
