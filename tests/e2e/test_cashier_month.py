"""A cashier closes the demo's last month in the browser: the bank's file, payouts, and figures that agree to the fen.

What the pages say is compared with sums made here, row by row in Python, not with the site's own queries.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from farmers.ledger.models import Entry, Posting
from farmers.payouts.models import Payout, PayoutRun
from marketplace.access.models import Role, User
from marketplace.days import month_end, shanghai_day, today
from marketplace.demo.bank import TAIL
from marketplace.demo.names import PASSWORD
from marketplace.money import yuan
from shop.bank.models import BankLine, ClosedMonth
from shop.orders.models import Order, PayBy, State
from shop.payments.models import Payment, Provider, Refund, Statement, Transfer
from shop.payments.months import month_before
from tests.bank.files import Came, as_csv, rows
from tests.conftest import PHONE, VIEWPORT
from tests.demo_city import City
from tests.payouts.runs import as_csv as answered

from .words import zh

FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
CELLS = "rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim()))"
PREPAID_FEN, INTEREST_FEN, FEE_FEN, SETTLED_FEN = 50_00, 12_34, 15_00, 20_00
WORDS = "逾期单位已催，下月到账再销"
CLOSED_ACCOUNT = "账户已销户"


def test_a_cashier_closes_the_month_without_a_calculator(
    city: City, somebody: Callable[..., Page], people: Callable[[str], User], accessible: Any
) -> None:
    first = month_before(today())
    last = month_end(first)
    page = somebody(reduced_motion="reduce")

    def usable() -> None:
        for size in (PHONE, VIEWPORT):
            page.set_viewport_size(size)
            assert page.evaluate(FITS), f"{page.url} scrolls sideways at {size['width']}"
            accessible(page)

    sign_in(page)
    main(page).get_by_role("link", name=zh("Bank files"), exact=True).click()
    main(page).get_by_role("link", name=zh("Close the month")).click()
    assert page.url.endswith(f"/cashier/month/{first:%Y-%m}/")
    the_month_agrees(page, first, last)
    usable()

    # the bank's file: looked at, taken in
    owed = owed_at(first, last)
    assert owed, "the demo has a unit that is late"
    late = max(owed, key=lambda statement: (owed[statement], statement.number))
    run = PayoutRun.objects.filter(state=PayoutRun.State.SETTLED).latest("pk")
    asking = Order.objects.filter(
        pay_by=PayBy.ON_DELIVERY, state=State.ACCEPTED, paid_fen=0, accepted_fen__gt=0
    ).latest("pk")
    movements = the_banks(owed, late, run, asking)
    main(page).get_by_role("link", name=zh("Bank files"), exact=True).click()
    send(page, movements)
    fates(page, movements)
    usable()
    main(page).get_by_role("button", name=re.compile(str(len(movements)))).click()
    expect(page.locator(".messages")).to_be_visible()
    for statement, fen in owed.items():
        line = BankLine.objects.get(serial=f"E2E{statement.number}")
        assert (line.state, line.amount_fen) == ("matched", fen)
        assert line.matches.get().by_itself
    assert owed_at(first, last) == {}, "what was owed at the month's end is paid to the fen"

    # one by its button, one is not for goods, and all that came stands somewhere
    usable()
    card(page, PREPAID_FEN).get_by_role("button", name=zh("That is it")).click()
    expect(card(page, PREPAID_FEN)).to_have_count(0)
    prepaid = Transfer.objects.get(reference="E2EPRE")
    assert (prepaid.organisation, prepaid.amount_fen) == (late.organisation, PREPAID_FEN)
    card(page, SETTLED_FEN).get_by_role("button", name=zh("That is it")).click()
    expect(card(page, SETTLED_FEN)).to_have_count(0)
    assert Posting.objects.get(about="E2ESET").fen == SETTLED_FEN
    card(page, asking.due_fen).get_by_role("link", name=zh("Otherwise")).click()
    usable()
    named = page.locator("section[aria-labelledby=asking] li").filter(has_text=asking.number)
    named.get_by_role("button").click()
    expect(page.locator(".messages")).to_be_visible()
    asking.refresh_from_db()
    assert asking.due_fen == 0
    card(page, INTEREST_FEN).get_by_role("link", name=zh("Otherwise")).click()
    usable()
    page.locator("[name=reason]").fill("利息")
    main(page).get_by_role("button", name=zh("Set it aside")).click()
    expect(card(page, INTEREST_FEN)).to_have_count(0)
    the_bank_agrees(page)
    page.goto("/cashier/bank/lines/?state=out")
    expect(main(page).get_by_role("link", name=run.number)).to_be_visible()
    usable()

    # households: released by another, sent to the bank, answered
    pay_out(page, somebody(people("official")), usable)

    # the closing
    page.goto(f"/cashier/month/{first:%Y-%m}/")
    the_month_agrees(page, first, last)
    closing = page.locator("form[action$='/close/']")
    if closing.locator("[name=words]").count():
        closing.locator("[name=words]").fill(WORDS)
    closing.get_by_role("button").click()
    expect(closing).to_have_count(0)
    closed = ClosedMonth.objects.get(month=first)
    assert closed.words in {WORDS, ""}
    expect(main(page)).to_contain_text(closed.words)
    assert bool(closed.words) == any(any(pair) for pair in closed.figures["items"].values())
    sold, back = ledger(first, last)
    came, gone = money_totals(first, last)
    figures = closed.figures
    assert [figures[key] for key in ("sold_fen", "taken_back_fen", "came_fen", "back_fen")] == [
        sold,
        back,
        came,
        gone,
    ]
    the_month_agrees(page, first, last)
    usable()


# --- what the cashier does ------------------------------------------------------------------------


def main(page: Page) -> Locator:
    return page.get_by_role("main")


def sign_in(page: Page) -> None:
    page.goto("/cashier/")
    page.locator("[name=username]").fill(Role.CASHIER)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form.form button[type=submit]").click()
    page.wait_for_url(re.compile(r"^[^?]*/cashier/$"))


def the_banks(owed: dict[Statement, int], late: Statement, run: PayoutRun, asking: Order) -> list[Came]:
    """What the bank tells of today: units pay, the bank takes its fee, the last run went out, somebody wrote no number."""
    day = today().isoformat()
    paid_out = sum(one.amount_fen for one in run.payouts.filter(way=Payout.Way.BANK))
    return [
        *(
            Came(fen, f"货款{statement.number}", statement.organisation.name, f"E2E{statement.number}", day)
            for statement, fen in owed.items()
        ),
        Came(PREPAID_FEN, "预付食堂货款", late.organisation.name, "E2EPRE", day),
        Came(INTEREST_FEN, "结息", "", "E2EINT", day),
        Came(SETTLED_FEN, "结算款", "Stripe Payments", "E2ESET", day),
        Came(asking.due_fen, "买菜", asking.recipient, "E2EASK", day),
        Came(-FEE_FEN, "手续费", "", "E2EFEE", day),
        Came(-paid_out, f"助农货款{run.number}", "", "E2EOUT", day),
    ]


def send(page: Page, movements: list[Came]) -> None:
    """In GBK, with thousands separators, from the account and the balance that the files before left off with."""
    newest = BankLine.objects.order_by("-day", "-pk")[0]
    table = rows(movements, newest.balance_fen or 0)
    table[1][0] = f"账号：622848123456789{TAIL}"
    data = as_csv(table, "gbk")
    assert re.search(rb"\d,\d{3}\.\d\d", data)
    page.locator("[name=file]").set_input_files({"name": "十月.csv", "mimeType": "text/csv", "buffer": data})
    main(page).get_by_role("button", name=zh("Send and look at it")).click()
    page.locator("#fates").wait_for()


def fates(page: Page, movements: list[Came]) -> None:
    """Every line is there with its sum and what becomes of it, and the balances go on."""
    told = cells(page.locator("section[aria-labelledby=fates] tbody tr"))
    came, went = zh("will be added"), zh("went out, kept")
    assert [(row[2], row[5]) for row in told] == [
        (f"¥{yuan(one.fen)}", came if one.fen > 0 else went) for one in movements
    ]
    expect(page.locator("main .notice-error")).to_have_count(0)
    assert not BankLine.objects.filter(serial__startswith="E2E").exists(), "nothing is saved yet"


def card(page: Page, fen: int) -> Locator:
    """A line's, by its sum."""
    return page.locator(".bank-lines > li").filter(has=page.get_by_text(f"¥{yuan(fen)}", exact=True))


