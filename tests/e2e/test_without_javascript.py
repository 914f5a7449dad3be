"""Scripts are a comfort: without them, everything can be found, bought and accepted."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from marketplace.access.models import User
from shop.orders.models import Order, State
from tests.makers import JIN, a_lot, a_person, saplings, sent_off

from .words import zh

NO_SCRIPT = {"java_script_enabled": False}


@pytest.fixture
def buyer(live_server: Any) -> User:
    return a_person()


def test_search_filter_sort_and_page(live_server: Any, somebody: Callable[..., Page]) -> None:
    for jin in range(30):
        a_lot(jin=100 + jin, price_fen=100 + jin)
    tree = saplings()
    page = somebody(**NO_SCRIPT)
    page.goto("/shop/")
    main = page.get_by_role("main")
    expect(main.locator(".offer")).to_have_count(24)
    main.get_by_role("link", name=zh("Next")).click()
    expect(main.locator(".offer")).to_have_count(7)

    page.get_by_role("searchbox").fill("tudou")
    page.get_by_role("searchbox").press("Enter")
    expect(page).to_have_url(re.compile("q=tudou"))
    page.locator("details.drawer > summary").click()
    page.locator("[name=price_to]").fill("1.04")
    page.locator("[name=sort]").select_option("cheapest")
    main.get_by_role("button", name=zh("Show the offers")).last.click()
    expect(page).to_have_url(re.compile("q=tudou.*price_to=1.04"))
    expect(main.locator(".offer .price")).to_have_text([re.compile(f"¥1.0{fen}") for fen in range(5)])

    page.goto("/shop/")
    page.locator(f"#category-{tree.product.category.slug}").check()
    main.get_by_role("button", name=zh("Show the offers")).first.click()
    expect(main.locator(".offer")).to_have_count(1)
    expect(main.locator(".offer-name")).to_contain_text(tree.product.name)


def test_buy_and_accept(buyer: User, somebody: Callable[..., Page]) -> None:
    lot, gone = a_lot(price_fen=120), saplings()
    page = somebody(buyer, **NO_SCRIPT)
    main = page.get_by_role("main")
    for each, amount in ((lot, "20"), (gone, "2")):
        page.goto(each.get_absolute_url())
        page.locator("[name=amount]").fill(amount)
        main.get_by_role("button", name=zh("Into the basket")).click()
        expect(page.locator(f"#line-{each.pk}")).to_be_visible()
    page.locator(f"#line-{lot.pk} input[type=text]").fill("10")
    page.locator(f"#line-{lot.pk}").get_by_role("button", name=zh("Change")).click()
    page.locator(f"#line-{gone.pk} [name=remove]").click()
    expect(main.locator(".basket-line")).to_have_count(1)
    main.get_by_role("link", name=zh("Check out")).click()
    page.locator("[name=address]").fill("清风店镇 3 号")
    page.locator("[name=recipient]").fill("王小明")
    page.locator("[name=phone]").fill("13800138000")
    page.locator("[name=pay_by][value=on_delivery]").check()
    page.locator(".checkout-sum button").click()
    expect(page).to_have_url(re.compile("/orders/[^/]+/$"))

    order = sent_off(Order.objects.get(), delivered=True)
    page.reload()
    page.locator("#accept input[inputmode=decimal]").fill("9.5")
    page.get_by_role("button", name=zh("Accept what is written here")).click()
    expect(page.locator(".messages")).to_be_visible()
    order.refresh_from_db()
    assert (order.state, order.accepted_fen) == (State.ACCEPTED, 1140)
    assert order.lines.get().accepted_quantity == 9.5 * JIN


def test_the_menu_opens_on_a_phone(live_server: Any, somebody: Callable[..., Page]) -> None:
    page = somebody(**NO_SCRIPT, viewport={"width": 360, "height": 740})
    page.goto("/")
    page.locator("details.site-menu > summary").click()
    page.locator("details.site-menu").get_by_role("link", name=zh("Ledger")).click()
    expect(page).to_have_url(re.compile("/ledger/$"))


def test_nothing_that_needs_scripts_is_shown(live_server: Any, somebody: Callable[..., Page]) -> None:
    lot = a_lot()
    page = somebody(**NO_SCRIPT)
    page.goto(lot.get_absolute_url())
    expect(page.locator("[data-amount]")).to_be_visible()
    for button in page.locator(".needs-script").all():
        expect(button).to_be_hidden()
