"""Chinese first, English for guests: one tap, on any page, both ways. That nothing is left: `chinese.py`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from marketplace.access.models import Role
from tests.makers import a_person

from .words import HAN


@pytest.mark.parametrize(
    ("address", "role"),
    [("/", None), ("/shop/?q=baicai&sort=cheapest", None), ("/ledger/", None), ("/orders/", Role.CITIZEN)],
)
def test_switching_keeps_the_page_and_comes_back(
    address: str, role: Role | None, live_server: Any, somebody: Callable[..., Page]
) -> None:
    page = somebody(a_person(role) if role else None)
    page.goto(address)
    here = re.compile(re.escape(address) + "$")
    heading = page.get_by_role("heading", level=1)
    chinese = heading.inner_text()
    assert HAN.search(chinese)
    page.locator("header .site-nav").get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page).to_have_url(here)
    assert not HAN.search(heading.inner_text())
    page.locator("header .site-nav").get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
    expect(page).to_have_url(here)
    expect(heading).to_have_text(chinese)


def test_the_language_stays_while_one_goes_on(live_server: Any, somebody: Callable[..., Page]) -> None:
    page = somebody()
    page.goto("/")
    page.locator("header .site-nav").get_by_role("button", name="English").click()
    for name in ("Shop", "Ledger", "Sign in"):
        page.locator("header .site-nav").get_by_role("link", name=name).click()
        expect(page.locator("html")).to_have_attribute("lang", "en")
