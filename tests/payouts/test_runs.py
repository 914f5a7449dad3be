"""Nobody is paid twice, nobody alone sends money out, and what failed is paid the next time."""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import io
import uuid
from typing import Any
from unittest import mock

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction

from farmers.ledger.accounts import Account
from farmers.ledger.postings import balances
from farmers.ledger.verify import verify
from farmers.payouts import bank_file, frozen, make, settle
from farmers.payouts.make import NotPaid, make_run
from farmers.payouts.models import Payout, PayoutLine, PayoutRun
from farmers.payouts.owed import owed_fen, owed_to
from farmers.payouts.result_file import BadFile, read
from farmers.registry.reveals import Reveal
from marketplace.access.models import Role
from marketplace.days import today
from shop.orders.accept import give_back
from tests.makers import JIN, a_person, at_once

from .runs import a_cashier, a_run, a_seller, answer, as_csv, cells, released, sent, settled, sold

pytestmark = pytest.mark.django_db


def took_back(order: Any, jin: int = 1) -> None:
    line = order.lines.get()
    give_back(
        line.pk,
        jin * JIN,
        returned_before=line.returned_quantity,
        sound=True,
        reason="发芽",
        by=order.buyer,
    )


def test_a_run_pays_each_household_what_the_ledger_says() -> None:
    rich, poor = a_seller(), a_seller(bank=False)
    took_back(sold(rich))
    sold(rich, jin=5)
    sold(poor)
    run = a_run()
    assert run.amount_fen == 1080 + 600 + 1200
    first, second = run.payouts.all()
    assert (first.household, first.way, first.amount_fen, first.line_count) == (rich, "bank", 1680, 3)
    assert sorted(first.lines.values_list("amount_fen", flat=True)) == [-120, 600, 1200]
    assert (second.household, second.way, second.amount_fen) == (poor, "cash", 1200)
    assert owed_to([rich.pk])[rich.pk].due == 0
    assert owed_fen(rich.pk) == 1680  # on its way is not there yet
    with pytest.raises(NotPaid):
        a_run()


def test_what_is_not_more_than_nothing_is_carried_over() -> None:
    household = a_seller()
    order = sold(household)
    settled(sent())
    took_back(order, 4)
    assert owed_fen(household.pk) == -480
    with pytest.raises(NotPaid):
        a_run()
    sold(household, jin=3)
    with pytest.raises(NotPaid):
        a_run()
    sold(household, jin=2)
    assert a_run().amount_fen == 240 + 360 - 480


def test_whoever_made_a_run_cannot_release_it() -> None:
    sold(a_seller())
    cashier = a_cashier()
    run = a_run(cashier)
    with pytest.raises(NotPaid, match=r"Somebody|别人|另"):
        make.release(run.pk, cashier)
    with pytest.raises(NotPaid):
        bank_file.take_file(run.pk, cashier)
    with pytest.raises(IntegrityError), transaction.atomic():
        PayoutRun.objects.filter(pk=run.pk).update(
            released_by=cashier, released_at=run.made_at, state=PayoutRun.State.RELEASED
        )
    for role in set(Role) - {Role.CASHIER, Role.OFFICIAL, Role.ADMIN}:
        with pytest.raises(PermissionDenied):
            make.release(run.pk, a_person(role))
    official = a_person(Role.OFFICIAL)
    assert make.release(run.pk, official).released_by == official
    assert make.release(run.pk, a_cashier()).released_by == official  # twice is once
    with pytest.raises(PermissionDenied):
        make_run(today(), official, uuid.uuid4())


def test_an_account_changed_after_the_run_was_made_is_not_paid() -> None:
    household = a_seller()
    sold(household)
    run = a_run()
    household.bank_account = "6217000000000000001"
    household.save()
    with pytest.raises(NotPaid, match=household.head_name):
        released(run)
    make.throw_away(run.pk, a_cashier())
    assert sent()[0].account == "6217000000000000001"


