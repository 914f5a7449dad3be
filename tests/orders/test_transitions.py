"""An order takes only the steps of the table, each recorded; whatever happens, stock and ledger agree with it."""

from __future__ import annotations

import datetime as dt
import io
import itertools
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import Sum
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import (
    Bundle,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from farmers.ledger.models import Entry
from farmers.stock import movements
from farmers.stock.models import Lot
from marketplace.access.models import Role
from shop.orders.accept import BadQuantity, accept, give_back
from shop.orders.cancel import cancel, release_lapsed
from shop.orders.dispatch import deliver, dispatch, report_stop
from shop.orders.models import Consignment, Order, OrderLine, PayBy, State, Transition
from shop.orders.pay import Outcome, pay_on_delivery, record_payment, record_refund
from shop.orders.place import NotAsShown
from shop.orders.signals import release_due
from shop.orders.transitions import ALLOWED, MOVES, Going, NotAllowed, advance, locked, move
from shop.payments.models import Provider
from shop.payments.receive import give_back as money_back
from tests.machines import Machine
from tests.makers import a_lot, a_person, an_order, assert_stock_adds_up, counters, paid_by_card, sent_off

LATER = dt.timedelta(hours=1)
# the verbs of the house, told a second time: what an order may become from each state
STEPS = {
    "": {"awaiting_payment", "awaiting_approval", "confirmed"},
    "awaiting_payment": {"confirmed", "cancelled", "expired"},
    "awaiting_approval": {"confirmed", "cancelled", "expired"},
    "expired": {"confirmed"},
    "confirmed": {"dispatched", "cancelled"},
    "dispatched": {"delivered", "accepted"},
    "delivered": {"accepted"},
    "accepted": set(),
    "cancelled": set(),
}
# and what its goods may be meanwhile
GOING = {
    "awaiting_payment": {"preparing"},
    "awaiting_approval": {"preparing"},
    "expired": {"cancelled"},
    "confirmed": {"preparing"},
    "dispatched": {"preparing", "dispatched", "delivered"},
    "delivered": {"delivered"},
    "accepted": {"delivered"},
    "cancelled": {"cancelled"},
}
# the same for the goods of one village
MOVED = {
    "preparing": {"dispatched", "cancelled"},
    "dispatched": {"delivered"},
    "delivered": set(),
    "cancelled": {"preparing"},
}


class Life(Machine):
    """Orders over two small lots, pulled about by everybody who has something to do with them."""

    orders = Bundle("orders")

    def __init__(self) -> None:
        super().__init__()
        self.lots = [a_lot(grams=9, price_fen=333), a_lot(grams=6, price_fen=257)]
        self.buyer, self.officer, self.official = a_person(), a_person(Role.OFFICER), a_person(Role.OFFICIAL)

    @rule(
        target=orders,
        pay_by=st.sampled_from([PayBy.ONLINE, PayBy.ON_DELIVERY]),
        grams=st.integers(1, 4),
        both=st.booleans(),
    )
    def place(self, pay_by: PayBy, grams: int, both: bool) -> Any:
        try:
            return an_order(
                pay_by, buyer=self.buyer, lots=self.lots if both else self.lots[:1], quantity=grams
            ).pk
        except NotAsShown:
            return multiple()

    @rule(order=orders, fen=st.integers(1, 3))
    def pay(self, order: int, fen: int) -> None:
        paid_by_card(order, fen)

    @rule(order=orders)
    def pay_later(self, order: int) -> None:
        self.attempt(lambda: pay_on_delivery(order, by=self.buyer))

    @rule(order=orders)
    def cancel(self, order: int) -> None:
        self.attempt(lambda: cancel(order, self.buyer, "changed my mind"))

    @rule()
    def time_passes(self) -> None:
        release_lapsed(timezone.now() + LATER)

    @rule(order=orders, number=st.integers(0, 1))
    def dispatch(self, order: int, number: int) -> None:
        self.attempt(lambda: dispatch(self.consignment(order, number), self.officer))

    @rule(order=orders, number=st.integers(0, 1))
    def deliver(self, order: int, number: int) -> None:
        self.attempt(lambda: deliver(self.consignment(order, number), self.officer))

    @rule(order=orders, number=st.integers(0, 1))
    def stop_on_the_way(self, order: int, number: int) -> None:
        self.attempt(lambda: report_stop(self.consignment(order, number), self.officer, "西关"))

    @rule(order=orders, less=st.integers(-1, 4), all_lines=st.booleans())
    def accept(self, order: int, less: int, all_lines: bool) -> None:
        lines = list(OrderLine.objects.filter(order=order))[: None if all_lines else 1]
        self.attempt(lambda: accept(order, {line.pk: line.quantity - less for line in lines}, self.buyer))

    @rule(order=orders, grams=st.integers(1, 4), sound=st.booleans())
    def give_back(self, order: int, grams: int, sound: bool) -> None:
        line = OrderLine.objects.filter(order=order).order_by("pk")[0]
        before = line.returned_quantity
        self.attempt(
            lambda: give_back(
                line.pk, grams, returned_before=before, sound=sound, reason="变质", by=self.official
            )
        )

    @rule(order=orders)
    def refund(self, order: int) -> None:
        paid = Order.objects.get(pk=order)
        if paid.overpaid_fen:
            money_back(paid, paid.overpaid_fen, f"R-{next(_found)}", self.officer, provider=Provider.CASH)

    @rule(grams=st.integers(1, 3))
    def more_is_found(self, grams: int) -> None:
        movements.add([movements.Change(self.lots[0].pk, grams, "", f"found:{next(_found)}")], self.officer)

    def consignment(self, order: int, number: int) -> int:
        found = list(Order.objects.get(pk=order).consignments.values_list("pk", flat=True))
        return found[number % len(found)]

    def attempt(self, act: Any) -> None:
        """What is refused changes nothing."""
        before = self.everything()
        try:
            act()
        except (NotAllowed, BadQuantity):
            assert self.everything() == before

    def everything(self) -> Any:
        return [
            list(table.objects.order_by("pk").values())
            for table in (Order, OrderLine, Lot, Transition, Entry)
        ]

    @invariant()
    def only_allowed_steps_each_recorded(self) -> None:
        for order in Order.objects.prefetch_related("transitions"):
            at = ""
            for step in order.transitions.all():
                assert step.from_state == at
                assert step.to_state in STEPS[at]
                assert step.at is not None
                # the clock and the bank are nobody
                assert step.by_id or step.to_state == State.EXPIRED or self.by_card(step)
                at = step.to_state
            assert order.state == at

    def by_card(self, step: Transition) -> bool:
        return step.order.payments.filter(provider=Provider.STRIPE, reference=step.why).exists()

    @invariant()
    def consignments_are_where_their_order_is(self) -> None:
        for order in Order.objects.prefetch_related("consignments", "tracking", "lines"):
            going = {consignment.state for consignment in order.consignments.all()}
            assert going <= GOING[order.state]
            told = {(event.consignment_id, event.kind) for event in order.tracking.all()}
            for consignment in order.consignments.all():
                assert ((consignment.pk, "dispatched") in told) == (
                    consignment.state in {"dispatched", "delivered"}
                )
                assert ((consignment.pk, "delivered") in told) == (consignment.state == "delivered")

    @invariant()
    def stock_is_what_orders_hold(self) -> None:
        assert_stock_adds_up()
        for lot in Lot.objects.all():
            lines = lot.order_lines.all()
            ended = {State.CANCELLED, State.EXPIRED}
            held = sum(
                x.quantity for x in lines if x.accepted_quantity is None and x.order.state not in ended
            )
            assert (lot.reserved, lot.sold) == (held, sum(x.kept_quantity for x in lines))

    @invariant()
    def ledger_is_what_was_kept(self) -> None:
        for order in Order.objects.prefetch_related("lines"):
            posted = Entry.objects.filter(order_number=order.number).aggregate(
                grams=Sum("quantity", default=0), fen=Sum("amount_fen", default=0)
            )
            assert posted == {
                "grams": sum(line.kept_quantity for line in order.lines.all()),
                "fen": sum(line.kept_fen for line in order.lines.all()),
            }
            assert posted["fen"] == order.accepted_fen


_found = itertools.count()


class AnyLife(TestCase):
    def test_whatever_happens_in_whatever_order(self) -> None:
        # each life begins where the last one ended: other orders about must change nothing
        run_state_machine_as_test(
            Life,
            settings=settings(
                max_examples=12,
                stateful_step_count=25,
                suppress_health_check=list(HealthCheck),
            ),
        )


def test_the_table_is_the_one_we_mean() -> None:
    assert {at: {step.value for step in steps} for at, steps in ALLOWED.items()} == STEPS
    assert {at: {step.value for step in steps} for at, steps in MOVES.items()} == MOVED


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("at", "to"),
    [(at, to) for at, to in itertools.product(Going, Going) if to.value not in MOVED[at.value]],
)
def test_goods_take_no_other_step(at: Going, to: Going) -> None:
    order = an_order()
    first, second = order.consignments.all()
    Consignment.objects.filter(pk=second.pk).update(state=at)
    allowed_first = next((start for start in Going if to.value in MOVED[start.value]), at)
    Consignment.objects.filter(pk=first.pk).update(state=allowed_first)
    with pytest.raises(NotAllowed):
        move(order.consignments.all(), to)
    assert list(order.consignments.values_list("state", flat=True)) == [allowed_first, at]


