"""The basket beside the page: opened by buying, worked by keyboard, shut by Escape; a page without the script."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.makers import a_lot

from .console import Console
from .words import zh


def test_the_basket_opens_beside_the_offer_and_is_worked_there(
    live_server: Any, somebody: Callable[..., Page], accessible: Any, console: Console
) -> None:
    console.expects(422)
    lot = a_lot(jin=100, price_fen=120)
    page = somebody()
    page.goto(lot.get_absolute_url())
    page.locator("[data-amount]").fill("999")
    buy = page.locator("form.buy button[type=submit]")
    buy.click()
    expect(page.locator("form.buy .errorlist")).to_be_visible()
    expect(page.locator("[data-amount]")).to_be_focused()
    page.locator("[data-amount]").fill("20")
    buy.press("Enter")
    drawer = page.locator("#drawer")
    expect(drawer).to_be_visible()
    expect(page.locator("#drawer-title")).to_be_focused()
    expect(page.locator(".basket-count")).to_have_text("1")
    expect(drawer.locator(".drawer-total")).to_contain_text("¥24.00")
    expect(page.locator("#basket-live")).to_contain_text("已放进购物篮")
    accessible(page)
    drawer.locator("[name=amount]").fill("30")
    drawer.locator("[name=amount]").press("Enter")
    expect(drawer.locator(".drawer-total")).to_contain_text("¥36.00")
    expect(page).to_have_url(re.compile(re.escape(lot.get_absolute_url())))
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(buy).to_be_focused()
    buy.press("Enter")
    expect(drawer).to_be_visible()
    drawer.locator("[name=remove]").click()
    expect(page.locator(".basket-count")).to_have_count(0)
    drawer.get_by_role("button", name=zh("Look on")).click()
    expect(drawer).to_be_hidden()


def test_lines_change_on_the_basket_page_without_loading_it(
    live_server: Any, somebody: Callable[..., Page], console: Console
) -> None:
    console.expects(422)
    lots = [a_lot(price_fen=100), a_lot(price_fen=100)]
    page = somebody()
    for lot in lots:
        page.goto(lot.get_absolute_url())
        page.locator("form.buy button[type=submit]").click()
        expect(page.locator("#drawer")).to_be_visible()
    page.goto("/basket/")
    page.evaluate("window.same = true")
    line = page.locator(f"#line-{lots[0].pk}")
    line.locator("[name=amount]").fill("25")
    line.locator("[name=amount]").press("Enter")
    expect(page.locator(".basket-sum .price")).to_have_text("¥35.00")
    line.locator("[name=amount]").fill("x")
    line.locator("[name=amount]").press("Enter")
    expect(line.locator(".errorlist")).to_be_visible()
    expect(line.locator("[name=amount]")).to_be_focused()
    line.locator("[name=remove]").click()
    expect(line).to_have_count(0)
    expect(page.locator("#basket-title")).to_be_focused()
    assert page.evaluate("window.same")


def test_without_script_buying_leads_to_the_basket(live_server: Any, somebody: Callable[..., Page]) -> None:
    lot = a_lot()
    page = somebody(java_script_enabled=False)
    page.goto(lot.get_absolute_url())
    page.locator("form.buy button[type=submit]").click()
    expect(page).to_have_url(re.compile("/basket/$"))
    expect(page.locator(f"#line-{lot.pk}")).to_be_visible()