def test_the_same_form_twice_is_one_run() -> None:
    sold(a_seller())
    key, cashier = uuid.uuid4(), a_cashier()
    assert make_run(today(), cashier, key) == make_run(today(), cashier, key)
    with pytest.raises(NotPaid):
        make_run(today() + dt.timedelta(days=1), cashier, uuid.uuid4())


def test_what_is_thrown_away_is_due_again_and_what_is_sent_is_not_thrown_away() -> None:
    household = a_seller()
    sold(household)
    run = a_run()
    make.throw_away(run.pk, a_cashier())
    assert owed_to([household.pk])[household.pk].due == 1200
    with pytest.raises(NotPaid):
        released(run)
    payouts = sent()
    with pytest.raises(NotPaid):
        make.throw_away(payouts[0].run_id, a_cashier())


def test_the_banks_answer_pays_some_and_the_rest_is_due_again() -> None:
    one, other = a_seller(), a_seller()
    sold(one)
    sold(other, jin=20)
    payouts = sent()
    run = settled(payouts, n2="户名账号不符")
    assert run.state == PayoutRun.State.SETTLED
    paid, failed = run.payouts.order_by("state", "position").reverse()
    assert {paid.state, failed.state} == {"paid", "failed"}
    failed = run.payouts.get(state="failed")
    assert failed.reason == "户名账号不符"
    assert owed_fen(failed.household_id) == failed.amount_fen
    assert balances()[Account.BANK] == -run.payouts.get(state="paid").amount_fen
    second = sent(make_run(today(), a_cashier(), uuid.uuid4(), [failed.household_id]))
    settled(second)
    assert owed_fen(one.pk) == owed_fen(other.pk) == 0
    assert balances()[Account.PAYABLE] == 0
    assert balances()[Account.BANK] == -3600
    assert verify().ok


def test_the_same_answer_twice_is_one_and_another_is_refused() -> None:
    for _ in range(2):
        sold(a_seller())
    payouts = sent()
    settled(payouts, n1="已销户")
    before = balances()
    settled(payouts, n1="已销户")
    assert balances() == before
    with pytest.raises(BadFile):
        settled(payouts)
    assert Payout.objects.filter(state="failed").count() == 1


@pytest.mark.parametrize(
    ("row", "column", "value", "says"),
    [
        (2, 4, "12.01", "12.00"),
        (2, 4, "1,200.00", "1,200.00"),
        (2, 3, "6217****9999", "9999|账号|account"),
        (2, 0, "FK20200101-1", "FK20200101-1"),
        (2, 1, "7", "7"),
        (2, 1, "1", "1"),
        (2, 5, "处理中", "处理中"),
        (2, 4, "十二元", "十二元"),
        (2, 4, "12.005", "12.005"),
        (2, 3, "6.21799E+18", "."),
        (2, 0, "", "."),
    ],
)
def test_an_altered_row_is_refused_by_its_number_and_nothing_is_changed(
    row: int, column: int, value: str, says: str
) -> None:
    for _ in range(2):
        sold(a_seller())
    payouts = sent()
    rows = answer(payouts)
    rows[row][column] = value
    before = balances()
    with pytest.raises(BadFile, match=f"3.*({says})"):
        settle.take_in(payouts[0].run_id, read(as_csv(rows)), a_cashier())
    assert set(Payout.objects.values_list("state", flat=True)) == {"waiting"}
    assert balances() == before
    settled(payouts)  # and the right one is taken


def test_a_missing_or_doubled_row_is_refused() -> None:
    for _ in range(2):
        sold(a_seller())
    payouts = sent()
    rows = answer(payouts)
    for wrong in (rows[:2], [*rows, rows[1]], rows[:1]):
        with pytest.raises(BadFile):
            settle.take_in(payouts[0].run_id, read(as_csv(wrong)), a_cashier())
    assert set(Payout.objects.values_list("state", flat=True)) == {"waiting"}


def test_an_answer_to_another_run_is_refused() -> None:
    sold(a_seller())
    first = sent()
    sold(a_seller())
    second = sent()
    with pytest.raises(BadFile, match=first[0].run.number):
        settle.take_in(second[0].run_id, read(as_csv(answer(first))), a_cashier())


