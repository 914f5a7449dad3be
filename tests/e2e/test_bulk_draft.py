"""A canteen writes its week: names by their initials, a table pasted, all of it saved while it is typed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from shop.bulk.drafts import typed
from shop.bulk.models import BulkRequest
from tests.bulk.needs import a_unit, in_a_week, requester
from tests.makers import a_lot

from .console import Console

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1440, "height": 900}
SAVED = re.compile(r"\d\d:\d\d")


def cell(page: Page, row: int, name: str) -> Locator:
    return page.locator("#needs > li").nth(row).locator(f"[name={name}]")


def note(page: Page, row: int, name: str) -> Locator:
    return page.locator("#needs > li").nth(row).locator(f".need-{name} .need-note")


def saved(page: Page) -> None:
    expect(page.locator("#saved")).to_have_text(SAVED)


def paste(field: Locator, text: str) -> None:
    field.evaluate(
        """(field, text) => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", text);
            field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }""",
        text,
    )


@pytest.fixture
def begin(live_server: Any, somebody: Callable[..., Page]) -> Callable[..., Page]:
    """A requester's page with an empty draft on it."""

    def come(**how: Any) -> Page:
        page = somebody(requester(a_unit()), **how)
        page.goto("/canteen/requests/new/")
        page.locator("main form button[type=submit]").first.click()
        page.locator("#draft").wait_for()
        return page

    return come


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_a_week_is_written_saved_and_mended_at_its_cells(
    begin: Callable[..., Page], console: Console, accessible: Any, viewport: dict[str, int]
) -> None:
    console.expects(422)
    a_lot()
    page = begin(viewport=viewport)
    accessible(page)
    # initials, an arrow and Enter
    product = cell(page, 0, "product")
    product.press_sequentially("td")
    option = page.locator("#product-names [role=option]").first
    expect(option).to_have_text("土豆")
    expect(product).to_have_attribute("aria-expanded", "true")
    accessible(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(product).to_have_value("土豆")
    expect(option).to_be_hidden()
    cell(page, 0, "quantity").fill("８０ 斤")
    cell(page, 0, "wanted").fill(in_a_week().isoformat())
    saved(page)
    cell(page, 1, "product").fill("菠莱")
    cell(page, 1, "quantity").fill("a few")
    cell(page, 1, "wanted").fill("昨天")
    cell(page, 1, "place").fill("北校区")
    # what is wrong is said at its cell, once it is left
    expect(note(page, 1, "product")).to_contain_text("菠菜")
    expect(note(page, 1, "quantity")).to_contain_text("a few")
    expect(cell(page, 1, "wanted")).to_have_attribute("aria-invalid", "true")
    expect(cell(page, 0, "quantity")).not_to_have_attribute("aria-invalid", "true")
    saved(page)
    accessible(page)
    page.reload()
    expect(cell(page, 0, "product")).to_have_value("土豆")
    expect(cell(page, 1, "product")).to_have_value("菠莱")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("button.button-primary[value=submit]").click()
    expect(page.locator("#wrong li")).to_have_count(3)
    accessible(page)
    page.locator("[data-take=菠菜]").click()
    expect(cell(page, 1, "product")).to_have_value("菠菜")
    cell(page, 1, "quantity").fill("5")
    cell(page, 1, "wanted").fill("下下周一")
    cell(page, 1, "place").focus()
    expect(page.locator("#wrong")).to_have_count(0)
    expect(note(page, 1, "quantity")).to_contain_text("5 斤")
    page.locator("button.button-primary[value=submit]").click()
    expect(page).to_have_url(re.compile(r"/proposal/$"))


def test_a_table_is_pasted_into_a_cell(begin: Callable[..., Page]) -> None:
    page = begin(viewport=DESK)
    cell(page, 0, "product").fill("大葱")
    paste(cell(page, 1, "product"), "土豆\t800 斤\t1.20\t12月1日\n白菜\t500公斤\t\t12月2日\t南校区\n")
    expect(page.locator(".messages")).to_contain_text("2")
    assert [cell(page, row, "product").input_value() for row in range(3)] == ["大葱", "土豆", "白菜"]
    expect(cell(page, 2, "place")).to_have_value("南校区")
    # headings say what is what, in whatever order
    paste(cell(page, 3, "product"), "数量（公斤）\t品名\n30\t芹菜")
    expect(cell(page, 3, "product")).to_have_value("芹菜")
    expect(cell(page, 3, "quantity")).to_have_value("30公斤")
    assert [typed(line).product for line in BulkRequest.objects.get().lines.all()] == [
        "大葱",
        "土豆",
        "白菜",
        "芹菜",
    ]


def test_enter_goes_down_the_sheet_and_rows_go_away(begin: Callable[..., Page]) -> None:
    page = begin(viewport=DESK)
    for row, name in enumerate(("土豆", "白菜", "大葱", "芹菜", "菠菜")):
        expect(cell(page, row, "quantity")).to_be_visible()
        cell(page, row, "product").fill(name)
        cell(page, row, "quantity").focus()
        page.keyboard.type(str(row + 1))
        page.keyboard.press("Enter")
        expect(cell(page, row + 1, "quantity")).to_be_focused()
    saved(page)
    with page.expect_response(lambda response: response.request.method == "POST"):
        page.locator("#needs > li").nth(1).locator("button[value^=remove]").click()
    saved(page)
    expect(cell(page, 1, "product")).to_have_value("大葱")
    assert [typed(line).product for line in BulkRequest.objects.get().lines.all()] == [
        "土豆",
        "大葱",
        "芹菜",
        "菠菜",
    ]


def test_without_a_network_one_types_on_and_it_is_saved_later(
    begin: Callable[..., Page], console: Console
) -> None:
    page = begin(viewport=PHONE)
    page.context.set_offline(True)
    cell(page, 0, "product").fill("土豆")
    expect(page.locator("#saved")).to_have_class(re.compile("bad"))
    expect(page.locator("#saved")).not_to_have_text(SAVED)
    # a button leads nowhere now, and takes nothing away
    page.locator("button.button-primary[value=submit]").click()
    cell(page, 0, "quantity").fill("80")
    page.context.set_offline(False)
    saved(page)
    page.reload()
    expect(cell(page, 0, "quantity")).to_have_value("80")
    console.complaints[:] = [each for each in console.complaints if "ERR_INTERNET_DISCONNECTED" not in each]


def test_two_pages_of_one_draft_do_not_overwrite_each_other(
    begin: Callable[..., Page], console: Console
) -> None:
    console.expects(409)
    first = begin(viewport=DESK)
    second = console.listen(first.context.new_page())
    second.goto(first.url)
    cell(first, 0, "product").fill("土豆")
    saved(first)
    cell(second, 0, "product").fill("白菜")
    second.locator("#saved button").click()
    expect(second.locator("#mine")).to_be_visible()
    expect(cell(second, 0, "product")).to_have_value("土豆")
    second.locator("section.notice button").click()
    expect(cell(second, 0, "product")).to_have_value("白菜")
    assert typed(BulkRequest.objects.get().lines.get()).product == "白菜"


def test_a_slow_answer_writes_over_nothing_that_was_typed_since(begin: Callable[..., Page]) -> None:
    page = begin(viewport=DESK)
    wanted = cell(page, 0, "wanted")
    held: list[Route] = []
    page.route(lambda address: address == page.url, lambda route: held.append(route), times=1)
    wanted.fill("明天")
    cell(page, 0, "place").focus()
    for _ in range(50):
        if held:
            break
        page.wait_for_timeout(100)
    wanted.fill("")
    cell(page, 0, "place").focus()
    held[0].continue_()
    saved(page)
    expect(wanted).to_have_value("")
