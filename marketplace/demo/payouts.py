"""Households of the demo are paid month by month, with money that the city put in; one run waits to be released."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from collections import defaultdict
from random import Random

from farmers.ledger.accounts import Account
from farmers.ledger.models import Entry, Posting
from farmers.ledger.postings import Wanted, count_all, post
from farmers.payouts.make import TAIL
from farmers.payouts.models import Payout, PayoutLine, PayoutRun
from marketplace.access.models import Taken
from marketplace.days import month_end, shanghai_day
from marketplace.sheets import XLSX
from shop.payments.opening import open_books
from shop.payments.own import own_posting

from .people import City
from .plans import moment
from .write import AT_ONCE

# of a hundred payouts by bank, as many come back
FAIL_PERCENT = 2
WHY = ("户名与账号不符", "账户已销户", "账户状态异常")
# what was accepted later is left for whoever makes the next run
LEFT_DAYS = 6
# what stays in the cash box and with the payment service at a month's end, to give back from; by how much the city
# puts in at a time
CASH_KEPT_FEN, ONLINE_KEPT_FEN, PUT_IN_FEN = 500_00, 500_00, 100_000_00
State = Payout.State
Due = dict[int, list[tuple[int, int]]]


def pay_households(city: City) -> int:
    """Open the books, and write the runs of all months that are over; returns how many there are."""
    open_books()
    rng = Random("dingzhou: payouts")
    entries = list(
        Entry.objects.exclude(amount_fen=0)
        .order_by("day", "pk")
        .values_list("day", "household", "pk", "amount_fen")
    )
    due: Due = defaultdict(list)
    runs, at = 0, 0
    ends = _ends(city.day, entries[0][0]) if entries else []
    drafts = ends[-1:]
    if city.open_month:
        ends, drafts = [end for end in ends if end < city.open_month], []
    for number, up_to in enumerate(ends, start=1):
        while at < len(entries) and entries[at][0] <= up_to:
            _day, household_id, pk, fen = entries[at]
            due[household_id].append((pk, fen))
            at += 1
        runs += _run(city, rng, up_to, due, number, draft=up_to in drafts)
    if ends:
        _own_money(city, [end for end in ends if end not in drafts])
    count_all()
    return runs


def _own_money(city: City, ends: list[dt.date]) -> None:
    """Each month's cash and online money goes to the bank; before the first, the city puts in what is ever missing."""
    by_day: dict[Account, dict[dt.date, int]] = {
        account: defaultdict(int) for account in (Account.STRIPE, Account.CASH, Account.BANK)
    }
    for day, debit, credit, fen in Posting.objects.values_list("day", "debit", "credit", "fen"):
        for account, sign in ((debit, 1), (credit, -1)):
            if account in by_day:
                by_day[Account(account)][day] += sign * fen
    number = itertools.count(1)

    def moved(of: Account, fen: int, about: str, at: dt.datetime) -> Wanted:
        key = uuid.uuid5(uuid.NAMESPACE_OID, f"dingzhou: own money {next(number)}")
        return own_posting(key, of, Account.BANK, fen, about, city.users["cashier"], at)

    wanted = []
    for account, about, kept in (
        (Account.STRIPE, "结算到账", ONLINE_KEPT_FEN),
        (Account.CASH, "现金解款", CASH_KEPT_FEN),
    ):
        taken = 0
        for end in ends:
            there = sum(fen for day, fen in by_day[account].items() if day <= end) - taken - kept
            if there > 0:
                at = moment(end + dt.timedelta(days=1), 10, 30)
                wanted.append(moved(account, there, f"{about} {end:%Y-%m}", at))
                by_day[Account.BANK][shanghai_day(at)] += there
                taken += there
    days = by_day[Account.BANK]
    lowest = min(itertools.accumulate(days[day] for day in sorted(days)), default=0)
    if lowest < 0:
        fen = -(lowest // PUT_IN_FEN) * PUT_IN_FEN
        at = moment(min(days) - dt.timedelta(days=7), 9, 0)
        wanted.insert(0, moved(Account.CAPITAL, fen, "市财政周转金（示例）", at))
    post(sorted(wanted, key=lambda each: each.at))


def _ends(today: dt.date, first: dt.date) -> list[dt.date]:
    """The ends of the months that are over, and the day of the run that waits."""
    ends, day = [], month_end(first)
    while day < today - dt.timedelta(days=LEFT_DAYS + 1):
        ends.append(day)
        day = month_end(day + dt.timedelta(days=1))
    return [*ends, today - dt.timedelta(days=LEFT_DAYS)]


def _run(city: City, rng: Random, up_to: dt.date, due: Due, number: int, draft: bool) -> bool:
    """Write one run of what is due; what fails stays due."""
    paid = {pk: lines for pk, lines in due.items() if sum(fen for _entry, fen in lines) > 0}
    if not paid:
        return False
    day = min(up_to + dt.timedelta(days=3), city.day)
    made_at = min(moment(day, 9, 20), city.now)
    payouts = _payouts(city, paid)
    run = PayoutRun.objects.create(
        number=f"FK{shanghai_day(made_at):%Y%m%d}-1",
        key=uuid.uuid5(uuid.NAMESPACE_OID, f"dingzhou: payouts {number}"),
        up_to=up_to,
        amount_fen=sum(payout.amount_fen for payout in payouts),
        payout_count=len(payouts),
        made_by=city.users["cashier"],
        made_at=made_at,
    )
    for payout in payouts:
        payout.run = run
        if not draft:
            _end(city, rng, payout, made_at + dt.timedelta(days=1, hours=5))
    Payout.objects.bulk_create(payouts, batch_size=AT_ONCE)
    PayoutLine.objects.bulk_create(
        [
            PayoutLine(
                payout=payout,
                position=position,
                entry_id=entry_id,
                amount_fen=fen,
                live=payout.state != State.FAILED,
            )
            for payout in payouts
            for position, (entry_id, fen) in enumerate(paid[payout.household_id], start=1)
        ],
        batch_size=AT_ONCE,
    )
    for payout in payouts:
        if payout.state != State.FAILED:
            due.pop(payout.household_id)
    if not draft:
        run.state, run.released_by = PayoutRun.State.SETTLED, city.users["official"]
        run.released_at = made_at + dt.timedelta(hours=1)
        run.sent_at = made_at + dt.timedelta(hours=2)
        run.settled_at = made_at + dt.timedelta(days=1, hours=5)
        run.save()
        Taken.objects.create(
            by=city.users["cashier"],
            role=city.users["cashier"].role,
            what="payouts:bank_file",
            about=f"number={run.number}",
            kind=XLSX,
            at=run.sent_at,
        )
        post(_posting(city, payout) for payout in payouts if payout.state == State.PAID)
    return True


def _payouts(city: City, paid: Due) -> list[Payout]:
    """Unsaved, in the order of the villages; all have an account."""
    made: list[Payout] = []
    for household in city.households:
        lines = paid.get(household.pk)
        if lines:
            account = household.bank_account
            made.append(
                Payout(
                    household=household,
                    position=len(made) + 1,
                    way=Payout.Way.BANK if account else Payout.Way.CASH,
                    account=account,
                    account_tail=account[-TAIL:],
                    name=household.head_name,
                    amount_fen=sum(fen for _entry, fen in lines),
                    line_count=len(lines),
                )
            )
    return made


def _end(city: City, rng: Random, payout: Payout, at: dt.datetime) -> None:
    by_bank = payout.way == Payout.Way.BANK
    # the account `seller` is always paid
    fails = by_bank and payout.household.user_id is None and rng.randrange(100) < FAIL_PERCENT
    payout.state = State.FAILED if fails else State.PAID
    payout.reason = rng.choice(WHY) if fails else ""
    payout.receipt = "" if by_bank else f"FK-{payout.run.number[2:]}-{payout.position:03}"
    payout.ended_at, payout.ended_by = at, city.users["cashier"]


def _posting(city: City, payout: Payout) -> Wanted:
    assert payout.ended_at is not None  # noqa: S101
    return Wanted(
        f"payout:{payout.number}",
        Posting.Kind.PAYOUT,
        payout.ended_at,
        Account.PAYABLE,
        Account.BANK if payout.way == Payout.Way.BANK else Account.CASH,
        payout.amount_fen,
        household_id=payout.household_id,
        about=payout.receipt or payout.run.number,
        by=f"user:{city.users['cashier'].pk}",
    )