def test_cash_is_paid_against_a_receipt_once() -> None:
    household = a_seller(bank=False)
    sold(household)
    run = a_run()
    payout = run.payouts.get()
    with pytest.raises(NotPaid):
        settle.pay_cash(payout.pk, "XJ-1", a_cashier())
    released(run)
    with pytest.raises(NotPaid):
        bank_file.take_file(run.pk, a_cashier())
    settle.pay_cash(payout.pk, "XJ-1", a_cashier())
    settle.pay_cash(payout.pk, "XJ-1", a_cashier())
    with pytest.raises(NotPaid):
        settle.pay_cash(payout.pk, "XJ-2", a_cashier())
    assert owed_fen(household.pk) == 0
    assert balances()[Account.CASH] == -1200
    run.refresh_from_db()
    assert run.state == PayoutRun.State.SETTLED
    sold(household)
    other = released(a_run()).payouts.get()
    with pytest.raises(NotPaid):
        settle.pay_cash(other.pk, "XJ-1", a_cashier())
    settle.not_collected(other.pk, "没有来", a_cashier())
    assert owed_to([household.pk])[household.pk].due == 1200


def test_the_banks_file_says_the_same_as_csv_and_workbook_and_writes_down_the_look() -> None:
    sold(a_seller(head_name="=HYPERLINK(1)"))
    sold(a_seller(), jin=1234)
    payouts = sent()
    head, first, second = cells(bank_file.workbook(payouts))
    assert head == ["批次号", "序号", "户名", "账号", "金额（元）", "用途"]
    assert {str(first[2]), str(second[2])} > {"=HYPERLINK(1)"}
    told = list(csv.reader(io.StringIO(bank_file.csv_text(payouts).decode("gb18030"))))
    assert told[0] == head
    for row, payout in zip(told[1:], payouts, strict=True):
        assert row[3] == payout.household.bank_account
        assert row[4] == f"{payout.amount_fen / 100:.2f}"
        assert not row[2].startswith("=")
    assert {float(str(first[4])), float(str(second[4]))} == {12.0, 1480.8}
    looks = Reveal.objects.filter(why=Reveal.Why.PAYOUT, fields="bank_account")
    assert set(looks.values_list("household", flat=True)) == {payout.household_id for payout in payouts}


def test_the_file_taken_again_is_the_same_and_every_take_is_written_down() -> None:
    household = a_seller(head_name="李四")
    sold(household)
    run = released(a_run())
    first, second = a_cashier(), a_cashier()
    taken = bank_file.take_file(run.pk, first)
    household.head_name = "李四光"
    household.save()
    again = bank_file.take_file(run.pk, second)
    assert bank_file.csv_text(again) == bank_file.csv_text(taken)
    with mock.patch("time.time", return_value=2e9):
        assert bank_file.workbook(again) == bank_file.workbook(taken)
    assert Reveal.objects.filter(why=Reveal.Why.PAYOUT, household=household).count() == 2


def test_a_file_that_the_bank_has_answered_is_not_given_out_again() -> None:
    sold(a_seller())
    sold(a_seller(bank=False))
    payouts = sent()
    run = payouts[0].run
    for role in set(Role) - {Role.CASHIER, Role.ADMIN}:
        with pytest.raises(PermissionDenied):
            bank_file.take_file(run.pk, a_person(role))
    assert settled(payouts).state == PayoutRun.State.SENT  # the one in cash waits
    with pytest.raises(NotPaid):
        bank_file.take_file(run.pk, a_cashier())
    settle.pay_cash(run.payouts.get(way="cash").pk, "XJ-1", a_cashier())
    with pytest.raises(NotPaid):
        bank_file.take_file(run.pk, a_cashier())
    assert Reveal.objects.filter(why=Reveal.Why.PAYOUT).count() == 1


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig"])
def test_an_answer_is_read_in_every_writing(encoding: str) -> None:
    sold(a_seller(), jin=1234)
    payouts = sent()
    rows = [["定州农商行代付结果"], [], *answer(payouts), ["合计", "1", "", "", "1,480.80"]]
    told = read(as_csv(rows, encoding))
    assert [(row.line, row.fen, row.paid) for row in told] == [(4, 148080, True)]