@pytest.mark.django_db
def test_goods_that_are_weighed_have_come_though_nobody_wrote_it_down() -> None:
    order = sent_off(an_order(PayBy.ON_DELIVERY))
    for _ in range(2):
        accept(order.pk, {line.pk: line.quantity for line in order.lines.all()}, order.buyer)
    kinds = [event.kind for event in order.tracking.order_by("at", "pk")]
    assert kinds == ["placed", "dispatched", "dispatched", "delivered", "delivered", "accepted"]


@pytest.mark.django_db
def test_an_order_begins_with_a_step_of_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ALLOWED, "", frozenset({State.AWAITING_PAYMENT}))
    assert an_order(PayBy.ONLINE).state == State.AWAITING_PAYMENT
    with pytest.raises(NotAllowed):
        an_order(PayBy.ON_DELIVERY)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("at", "to"), [(at, to) for at, to in itertools.product(State, State) if to.value not in STEPS[at.value]]
)
def test_no_other_step_can_be_taken(at: State, to: State) -> None:
    order = an_order()
    Order.objects.update(state=at)
    with pytest.raises(NotAllowed):
        advance(locked(order.pk), to, order.buyer, "")
    order.refresh_from_db()
    assert (order.state, order.transitions.count()) == (at, 1)


@pytest.mark.django_db
class TestPaying:
    def test_a_payment_confirms_and_a_second_shows_as_too_much(self) -> None:
        order = an_order()
        assert record_payment(order.pk, 2500, by=None, why="card") == Outcome.CONFIRMED
        assert record_payment(order.pk, 2500, by=None, why="card") == Outcome.COUNTED
        order.refresh_from_db()
        assert (order.state, order.overpaid_fen) == (State.CONFIRMED, 2500)

    def test_one_order_that_cannot_be_let_go_of_holds_up_no_other(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        lot = a_lot()
        bad, good = an_order(lots=[lot]), an_order(lots=[lot])
        as_it_is = movements.release

        def broken(held: Any, by: Any) -> None:
            as_it_is(held, by)
            if held[0].reference == bad.number:
                raise ValueError("broken")

        monkeypatch.setattr(movements, "release", broken)
        assert release_lapsed(timezone.now() + LATER) == 1
        bad.refresh_from_db()
        good.refresh_from_db()
        assert (bad.state, good.state) == (State.AWAITING_PAYMENT, State.EXPIRED)
        assert f"order {bad.pk} failed" in caplog.text
        assert_stock_adds_up()

    def test_a_room_that_fails_holds_up_neither_orders_nor_other_rooms(self) -> None:
        order = an_order()
        Order.objects.update(reserved_until=timezone.now() - LATER)

        def broken(**kwargs: Any) -> int:
            raise ValueError("broken")

        def works(**kwargs: Any) -> int:
            return 5

        told = io.StringIO()
        for receiver in (broken, works):
            release_due.connect(receiver)
        try:
            call_command("release_lapsed", stdout=told)
        finally:
            for receiver in (broken, works):
                release_due.disconnect(receiver)
        assert told.getvalue().strip() == "6"
        order.refresh_from_db()
        assert order.state == State.EXPIRED

    def test_money_for_a_lapsed_order_revives_it_while_the_goods_are_there(self) -> None:
        lot = a_lot()
        order = an_order(lots=[lot])
        assert release_lapsed(timezone.now() + LATER) == 1
        assert record_payment(order.pk, 1200, by=None, why="card") == Outcome.CONFIRMED
        assert counters(lot) == (500_000, 5_000, 0)
        sent_off(order)
        assert_stock_adds_up()

    def test_money_for_a_lapsed_order_whose_goods_are_gone_goes_back(self) -> None:
        lot = a_lot(jin=10)
        order = an_order(lots=[lot])
        release_lapsed(timezone.now() + LATER)
        an_order(PayBy.ON_DELIVERY, lots=[lot])
        assert record_payment(order.pk, 1200, by=None, why="card") == Outcome.TOO_LATE
        order.refresh_from_db()
        assert (order.state, order.overpaid_fen) == (State.EXPIRED, 1200)
        assert [step.to_state for step in order.transitions.all()] == ["awaiting_payment", "expired"]
        assert_stock_adds_up()

    @pytest.mark.parametrize("fen", [0, -1])
    def test_a_payment_is_more_than_nothing(self, fen: int) -> None:
        with pytest.raises(ValueError):
            record_payment(an_order().pk, fen, by=None, why="card")

    def test_no_more_goes_back_than_was_too_much(self) -> None:
        order = an_order()
        record_payment(order.pk, 2600, by=None, why="card")
        for fen in (101, 0, -1):
            with pytest.raises(ValueError):
                record_refund(order.pk, fen)
        assert record_refund(order.pk, 100).overpaid_fen == 0


@pytest.mark.django_db
class TestEnding:
    def test_a_cancelled_order_gives_its_goods_back_once(self) -> None:
        lot = a_lot()
        order = an_order(PayBy.ON_DELIVERY, lots=[lot])
        cancel(order.pk, order.buyer, "too many")
        cancel(order.pk, order.buyer, "once more")
        order.refresh_from_db()
        step = order.transitions.last()
        assert step is not None
        assert (step.from_state, step.to_state, step.by, step.why) == (
            "confirmed",
            "cancelled",
            order.buyer,
            "too many",
        )
        assert counters(lot) == (500_000, 0, 0)
        assert order.charge_fen == 0
        assert_stock_adds_up()

    def test_what_has_left_the_village_can_no_longer_be_cancelled(self) -> None:
        order = sent_off(an_order(PayBy.ON_DELIVERY))
        with pytest.raises(NotAllowed):
            cancel(order.pk, order.buyer, "")
        with pytest.raises(NotAllowed):
            pay_on_delivery(an_order_cancelled().pk, by=order.buyer)

    def test_an_order_lapses_after_its_time_and_not_before(self) -> None:
        order = an_order()
        assert order.reserved_until is not None
        assert release_lapsed(order.reserved_until) == 0
        assert release_lapsed(order.reserved_until + dt.timedelta(microseconds=1)) == 1
        order.refresh_from_db()
        step = order.transitions.last()
        assert step is not None
        assert (order.state, step.by) == (State.EXPIRED, None)
        assert_stock_adds_up()

    def test_nothing_leaves_for_an_order_that_ended(self) -> None:
        order = an_order_cancelled()
        for verb in (dispatch, deliver):
            with pytest.raises(NotAllowed):
                verb(order.consignments.all()[0].pk, a_person(Role.OFFICER))


def an_order_cancelled() -> Order:
    order = an_order()
    return cancel(order.pk, order.buyer, "")
