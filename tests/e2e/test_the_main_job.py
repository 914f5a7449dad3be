"""From the officers' workbook to the ledger, as the people of the job walk it, in a browser each."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import Locator, Page, expect

from farmers.ledger.briefing import figures
from farmers.stock.models import Lot
from marketplace.access.models import Role
from marketplace.days import today
from marketplace.quantity import in_units
from shop.buyers.models import Duty
from shop.orders.models import Order, State
from tests.conftest import PHONE
from tests.makers import a_person, an_officer, an_organisation, assert_stock_adds_up, counters

from .words import zh

WORKBOOK = Path(__file__).parents[1] / "stock" / "data" / "unsold-ledger-2020-04.xlsx"
CABBAGE, TREE, CHILLI, POTATO = "dabaicai", "guohuai", "lajiao", "tudou"


@pytest.fixture
def stocked(live_server: Any, tmp_path: Path, settings: Any) -> dict[str, Lot]:
    """The officers' workbook, loaded on a site that has nothing yet. By product: what buyers can have of it."""
    # its trees are of a marked household, and would be for nursery firms first
    settings.GREEN_FIRST_DAYS = 0
    workbook = Path(shutil.copy(WORKBOOK, tmp_path))
    call_command("import_stock", workbook, accept_good=True, verbosity=0)
    assert (tmp_path / f"{WORKBOOK.stem}-to-mend.xlsx").exists(), "what was refused comes back to be mended"
    on_sale = Lot.objects.on_sale(today()).select_related("household__village__town", "product")
    return {lot.product.slug: lot for lot in on_sale}


def test_from_an_officers_workbook_to_the_ledger_and_the_briefing(
    stocked: dict[str, Lot], somebody: Callable[..., Page], capsys: pytest.CaptureFixture[str]
) -> None:
    cabbage, tree = stocked[CABBAGE], stocked[TREE]
    listed = counters(cabbage)[0]
    assert cabbage.household.village == tree.household.village, "one village, so one consignment"
    town = cabbage.household.village.town
    buyer = somebody()

    find_by_initials(buyer, "dbc", cabbage)
    into_the_basket(buyer, cabbage, "50")
    find_by_initials(buyer, "gh", tree, tick=town.slug)
    into_the_basket(buyer, tree, "3")
    sign_up_on_the_way_to_the_checkout(buyer)
    order = check_out(buyer, "on_delivery")
    assert [*order.lines.order_by("quantity").values_list("quantity", "amount_fen")] == [
        (3, 3 * tree.price_fen),
        (25_000, 50 * cabbage.price_fen),
    ]
    assert counters(cabbage) == (listed, 25_000, 0)

    officer = somebody(an_officer(town), viewport=PHONE)
    officer.goto("/room/")
    send_off_report_and_hand_over(officer, order)

    accept(buyer, order, {CABBAGE: "48.5", TREE: "2"})
    kept_fen = round(48.5 * cabbage.price_fen) + 2 * tree.price_fen
    tells_the_whole_story(buyer, order)

    cashier = somebody(a_person(Role.CASHIER))
    collect(cashier, order, "SJ-2026-0001")
    order.refresh_from_db()
    assert (order.state, order.accepted_fen, order.paid_fen) == (State.ACCEPTED, kept_fen, kept_fen)
    # what did not come is not there to be sold again
    assert counters(cabbage) == (listed - 750, 0, 24_250)
    assert_stock_adds_up()

    public = somebody()
    shows_in_the_ledger(public, "48.5", "2", kept_fen)
    assert briefed(capsys) == {
        "produce_grams": 24_250,
        "saplings": 2,
        "amount_fen": kept_fen,
        "households": 2,
        "buyers": 1,
    }

    official = somebody(a_person(Role.OFFICIAL))
    record_a_return(official, order, TREE, "1")
    kept_fen -= tree.price_fen
    order.refresh_from_db()
    assert (order.accepted_fen, order.overpaid_fen) == (kept_fen, tree.price_fen)
    shows_in_the_ledger(public, "48.5", "1", kept_fen)
    assert briefed(capsys)["amount_fen"] == kept_fen
    assert briefed(capsys)["saplings"] == 1
    buyer.reload()
    expect(buyer.get_by_role("main")).to_contain_text(money(tree.price_fen))
    assert_stock_adds_up()