# --- what the database refuses -------------------------------------------------------------------


def test_an_entry_is_in_one_live_payout_only() -> None:
    sold(a_seller())
    payout = a_run().payouts.get()
    line = payout.lines.get()
    with pytest.raises(DatabaseError), transaction.atomic():
        PayoutLine.objects.create(payout=payout, position=1, entry=line.entry, amount_fen=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        PayoutLine.objects.create(payout=payout, position=2, entry=line.entry, amount_fen=1)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE payouts_payout SET amount_fen = amount_fen + 1",
        "UPDATE payouts_payout SET state = 'waiting', ended_at = NULL, reason = ''",
        "UPDATE payouts_payout SET household_id = household_id + 1",
        "UPDATE payouts_payoutline SET amount_fen = amount_fen + 1",
        "UPDATE payouts_payoutrun SET amount_fen = amount_fen + 1",
        "UPDATE payouts_payoutrun SET state = 'draft', released_by_id = NULL, released_at = NULL",
        "DELETE FROM payouts_payoutline",
        "DELETE FROM payouts_payout",
        "DELETE FROM payouts_payoutrun",
    ],
)
def test_raw_sql_can_neither_change_nor_delete_what_was_paid(sql: str) -> None:
    sold(a_seller())
    settled(sent())
    connection.check_constraints()
    with (
        pytest.raises(DatabaseError, match=frozen.REFUSAL),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


def test_after_the_migrations_every_guard_stands() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'"
            if connection.vendor == "postgresql"
            else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        )
        there = {name for (name,) in cursor.fetchall()}
    assert {f"{table}_{what}" for table, what in frozen.names(connection.vendor)} <= there


# --- at once -------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_runs_started_at_once_pay_no_entry_twice() -> None:
    households = [a_seller() for _ in range(5)]
    for _turn in range(2):
        for household in households:
            sold(household)
        cashiers = [a_cashier() for _ in range(4)]
        told = at_once([lambda cashier=cashier: a_run(cashier) for cashier in cashiers])
        made = [one for one in told if isinstance(one, PayoutRun)]
        assert len(made) == 1, told
        assert {type(one) for one in told} == {PayoutRun, NotPaid}
        assert made[0].amount_fen == 5 * 1200
    live = PayoutLine.objects.filter(live=True)
    assert live.values("entry").distinct().count() == live.count() == 10


@pytest.mark.django_db(transaction=True)
def test_goods_accepted_while_a_run_is_made_are_in_it_or_in_the_next() -> None:
    household = a_seller()
    sold(household)
    told = at_once([a_run, lambda: sold(household), a_run, lambda: sold(household)])
    assert not [one for one in told if isinstance(one, Exception) and not isinstance(one, NotPaid)], told
    with contextlib.suppress(NotPaid):
        a_run()
    paid = sum(run.amount_fen for run in PayoutRun.objects.all())
    assert paid == owed_fen(household.pk) == 3600


@pytest.mark.django_db(transaction=True)
def test_one_answer_from_two_windows_is_posted_once() -> None:
    for _ in range(3):
        sold(a_seller())
    payouts = sent()
    run = payouts[0].run
    rows = read(as_csv(answer(payouts, n2="已销户")))
    told = at_once([lambda: settle.take_in(run.pk, rows, a_cashier())] * 4)
    assert not [one for one in told if isinstance(one, Exception)], told
    assert balances()[Account.BANK] == -2400
    run = sent(a_run())[0].run
    told = at_once(
        [lambda: make.throw_away(run.pk, a_cashier()), lambda: bank_file.take_file(run.pk, a_cashier())]
    )
    assert any(isinstance(one, NotPaid) for one in told)
    assert verify().ok


