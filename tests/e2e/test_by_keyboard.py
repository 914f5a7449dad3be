"""Tab, Space, Enter and letters are enough to buy, and one always sees where one is."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from shop.orders.models import Order, PayBy
from tests.makers import a_lot, a_person

from .words import zh

# a ring around it, or around what is shown for it: its label, its card, the box that it stands in
SEEN = """() => {
  const at = document.activeElement;
  // the browser itself marks the day, the month or the year
  if (at.matches("[type=date]")) return true;
  const shown = [at, ...(at.labels || []), at.nextElementSibling, at.parentElement, at.closest(".card")];
  return shown.filter(Boolean).some((each) => {
    const style = getComputedStyle(each);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  });
}"""
AT = "(wanted) => document.activeElement.matches(wanted)"
MOST_STOPS = 80


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until the focus is on what matches, having seen it at each stop."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            continue
        stop = page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        assert page.evaluate(SEEN), f"the focus cannot be seen on {stop}"
        if page.evaluate(AT, wanted):
            return
    raise AssertionError(f"{wanted} was not reached in {MOST_STOPS} stops")


def test_a_purchase_by_keyboard_alone(live_server: Any, somebody: Callable[..., Page]) -> None:
    lot = a_lot(jin=100, price_fen=120)
    page = somebody(a_person())
    page.goto("/")
    tab_to(page, "#site-q")
    page.keyboard.type("td")
    page.keyboard.press("Enter")
    expect(page.locator("#results .offer")).to_have_count(1)
    tab_to(page, f"#results a[href='{lot.get_absolute_url()}']")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(re.escape(lot.get_absolute_url())))
    tab_to(page, "[data-step]:not([data-step^='-'])")
    page.keyboard.press("Space")
    amount = page.locator("[data-amount]").input_value()
    tab_to(page, "form.buy button[type=submit]")
    page.keyboard.press("Enter")
    expect(page.locator("#drawer-title")).to_be_focused()
    tab_to(page, "#drawer a[href='/checkout/']")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/checkout/$"))
    for name, words in (("address", "清风店镇 3 号"), ("recipient", "王小明"), ("phone", "13800138000")):
        tab_to(page, f"[name={name}]")
        page.keyboard.type(words)
    tab_to(page, "[name=pay_by]")
    page.keyboard.press("Space")
    tab_to(page, ".checkout-sum button")
    page.keyboard.press("Space")
    expect(page).to_have_url(re.compile("/orders/[^/]+/$"))
    order = Order.objects.get()
    assert order.pay_by == PayBy.ON_DELIVERY
    assert order.lines.get().quantity == int(amount) * lot.unit_size


def test_the_first_stop_leads_past_the_menu(live_server: Any, somebody: Callable[..., Page]) -> None:
    page = somebody()
    page.goto("/shop/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name=zh("Skip to the content"))
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_escape_closes_the_menu_and_the_focus_stays_on_it(
    live_server: Any, somebody: Callable[..., Page]
) -> None:
    page = somebody(viewport={"width": 360, "height": 740})
    page.goto("/")
    tab_to(page, "details.site-menu > summary")
    page.keyboard.press("Enter")
    ledger = page.locator("details.site-menu").get_by_role("link", name=zh("Ledger"))
    expect(ledger).to_be_visible()
    page.keyboard.press("Escape")
    expect(ledger).to_be_hidden()
    expect(page.locator("details.site-menu > summary")).to_be_focused()
