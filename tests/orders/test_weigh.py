"""Weighed acceptance: what the scale said becomes what is paid, by the rules of `weigh.py`. Once."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from farmers.ledger.models import Entry
from farmers.ledger.queries import owed
from farmers.stock.models import StockMovement
from marketplace.access.models import Role
from marketplace.money import line_amount_fen
from shop.buyers.models import Duty
from shop.orders.accept import BadQuantity, accept
from shop.orders.dispatch import deliver, dispatch
from shop.orders.models import Order, OrderLine, PayBy, State, Weighing
from shop.orders.transitions import NotAllowed
from shop.orders.weigh import Outcome, Reading, settle, weigh
from tests.makers import (
    JIN,
    a_household,
    a_lot,
    a_person,
    an_order,
    an_organisation,
    assert_stock_adds_up,
    counters,
    saplings,
    sent_off,
)

SCALE = "赵师傅"


def a_units_order(jin: int = 10, **facts: object) -> Order:
    """Of a canteen whose buyer receives as well."""
    buyer = a_person(Role.CANTEEN)
    unit = an_organisation(duties={buyer: [Duty.Kind.RECEIVER]})
    return an_order(PayBy.ON_ACCOUNT, buyer=buyer, organisation=unit, jin=jin, **facts)  # type: ignore[arg-type]


def read(line: OrderLine, weighed_jin: float, refused_jin: float = 0, reason: str = "烂了") -> Order:
    reading = Reading(round(weighed_jin * JIN), round(refused_jin * JIN), reason if refused_jin else "")
    return weigh(line.order_id, {line.pk: reading}, line.order.buyer, receiver=SCALE)


# --- the rules as numbers ------------------------------------------------------------------------

quantities = st.integers(0, 10**9)


@given(ordered=st.integers(1, 10**9), weighed=quantities, share=st.floats(0, 1))
def test_every_gram_ordered_and_every_gram_weighed_is_accounted_for(
    ordered: int, weighed: int, share: float
) -> None:
    refused = min(weighed, int(weighed * share))
    outcome = settle(ordered, weighed, refused)
    assert outcome.accepted == min(ordered, weighed - refused)
    assert outcome.accepted + outcome.short == ordered
    assert outcome.accepted + outcome.refused + outcome.surplus == weighed
    assert min(outcome) >= 0
    assert not (outcome.short and outcome.surplus)


@given(ordered=st.integers(1, 10**6), weighed=st.integers(0, 10**6), more=st.integers(0, 10**6))
def test_more_on_the_scale_is_never_less_accepted(ordered: int, weighed: int, more: int) -> None:
    assert settle(ordered, weighed + more).accepted >= settle(ordered, weighed).accepted


@pytest.mark.parametrize(
    ("ordered", "weighed", "refused", "outcome"),
    [
        (10, 10, 0, Outcome(accepted=10, short=0, refused=0, surplus=0)),
        (10, 8, 0, Outcome(accepted=8, short=2, refused=0, surplus=0)),
        (10, 13, 0, Outcome(accepted=10, short=0, refused=0, surplus=3)),
        (10, 10, 2, Outcome(accepted=8, short=2, refused=2, surplus=0)),
        (10, 12, 2, Outcome(accepted=10, short=0, refused=2, surplus=0)),
        (10, 15, 2, Outcome(accepted=10, short=0, refused=2, surplus=3)),
        (10, 0, 0, Outcome(accepted=0, short=10, refused=0, surplus=0)),
    ],
)
def test_short_over_and_refused_each_by_its_rule(
    ordered: int, weighed: int, refused: int, outcome: Outcome
) -> None:
    assert settle(ordered, weighed, refused) == outcome


@pytest.mark.parametrize(("ordered", "weighed", "refused"), [(0, 1, 0), (10, -1, 0), (10, 5, 6), (10, 5, -1)])
def test_no_scale_says_that(ordered: int, weighed: int, refused: int) -> None:
    with pytest.raises(ValueError, match="refused is part of weighed"):
        settle(ordered, weighed, refused)


# --- the verb ------------------------------------------------------------------------------------


@pytest.mark.django_db
class TestWeigh:
    def test_only_what_was_accepted_enters_the_ledger_under_the_canteens_channel(self) -> None:
        lot = a_lot()
        line = sent_off(a_units_order(lots=[lot])).lines.get()
        order = read(line, weighed_jin=9.5, refused_jin=1.5)
        entry = Entry.objects.get()
        assert (entry.quantity, entry.amount_fen, entry.channel) == (8 * JIN, 960, "canteen")
        assert owed([lot.household_id]) == {lot.household_id: 960}
        assert (order.state, order.accepted_fen) == (State.ACCEPTED, 960)
        assert counters(lot) == (998 * JIN, 0, 8 * JIN)
        known = Weighing.objects.get(line=line)
        assert (known.weighed, known.refused, known.reason) == (4_750, 750, "烂了")
        assert (known.receiver, known.by, known.at is not None) == (SCALE, order.buyer, True)
        assert_stock_adds_up()

    def test_a_surplus_is_written_down_and_nobody_pays_it(self) -> None:
        lot = a_lot()
        line = sent_off(a_units_order(lots=[lot])).lines.get()
        order = read(line, weighed_jin=11)
        assert (order.accepted_fen, Entry.objects.get().quantity) == (1200, 10 * JIN)
        assert counters(lot) == (1_000 * JIN, 0, 10 * JIN)
        assert Weighing.objects.get().weighed == 11 * JIN
        assert_stock_adds_up()

    def test_all_refused_is_no_entry(self) -> None:
        line = sent_off(a_units_order(lots=[a_lot()])).lines.get()
        order = read(line, weighed_jin=10, refused_jin=10)
        assert (order.state, order.accepted_fen) == (State.ACCEPTED, 0)
        assert not Entry.objects.exists()

    def test_lines_are_weighed_as_they_come(self) -> None:
        order = sent_off(a_units_order(), delivered=True)
        first, second = order.lines.all()
        assert read(first, 10).state == State.DELIVERED
        assert read(second, 9).state == State.ACCEPTED

    def test_saplings_are_counted(self) -> None:
        line = sent_off(a_units_order(lots=[saplings()], quantity=30)).lines.get()
        weigh(line.order_id, {line.pk: Reading(31, 2, "根部受冻")}, line.order.buyer, receiver=SCALE)
        assert Entry.objects.get().quantity == 29

    def test_the_same_reading_twice_counts_once(self) -> None:
        order = sent_off(a_units_order())
        readings = {line.pk: Reading(9 * JIN, JIN, "烂了") for line in order.lines.all()}
        for _ in range(2):
            weigh(order.pk, readings, order.buyer, receiver=SCALE)
        assert (Entry.objects.count(), Weighing.objects.count()) == (2, 2)
        assert StockMovement.objects.filter(key__startswith="accept:").count() == 2
        assert order.tracking.filter(kind="accepted").count() == 1

    def test_another_reading_of_a_weighed_line_is_refused_and_nothing_changes(self) -> None:
        order = sent_off(a_units_order())
        first, second = order.lines.all()
        read(first, 10)
        with pytest.raises(NotAllowed):
            weigh(
                order.pk,
                {first.pk: Reading(9 * JIN), second.pk: Reading(10 * JIN)},
                order.buyer,
                receiver=SCALE,
            )
        # as much accepted, but not by the same reading
        with pytest.raises(NotAllowed):
            read(first, 11)
        second.refresh_from_db()
        assert second.accepted_quantity is None
        assert Entry.objects.count() == 1

    def test_what_was_accepted_without_a_scale_is_not_weighed_afterwards(self) -> None:
        order = sent_off(a_units_order(lots=[a_lot()]))
        line = order.lines.get()
        accept(order.pk, {line.pk: 9 * JIN}, order.buyer)
        read(line, 9)
        with pytest.raises(NotAllowed):
            read(line, 10)
        assert not Weighing.objects.exists()

    @pytest.mark.parametrize(
        ("weighed", "refused", "reason"),
        [(-1, 0, ""), (10, 11, "烂了"), (10, -1, "烂了"), (10, 1, " "), (20 * JIN + 1, 0, "")],
    )
    def test_what_cannot_be_is_told_at_its_line(self, weighed: int, refused: int, reason: str) -> None:
        order = sent_off(a_units_order())
        good, bad = order.lines.all()
        readings = {good.pk: Reading(JIN), bad.pk: Reading(weighed, refused, reason)}
        with pytest.raises(BadQuantity) as told:
            weigh(order.pk, readings, order.buyer, receiver=SCALE)
        assert told.value.line_id == bad.pk
        assert not Entry.objects.exists()
        assert not Weighing.objects.exists()

    def test_a_line_of_another_order_is_not_weighed_here(self) -> None:
        order, other = sent_off(a_units_order()), sent_off(a_units_order())
        stranger = other.lines.first()
        assert stranger
        with pytest.raises(BadQuantity):
            weigh(order.pk, {stranger.pk: Reading(JIN)}, order.buyer, receiver=SCALE)

    def test_what_has_not_left_its_village_is_not_weighed(self) -> None:
        order = a_units_order(lots=[a_lot()])
        with pytest.raises(NotAllowed):
            read(order.lines.get(), 10)
        assert not Weighing.objects.exists()


@pytest.mark.django_db
class TestHandedOver:
    def test_the_officer_writes_what_left_and_the_scale_is_read_beside_it(self) -> None:
        order = a_units_order()
        first, second = order.lines.all()
        officer = a_person(Role.OFFICER)
        dispatch(first.consignment_id, officer, handed_over={first.pk: 9 * JIN})
        dispatch(second.consignment_id, officer)
        read(first, 8.5)
        read(second, 10)
        kept = {one.line_id: (one.handed_over, one.weighed) for one in Weighing.objects.all()}
        assert kept == {first.pk: (9 * JIN, 4_250), second.pk: (None, 10 * JIN)}

    def test_sent_off_twice_keeps_the_first_words(self) -> None:
        line = a_units_order(lots=[a_lot()]).lines.get()
        for jin in (9, 8):
            dispatch(line.consignment_id, a_person(Role.OFFICER), handed_over={line.pk: jin * JIN})
        assert Weighing.objects.get().handed_over == 9 * JIN

    @pytest.mark.parametrize("quantity", [-1, 20 * JIN + 1])
    def test_a_slip_keeps_the_goods_where_they_are(self, quantity: int) -> None:
        line = a_units_order(lots=[a_lot()]).lines.get()
        with pytest.raises(BadQuantity):
            dispatch(line.consignment_id, a_person(Role.OFFICER), handed_over={line.pk: quantity})
        line.consignment.refresh_from_db()
        assert line.consignment.state == "preparing"

    def test_an_empty_consignment_does_not_leave(self) -> None:
        line = a_units_order(lots=[a_lot()]).lines.get()
        with pytest.raises(NotAllowed):
            dispatch(line.consignment_id, a_person(Role.OFFICER), handed_over={line.pk: 0})
        line.consignment.refresh_from_db()
        assert line.consignment.state == "preparing"

    def test_lines_of_another_consignment_are_not_handed_over_here(self) -> None:
        first, second = a_units_order().lines.all()
        with pytest.raises(BadQuantity):
            dispatch(first.consignment_id, a_person(Role.OFFICER), handed_over={second.pk: JIN})

    def test_goods_can_be_weighed_that_nobody_said_were_there(self) -> None:
        household = a_household()
        order = a_units_order(lots=[a_lot(household=household), a_lot(household=household)])
        line = order.lines.earliest("pk")
        dispatch(line.consignment_id, a_person(Role.OFFICER), handed_over={line.pk: 0})
        deliver(line.consignment_id, a_person(Role.OFFICER))
        assert read(line, 10).accepted_fen == 1200


@pytest.mark.django_db
@pytest.mark.parametrize(
    "facts",
    [
        {"handed_over": -1},
        {"weighed": 5, "refused": 6, "reason": "x"},
        {"weighed": 5, "refused": 1, "reason": ""},
        {"refused": 1, "reason": "x"},
        {"weighed": 5, "by": None},
    ],
)
def test_the_table_itself_refuses_what_no_scale_can_say(facts: dict[str, object]) -> None:
    from django.utils import timezone

    line = a_units_order(lots=[a_lot()]).lines.get()
    row = {"by": line.order.buyer, "at": timezone.now()} if "weighed" in facts else {}
    with pytest.raises(IntegrityError), transaction.atomic():
        Weighing.objects.create(line=line, **{**row, **facts})


class Sums(TestCase):
    @settings(max_examples=25)
    @given(
        price_fen=st.integers(1, 5_000),
        ordered=st.integers(1, 20_000),
        weighed=st.floats(0, 2),
        refused=st.floats(0, 1),
    )
    def test_scale_stock_ledger_household_and_order_agree(
        self, price_fen: int, ordered: int, weighed: float, refused: float
    ) -> None:
        assume(line_amount_fen(price_fen, ordered, 500))  # nothing is ordered for nothing
        lot = a_lot(price_fen=price_fen, grams=20_000)
        order = sent_off(a_units_order(lots=[lot], quantity=ordered))
        line = order.lines.get()
        on_scale = int(ordered * weighed)
        reading = Reading(on_scale, int(on_scale * refused), "x")
        order = weigh(order.pk, {line.pk: reading}, order.buyer, receiver=SCALE)
        outcome = settle(ordered, reading.weighed, reading.refused)
        fen = line_amount_fen(price_fen, outcome.accepted, 500)
        assert sum(Entry.objects.values_list("quantity", flat=True)) == outcome.accepted
        assert sum(Entry.objects.values_list("amount_fen", flat=True)) == fen == order.accepted_fen
        assert owed([lot.household_id]).get(lot.household_id, 0) == fen
        assert counters(lot) == (20_000 - outcome.short, 0, outcome.accepted)
        assert_stock_adds_up()
