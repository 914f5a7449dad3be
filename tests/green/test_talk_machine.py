"""Talks pulled about by everybody, in any order: stock always is what talks hold and orders reserve."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

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

from farmers.stock import movements
from farmers.stock.models import Lot
from marketplace.days import today
from shop.green import talk as talks
from shop.green.lapse import lapse_silent, release_holds
from shop.green.models import OPEN, Side, State, Step, Talk
from shop.green.steps import Kind, Refused
from shop.orders.accept import accept
from shop.orders.cancel import cancel
from shop.orders.models import Order
from shop.orders.models import State as OrderState
from shop.orders.place import NotAsShown
from shop.orders.transitions import NotAllowed
from tests.machines import Machine
from tests.makers import an_order, assert_stock_adds_up, sent_off

from .talks import PHONE, a_buyer, a_scene, said, terms

_found = itertools.count()
firms, sides = st.integers(0, 1), st.booleans()
# the verbs of the house, told a second time: which steps lead where
STEPS = {
    "": {("ask", "asked")},
    "asked": {("ask", "asked"), ("day", "visit")},
    "visit": {("ask", "asked"), ("day", "visit"), ("seen", "seen")},
    "seen": {("hold", "seen"), ("let_go", "seen"), ("unheld", "seen"), ("offer", "offered")},
    "offered": {
        ("hold", "offered"),
        ("let_go", "offered"),
        ("unheld", "offered"),
        ("offer", "offered"),
        ("accept", "agreed"),
    },
}
ENDS = {("decline", "declined"), ("withdraw", "withdrawn"), ("lapse", "lapsed")}


class Market(Machine):
    """Two firms over one household's twelve trees, which others buy, too."""

    talks = Bundle("talks")

    def __init__(self) -> None:
        super().__init__()
        self.scene = a_scene(count=12)
        Lot.objects.filter(pk=self.scene.lot.pk).update(public_on=None)
        self.firms = [self.scene.buyer, a_buyer()]

    def firm(self, talk: int) -> Any:
        return Talk.objects.get(pk=talk).buyer

    def attempt(self, act: Any) -> None:
        """What is refused changes nothing."""
        before = self.everything()
        try:
            act()
        except (Refused, NotAsShown, NotAllowed, movements.NotEnough):
            assert self.everything() == before

    def everything(self) -> Any:
        return [list(table.objects.order_by("pk").values()) for table in (Talk, Step, Lot, Order)]

    @rule(target=talks, firm=firms)
    def begin(self, firm: int) -> Any:
        try:
            return talks.begin(self.scene.lot, today(), PHONE, said(), self.firms[firm]).pk
        except Refused:
            return multiple()

    @rule(talk=talks)
    def look(self, talk: int) -> None:
        """The usual way to where the talk is about money."""
        self.attempt(lambda: talks.set_day(talk, today(), self.scene.seller, said()))
        self.attempt(lambda: talks.looked(talk, self.scene.seller, said()))

    @rule(talk=talks)
    def another_day(self, talk: int) -> None:
        self.attempt(lambda: talks.ask_again(talk, today(), self.firm(talk), said()))

    @rule(talk=talks, quantity=st.integers(1, 9))
    def hold(self, talk: int, quantity: int) -> None:
        self.attempt(lambda: talks.hold(talk, quantity, self.firm(talk), said()))

    @rule(talk=talks)
    def let_go(self, talk: int) -> None:
        self.attempt(lambda: talks.let_go(talk, self.firm(talk), said()))

    @rule(talk=talks, price=st.integers(1, 5000), quantity=st.integers(1, 9), firm=sides)
    def offer(self, talk: int, price: int, quantity: int, firm: bool) -> None:
        by = self.firm(talk) if firm else self.scene.seller
        self.attempt(lambda: talks.offer(talk, terms(price, quantity), by, said()))

    @rule(talk=talks, firm=sides, old=sides)
    def accept(self, talk: int, firm: bool, old: bool) -> None:
        """The newest offer, or the first."""
        by = self.firm(talk) if firm else self.scene.seller
        offers = Step.objects.filter(talk=talk, kind=Kind.OFFER)
        found = offers.first() if old else offers.last()
        self.attempt(lambda: talks.accept(talk, found.pk if found else 0, by, said()))

    @rule(talk=talks, firm=sides)
    def end(self, talk: int, firm: bool) -> None:
        by = self.firm(talk) if firm else self.scene.officer
        self.attempt(lambda: talks.end(talk, by, said(consent="phone")))

    @rule(days=st.integers(0, 20))
    def time_passes(self, days: int) -> None:
        then = timezone.now() + dt.timedelta(days=days)
        release_holds(then)
        lapse_silent(then)

    @rule(quantity=st.integers(1, 5))
    def somebody_buys(self, quantity: int) -> None:
        self.attempt(lambda: an_order(lots=[self.scene.lot], quantity=quantity))

    @rule(talk=talks)
    def called_off(self, talk: int) -> None:
        if order := Talk.objects.get(pk=talk).order:
            self.attempt(lambda: cancel(order.pk, self.firm(talk), "不要了"))

    @rule(talk=talks, short=st.integers(0, 2))
    def lifted_and_counted(self, talk: int, short: int) -> None:
        order = Talk.objects.get(pk=talk).order
        if order and order.state == OrderState.CONFIRMED:
            line = sent_off(order).lines.get()
            accept(order.pk, {line.pk: max(line.quantity - short, 0)}, order.buyer)

    @rule(pieces=st.integers(1, 3))
    def more_are_found(self, pieces: int) -> None:
        movements.add(
            [movements.Change(self.scene.lot.pk, pieces, "", f"more:{next(_found)}")], self.scene.officer
        )

    @invariant()
    def stock_is_what_talks_hold_and_orders_reserve(self) -> None:
        assert_stock_adds_up()
        for lot in Lot.objects.all():
            ended = {OrderState.CANCELLED, OrderState.EXPIRED}
            lines = [
                line for line in lot.order_lines.select_related("order") if line.order.state not in ended
            ]
            ordered = sum(line.quantity for line in lines if line.accepted_quantity is None)
            held = sum(lot.talks.values_list("held", flat=True))
            assert (lot.reserved, lot.sold) == (held + ordered, sum(line.kept_quantity for line in lines))

    @invariant()
    def only_allowed_steps_each_by_somebody(self) -> None:
        for talk in Talk.objects.prefetch_related("steps"):
            at, held, accepted = "", 0, []
            for step in talk.steps.all():
                assert step.from_state == at
                assert (step.kind, step.to_state) in STEPS.get(at, set()) | (ENDS if at in OPEN else set())
                assert (step.by_id is None) == (step.side == Side.NOBODY)
                if step.kind == Kind.HOLD:
                    held = step.quantity or 0
                elif step.kind in {Kind.LET_GO, Kind.UNHELD} or step.to_state not in OPEN:
                    held = 0
                accepted += [step] if step.kind == Kind.ACCEPT else []
                at = step.to_state
            assert (talk.state, talk.held) == (at, held)
            assert len(accepted) == (talk.state == State.AGREED) == (talk.order_id is not None)
            for step in accepted:
                assert step.answers is not None
                assert step.answers.side != step.side
                assert talk.order is not None
                line = talk.order.lines.get()
                assert (line.price_fen, line.quantity) == (step.answers.price_fen, step.answers.quantity)

    @invariant()
    def a_firm_has_one_open_talk(self) -> None:
        for firm in self.firms:
            assert Talk.objects.open().filter(lot=self.scene.lot, buyer=firm).count() <= 1


class AnyMarket(TestCase):
    def test_whatever_happens_in_whatever_order(self) -> None:
        run_state_machine_as_test(
            Market,
            settings=settings(
                max_examples=12,
                stateful_step_count=30,
                suppress_health_check=list(HealthCheck),
            ),
        )
