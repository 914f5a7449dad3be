"""An editor's way in a browser: the home page put anew, and a household's story told with its consent."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from cms.models import HomePage, StoryIndexPage, StoryPage
from marketplace.access.models import Role
from marketplace.days import today
from tests.makers import a_household, a_person

from .words import zh

PASSWORD = "walnut-and-millet-7"


def act(page: Page, name: str) -> None:
    """One of the acts that the button at the foot of the form opens."""
    page.locator("footer [data-w-dropdown-target=toggle]").click()
    page.locator(f"[name={name}]").click()
    expect(page.locator(".messages .success")).to_be_visible()


def test_a_block_is_added_moved_looked_at_and_published(somebody: Callable[..., Page]) -> None:
    name = a_person(Role.EDITOR, PASSWORD).username
    editor, guest = somebody(), somebody()
    home = HomePage.objects.get(locale__language_code="zh-hans")
    # at the admin's own door, which leads on to what was asked for
    editor.goto(f"/admin/pages/{home.pk}/edit/")
    editor.locator("[name=username]").fill(name)
    editor.locator("[name=password]").fill(PASSWORD)
    editor.locator("main form button[type=submit]").click()
    blocks = editor.locator("[data-streamfield-child]")
    expect(blocks.first).to_be_visible()
    there = blocks.count()
    editor.locator(".c-sf-add-button").last.click()
    editor.get_by_role("option", name=zh("invitation"), exact=True).click()
    expect(blocks).to_have_count(there + 1)
    call = blocks.last
    call.locator("[name$='-heading']").fill("周六赶集")
    call.locator("[name$='-link-text']").fill("去看看")
    call.locator("[name$='-link-address']").fill("/shop/")
    call.locator("[data-streamfield-action=MOVE_UP]").first.click()
    editor.locator("[data-side-panel-toggle=preview]").click()
    shown = editor.frame_locator("#w-preview-iframe")
    expect(shown.get_by_role("heading", name="周六赶集")).to_be_visible()
    guest.goto("/")
    expect(guest.get_by_role("heading", name="周六赶集")).to_have_count(0)
    act(editor, "action-publish")
    guest.reload()
    headings = guest.locator("main :is(h1, h2):not(.visually-hidden)").all_inner_texts()
    assert headings[-2] == "周六赶集", headings
    guest.get_by_role("link", name="去看看").click()
    expect(guest).to_have_url(re.compile("/shop/$"))


def test_a_household_s_story_is_submitted_approved_and_read(somebody: Callable[..., Page]) -> None:
    household = a_household(consent_on=today())
    index = StoryIndexPage.objects.get(locale__language_code="zh-hans")
    editor = somebody(a_person(Role.EDITOR))
    editor.goto(f"/admin/pages/add/cms/storypage/{index.pk}/")
    editor.locator("[name=title]").fill("一筐鸡蛋")
    editor.locator("[name=intro]").fill("早上收的。")
    editor.locator("[name=household]").select_option(str(household.pk))
    act(editor, "action-submit")
    story = StoryPage.objects.get()
    assert not story.live
    official = somebody(a_person(Role.OFFICIAL))
    official.goto("/admin/")
    official.locator("#attention-content").get_by_role("link").filter(has_text="一筐鸡蛋").click()
    expect(official.locator("[name=intro]")).to_have_value("早上收的。")
    official.locator("footer [data-w-dropdown-target=toggle]").click()
    official.locator("[data-workflow-action-name=approve]").first.click()
    expect(official.locator(".messages .success")).to_be_visible()
    guest = somebody()
    guest.goto("/stories/")
    guest.get_by_role("link", name="一筐鸡蛋").click()
    expect(guest.get_by_role("heading", name="一筐鸡蛋")).to_be_visible()
