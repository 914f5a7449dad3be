"""From the village's scale to the canteen's, on phones: what left, what came, what was refused, and who was there."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Page, expect

from farmers.ledger.models import Entry
from marketplace.access.models import Role
from shop.buyers.models import Duty
from shop.orders.models import Order, PayBy, State, WeighingPhoto
from tests.conftest import PHONE
from tests.makers import (
    JIN,
    a_household,
    a_lot,
    a_person,
    a_village,
    an_officer,
    an_order,
    an_organisation,
    assert_stock_adds_up,
)

from .console import Console
from .words import zh

FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


@pytest.fixture
def order(live_server: Any, settings: Any, tmp_path: Path) -> Order:
    """A canteen's: ten jin each of two households of one village."""
    settings.PRIVATE_ROOT = tmp_path
    village, cook = a_village(), a_person(Role.CANTEEN)
    unit = an_organisation(duties={cook: [Duty.Kind.RECEIVER]})
    farmer = a_person(Role.SELLER)
    lots = [a_lot(household=a_household(village, user=farmer)), a_lot(household=a_household(village))]
    return an_order(PayBy.ON_ACCOUNT, buyer=cook, lots=lots, organisation=unit)


def test_from_scale_to_scale_on_phones(order: Order, somebody: Callable[..., Page], console: Console) -> None:
    console.expects(422)
    first, second = order.lines.all()
    officer = somebody(an_officer(first.consignment.village), viewport=PHONE)
    officer.goto("/officer/")
    officer.get_by_role("link", name=zh("Picking list and weights")).click()
    assert officer.evaluate(FITS)
    officer.locator(f"[name=handed-{first.pk}]").fill("9.5")
    officer.get_by_role("button", name=zh("The goods leave now")).click()
    officer.get_by_role("button", name=zh("Handed over")).click()
    expect(officer.locator(".messages")).to_be_visible()

    canteen = somebody(order.buyer, viewport=PHONE)
    # what the code on the paper says
    canteen.goto(reverse("orders:consignment", args=[first.consignment_id]))
    assert canteen.evaluate(FITS)
    row = canteen.locator(".scale-list > li").first
    expect(row).to_contain_text("9.5 斤")
    row.locator(f"[name=line-{first.pk}]").fill("9.5")
    row.locator("summary").click()
    row.locator(f"[name=refused-{first.pk}]").fill("1.5")
    row.locator(f"[name=photos-{first.pk}]").set_input_files(
        {"name": "scale.jpg", "mimeType": "image/jpeg", "buffer": a_picture()}
    )
    canteen.locator(f"[name=line-{second.pk}]").fill("11")
    canteen.locator("[name=receiver]").fill("赵师傅")
    accept = canteen.get_by_role("button", name=zh("Accept what is written here"))
    assert_told_why_nothing_was_recorded(canteen, accept, f"reason-{first.pk}")
    assert not Entry.objects.exists()
    canteen.locator(f"[name=reason-{first.pk}]").fill("烂了")
    canteen.locator(f"[name=photos-{first.pk}]").set_input_files(
        {"name": "scale.jpg", "mimeType": "image/jpeg", "buffer": a_picture()}
    )
    accept.click()
    expect(canteen.locator(".messages")).to_contain_text(zh("Recorded. What you accepted is in the ledger."))
    expect(canteen.locator(".scale-photos img")).to_have_count(1)
    assert canteen.evaluate(FITS)
    order.refresh_from_db()
    assert order.state == State.ACCEPTED
    assert sorted(Entry.objects.values_list("quantity", flat=True)) == [8 * JIN, 10 * JIN]
    assert set(Entry.objects.values_list("channel", flat=True)) == {"canteen"}
    assert WeighingPhoto.objects.count() == 1
    assert_stock_adds_up()

    farmer = somebody(first.household.user, viewport=PHONE)
    farmer.goto(order.get_absolute_url())
    told = farmer.locator(".scales")
    expect(told).to_have_count(1)
    expect(told).to_contain_text("烂了")
    expect(told).to_contain_text("赵师傅")
    expect(told.locator("img")).to_be_visible()
    assert farmer.evaluate(FITS)


def assert_told_why_nothing_was_recorded(page: Page, accept: Any, field: str) -> None:
    with page.expect_response(lambda answer: answer.request.method == "POST") as answer:
        accept.click()
    assert answer.value.status == 422
    expect(page.locator(f".error-summary a[href='#id_{field}']")).to_be_visible()
    expect(page.locator(f"[name={field}]")).to_be_visible()


def a_picture() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (400, 300), "olive").save(data, "JPEG")
    return data.getvalue()