def pay_out(page: Page, other: Page, usable: Callable[[], None]) -> None:
    page.goto("/cashier/")
    main(page).get_by_role("link", name=zh("Paying households"), exact=True).click()
    usable()
    run = PayoutRun.objects.get(state=PayoutRun.State.DRAFT)
    main(page).get_by_role("link", name=run.number).click()
    release = zh("I looked at it: release")
    expect(main(page).get_by_role("button", name=release)).to_have_count(0)
    other.goto(run.get_absolute_url())
    main(other).get_by_role("button", name=release).click()
    page.reload()
    with page.expect_download() as download:
        main(page).get_by_role("button", name=zh("The bank's file, CSV")).click()
    assert download.value.suggested_filename == f"{run.number}.csv"
    text = Path(download.value.path()).read_bytes().decode("gb18030")
    head, *told = csv.reader(io.StringIO(text, newline=""))
    payouts = {one.position: one for one in run.payouts.filter(way=Payout.Way.BANK)}
    asked = {int(row[1]): (row[3], int(Decimal(row[4]) * 100)) for row in told}
    assert asked == {n: (one.account, one.amount_fen) for n, one in payouts.items()}
    page.reload()
    usable()

    failing = max(payouts)
    answer = [[*head, "处理结果", "失败原因"]]
    for row in told:
        fails = int(row[1]) == failing
        result = ["失败", CLOSED_ACCOUNT] if fails else ["成功", ""]
        answer.append(
            [
                *row[:3],
                f"{row[3][:4]}****{row[3][-4:]}",
                yuan(payouts[int(row[1])].amount_fen),
                row[5],
                *result,
            ]
        )
    page.locator("[name=file]").set_input_files(
        {"name": "回盘.csv", "mimeType": "text/csv", "buffer": answered(answer)}
    )
    main(page).get_by_role("button", name=zh("Take in the bank's answer")).click()
    expect(page.locator(".messages")).to_be_visible()
    paid = [one.amount_fen for n, one in payouts.items() if n != failing]
    way = str(Payout.Way.BANK.label)
    sums = {row[0]: row[1:] for row in cells(page.locator("main table").first.locator("tbody tr"))}
    assert sums[f"{way} · {Payout.State.PAID.label}"] == [f"{len(paid)}", f"¥{yuan(sum(paid))}"]
    failed = payouts[failing].amount_fen
    assert sums[f"{way} · {Payout.State.FAILED.label}"] == ["1", f"¥{yuan(failed)}"]
    assert sum(one.amount_fen for one in run.payouts.filter(state=Payout.State.PAID, way="bank")) == sum(paid)
    usable()


