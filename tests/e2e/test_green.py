"""A nursery firm and a household come to terms over saplings: one at a desk, the other on a telephone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.urls import reverse
from playwright.sync_api import Page, expect

from marketplace.days import today
from shop.green.models import DayChange, Talk
from shop.orders.models import Order
from tests.conftest import PHONE
from tests.green.talks import SOON, a_scene
from tests.makers import assert_stock_adds_up, counters

from .console import Console
from .words import zh

FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=zh(words), exact=True).click()
    page.wait_for_load_state()


def unfold(page: Page, words: str) -> None:
    page.locator("summary", has_text=zh(words)).click()


def test_from_a_look_to_an_order_and_another_lifting_day(
    live_server: Any,
    somebody: Callable[..., Page],
    console: Console,
    accessible: Callable[[Page], None],
) -> None:
    console.expects(422)
    scene = a_scene(grade="胸径 5–6 厘米 · 高 3 米")
    firm = somebody(scene.buyer)
    house = somebody(scene.seller, viewport=PHONE)

    firm.goto(reverse("green:first"))
    firm.get_by_role("link", name=zh("Look or order")).click()
    unfold(firm, "Look at them first, and agree on a price")
    press(firm, "Ask to look")
    # the form says what is missing, and keeps what was typed
    expect(firm.locator("#id_ask_phone")).to_have_attribute("aria-invalid", "true")
    firm.locator("#id_ask_day").fill(today().isoformat())
    firm.locator("#id_ask_phone").fill("13900000001")
    accessible(firm)
    press(firm, "Ask to look")

    house.goto(reverse("seller"))
    house.get_by_role("link", name=zh("Who wants my saplings")).click()
    house.get_by_role("link", name=zh("Answer")).click()
    assert house.evaluate(FITS)
    accessible(house)
    press(house, "They may come on this day")
    press(house, "They were here")

    firm.reload()
    unfold(firm, "Reserve plants for some days")
    firm.locator("#id_hold_quantity").fill("30")
    press(firm, "Reserve plants for some days")
    assert counters(scene.lot) == (100, 30, 0)
    firm.locator("#id_offer_price").fill("28")
    firm.locator("#id_offer_quantity").fill("30")
    firm.locator("#id_offer_day").fill((today() + SOON).isoformat())
    press(firm, "Send the offer")

    house.reload()
    expect(house.locator(".talk-offer")).to_contain_text("¥28.00")
    assert house.evaluate(FITS)
    unfold(house, "Not at this price: say yours")
    house.locator("#id_offer_price").fill("31.5")
    house.locator("#id_offer_why").fill("根系好")
    press(house, "Not at this price: say yours")

    firm.reload()
    expect(firm.locator(".talk")).to_contain_text("根系好")
    accessible(firm)
    press(firm, "Agree to this offer")
    order = Order.objects.get()
    assert order.lines.get().price_fen == 3150
    assert counters(scene.lot) == (100, 30, 0)

    firm.get_by_role("link", name=order.number).click()
    firm.get_by_role("link", name=zh("Lifting day")).click()
    later = today() + SOON + dt.timedelta(days=3)
    firm.locator("#id_wish_day").fill(later.isoformat())
    press(firm, "Ask for this day")
    house.goto(reverse("green:day", args=[order.number]))
    assert house.evaluate(FITS)
    accessible(house)
    press(house, "Yes, on that day")
    order.refresh_from_db()
    assert order.wanted_on == later
    assert DayChange.objects.get().state == "agreed"
    assert Talk.objects.get().order == order
    assert_stock_adds_up()


def test_a_talk_is_held_without_javascript(live_server: Any, somebody: Callable[..., Page]) -> None:
    scene = a_scene()
    firm = somebody(scene.buyer, java_script_enabled=False)
    firm.goto(reverse("green:one", args=[scene.lot.slug]))
    unfold(firm, "Look at them first, and agree on a price")
    firm.locator("#id_ask_day").fill(today().isoformat())
    firm.locator("#id_ask_phone").fill("13900000001")
    press(firm, "Ask to look")
    officer = somebody(scene.officer, viewport=PHONE, java_script_enabled=False)
    officer.goto(reverse("green:officer_talks"))
    officer.get_by_role("link", name=zh("Answer")).click()
    officer.locator("#id_day_consent_1").check()
    press(officer, "They may come on this day")
    assert Talk.objects.get().state == "visit"
