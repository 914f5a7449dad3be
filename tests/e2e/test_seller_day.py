"""A household's day on a small phone: in by six digits, goods listed, orders read, money followed to each entry."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from farmers.ledger.models import Entry
from farmers.stock.check import approve_lot
from farmers.stock.models import Lot
from marketplace.access.codes import SENDING
from marketplace.access.models import Role, Tries, User
from marketplace.access.phones import set_phone
from shop.orders.accept import give_back
from shop.orders.models import PayBy
from tests.makers import JIN, a_household, a_lot, a_person, accepted, an_officer, an_order

from .console import Console
from .test_listing import KEPT, SENT, a_photo, choose, ready, send, write
from .words import zh

FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
# the height of every button and field of the page's own part that is lower than a thumb needs
TOO_LOW = (
    "[...document.querySelectorAll('main button, main input:not([type=hidden], [type=radio], [type=checkbox])"
    ", main .button, main .seller-nav a')]"
    ".filter(it => it.checkVisibility() && it.getBoundingClientRect().height < 44).map(it => it.outerHTML)"
)
NUMBERS = ("13900000001", "13900000002")


@pytest.fixture
def sellers(live_server: Any, settings: Any, tmp_path: Path) -> list[User]:
    settings.MEDIA_ROOT, settings.PRIVATE_ROOT = tmp_path / "media", tmp_path / "private"
    people = []
    for number in NUMBERS:
        user = a_person(Role.SELLER)
        a_household(user=user)
        set_phone(user, number)
        people.append(user)
    return people


@pytest.fixture
def sign_in(capsys: Any) -> Callable[[Page, str], None]:
    def come_in(page: Page, number: str) -> None:
        """From the page that asks who one is, by number and the digits that were sent."""
        Tries.objects.all().delete()
        if "/accounts/phone/" not in page.url:
            page.locator("main a.button-primary").first.click()
        page.locator("[name=phone]").fill(number)
        page.locator("main form button").click()
        page.wait_for_url("**/accounts/phone/code/**")
        for thread in threading.enumerate():
            if thread.name == SENDING:
                thread.join()
        page.locator("[name=code]").fill(re.findall(r"code=(\d{6})", capsys.readouterr().err)[-1])
        page.locator("main form button").click()
        page.wait_for_url("**/seller/**")

    return come_in


def good_for_a_thumb(page: Page) -> None:
    assert page.evaluate(FITS), page.url
    assert page.evaluate(TOO_LOW) == [], page.url


@pytest.mark.parametrize(("width", "letters"), [(360, ""), (320, "large")])
def test_a_day(
    sellers: list[User],
    somebody: Callable[..., Page],
    sign_in: Callable[[Page, str], None],
    width: int,
    letters: str,
) -> None:
    seller = sellers[0]
    page = somebody(viewport={"width": width, "height": 640}, locale="zh-CN")
    page.goto("/accounts/login/?next=/seller/")
    sign_in(page, NUMBERS[0])
    if letters:
        page.locator(".text-size button").click()
        expect(page.locator("html.large-text")).to_have_count(1)
    good_for_a_thumb(page)

    # lists what is left
    page.locator(".seller-nav-list").click()
    page.wait_for_url("**/seller/new/")
    choose(page)
    good_for_a_thumb(page)
    write(page)
    page.locator("[name=photo]").set_input_files(a_photo())
    good_for_a_thumb(page)
    send(page)
    page.wait_for_url("**/sent/", timeout=30_000)
    good_for_a_thumb(page)
    lot = Lot.objects.get()

    # sees it among the own goods, first waiting, then on sale
    page.get_by_role("link", name=zh("Goods"), exact=True).click()
    expect(page.locator(".line-list > li")).to_have_count(1)
    expect(page.locator(".badge-wheat")).to_be_visible()
    good_for_a_thumb(page)
    approve_lot(lot.pk, an_officer(lot.village), stock_seen=True)
    page.reload()
    expect(page.locator(".badge-leaf")).to_be_visible()

    # somebody buys: what to bring, and where
    order = an_order(PayBy.ON_DELIVERY, lots=[lot], jin=10)
    page.locator(".seller-nav a[href='/seller/orders/']").click()
    expect(page.locator(".bring-day .bring-amount")).to_have_text("10 斤")
    good_for_a_thumb(page)
    page.get_by_role("link", name=order.number).first.click()
    expect(page.get_by_role("main")).to_contain_text(order.number)
    assert page.evaluate(FITS)

    # it was weighed: the money, and how it comes about
    accepted(order, short_jin=1)
    page.goto("/seller/")
    expect(page.locator(".figure-wide strong")).to_have_text("¥10.80")
    page.locator(".seller-nav a[href='/seller/ledger/']").click()
    good_for_a_thumb(page)
    page.locator("a.ledger-sum").click()
    entry = Entry.objects.get()
    page.wait_for_url(f"**/seller/ledger/{entry.pk}/")
    expect(page.locator(".entry-sums tbody th")).to_contain_text("9 斤 × ¥1.20 / 斤")
    expect(page.locator(".entry-sums tfoot")).to_contain_text("¥10.80")
    good_for_a_thumb(page)
    assert (entry.household.user, entry.quantity) == (seller, 9 * JIN)


def test_signed_out_elsewhere_nothing_is_lost_and_it_is_listed_once(
    sellers: list[User],
    somebody: Callable[..., Page],
    sign_in: Callable[[Page, str], None],
    console: Console,
) -> None:
    console.expects(403)
    page = somebody(sellers[0], viewport={"width": 320, "height": 640}, locale="zh-CN")
    ready(page)
    choose(page)
    write(page)
    page.locator("[name=photo]").set_input_files(a_photo())
    expect(page.locator("canvas[data-photo]")).to_be_visible()
    Session.objects.all().delete()
    send(page)
    expect(page.locator(KEPT)).to_be_visible()
    assert not Lot.objects.exists()
    page.locator(f"{KEPT} a.button").click()
    page.wait_for_url("**/accounts/**")
    sign_in(page, NUMBERS[0])
    page.wait_for_url("**/seller/new/")
    expect(page.locator(SENT)).to_be_visible(timeout=20_000)
    page.reload()
    expect(page.locator(KEPT)).to_have_count(0)
    lot = Lot.objects.get()
    assert (lot.listed, lot.household.user, lot.photos.count()) == (80 * JIN, sellers[0], 1)


def test_signed_out_while_writing_the_draft_stands_there_afterwards(
    sellers: list[User],
    somebody: Callable[..., Page],
    sign_in: Callable[[Page, str], None],
    console: Console,
) -> None:
    console.expects(403)
    page = somebody(sellers[0], viewport={"width": 320, "height": 640}, locale="zh-CN")
    ready(page)
    choose(page)
    Session.objects.all().delete()
    write(page, amount="70")
    page.wait_for_timeout(400)
    page.goto("/seller/new/")
    sign_in(page, NUMBERS[0])
    page.wait_for_url("**/seller/new/")
    expect(page.locator("[name=price]")).to_have_value("1块2")
    send(page)
    page.wait_for_url("**/sent/", timeout=30_000)
    assert Lot.objects.get().listed == 70 * JIN


def test_whoever_comes_in_next_on_this_phone_sees_nothing_of_the_first_ones_goods(
    sellers: list[User],
    somebody: Callable[..., Page],
    sign_in: Callable[[Page, str], None],
    console: Console,
) -> None:
    console.expects(403)
    page = somebody(sellers[0], viewport={"width": 320, "height": 640}, locale="zh-CN")
    ready(page)
    choose(page)
    with page.expect_response(lambda answer: answer.url.endswith("/draft/"), timeout=10_000):
        write(page, amount="7654")
    Session.objects.all().delete()
    page.goto("/seller/new/")
    sign_in(page, NUMBERS[1])
    page.wait_for_url("**/seller/new/")
    expect(page.locator("[name=product]:checked")).to_have_count(0)
    expect(page.locator("[name=amount]")).to_have_value("")
    for address in ("/seller/new/", "/seller/"):
        page.goto(address)
        expect(page.locator(".kept")).not_to_contain_text("7654")
        assert "7654" not in page.content()
    # nor without a network
    page.goto("/seller/new/")
    console.expects_no_network()
    page.context.set_offline(True)
    page.reload()
    expect(page.locator("[name=product]:checked")).to_have_count(0)
    expect(page.locator("[name=amount]")).to_have_value("")
    page.context.set_offline(False)
    # the first one finds it again
    Session.objects.all().delete()
    page.goto("/seller/new/")
    sign_in(page, NUMBERS[0])
    page.wait_for_url("**/seller/new/")
    expect(page.locator("[name=amount]")).to_have_value("7654")
    assert not Lot.objects.exists()


def test_what_came_back_is_taken_off_where_it_was_sold(
    sellers: list[User], somebody: Callable[..., Page]
) -> None:
    lot = a_lot(price_fen=120, household=sellers[0].household)  # type: ignore[attr-defined]
    line = accepted(an_order(PayBy.ON_DELIVERY, lots=[lot], jin=10)).lines.get()
    give_back(line.pk, 2 * JIN, returned_before=0, sound=False, reason="两斤烂了", by=a_person(Role.OFFICIAL))
    page = somebody(sellers[0], viewport={"width": 320, "height": 640}, locale="zh-CN")
    page.goto("/seller/ledger/")
    expect(page.locator("a.ledger-sum")).to_have_count(2)
    # the newest is what came back: it leads to its sale
    page.locator("a.ledger-sum").first.click()
    expect(page.locator(".entry-sums tbody tr")).to_have_count(2)
    expect(page.locator(".entry-sums")).to_contain_text("两斤烂了")
    expect(page.locator(".entry-sums tfoot")).to_contain_text("¥9.60")
    good_for_a_thumb(page)
