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

from farmers.selling.models import LotDraft
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
    settings.MEDIA_ROOT, settings.PRIVATE_ROOT = tmp_path / "media", tmp_path / "private"
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


def send(page: Page) -> None:
    """From the third step on: it is looked over, and sent."""
    page.locator("[data-next]").click()
    expect(page.locator("[data-look]")).to_be_visible()
    page.locator("[data-send]").click()


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
    send(page)
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
    send(again)
    expect(again.locator(KEPT)).to_be_visible()
    again.reload()
    context.set_offline(False)
    again.goto("/seller/new/")
    expect(again.locator(SENT)).to_be_visible(timeout=20_000)
    assert Lot.objects.get().photos.count() == 1


def test_the_same_goods_chosen_again_go_on(seller: User, somebody: Callable[..., Page]) -> None:
    page = somebody(seller, viewport=PHONE)
    ready(page)
    choose(page)
    page.locator("[data-back]").click()
    page.locator(".tile:visible").first.click()
    expect(page.locator("[name=amount]")).to_be_visible()


def test_what_is_sent_while_its_photo_is_made_smaller_stays_sent(
    seller: User, somebody: Callable[..., Page], console: Console
) -> None:
    console.expects_no_network()
    page = somebody(seller, viewport=PHONE)
    # a slow telephone
    page.add_init_script("""(() => {
      const quick = createImageBitmap;
      window.createImageBitmap = async (...how) => {
        await new Promise((done) => setTimeout(done, 700));
        return quick(...how);
      };
    })()""")
    ready(page)
    page.context.set_offline(True)
    choose(page)
    write(page)
    page.locator("[name=photo]").set_input_files(a_photo())
    send(page)
    expect(page.locator(KEPT)).to_be_visible()
    # by now the photo is drawn as well, and what is typed would have been saved
    page.wait_for_timeout(1500)
    page.context.set_offline(False)
    expect(page.locator(SENT)).to_be_visible(timeout=20_000)
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
    page.locator("[data-next]").click()
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
    send(page)
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
    page.locator("[data-next]").click()
    # looked over, it leads back to what is not understood
    expect(page.locator("[name=amount]")).to_be_visible()
    expect(page.locator(".errorlist")).to_be_visible()
    write(page, amount="70")
    send(page)
    page.wait_for_url("**/sent/", timeout=30_000)
    assert Lot.objects.get().listed == 35_000


def test_it_is_looked_over_as_buyers_will_see_it_and_mended_from_there(
    seller: User, somebody: Callable[..., Page]
) -> None:
    page = somebody(seller, viewport={"width": 320, "height": 640}, locale="zh-CN")
    ready(page)
    choose(page)
    write(page, amount="半吨", price="1块2")
    page.locator("[name=photo]").set_input_files(a_photo())
    page.locator("[data-next]").click()
    seen = page.locator("[data-look]")
    expect(seen.locator("[data-fact=amount] [data-words]")).to_have_text("1,000 斤")
    expect(seen.locator("[data-fact=sum] [data-words]")).to_have_text("¥1,200.00")
    expect(seen.locator("[data-no-photo]")).to_be_hidden()
    assert page.evaluate(FITS)
    seen.locator("[data-fact=amount] [data-step]").click()
    write(page, amount="80", price="12")
    page.locator("[data-next]").click()
    expect(seen.locator("[data-fact=sum] [data-words]")).to_have_text("¥960.00")
    expect(seen.locator("[data-doubt]")).to_be_visible()
    page.locator("[data-send]").click()
    page.wait_for_url("**/sent/", timeout=30_000)
    assert page.evaluate(FITS)
    lot = Lot.objects.get()
    assert (lot.listed, lot.price_fen, lot.photos.count()) == (40_000, 1_200, 1)


