"""Chinese first, English for guests: one tap, on any page, both ways."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from django.apps import apps
from django.db.models import CharField, TextField
from playwright.sync_api import Page, expect

from cms.models import SiteInfo
from marketplace.access.models import Role, User

from .places import PLACES, Place
from .words import HAN

WORDS = """() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const home = node.parentElement;
    if (node.textContent.trim() && !home.closest("script, style, [lang]:not(html)")) found.push(node.textContent.trim());
  }
  for (const each of document.querySelectorAll("[aria-label], [placeholder], [alt], [title]"))
    for (const name of ["aria-label", "placeholder", "alt", "title"])
      if (each.getAttribute(name)) found.push(each.getAttribute(name));
  return found;
}"""
# what people wrote and what they are called has no English; what has some must not be shown in Chinese
ROOMS = ("registry", "stock", "buyers", "orders")
SWITCHED = (
    "home", "listing", "offer", "empty basket", "sign in", "sign up", "my orders", "order to accept", "canteen", "seller",
    "officer", "cashier", "ledger", "stories", "notices",
)  # fmt: skip


def names() -> list[str]:
    """Every Chinese text in the rooms' tables that has no English beside it, the longest first."""
    found: set[str] = set()
    models = [model for room in ROOMS for model in apps.get_app_config(room).get_models()]
    for model in (*models, SiteInfo):
        fields = [
            field.name for field in model._meta.get_fields() if isinstance(field, CharField | TextField)
        ]
        twins = {name for name in fields if f"{name}_en" in fields}
        for row in model._default_manager.values(*fields):
            found |= {row[name] for name in fields if row[name] and not (name in twins and row[f"{name}_en"])}
    return sorted((text for text in found if HAN.search(text)), key=len, reverse=True)


def switched() -> Iterator[Place]:
    yield from (place for place in PLACES if place.name in SWITCHED)


@pytest.mark.parametrize("place", switched(), ids=lambda place: place.name)
def test_in_english_no_chinese_is_left_but_names(
    place: Place, city: None, people: Callable[[str], User], somebody: Callable[..., Page]
) -> None:
    page = somebody(people(place.role) if place.role else None, locale="en-US")
    page.goto(place.url())
    left = [text for text in page.evaluate(WORDS) if HAN.search(text)]
    for name in names() if left else []:
        left = [text.replace(name, "") for text in left]
    assert [text for text in left if HAN.search(text)] == []


@pytest.mark.parametrize(
    ("address", "role"),
    [("/", None), ("/shop/?q=baicai&sort=cheapest", None), ("/ledger/", None), ("/orders/", Role.CITIZEN)],
)
def test_switching_keeps_the_page_and_comes_back(
    address: str, role: Role | None, city: None, people: Callable[[str], User], somebody: Callable[..., Page]
) -> None:
    page = somebody(people(role) if role else None)
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


def test_the_language_stays_while_one_goes_on(
    city: None, people: Callable[[str], User], somebody: Callable[..., Page]
) -> None:
    page = somebody()
    page.goto("/")
    page.locator("header .site-nav").get_by_role("button", name="English").click()
    for name in ("Shop", "Ledger", "Sign in"):
        page.locator("header .site-nav").get_by_role("link", name=name).click()
        expect(page.locator("html")).to_have_attribute("lang", "en")