def test_a_canteen_buys_on_account_from_two_villages(
    stocked: dict[str, Lot], somebody: Callable[..., Page], capsys: pytest.CaptureFixture[str]
) -> None:
    potato, chilli = stocked[POTATO], stocked[CHILLI]
    villages = {potato.household.village, chilli.household.village}
    assert len(villages) == 2
    cook = a_person(Role.CANTEEN)
    unit = an_organisation(duties={cook: [Duty.Kind.RECEIVER]}, phone="13900139000")
    canteen = somebody(cook)
    into_the_basket(canteen, potato, "100")
    into_the_basket(canteen, chilli, "20")
    order = check_out(canteen, "on_account")
    assert order.consignments.count() == 2
    canteen.goto("/canteen/")
    expect(canteen.get_by_role("heading", level=1)).to_contain_text(unit.name)
    expect(canteen.get_by_role("link", name=order.number)).to_be_visible()

    for village in villages:
        officer = somebody(an_officer(village), viewport=PHONE)
        officer.goto("/officer/")
        send_off_report_and_hand_over(officer, order)

    weigh(canteen, order, {POTATO: "99.6", CHILLI: "20"})
    kept_fen = round(99.6 * potato.price_fen) + 20 * chilli.price_fen
    order.refresh_from_db()
    assert (order.state, order.accepted_fen, order.due_fen) == (State.ACCEPTED, kept_fen, kept_fen)
    told = briefed(capsys)
    sizes = potato.unit_size, chilli.unit_size
    assert told["produce_grams"] == round(99.6 * sizes[0]) + 20 * sizes[1]
    assert (told["amount_fen"], told["households"], told["buyers"]) == (kept_fen, 2, 1)
    # potatoes are sold by the kilogram, two jin
    shows_in_the_ledger(canteen, "219.2", "0", kept_fen)
    assert_stock_adds_up()


# --- what a buyer does ---------------------------------------------------------------------------


def find_by_initials(page: Page, initials: str, lot: Lot, tick: str = "") -> None:
    """From any page: type the first letters of the name's pinyin, tick the town, open the offer."""
    page.goto("/")
    page.locator("#site-q").fill(initials)
    page.locator("#site-q").press("Enter")
    offers = page.locator("#results .offer")
    expect(offers.first).to_contain_text(lot.product.name)
    if tick:
        page.locator(f"#town-{tick}").check()
        expect(page).to_have_url(re.compile(f"town={tick}"))
    offers.locator(f'a[href="{lot.get_absolute_url()}"]').click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(lot.product.name)


def into_the_basket(page: Page, lot: Lot, amount: str) -> None:
    if lot.get_absolute_url() not in page.url:
        page.goto(lot.get_absolute_url())
    page.locator("[data-amount]").fill(amount)
    page.get_by_role("button", name=zh("Into the basket")).click()
    expect(page.locator("#drawer")).to_be_visible()
    expect(page.locator(f"#line-{lot.pk}")).to_be_visible()


def sign_up_on_the_way_to_the_checkout(page: Page) -> None:
    goods = page.locator(".basket-line")
    many = goods.count()
    page.get_by_role("link", name=zh("Check out")).click()
    page.get_by_role("main").get_by_role("link", name=zh("Make an account")).click()
    page.locator("[name=username]").fill("王小明")
    page.locator("[name=password1]").fill("walnut-and-millet-7")
    page.locator("[name=password2]").fill("walnut-and-millet-7")
    page.get_by_role("main").get_by_role("button", name=zh("Make an account")).click()
    expect(page).to_have_url(re.compile("/checkout/$"))
    expect(page.locator(".line-list > li")).to_have_count(many)


def check_out(page: Page, pay_by: str) -> Order:
    if "/checkout/" not in page.url:
        page.get_by_role("link", name=zh("Check out")).click()
    way = page.locator("[name=way][value=address]")
    if way.count():
        way.check()
    page.locator("[name=address]").fill("清风店镇 3 号")
    page.locator("[name=recipient]").fill("王小明")
    page.locator("[name=phone]").fill("138 0013 8000")
    page.locator(f"[name=pay_by][value={pay_by}]").check()
    page.locator(".checkout-sum").get_by_role("button").click()
    expect(page).to_have_url(re.compile("/orders/[^/]+/$"))
    return Order.objects.get(number=page.url.rstrip("/").rsplit("/", 1)[-1])


