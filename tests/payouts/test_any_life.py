"""Whatever people do, in whatever order: stock, orders, money, ledger, books and payouts agree after every step."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable
from typing import Any

from django.db.models import Sum
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

from farmers.ledger.accounts import MONEY, Account
from farmers.ledger.models import Entry
from farmers.ledger.postings import balances
from farmers.ledger.seal import seal_all
from farmers.ledger.verify import verify
from farmers.payouts import bank_file, make, settle
from farmers.payouts.make import NotPaid, due_sums, make_run
from farmers.payouts.models import Payout, PayoutLine, PayoutRun
from farmers.payouts.owed import all_due, owed_to
from farmers.payouts.result_file import BadFile, read
from farmers.registry.models import Household
from marketplace.access.models import Role
from marketplace.days import today
from shop.buyers.models import locked_unit
from shop.orders.accept import BadQuantity, accept
from shop.orders.accept import give_back as take_goods_back
from shop.orders.call_off import call_off_line
from shop.orders.cancel import cancel
from shop.orders.dispatch import deliver, dispatch
from shop.orders.models import Order, OrderLine, PayBy, Transition
from shop.orders.place import NotAsShown
from shop.orders.transitions import NotAllowed
from shop.payments.books import books
from shop.payments.door import collect as collect_at_door
from shop.payments.door import hand_in, in_hand
from shop.payments.models import HandIn, Payment, Provider, Refund, Transfer
from shop.payments.receive import NotTaken, collect_cash, give_back
from shop.payments.transfers import record_transfer
from shop.payments.transfers import settle as share_out
from tests.machines import Machine
from tests.makers import (
    a_household,
    a_lot,
    a_person,
    a_village,
    an_officer,
    an_order,
    an_organisation,
    assert_stock_adds_up,
    paid_by_card,
)

from .runs import answer, as_csv

REFUSED = (NotAllowed, BadQuantity, NotAsShown, NotTaken, NotPaid, BadFile)
_number = itertools.count(1)


class Life(Machine):
    orders: Bundle[int] = Bundle("orders")

    def __init__(self) -> None:
        super().__init__()
        self.cashiers = [a_person(Role.CASHIER) for _ in range(2)]
        village = a_village()
        self.officer, self.buyer = an_officer(village), a_person()
        self.households = [
            a_household(village, bank_account="6217993300148825001"),
            a_household(village),
        ]
        # prices at which grams round
        self.lots = [a_lot(grams=9_000, price_fen=333, household=each) for each in self.households]
        self.canteen = a_person(Role.CANTEEN)
        self.unit = an_organisation(self.canteen)

    def attempt(self, act: Callable[[], Any]) -> Any:
        try:
            return act()
        except REFUSED:
            return None

    # --- buying and goods

    @rule(target=orders, pay_by=st.sampled_from(PayBy), grams=st.integers(1, 1_500))
    def place(self, pay_by: PayBy, grams: int) -> Any:
        unit = self.unit if pay_by == PayBy.ON_ACCOUNT else None
        buyer = self.canteen if unit else self.buyer
        made = self.attempt(
            lambda: an_order(pay_by, buyer=buyer, lots=self.lots, quantity=grams, organisation=unit)
        )
        return made.pk if made else multiple()

    @rule(order=orders)
    def bring(self, order: int) -> None:
        for consignment in Order.objects.get(pk=order).consignments.all():
            self.attempt(lambda pk=consignment.pk: dispatch(pk, self.officer))
            self.attempt(lambda pk=consignment.pk: deliver(pk, self.officer))

    @rule(order=orders, less=st.integers(0, 700), all_lines=st.booleans())
    def weigh(self, order: int, less: int, all_lines: bool) -> None:
        lines = list(OrderLine.objects.filter(order=order).order_by("pk"))[: None if all_lines else 1]
        self.attempt(
            lambda: accept(order, {line.pk: max(line.quantity - less, 0) for line in lines}, self.buyer)
        )

    @rule(order=orders, grams=st.integers(1, 800), line=st.integers(0, 1), sound=st.booleans())
    def goods_come_back(self, order: int, grams: int, line: int, sound: bool) -> None:
        one = OrderLine.objects.filter(order=order).order_by("pk")[line]
        self.attempt(
            lambda: take_goods_back(
                one.pk,
                grams,
                returned_before=one.returned_quantity,
                sound=sound,
                reason="变质",
                by=self.officer,
            )
        )

    @rule(order=orders)
    def call_off(self, order: int) -> None:
        self.attempt(lambda: cancel(order, self.buyer, "改主意了"))

    @rule(order=orders, line=st.integers(0, 1), restock=st.booleans())
    def call_a_line_off(self, order: int, line: int, restock: bool) -> None:
        one = OrderLine.objects.filter(order=order).order_by("pk")[line]
        self.attempt(lambda: call_off_line(one.pk, restock=restock, reason="烂了", by=self.officer))

    # --- money of buyers

    @rule(order=orders, fen=st.integers(1, 900))
    def card(self, order: int, fen: int) -> None:
        paid_by_card(order, fen)

    @rule(order=orders, fen=st.integers(1, 900), way=st.sampled_from([Provider.CASH, Provider.TRANSFER]))
    def cash(self, order: int, fen: int, way: Provider) -> None:
        one = Order.objects.get(pk=order)
        receipt = f"R-{next(_number)}"
        self.attempt(lambda: collect_cash(one, fen, receipt, self.cashiers[0], provider=way))

    @rule(order=orders, fen=st.integers(1, 900))
    def cash_at_the_door(self, order: int, fen: int) -> None:
        self.attempt(lambda: collect_at_door(order, fen, self.officer, uuid.uuid4()))

    @rule(most=st.sampled_from([1, 2, 100]))
    def officer_hands_in(self, most: int) -> None:
        hand = in_hand().filter(by=self.officer)[:most]
        fen = sum(payment.received_fen or 0 for payment in hand)
        taken, receipt = [payment.pk for payment in hand], f"B-{next(_number)}"
        self.attempt(lambda: hand_in(self.officer.pk, taken, fen, receipt, self.cashiers[0], uuid.uuid4()))

    @rule(fen=st.integers(1, 2_000))
    def transfer(self, fen: int) -> None:
        record_transfer(
            self.unit.pk, fen, today(), f"T-{next(_number)}", key=uuid.uuid4(), by=self.cashiers[0]
        )
        share_out(locked_unit(self.unit.pk), self.cashiers[0], billed_only=False)

    @rule(order=orders, way=st.sampled_from([Provider.CASH, Provider.STRIPE]))
    def refund(self, order: int, way: Provider) -> None:
        one = Order.objects.get(pk=order)
        if one.overpaid_fen:
            give_back(one, one.overpaid_fen, f"G-{next(_number)}", self.cashiers[0], provider=way)

    # --- paying households

    @rule(cashier=st.integers(0, 1))
    def start_run(self, cashier: int) -> None:
        self.attempt(lambda: make_run(today(), self.cashiers[cashier], uuid.uuid4()))

    @rule(cashier=st.integers(0, 1))
    def release(self, cashier: int) -> None:
        for run in PayoutRun.objects.filter(state=PayoutRun.State.DRAFT):
            self.attempt(lambda pk=run.pk: make.release(pk, self.cashiers[cashier]))

    @rule()
    def throw_away(self) -> None:
        for run in PayoutRun.objects.exclude(state=PayoutRun.State.DROPPED)[:1]:
            self.attempt(lambda pk=run.pk: make.throw_away(pk, self.cashiers[0]))

    @rule(fails=st.booleans(), alters=st.booleans())
    def the_bank_answers(self, fails: bool, alters: bool) -> None:
        for run in PayoutRun.objects.all():
            payouts = self.attempt(lambda pk=run.pk: bank_file.take_file(pk, self.cashiers[0]))
            if not payouts:
                continue
            rows = answer(payouts, **({"n1": "账号不符"} if fails else {}))
            if alters:
                rows[1][4] = f"{payouts[0].amount_fen / 100 + 0.01:.2f}"
            self.attempt(
                lambda pk=run.pk, rows=rows: settle.take_in(pk, read(as_csv(rows)), self.cashiers[1])
            )

    @rule()
    def the_bank_returns_the_first(self) -> None:
        for payout in Payout.objects.filter(way="bank", state="paid").order_by("pk")[:1]:
            settle.bounced(payout.pk, "退汇", self.cashiers[0])

    @rule(comes=st.booleans())
    def cash_to_households(self, comes: bool) -> None:
        for payout in Payout.objects.filter(way="cash", state="waiting"):
            if comes:
                self.attempt(lambda pk=payout.pk: settle.pay_cash(pk, f"P-{next(_number)}", self.cashiers[0]))
            else:
                self.attempt(lambda pk=payout.pk: settle.not_collected(pk, "没来", self.cashiers[0]))

    @rule()
    def seal(self) -> None:
        seal_all()

    # --- what must always hold

    @invariant()
    def stock_is_the_sum_of_its_movements(self) -> None:
        assert_stock_adds_up()

    @invariant()
    def orders_step_as_allowed(self) -> None:
        for order in Order.objects.all():
            last = Transition.objects.filter(order=order).order_by("-pk").first()
            assert last is None or last.to_state == order.state

    @invariant()
    def money_received_is_paid_given_back_or_to_match(self) -> None:
        assert books().difference == 0
        found = balances()
        came = sum(
            payment.received_fen or 0
            for payment in Payment.objects.exclude(provider="set_off").filter(transfer=None)
        ) + sum(transfer.amount_fen for transfer in Transfer.objects.all())
        went = sum(
            refund.amount_fen
            for refund in Refund.objects.exclude(provider="set_off").filter(state="succeeded")
        )
        paid = sum(payout.amount_fen for payout in Payout.objects.filter(state="paid"))
        assert sum(found[account] for account in MONEY) == came - went - paid
        assert found[Account.SET_OFF] == 0
        assert -found[Account.DIFFERENCES] == sum(transfer.left_fen for transfer in Transfer.objects.all())
        assert -found[Account.REFUNDS] == sum(order.overpaid_fen for order in Order.objects.all())

    @invariant()
    def cash_from_doors_is_in_hand_or_handed_in(self) -> None:
        assert balances()[Account.DOOR] == sum(payment.received_fen or 0 for payment in in_hand())
        handed_in = Payment.objects.exclude(hand_in=None).aggregate(fen=Sum("received_fen", default=0))
        assert HandIn.objects.aggregate(fen=Sum("amount_fen", default=0)) == handed_in

    @invariant()
    def the_trial_balance_is_nothing(self) -> None:
        assert sum(balances().values()) == 0

    @invariant()
    def sales_are_what_was_accepted_and_what_households_are_owed(self) -> None:
        sales = Entry.objects.aggregate(fen=Sum("amount_fen", default=0))["fen"]
        assert sales == sum(line.kept_fen for line in OrderLine.objects.all())
        owed = owed_to(list(Household.objects.values_list("pk", flat=True)))
        assert sales == sum(each.sold for each in owed.values())
        assert -balances()[Account.PAYABLE] == sum(each.owed for each in owed.values())
        due = due_sums(today())
        assert {pk: fen for pk, fen in all_due().items() if fen} == {
            pk: fen for pk, fen in due.items() if fen
        }
        assert {pk: each.due for pk, each in owed.items() if each.due} == {
            pk: fen for pk, fen in due.items() if fen
        }

    @invariant()
    def no_entry_is_paid_twice(self) -> None:
        live = list(PayoutLine.objects.filter(live=True).values_list("entry", flat=True))
        assert len(live) == len(set(live))
        for run in PayoutRun.objects.exclude(released_by=None):
            assert run.released_by_id != run.made_by_id

    @invariant()
    def the_ledger_verifies(self) -> None:
        verdict = verify()
        assert verdict.ok, verdict.first_bad


class AnyLife(TestCase):
    def test_whatever_happens_every_fen_is_found(self) -> None:
        # each life begins where the last one ended: other people's orders must change nothing
        run_state_machine_as_test(
            Life,
            settings=settings(
                max_examples=10,
                stateful_step_count=25,
                suppress_health_check=list(HealthCheck),
            ),
        )
