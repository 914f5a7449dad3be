"""Statements 对账单: what stands on them, once, and that it adds up to the fen."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from farmers.ledger.models import Entry
from marketplace.days import month_end
from shop.orders.models import PayBy
from shop.payments.models import Payment, Statement, StatementCredit, StatementLine
from shop.payments.months import Event, cut, month_of
from shop.payments.receive import collect_cash, give_back
from shop.payments.statements import CannotIssue, issue, issue_all
from tests.makers import a_household, a_person, accepted, an_order

from .account import (
    AUGUST,
    JULY,
    JUNE,
    a_canteen,
    assert_orders_agree,
    at,
    bought,
    fresh_lot,
    in_ledger,
    june,
    paid,
    took_back,
)

DAYS = st.dates(dt.date(2025, 11, 1), dt.date(2026, 6, 30))
EVENTS = st.lists(
    st.builds(Event, DAYS, st.integers(-10_000, 10_000), st.booleans(), st.integers()), max_size=40
)


@given(EVENTS, st.integers(-5_000, 5_000), st.none() | DAYS.map(month_of))
def test_months_add_up_whatever_happens(
    events: list[Event[int]], opening_fen: int, after: dt.date | None
) -> None:
    months = cut(events, opening_fen, after, JUNE)
    balance = opening_fen
    for month in months:
        assert month.opening_fen == balance
        assert month.closing_fen == balance + month.accepted_fen - month.returned_fen - month.paid_fen
        assert month.accepted_fen >= 0
        assert month.returned_fen >= 0
        assert month.events or month.opening_fen, "a month with nothing to say"
        assert all(event.day <= month_end(month.period) for event in month.events)
        assert [event.day for event in month.events] == sorted(event.day for event in month.events)
        balance = month.closing_fen
    periods = [month.period for month in months]
    assert periods == sorted(set(periods))
    assert not after or all(period > after for period in periods)
    told = [event for month in months for event in month.events]
    if not after or after < JUNE:
        # each once, and all of them
        assert sorted(map(id, told)) == sorted(map(id, events))
        goods = sum(event.fen for event in events if not event.is_money)
        assert balance == opening_fen + goods - sum(event.fen for event in events if event.is_money)


@given(EVENTS, st.data())
def test_telling_month_by_month_is_telling_all_at_once(events: list[Event[int]], data: st.DataObject) -> None:
    at_once = cut(events, 0, None, JUNE)
    after, opening, told = None, 0, []
    for period in sorted({month_of(event.day) for event in events} | {JUNE}):
        waiting = [e for e in events if month_of(e.day) <= period and all(e is not done for done in told)]
        for month in cut(waiting, opening, after, period):
            told += month.events
            after, opening = month.period, month.closing_fen
    assert opening == (at_once[-1].closing_fen if at_once else 0)


@pytest.mark.django_db
class TestIssued:
    def test_a_month_is_what_the_ledger_has_to_the_fen(self) -> None:
        unit, buyer = a_canteen()
        with at(6, 3):
            first = bought(unit, buyer, jin=7, lines=2, price_fen=133)
        with at(6, 9):
            took_back(first, jin=2)
            bought(unit, buyer, jin=3)
        statement = june(unit)
        lines = list(statement.lines.all())
        assert sum(line.amount_fen for line in lines) == in_ledger(unit, JUNE) == 2 * 931 + 360 - 266
        assert (statement.accepted_fen, statement.returned_fen) == (2 * 931 + 360, 266)
        assert (statement.opening_fen, statement.paid_fen) == (0, 0)
        assert statement.closing_fen == in_ledger(unit, JUNE)
        assert statement.line_count == len(lines) == Entry.objects.count() == 4
        assert [line.entry.amount_fen for line in lines] == [line.amount_fen for line in lines]
        assert [line.position for line in lines] == [1, 2, 3, 4]
        assert [line.is_return for line in lines].count(True) == 1
        assert statement.number == f"ZD202606-{unit.pk:04}"
        assert statement.due_on == dt.date(2026, 7, 31)

    def test_each_months_opening_is_the_closing_of_the_one_before(self) -> None:
        unit, buyer = a_canteen()
        with at(6, 3):
            order = bought(unit, buyer)
        with at(7, 10):
            paid(unit, 500)
            bought(unit, buyer, jin=2)
        with at(8, 5):
            took_back(order, jin=4)
        with at(9, 1):
            issue(unit.pk, AUGUST)
        months = list(Statement.objects.order_by("period"))
        assert [m.period for m in months] == [JUNE, JULY, AUGUST]
        assert [m.opening_fen for m in months] == [0, 1200, 940]
        assert [m.closing_fen for m in months] == [1200, 940, 460]
        assert [m.paid_fen for m in months] == [0, 500, 0]
        assert_orders_agree(unit)

    def test_goods_weighed_late_on_the_last_day_count_in_that_month(self) -> None:
        unit, buyer = a_canteen()
        with at(6, 30, 23, 59):
            bought(unit, buyer)
        with at(7, 1, 0, 0):
            bought(unit, buyer, jin=1)
        assert june(unit).closing_fen == 1200
        with at(8, 1):
            (july,) = issue(unit.pk, JULY)
        assert (july.opening_fen, july.accepted_fen) == (1200, 120)

    def test_what_was_recorded_after_its_month_was_told_stands_on_the_next(self) -> None:
        unit, buyer = a_canteen()
        with at(6, 3):
            bought(unit, buyer)
        june(unit)
        with at(6, 30, 23, 59):  # a slow writer: the ledger's day is June's
            bought(unit, buyer, jin=1)
        with at(8, 1):
            (july,) = issue(unit.pk, JULY)
        assert [line.day for line in july.lines.all()] == [dt.date(2026, 6, 30)]
        assert july.closing_fen == 1320
        assert_orders_agree(unit)

    def test_twice_is_once(self) -> None:
        unit, buyer = a_canteen()
        with at(6, 3):
            bought(unit, buyer)
        june(unit)
        with at(7, 2):
            assert issue(unit.pk, JUNE) == []
            assert issue_all(JUNE) == []
        assert Statement.objects.count() == 1
        assert StatementLine.objects.count() == 1

    def test_a_month_that_is_not_over_has_no_statement(self) -> None:
        unit, buyer = a_canteen()
        with at(6, 30, 23, 59):
            bought(unit, buyer)
            with pytest.raises(CannotIssue):
                issue(unit.pk, JUNE)
        assert not Statement.objects.exists()

    def test_a_unit_that_bought_nothing_and_owes_nothing_gets_none(self) -> None:
        unit, buyer = a_canteen()
        with at(7, 1):
            assert issue_all(JUNE) == []
        with at(7, 3):
            bought(unit, buyer)
            paid(unit, 1200)
        with at(10, 1):
            made = issue_all(dt.date(2026, 9, 1))
        # July's ends at nothing, so August and September have nothing to say
        assert [statement.period for statement in made] == [JULY]

    def test_a_debt_is_carried_through_a_month_without_goods(self) -> None:
        unit, buyer = a_canteen()
        with at(6, 3):
            bought(unit, buyer)
        with at(8, 1):
            made = issue(unit.pk, JULY)
        assert [(s.opening_fen, s.closing_fen, s.line_count) for s in made] == [(0, 1200, 1), (1200, 1200, 0)]

    def test_only_goods_on_account_stand_on_it(self) -> None:
        """What was paid at the door is settled, and nobody is asked for it again."""
        unit, buyer = a_canteen()
        with at(6, 3):
            bought(unit, buyer)
            door = accepted(an_order(PayBy.ON_DELIVERY, buyer=buyer, lots=[fresh_lot()], organisation=unit))
            collect_cash(door, door.due_fen, "R-1", a_person())
        statement = june(unit)
        assert (statement.closing_fen, statement.line_count, statement.credit_count) == (1200, 1, 0)

    def test_money_for_single_orders_and_money_given_back_stand_on_it_once(self) -> None:
        unit, buyer = a_canteen()
        cashier = a_person()
        with at(6, 3):
            order = bought(unit, buyer)
            collect_cash(order, 1200, "ZZ-1", cashier, provider=Payment.Provider.TRANSFER)
            took_back(order)
            order.refresh_from_db()
            refund = give_back(order, 120, "TK-1", cashier, provider=Payment.Provider.TRANSFER)
            type(refund).objects.update(at=dt.datetime(2026, 6, 5, tzinfo=dt.UTC))
        statement = june(unit)
        assert (statement.paid_fen, statement.closing_fen) == (1080, 0)
        assert [(c.reference, c.amount_fen) for c in statement.credits.all()] == [
            ("ZZ-1", 1200),
            ("TK-1", -120),
        ]
        with at(8, 1):
            assert issue(unit.pk, JULY) == []
        assert StatementCredit.objects.count() == 2

    def test_a_copy_keeps_its_names_when_the_catalogue_changes(self) -> None:
        unit, buyer = a_canteen()
        household = a_household(head_name="李大山", consent_on=dt.date(2026, 1, 1))
        with at(6, 3):
            lot = fresh_lot(household=household)
            order = accepted(an_order(PayBy.ON_ACCOUNT, buyer=buyer, lots=[lot], organisation=unit))
        statement = june(unit)
        household.village.name = "新名村"
        household.village.save()
        line = statement.lines.get()
        assert line.order_number == order.number
        assert line.product_name == lot.product.name
        assert line.product_name_en == lot.product.name_en
        assert "大山" not in line.household_name
        assert line.household_name == household.public_name
        assert line.village_name != "新名村"

    def test_the_command_issues_the_month_before_and_says_so(self) -> None:
        unit, buyer = a_canteen()
        with at(6, 3):
            bought(unit, buyer)
        told = io.StringIO()
        with at(7, 1, 0, 5):
            call_command("issue_statements", stdout=told)
            call_command("issue_statements", "--month", "2026-06", stdout=told)
            with pytest.raises(CommandError):
                call_command("issue_statements", "--month", "2026-07")
            with pytest.raises(CommandError):
                call_command("issue_statements", "--month", "July")
        assert told.getvalue() == f"ZD202606-{unit.pk:04} 2026-06 1200\n1 issued\n0 issued\n"


@pytest.mark.django_db
# shrinking a whole quarter takes minutes and tells little more
@settings(max_examples=10, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(data=st.data())
def test_a_quarter_of_real_orders_returns_and_payments_adds_up(data: Any) -> None:
    unit, buyer = a_canteen()
    orders = []
    for step in range(data.draw(st.integers(1, 8))):
        with at(data.draw(st.integers(6, 8)), data.draw(st.integers(1, 30))):
            act = data.draw(st.sampled_from(["buy", "return", "pay"]))
            if act == "buy" or not orders:
                orders.append(
                    bought(
                        unit,
                        buyer,
                        jin=data.draw(st.integers(1, 30)),
                        price_fen=data.draw(st.integers(1, 997)),
                    )
                )
            elif act == "return":
                order = data.draw(st.sampled_from(orders))
                if order.lines.get().kept_quantity >= 500:
                    took_back(order)
            else:
                paid(unit, data.draw(st.integers(1, 5_000)), f"B-{unit.pk}-{step}")
        if data.draw(st.booleans()):
            with at(9, 1):
                issue(unit.pk, data.draw(st.sampled_from([JUNE, JULY, AUGUST])))
    with at(10, 1):  # what came after August was told stands on September's
        issue(unit.pk, dt.date(2026, 9, 1))
    assert_orders_agree(unit)
    months = list(Statement.objects.filter(organisation=unit).order_by("period"))
    for before, after in zip([None, *months], months, strict=False):
        assert after.opening_fen == (before.closing_fen if before else 0)
        assert after.lines.aggregate(fen=Sum("amount_fen", default=0))["fen"] == (
            after.accepted_fen - after.returned_fen
        )
        assert after.credits.aggregate(fen=Sum("amount_fen", default=0))["fen"] == after.paid_fen
    told = StatementLine.objects.filter(statement__organisation=unit)
    entries = Entry.objects.filter(buyer=f"unit:{unit.pk}")
    assert set(told.values_list("entry", flat=True)) == set(entries.values_list("pk", flat=True))