def test_a_photo_that_was_taken_away_is_gone_here_and_there(
    seller: User, somebody: Callable[..., Page]
) -> None:
    page = somebody(seller, viewport=PHONE)
    ready(page)
    choose(page)
    write(page)
    away, picture = page.locator("[data-away]"), page.locator("canvas[data-photo]")
    expect(away).to_be_hidden()
    page.locator("[name=photo]").set_input_files(a_photo())
    expect(picture).to_be_visible()
    page.locator("[data-next]").click()  # looked over, the market has it
    expect(page.locator("[data-look] canvas")).to_be_visible()
    for _ in range(40):
        if LotDraft.objects.exclude(photo="").exists():
            break
        page.wait_for_timeout(500)
    page.locator("[data-back]").click()
    away.click()
    expect(picture).to_be_hidden()
    expect(away).to_be_hidden()
    page.reload()
    expect(page.locator("[name=price]")).to_have_value("1块2")
    expect(picture).to_be_hidden()
    expect(page.locator("[data-kept-photo]")).to_have_count(0)
    page.locator("[data-next]").click()
    expect(page.locator("[data-no-photo]")).to_be_visible()
    page.locator("[data-send]").click()
    page.wait_for_url("**/sent/", timeout=30_000)
    assert Lot.objects.get().photos.count() == 0


def test_plants_are_asked_for_their_sizes_and_are_found_by_them(
    seller: User, somebody: Callable[..., Page], console: Console
) -> None:
    console.expects(422)
    page = somebody(seller, viewport={"width": 320, "height": 640})
    ready(page)
    choose(page)
    expect(page.locator("[data-measures]")).to_be_hidden()
    page.locator("[data-back]").click()
    page.locator("#find").fill("guohuai")
    page.locator(".tile:visible").first.click()
    expect(page.locator("[name=plant-trunk_at]")).to_have_value("breast")
    expect(page.locator("[name=plant-grade]")).to_be_hidden()
    expect(page.locator("[name=grade]")).to_be_hidden()
    assert page.evaluate(FITS)
    write(page, amount="50", price="35")
    page.locator("[data-next]").click()
    expect(page.locator("[data-measures] .errorlist")).to_be_visible()
    page.locator("[name=plant-trunk]").fill("5-6")
    page.locator("[name=plant-height]").fill("2.5")
    page.wait_for_timeout(400)
    page.reload()  # kept as it is typed
    expect(page.locator("[name=plant-trunk]")).to_have_value("5-6")
    write(page, amount="50", price="35")
    send(page)
    page.wait_for_url("**/sent/", timeout=30_000)
    measures = Lot.objects.get().measures
    assert (measures.trunk_at, measures.trunk_from, measures.trunk_to) == ("breast", 50, 60)
    assert measures.height_from == 2_500


def test_who_takes_another_phone_finds_words_and_photo_there(
    seller: User, somebody: Callable[..., Page]
) -> None:
    page = somebody(seller, viewport=PHONE)
    ready(page)
    choose(page)
    write(page)
    page.locator("[name=photo]").set_input_files(a_photo())
    for _ in range(40):
        if LotDraft.objects.exclude(photo="").exists():
            break
        page.wait_for_timeout(500)
    other = somebody(seller, viewport=PHONE)
    ready(other)
    other.locator("[data-next]").click()
    expect(other.locator("[name=amount]")).to_have_value("80")
    other.locator("[data-next]").click()
    expect(other.locator("[data-kept-photo]")).to_be_visible()
    send(other)
    other.wait_for_url("**/sent/", timeout=30_000)
    assert Lot.objects.get().photos.count() == 1


def test_without_script_it_is_looked_over_and_sent_as_well(
    seller: User, somebody: Callable[..., Page], console: Console
) -> None:
    console.expects(422)
    page = somebody(seller, viewport=PHONE, java_script_enabled=False)
    page.goto("/seller/new/")
    page.locator("[name=amount]").fill("80")
    page.locator("[name=price]").fill("1块2")
    page.locator("[name=photo]").set_input_files(a_photo())
    page.locator("[data-look-over]").click()
    expect(page.locator(".errorlist").first).to_be_visible()  # nothing was tapped
    expect(page.locator("[data-kept-photo]")).to_be_visible()
    page.locator("details:has([value=tudou]) > summary").click()
    page.locator("[name=product][value=tudou]").check(force=True)
    page.locator("[data-look-over]").click()
    page.wait_for_url("**/seller/new/*/")
    page.locator(".listing-go button").click()
    page.wait_for_url("**/sent/", timeout=30_000)
    assert Lot.objects.get().photos.count() == 1