@pytest.mark.django_db(transaction=True)
def test_a_file_taken_while_the_answer_is_taken_in_was_taken_before_it() -> None:
    sold(a_seller())
    payouts = sent()
    run, rows = payouts[0].run, read(as_csv(answer(payouts)))
    takes = [lambda: bank_file.take_file(run.pk, a_cashier())] * 3
    told = at_once([*takes, lambda: settle.take_in(run.pk, rows, a_cashier())])
    given = [one for one in told if isinstance(one, list)]
    assert all(isinstance(one, NotPaid) for one in told if isinstance(one, Exception)), told
    assert Reveal.objects.filter(why=Reveal.Why.PAYOUT).count() == 1 + len(given)
    with pytest.raises(NotPaid):
        bank_file.take_file(run.pk, a_cashier())


# --- returned after all --------------------------------------------------------------------------


def test_what_the_bank_returns_days_later_is_due_again_and_the_books_say_so() -> None:
    household, other = a_seller(), a_seller()
    sold(household)
    sold(other, jin=20)
    payouts = sent()
    one = next(payout for payout in payouts if payout.household_id == household.pk)
    cashier = a_cashier()
    with pytest.raises(NotPaid):
        settle.bounced(one.pk, "账号已注销", cashier)  # not paid yet
    run = settled(payouts)
    for role in set(Role) - {Role.CASHIER, Role.ADMIN}:
        with pytest.raises(PermissionDenied):
            settle.bounced(one.pk, "账号已注销", a_person(role))
    for _ in range(2):
        settle.bounced(one.pk, "账号 6217993300148825001 已注销", cashier)
    one.refresh_from_db()
    assert (one.state, one.reason, one.ended_by) == ("failed", "账号 ****5001 已注销", cashier)
    assert owed_to([household.pk])[household.pk].due == owed_fen(household.pk) == 1200
    assert (balances()[Account.BANK], balances()[Account.PAYABLE]) == (-2400, -1200)
    assert verify().ok
    run.refresh_from_db()
    assert run.state == PayoutRun.State.SETTLED
    # the bank's old answer does not pay it again
    with pytest.raises(BadFile):
        settled(payouts)
    settled(sent(make_run(today(), cashier, uuid.uuid4(), [household.pk])))
    assert owed_fen(household.pk) == 0
    assert (balances()[Account.BANK], balances()[Account.PAYABLE]) == (-3600, 0)
    assert verify().ok


def test_what_was_paid_in_cash_is_not_returned_by_a_bank() -> None:
    sold(a_seller(bank=False))
    payout = released(a_run()).payouts.get()
    settle.pay_cash(payout.pk, "XJ-1", a_cashier())
    with pytest.raises(NotPaid):
        settle.bounced(payout.pk, "x", a_cashier())
    with pytest.raises(DatabaseError, match=frozen.REFUSAL), transaction.atomic():
        Payout.objects.filter(pk=payout.pk).update(state="failed", reason="x")


def test_what_was_returned_stays_returned() -> None:
    sold(a_seller())
    payout = sent()[0]
    settled([payout])
    settle.bounced(payout.pk, "退汇", a_cashier())
    with pytest.raises(DatabaseError, match=frozen.REFUSAL), transaction.atomic():
        Payout.objects.filter(pk=payout.pk).update(state="paid", reason="")


def test_a_return_that_the_books_do_not_have_is_found() -> None:
    sold(a_seller())
    payout = sent()[0]
    settled([payout])
    with transaction.atomic():
        Payout.objects.filter(pk=payout.pk).update(state="failed", reason="退汇")
        PayoutLine.objects.filter(payout=payout).update(live=False)
    told = verify()
    assert told.first_bad is not None
    assert told.first_bad.key == f"payout:{payout.number}"


def test_the_banks_words_keep_no_whole_account() -> None:
    sold(a_seller())
    payouts = sent()
    settled(payouts, n1=f"账号{payouts[0].account}户名不符")
    reason = Payout.objects.get().reason
    assert reason == f"账号****{payouts[0].account[-4:]}户名不符"


@pytest.mark.django_db(transaction=True)
def test_a_return_noted_in_two_windows_is_posted_once() -> None:
    sold(a_seller())
    payout = sent()[0]
    settled([payout])
    told = at_once([lambda: settle.bounced(payout.pk, "退汇", a_cashier())] * 4)
    assert not [one for one in told if isinstance(one, Exception)], told
    assert balances()[Account.BANK] == 0
    assert verify().ok
