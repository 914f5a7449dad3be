"""A household lists its goods on a phone whose network comes and goes: exactly one lot, with its photo."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from farmers.stock.models import Lot
from marketplace.access.models import Role, User
from tests.conftest import PHONE
from tests.makers import a_household, a_person

from .console import Console

FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
# what the page says when the worker stands ready for the next time without a network
READY = "navigator.serviceWorker.ready.then(() => caches.keys()).then((names) => names.length > 0)"
KEPT = ".kept .notice-info"
SENT = ".kept .notice-success"


@pytest.fixture
def seller(live_server: Any, settings: Any, tmp_path: Path) -> User:
    settings.MEDIA_ROOT = tmp_path
    user = a_person(Role.SELLER)
    a_household(user=user)
    return user


def a_photo() -> dict[str, Any]:
    file = io.BytesIO()
    Image.effect_noise((2400, 1800), 60).convert("RGB").save(file, "JPEG", quality=90)
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


def ready(page: Page) -> None:
    page.goto("/seller/new/")
    page.wait_for_function(READY)


def choose(page: Page) -> None:
    page.locator("#find").fill("tudou")
    page.locator(".tile:visible").first.click()


def write(page: Page, amount: str = "80", price: str = "1块2") -> None:
    """From the second step on: how much, and for how much."""
    expect(page.locator("[name=amount]")).to_be_visible()
    page.locator("[name=amount]").fill(amount)
    page.locator("[data-next]").click()
    page.locator("[name=price]").fill(price)


def test_the_network_goes_in_the_middle_and_one_lot_is_listed_within_a_minute(
    seller: User, somebody: Callable[..., Page], console: Console
) -> None:
    console.expects_no_network()
    page = somebody(seller, viewport=PHONE)
    ready(page)
    began = time.monotonic()
    choose(page)
    assert page.evaluate(FITS)
    page.context.set_offline(True)
    write(page)
    page.locator("[name=photo]").set_input_files(a_photo())
    expect(page.locator("canvas[data-photo]")).to_be_visible()
    assert page.evaluate(FITS)
    page.locator("[data-send]").click()
    expect(page.locator(KEPT)).to_be_visible()
    assert not Lot.objects.exists()
    page.context.set_offline(False)
    expect(page.locator(SENT)).to_be_visible(timeout=20_000)
    assert time.monotonic() - began < 60
    lot = Lot.objects.get()
    assert (lot.listed, lot.price_fen, lot.state) == (40_000, 120, "waiting")
    photo = lot.photos.get()
    assert (photo.width, photo.height) == (1600, 1200)


def test_what_was_typed_outlives_a_closed_page_without_a_network(
    seller: User, somebody: Callable[..., Page], console: Console
) -> None:
    console.expects_no_network()
    page = somebody(seller, viewport={"width": 320, "height": 640})
    ready(page)
    page.context.set_offline(True)
    choose(page)
    write(page)
    page.locator("[name=photo]").set_input_files(a_photo())
    expect(page.locator("canvas[data-photo]")).to_be_visible()
    page.wait_for_timeout(400)
    context = page.context
    page.close()
    again = context.new_page()
    again.goto("/seller/new/")
    expect(again.locator("[name=price]")).to_have_value("1块2")
    expect(again.locator("canvas[data-photo]")).to_be_visible()
    assert again.evaluate(FITS)
    again.locator("[data-send]").click()
    expect(again.locator(KEPT)).to_be_visible()
    again.reload()
    context.set_offline(False)
    again.goto("/seller/new/")
    expect(again.locator(SENT)).to_be_visible(timeout=20_000)
    assert Lot.objects.get().photos.count() == 1


def test_two_tabs_that_send_the_same_goods_make_one_lot(
    seller: User, somebody: Callable[..., Page], console: Console
) -> None:
    console.expects_no_network()
    page = somebody(seller, viewport=PHONE)
    ready(page)
    page.context.set_offline(True)
    choose(page)
    write(page)
    page.locator("[data-send]").dblclick()
    expect(page.locator(KEPT)).to_be_visible()
    twin = page.context.new_page()
    twin.goto("/seller/new/")
    expect(twin.locator(KEPT)).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator(KEPT)).to_have_count(0, timeout=20_000)
    expect(twin.locator(KEPT)).to_have_count(0, timeout=20_000)
    assert Lot.objects.count() == 1


def test_whoever_signs_in_next_neither_sees_nor_sends_what_is_kept(
    seller: User, somebody: Callable[..., Page], console: Console
) -> None:
    console.expects(403, 409)
    console.expects_no_network()
    page = somebody(seller, viewport=PHONE)
    ready(page)
    page.context.set_offline(True)
    choose(page)
    write(page, amount="77")
    page.locator("[data-send]").click()
    expect(page.locator(KEPT)).to_be_visible()
    other = a_person(Role.SELLER)
    a_household(user=other)
    cookies = somebody(other, viewport=PHONE).context.cookies()
    page.context.clear_cookies()
    page.context.add_cookies(cookies)
    page.context.set_offline(False)
    page.goto("/seller/new/")
    page.wait_for_timeout(1_000)
    expect(page.locator(".kept")).not_to_contain_text("77")
    assert not Lot.objects.exists()


def test_what_is_wrong_leads_to_its_step(
    seller: User, somebody: Callable[..., Page], console: Console
) -> None:
    console.expects(422)
    page = somebody(seller, viewport=PHONE)
    ready(page)
    choose(page)
    write(page, amount="一些")
    page.locator("[data-send]").click()
    expect(page.locator("[name=amount]")).to_be_visible()
    expect(page.locator(".errorlist")).to_be_visible()
    write(page, amount="70")
    page.locator("[data-send]").click()
    expect(page.locator(SENT)).to_be_visible()
    assert Lot.objects.get().listed == 35_000