# --- the pages' figures beside sums made here -----------------------------------------------------


def cells(found: Locator) -> list[list[str]]:
    found.first.wait_for()
    told: list[list[str]] = found.evaluate_all(CELLS)
    return told


def section(page: Page, name: str) -> list[list[str]]:
    return cells(page.locator(f"section[aria-labelledby={name}]").locator("tbody tr, tfoot tr"))


def shown(numbers: Iterable[int], money: Iterable[int]) -> list[str]:
    return [*map(str, numbers), *(f"¥{yuan(fen)}" for fen in money)]


def the_month_agrees(page: Page, first: dt.date, last: dt.date) -> None:
    """Goods, money, the bank's lines, and what is open."""
    page.set_viewport_size(VIEWPORT)
    goods = goods_by_hand(first, last)
    assert [row[1:] for row in section(page, "goods")] == [shown(row[:1], row[1:]) for row in summed(goods)]
    expect(page.locator("section[aria-labelledby=goods] > p")).to_contain_text(
        f"¥{yuan(ledger(first, last)[0])}"
    )
    money = money_by_hand(first, last)
    assert [row[1:] for row in section(page, "money")] == [shown(row[:1], row[1:]) for row in summed(money)]
    lines = [line for line in BankLine.objects.all() if first <= line.day <= last and line.came_in]
    told = section(page, "bank")[:4]
    for row, state in zip(told, ("matched", "aside", "new", ""), strict=True):
        own = [line.amount_fen for line in lines if not state or line.state == state]
        assert row[1:] == shown([len(own)], [sum(own)])
    stand = {row[0].split("\n")[0]: row[2:4] for row in section(page, "open")}
    for label, amounts in open_by_hand(first, last).items():
        assert stand[zh(label)] == shown([len(amounts)], [sum(amounts)]), label


def the_bank_agrees(page: Page) -> None:
    lines = list(BankLine.objects.filter(came_in=True))
    page.goto("/cashier/bank/lines/")
    figures = page.locator("main .figures .figure strong").all_inner_texts()
    sums = [
        sum(one.amount_fen for one in lines if one.state == state) for state in ("new", "matched", "aside")
    ]
    assert figures == shown([], [*sums, sum(sums)])
    matched = [one for one in lines if one.state == "matched"]
    assert all(one.amount_fen == sum(part.amount_fen for part in one.matches.all()) for one in matched)


def accepted_on(**days: dt.date) -> set[str]:
    sales = Entry.objects.filter(kind=Entry.Kind.SALE, **{f"day__{how}": day for how, day in days.items()})
    return set(sales.values_list("order_number", flat=True))


