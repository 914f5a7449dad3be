"""An editor needs no programmer: the home page is rearranged, looked at and published in the admin."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from cms.models import HomePage
from marketplace.access.models import Role
from tests.makers import a_person

PASSWORD = "walnut-and-millet-7"
HEADINGS = "main :is(h1, h2):not(.visually-hidden)"


@pytest.fixture
def home(live_server: Any) -> HomePage:
    return HomePage.objects.get(locale__language_code="zh-hans")


@pytest.fixture
def editor(live_server: Any, somebody: Callable[..., Page]) -> Page:
    """In the admin, signed in at its own door."""
    name = a_person(Role.EDITOR, PASSWORD).username
    page = somebody()
    page.goto("/admin/")
    page.locator("[name=username]").fill(name)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").click()
    expect(page).to_have_url(re.compile("/admin/$"))
    return page


def headings(page: Page) -> list[str]:
    page.goto("/")
    return page.locator(HEADINGS).all_inner_texts()


def move_the_second_block_up(page: Page, home: HomePage) -> None:
    page.goto(f"/admin/pages/{home.pk}/edit/")
    second = page.locator("[data-streamfield-child]").nth(1)
    moved = second.locator("[data-contentpath]").first
    expect(moved).to_be_visible()
    second.locator("[data-streamfield-action=MOVE_UP]").click()


def test_a_block_moved_and_published_is_where_visitors_see_it(
    home: HomePage, editor: Page, somebody: Callable[..., Page]
) -> None:
    guest = somebody()
    before = headings(guest)
    move_the_second_block_up(editor, home)
    editor.locator("footer [data-w-dropdown-target=toggle]").click()
    editor.locator("[name=action-publish]").click()
    expect(editor.locator(".messages .success")).to_be_visible()
    after = headings(guest)
    assert after != before
    assert sorted(after) == sorted(before)
    assert after[:2] == before[1::-1]


def test_the_preview_shows_what_is_not_published_yet(
    home: HomePage, editor: Page, somebody: Callable[..., Page]
) -> None:
    guest = somebody()
    before = headings(guest)
    move_the_second_block_up(editor, home)
    editor.locator("[data-side-panel-toggle=preview]").click()
    shown = editor.frame_locator("#w-preview-iframe")
    expect(shown.locator(HEADINGS).first).to_have_text(before[1])
    assert headings(guest) == before


@pytest.mark.parametrize("role", [Role.EDITOR, Role.OFFICIAL, Role.ADMIN])
def test_all_that_the_menu_offers_opens(role: Role, live_server: Any, somebody: Callable[..., Page]) -> None:
    page = somebody(a_person(role))
    page.goto("/admin/")
    expect(page.locator("nav a").first).to_be_attached()
    addresses = page.locator("nav a").evaluate_all(
        "links => [...new Set(links.map((link) => link.pathname))].filter((path) => path.startsWith('/admin/'))"
    )
    assert addresses
    for address in addresses:
        answer = page.goto(address)
        assert answer is not None
        assert answer.ok, f"{address}: {answer.status}"
