"""An officer's day on a telephone: goods looked at, a household listed for, a workbook mended, an order and its cash."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from farmers.registry.models import Household, Officer, Town, Village
from farmers.stock.models import Consent, Lot, LotCheck
from farmers.workbooks.models import WorkbookUpload
from marketplace.access.models import Role, User
from marketplace.demo.pictures import picture
from shop.orders.models import Order, PayBy, State, Weighing
from shop.payments.models import Payment
from tests.conftest import PHONE
from tests.makers import JIN, a_household, a_lot, a_person, an_order, assert_stock_adds_up
from tests.stock.workbooks import a_table
from tests.workbooks.helps import BAD, FAR, GOOD, QUANTITY

from .console import Console
from .words import zh

FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
# buttons and fields of the page's own part that are lower than a thumb needs
TOO_LOW = """[...document.querySelectorAll('main button, main input:not([type=hidden], [type=checkbox], [type=radio]), main select, main summary, main .button')]
    .filter(it => it.checkVisibility() && it.getBoundingClientRect().height < 44).map(it => it.outerHTML.slice(0, 80))"""
LAST = ["高蓬镇", "南李村", "王强", "13928816305", "大葱", "若干", "斤", 1.5]


@pytest.fixture
def officer(live_server: Any, settings: Any, tmp_path: Path) -> User:
    """Of a whole town, with a password."""
    settings.PRIVATE_ROOT, settings.MEDIA_ROOT = tmp_path / "private", tmp_path / "media"
    user = a_person(Role.OFFICER, "a-day-in-the-villages")
    Officer.objects.create(name="周全", town=Town.objects.get(name="高蓬镇"), user=user)
    return user


@pytest.fixture
def village(officer: User) -> Village:
    return Village.objects.create(name="南李村", town=Town.objects.get(name="高蓬镇"))


@pytest.fixture
def far() -> Household:
    """Of another town, with goods that wait: not to be met anywhere on this day."""
    town = Village.objects.create(name="翟城村", town=Town.objects.get(name="东亭镇"))
    household = a_household(town, head_name="马志强")
    a_lot(household=household, state=Lot.State.WAITING)
    return household


def looked_at(page: Page) -> None:
    """Nothing is wider than the telephone, or too low for a thumb; nobody of another town is there."""
    assert page.evaluate(FITS), page.url
    assert page.evaluate(TOO_LOW) == [], page.url
    expect(page.locator("main")).not_to_contain_text("马志强")


def to_the_day(page: Page) -> None:
    page.goto("/officer/")
    looked_at(page)


def figure(page: Page, at: str) -> Any:
    return page.locator(f".officer-figures [href='#{at}'] strong")


def test_goods_are_seen_one_let_on_sale_and_one_sent_back(
    officer: User, village: Village, far: Household, somebody: Callable[..., Page]
) -> None:
    first = a_household(village, head_name="李国庆")
    a_lot(100, household=first, state=Lot.State.WAITING, grade="一级")
    a_lot(200, household=first, product="dacong", state=Lot.State.WAITING)
    page = somebody(viewport=PHONE)
    page.goto("/accounts/login/")
    page.locator("[name=username]").fill(officer.username)
    page.locator("[name=password]").fill("a-day-in-the-villages")
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url("**/officer/")
    looked_at(page)
    expect(figure(page, "check")).to_have_text("2")

    figure(page, "check").click()
    page.locator("section[aria-labelledby=check] .officer-row").first.click()
    looked_at(page)
    # a photo of one's own, for the household sent none
    page.locator("[name=photo]").set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture("tudou", 1)}
    )
    page.get_by_role("button", name=zh("Add the photo")).click()
    expect(page.locator(".officer-photos img")).to_be_visible()
    for box in ("stock_seen", "photo_true", "grade_true"):
        page.locator(f"[name={box}]").check()
    page.get_by_role("button", name=zh("Let it on sale")).click()
    expect(page.locator(".messages")).to_contain_text(zh("It is on sale."))
    looked_at(page)

    page.locator("main .officer-row").first.click()
    page.locator("details", has=page.locator("[name=quick]")).locator("summary").click()
    page.locator("[name=quick][value=photo]").check()
    page.locator("[name=words]").fill("先把泥去掉")
    page.locator("form[action$='/back/'] button").click()
    expect(page.locator(".messages")).to_contain_text(
        zh("Sent back. The household sees what has to be put right.")
    )
    to_the_day(page)
    expect(figure(page, "check")).to_have_text("0")
    states = {lot.product.slug: lot.state for lot in Lot.objects.filter(household=first)}
    assert states == {"tudou": "listed", "dacong": "sent_back"}
    seen, back = LotCheck.objects.order_by("pk")
    assert seen.by == back.by == officer
    assert (seen.approved, seen.stock_seen, seen.photo_true, seen.grade_true) == (True,) * 4
    assert "先把泥去掉" in back.why and not back.approved


def test_goods_are_listed_for_a_household_with_its_consent(
    officer: User, village: Village, far: Household, somebody: Callable[..., Page], console: Console
) -> None:
    console.expects(422)
    a_household(village, head_name="张玉梅")
    page = somebody(officer, viewport=PHONE)
    to_the_day(page)
    page.locator(".officer-nav a").first.click()
    looked_at(page)
    for words, found in (("马志强", 0), ("玉梅", 1)):
        page.locator("main [name=q]").fill(words)
        page.locator("main [name=q]").press("Enter")
        expect(page.locator("main .officer-row", has_text="张玉梅")).to_have_count(found)
    page.locator("main .officer-row", has_text="张玉梅").click()
    looked_at(page)
    page.get_by_role("link", name=zh("List for them")).click()
    looked_at(page)
    page.locator("[name=product]").select_option("hongshu")
    page.locator("[name=amount]").fill("半吨")
    page.locator("[name=price]").fill("1块2")
    page.locator("[name=when][value=yesterday]").check()
    send = page.get_by_role("button", name=zh("Put it on sale"))
    send.click()
    # neither how it agreed nor that anybody saw it was said
    expect(page.locator("main .errorlist").first).to_be_visible()
    assert not Lot.objects.filter(household__head_name="张玉梅").exists()
    expect(page.locator("[name=amount]")).to_have_value("半吨")
    page.locator(f"[name=consent][value={Consent.values[0]}]").check()
    page.locator("[name=seen]").check()
    page.locator("[name=photo]").set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture("hongshu", 1)}
    )
    send.click()
    expect(page.locator(".messages")).to_be_visible()
    looked_at(page)
    lot = Lot.objects.get(household__head_name="张玉梅")
    assert (lot.listed, lot.price_fen, lot.state) == (500_000, 120, "listed")
    assert (lot.listed_by, lot.consent, lot.photos.count()) == (officer, Consent.values[0], 1)
    assert LotCheck.objects.get(lot=lot).stock_seen


def test_a_workbook_with_two_bad_rows_is_mended_loaded_and_taken_home(
    officer: User, village: Village, far: Household, somebody: Callable[..., Page]
) -> None:
    page = somebody(officer, viewport=PHONE)
    steps: list[str] = []
    page.on("response", lambda answer: steps.append(answer.url) if "/reading/" in answer.url else None)
    to_the_day(page)
    page.locator(".officer-nav").get_by_role("link", name=zh("Load a workbook")).click()
    looked_at(page)
    page.locator("main [name=file]").set_input_files(
        {"name": "台账.xlsx", "mimeType": "application/zip", "buffer": a_table([GOOD, BAD, LAST])}
    )
    page.get_by_role("button", name=zh("Send and look at it")).click()
    page.wait_for_url(re.compile(r"/officer/workbook/[0-9a-f-]{36}/$"))
    assert steps  # read before one's eyes, and on by itself
    looked_at(page)
    expect(page.locator(".workbook-mend li.card")).to_have_count(2)
    page.locator(f"#cell-0-3-{QUANTITY}").fill("500")
    page.get_by_role("button", name=zh("Save and read again")).click()
    expect(page.locator(".workbook-mend li.card")).to_have_count(1)
    looked_at(page)
    page.locator(".workbook-load button").click()
    page.wait_for_url("**/loaded/")
    looked_at(page)
    expect(page.locator("tbody tr")).to_have_count(2)
    with page.expect_download() as download:
        page.get_by_role("link", name=zh("Take the refused rows home")).click()
    sheet = load_workbook(io.BytesIO(Path(download.value.path()).read_bytes())).worksheets[0]
    said = {str(cell.value) for row in sheet.iter_rows() for cell in row}
    assert "若干" in said and "李国庆" not in said
    upload = WorkbookUpload.objects.get()
    assert (upload.state, upload.lots.count(), upload.numbers["refused"]) == ("partly", 2, 1)
    assert set(upload.lots.values_list("household__head_name", flat=True)) == {"李国庆", "张玉梅"}


def test_a_row_of_another_town_is_told_apart(
    officer: User, village: Village, far: Household, somebody: Callable[..., Page]
) -> None:
    page = somebody(officer, viewport=PHONE)
    page.goto("/officer/workbook/")
    page.locator("main [name=file]").set_input_files(
        {"name": "台账.xlsx", "mimeType": "application/zip", "buffer": a_table([GOOD, FAR])}
    )
    page.get_by_role("button", name=zh("Send and look at it")).click()
    expect(page.locator(".workbook-mend li.card")).to_contain_text("东亭镇")
    looked_at(page)


def test_an_order_is_handed_over_with_its_weight_and_paid_in_cash(
    officer: User, village: Village, far: Household, somebody: Callable[..., Page]
) -> None:
    order = an_order(PayBy.ON_DELIVERY, lots=[a_lot(household=a_household(village, head_name="李国庆"))])
    Order.objects.filter(pk=order.pk).update(wanted_on=timezone.localdate() + dt.timedelta(days=1))
    line = order.lines.get()
    page = somebody(officer, viewport=PHONE)
    to_the_day(page)
    expect(figure(page, "collect")).to_have_text("1")
    page.get_by_role("link", name=zh("Picking lists by day")).click()
    expect(page.locator("main")).to_contain_text("李国庆")
    looked_at(page)
    to_the_day(page)
    page.get_by_role("link", name=zh("Picking list and weights")).click()
    looked_at(page)
    page.locator(f"[name=handed-{line.pk}]").fill("9.5")
    page.get_by_role("button", name=zh("The goods leave now")).click()
    expect(page.locator(".messages")).to_be_visible()
    assert Weighing.objects.get(line=line).handed_over == 9.5 * JIN
    to_the_day(page)
    expect(figure(page, "hand")).to_have_text("1")
    page.get_by_role("button", name=zh("Handed over")).click()
    expect(page.locator(".messages")).to_be_visible()
    order.refresh_from_db()
    assert order.state == State.DELIVERED

    to_the_day(page)
    expect(figure(page, "cash")).to_have_text("1")
    page.get_by_role("link", name=zh("Collect and hand in")).click()
    looked_at(page)
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator(".messages")).to_contain_text(order.number)
    looked_at(page)
    expect(page.locator("section[aria-labelledby=in-hand] .total")).to_contain_text("12.00")
    taken = Payment.objects.get(by=officer)
    assert (taken.received_fen, taken.note) == (1200, "")
    to_the_day(page)
    expect(page.locator("section[aria-labelledby=cash]")).to_contain_text("12.00")
    expect(figure(page, "cash")).to_have_text("0")
    assert_stock_adds_up()