def owed_at(first: dt.date, last: dt.date) -> dict[Statement, int]:
    """By the statement of the month: what its unit still owes of it, where no line waits that may pay it."""
    later: dict[str, int] = defaultdict(int)
    for entry in Entry.objects.filter(kind=Entry.Kind.SALE, day__gt=last):
        later[entry.order_number] += entry.amount_fen
    waiting = {line.payer for line in BankLine.objects.filter(state="new").exclude(serial__startswith="E2E")}
    owed = {}
    for statement in Statement.objects.filter(period=first).select_related("organisation"):
        unit = statement.organisation
        orders = list(Order.objects.filter(organisation=unit, pay_by=PayBy.ON_ACCOUNT))
        balance = sum(order.accepted_fen - order.paid_fen for order in orders)
        balance -= sum(transfer.left_fen for transfer in Transfer.objects.filter(organisation=unit))
        due = balance - sum(later[order.number] for order in orders)
        if due > 0 and unit.name not in waiting:
            owed[statement] = due
    return owed


def goods_by_hand(first: dt.date, last: dt.date) -> list[list[int]]:
    """By way of paying: orders, worth, paid of it, due of it, paid too much."""
    numbers = accepted_on(gte=first, lte=last)
    found: dict[str, list[int]] = {}
    for order in Order.objects.all():
        if order.number in numbers:
            row = found.setdefault(order.pay_by, [0] * 5)
            worth, paid = order.accepted_fen, order.paid_fen
            for place, value in enumerate(
                (1, worth, min(worth, paid), max(worth - paid, 0), max(paid - worth, 0))
            ):
                row[place] += value
    return [found[way] for way in PayBy.values if way in found]


def money_by_hand(first: dt.date, last: dt.date) -> list[list[int]]:
    """By provider: how many came, what came, what went back, what is left of it."""
    found: dict[str, list[int]] = {}

    def add(provider: str, day: dt.date, number: int, came: int, back: int = 0) -> None:
        if provider != Provider.SET_OFF and first <= day <= last:
            row = found.setdefault(provider, [0] * 4)
            for place, value in enumerate((number, came, back, came - back)):
                row[place] += value

    for payment in Payment.objects.filter(transfer=None).exclude(received_fen=None):
        add(
            payment.provider,
            shanghai_day(payment.paid_at or payment.started_at),
            1,
            payment.received_fen or 0,
        )
    for transfer in Transfer.objects.all():
        add(transfer.provider, transfer.came_on, 1, transfer.amount_fen)
    for refund in Refund.objects.filter(state=Refund.State.SUCCEEDED):
        add(refund.provider, shanghai_day(refund.at), 0, 0, refund.amount_fen)
    return [found[way] for way in Provider.values if way in found]


def summed(table: list[list[int]]) -> list[list[int]]:
    return [*table, [sum(column) for column in zip(*table, strict=True)]]


def money_totals(first: dt.date, last: dt.date) -> tuple[int, int]:
    *_rows, (_number, came, back, _left) = summed(money_by_hand(first, last))
    return came, back


def ledger(first: dt.date, last: dt.date) -> tuple[int, int]:
    """What was accepted and what came back in the month."""
    entries = [entry for entry in Entry.objects.all() if first <= entry.day <= last]
    sold = sum(entry.amount_fen for entry in entries if entry.kind == Entry.Kind.SALE)
    return sold, sold - sum(entry.amount_fen for entry in entries)


def open_by_hand(first: dt.date, last: dt.date) -> dict[str, list[int]]:
    """By the row's English: the amounts that are open."""
    orders = [order for order in Order.objects.all() if shanghai_day(order.placed_at) <= last]
    unpaid = [
        order.due_fen
        for order in orders
        if order.state == State.ACCEPTED and order.pay_by == PayBy.ON_DELIVERY and order.due_fen > 0
    ]
    by_hand = Transfer.objects.filter(provider=Provider.TRANSFER, bank_match=None)
    return {
        "Money that stands nowhere": [],
        "Ledger and orders differ": [],
        "Orders on delivery, not paid": unpaid,
        "Delivered, not weighed and accepted": [o.total_fen for o in orders if o.state == State.DELIVERED],
        "Bank lines to match": [
            line.amount_fen for line in BankLine.objects.filter(state="new") if line.day <= last
        ],
        "Transfers that no bank line tells of": [
            transfer.amount_fen for transfer in by_hand if first <= transfer.came_on <= last
        ],
    }