def accept(page: Page, order: Order, amounts: dict[str, str]) -> None:
    """Write down what came of each product, in its own unit."""
    page.goto(order.get_absolute_url())
    for line in order.lines.all():
        page.locator(f"[name=line-{line.pk}]").fill(amounts[line.product_slug])
    page.get_by_role("button", name=zh("Accept what is written here")).click()
    expect(said(page)).to_contain_text(zh("Recorded. What you accepted is in the ledger."))


def weigh(page: Page, order: Order, amounts: dict[str, str]) -> None:
    """A unit's receiver writes down what the scale says of each product, in its own unit."""
    page.goto(order.get_absolute_url())
    page.get_by_role("link", name=zh("To the scale")).click()
    for line in order.lines.all():
        page.locator(f"[name=line-{line.pk}]").fill(amounts[line.product_slug])
    page.locator("[name=receiver]").fill("赵师傅")
    page.get_by_role("button", name=zh("Accept what is written here")).click()
    expect(said(page)).to_contain_text(zh("Recorded. What you accepted is in the ledger."))


def tells_the_whole_story(page: Page, order: Order) -> None:
    """Each step is on the order's page, the newest first, and where the goods had been."""
    told = page.locator("ol.timeline > li")
    kinds = [event.get_kind_display() for event in order.tracking.order_by("at", "id")]
    assert len(kinds) >= 5, kinds
    expect(told).to_have_count(len(kinds))
    expect(page.locator(".timeline")).to_contain_text("已过清风店收费站")


# --- what the others do --------------------------------------------------------------------------


def send_off_report_and_hand_over(page: Page, order: Order) -> None:
    page.get_by_role("link", name=order.number).first.click()
    page.get_by_role("button", name=zh("The goods leave now")).click()
    page.get_by_label(zh("Where the goods are")).fill("已过清风店收费站")
    page.get_by_role("button", name=zh("Tell the buyer")).click()
    expect(page.locator(".timeline")).to_contain_text("已过清风店收费站")
    page.get_by_role("button", name=zh("Handed over")).click()
    expect(said(page)).to_be_visible()
    expect(page.get_by_role("button", name=zh("Handed over"))).to_have_count(0)


def collect(page: Page, order: Order, receipt: str) -> None:
    page.goto("/cashier/")
    row = page.locator("details.collect", has_text=order.number)
    row.locator("summary").click()
    row.locator("[name=receipt]").fill(receipt)
    row.get_by_role("button", name=zh("Record the money")).click()
    expect(said(page)).to_contain_text(order.number)
    expect(row).to_have_count(0)


def record_a_return(page: Page, order: Order, product: str, amount: str) -> None:
    page.goto(order.get_absolute_url())
    line = order.lines.get(product_slug=product)
    form = page.locator(f'form[action$="/lines/{line.pk}/return/"]')
    page.locator("details", has=form).locator("summary").click()
    form.locator(f"[name=return-{line.pk}-quantity]").fill(amount)
    form.locator(f"[name=return-{line.pk}-reason]").fill("根部受冻")
    form.get_by_role("button").click()
    expect(said(page)).to_contain_text(zh("Recorded as a reversing entry."))


def shows_in_the_ledger(page: Page, jin: str, saplings: str, amount_fen: int) -> None:
    """These goods and nothing else; everybody's page says that they are too few households' to be told."""
    told = figures(today() - dt.timedelta(days=1), today())
    assert (in_units(told["produce_grams"], 500), str(told["saplings"])) == (jin, saplings)
    assert told["amount_fen"] == amount_fen
    page.goto("/ledger/")
    expect(page.locator(".empty")).to_be_visible()
    expect(page.get_by_role("table")).to_have_count(0)


def briefed(capsys: pytest.CaptureFixture[str]) -> dict[str, int]:
    """The briefing of these two days, once the ledger has been found in order."""
    capsys.readouterr()
    call_command("seal_ledger", verbosity=0)
    capsys.readouterr()
    call_command("verify_ledger", json=True)
    checked = json.loads(capsys.readouterr().out)
    assert checked["ok"]
    assert checked["first_bad"] is None
    # a test may run across midnight
    call_command("briefing", start=str(today() - dt.timedelta(days=1)), end=str(today()), json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["text"]
    return {name: told[name] for name in ("produce_grams", "saplings", "amount_fen", "households", "buyers")}


def said(page: Page) -> Locator:
    return page.locator(".messages")


def money(fen: int) -> str:
    return f"¥{fen // 100:,}.{fen % 100:02d}"
