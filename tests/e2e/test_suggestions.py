"""Names under the search box: by arrows, by Enter, put away by Escape, and never in the way of what is typed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.makers import a_lot

from .console import Console


@pytest.fixture
def shop(live_server: Any, somebody: Callable[..., Page]) -> Page:
    a_lot(), a_lot(product="dabaicai")
    page = somebody(viewport={"width": 360, "height": 740})
    page.goto("/")
    return page


def options(page: Page) -> Any:
    return page.locator("#site-q-list").get_by_role("option")


def test_a_suggestion_is_taken_by_keyboard(shop: Page, accessible: Callable[[Page], None]) -> None:
    box = shop.get_by_role("combobox")
    box.press_sequentially("tud")
    expect(options(shop)).to_have_text(["土豆"])
    expect(box).to_have_attribute("aria-expanded", "true")
    shop.keyboard.press("ArrowDown")
    expect(options(shop).first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", options(shop).first.get_attribute("id") or "-")
    expect(box).to_be_focused()
    accessible(shop)
    shop.keyboard.press("Enter")
    expect(shop).to_have_url(re.compile(r"/shop/\?q=%E5%9C%9F%E8%B1%86$"))
    expect(shop.locator("#results .offer")).to_have_count(1)


def test_what_is_typed_is_searched_when_no_suggestion_is_chosen(shop: Page) -> None:
    shop.get_by_role("combobox").press_sequentially("bai")
    expect(options(shop).first).to_be_visible()
    shop.keyboard.press("Enter")
    expect(shop).to_have_url(re.compile(r"/shop/\?q=bai$"))


def test_escape_puts_the_suggestions_away_and_keeps_the_words(shop: Page) -> None:
    box = shop.get_by_role("combobox")
    box.press_sequentially("tud")
    expect(options(shop).first).to_be_visible()
    shop.keyboard.press("Escape")
    expect(options(shop).first).to_be_hidden()
    expect(box).to_have_value("tud")
    expect(box).to_have_attribute("aria-expanded", "false")


def test_a_suggestion_is_taken_by_a_finger(shop: Page) -> None:
    shop.get_by_role("combobox").press_sequentially("tud")
    size = options(shop).first.bounding_box()
    assert size and size["height"] >= 44
    options(shop).first.click()
    expect(shop).to_have_url(re.compile(r"/shop/\?q=%E5%9C%9F%E8%B1%86$"))


def test_suggestions_that_do_not_come_are_not_missed(shop: Page, console: Console) -> None:
    shop.route("**/shop/suggest/**", lambda route: route.abort())
    shop.get_by_role("combobox").press_sequentially("tud")
    shop.keyboard.press("Enter")
    expect(shop).to_have_url(re.compile(r"/shop/\?q=tud$"))
    # whether the browser asked, and was refused, before the key was pressed is a matter of milliseconds
    assert all("suggest" in said or "htmx:" in said for said in console.complaints), console.complaints
    console.complaints.clear()
