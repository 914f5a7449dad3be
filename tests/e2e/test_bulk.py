"""A canteen asks in bulk, a colleague agrees, two villages bring it, and what was weighed is in the ledger."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from farmers.ledger.models import Entry
from farmers.stock.models import Lot
from marketplace.access.models import User
from shop.bulk.models import BulkRequest, State
from shop.buyers.models import BuyerOrganisation, Duty
from shop.orders.models import Order
from shop.orders.models import State as OrderState
from tests.bulk.needs import approver, in_a_week, member, watched
from tests.conftest import PHONE
from tests.makers import JIN, a_lot, a_village, an_officer, an_organisation, assert_stock_adds_up, counters

from .words import zh


@pytest.fixture
def kitchen(live_server: Any) -> tuple[BuyerOrganisation, User, User]:
    """A school's kitchen with its cook, who asks and weighs, and the head who agrees."""
    unit = an_organisation(name="定州市试验小学食堂", phone="13900139000", approval_from_fen=1)
    cook = member(unit, Duty.Kind.REQUESTER, Duty.Kind.RECEIVER, Duty.Kind.BOOKKEEPER)
    return unit, cook, approver(unit)


@pytest.fixture
def lots(live_server: Any) -> list[Lot]:
    return [a_lot(100, household=watched(village=a_village(town))) for town in ("gaopeng", "dongting")]


@pytest.mark.parametrize("size", [PHONE, {"width": 1440, "height": 900}], ids=["phone", "desk"])
def test_from_a_kitchens_needs_to_the_ledger(
    size: dict[str, int],
    kitchen: tuple[BuyerOrganisation, User, User],
    lots: list[Lot],
    somebody: Callable[..., Page],
    accessible: Callable[[Page], None],
) -> None:
    _unit, cook, head = kitchen
    canteen = somebody(cook, viewport=size)
    request = asks(canteen)
    sees_the_shares(canteen, lots, accessible)
    canteen.get_by_role("button", name=zh("Hold these goods")).click()
    expect(canteen).to_have_url(re.compile(f"/canteen/requests/{request.number}/$"))
    accessible(canteen)
    assert [counters(lot)[1] for lot in lots] == [60 * JIN, 40 * JIN]

    agrees(somebody(head, viewport=size), request, accessible)
    order = Order.objects.get(bulk__request=request)
    assert order.state == OrderState.CONFIRMED

    for lot in lots:
        sends_off(somebody(an_officer(lot.village), viewport=PHONE), order)
    weighs(canteen, order, {lots[0].pk: "58.5", lots[1].pk: "40"}, accessible)
    order.refresh_from_db()
    assert order.state == OrderState.ACCEPTED
    entries = Entry.objects.filter(order_number=order.number)
    assert sorted(entries.values_list("quantity", flat=True)) == [20_000, 29_250]
    assert set(entries.values_list("channel", flat=True)) == {"canteen"}
    assert_stock_adds_up()


def asks(page: Page) -> BulkRequest:
    """Type a row into a new sheet, by the product's initials."""
    page.goto("/canteen/requests/new/")
    page.get_by_role("button", name=zh("Begin"), exact=True).click()
    page.locator("#draft").wait_for()
    for cell, typed in {
        "product": "土豆",
        "quantity": "100斤",
        "price": "1.5",
        "wanted": in_a_week().isoformat(),
    }.items():
        page.locator(f"[name={cell}]").first.fill(typed)
    page.locator("button.button-primary[value=submit]").click()
    expect(page).to_have_url(re.compile("/proposal/$"))
    request = BulkRequest.objects.get()
    assert request.state == State.DRAFT
    return request


def sees_the_shares(page: Page, lots: list[Lot], accessible: Callable[[Page], None]) -> None:
    """Equal at first; then one amount is changed by hand and the other follows."""
    fields = [page.locator(f"input[name$='-{lot.pk}']") for lot in lots]
    for field in fields:
        expect(field).to_have_value("50")
    accessible(page)
    fields[0].fill("60")
    fields[0].press("Enter")
    expect(page.get_by_role("heading", name=zh("Compared with equal shares"))).to_be_visible()
    expect(fields[1]).to_have_value("40")
    # swapped for nothing else: the rest is missing, and what comes nearest is said
    page.locator("li", has=fields[1]).get_by_role("button", name=zh("Take another")).click()
    expect(fields[1]).to_have_count(0)
    page.get_by_role("button", name=zh("Back to equal shares")).click()
    expect(fields[1]).to_have_value("50")
    fields[0].fill("60")
    fields[0].press("Enter")
    expect(fields[1]).to_have_value("40")
    accessible(page)


def agrees(page: Page, request: BulkRequest, accessible: Callable[[Page], None]) -> None:
    page.goto("/canteen/requests/")
    page.get_by_role("link", name=request.number).first.click()
    accessible(page)
    page.get_by_role("button", name=zh("Approve")).click()
    expect(page.locator(".messages")).to_contain_text(
        zh("Approved. The villages begin to prepare the goods.")
    )


def sends_off(page: Page, order: Order) -> None:
    page.goto("/officer/")
    page.get_by_role("link", name=order.number).first.click()
    page.get_by_role("button", name=zh("The goods leave now")).click()
    page.get_by_role("button", name=zh("Handed over")).click()
    expect(page.get_by_role("button", name=zh("Handed over"))).to_have_count(0)


def weighs(page: Page, order: Order, amounts: dict[int, str], accessible: Callable[[Page], None]) -> None:
    """On the phone at the scale, from the order's own page."""
    page.goto(order.get_absolute_url())
    page.get_by_role("link", name=zh("To the scale")).click()
    accessible(page)
    for line in order.lines.all():
        page.locator(f"[name=line-{line.pk}]").fill(amounts[line.lot_id])
    page.locator("[name=receiver]").fill("赵师傅")
    page.get_by_role("button", name=zh("Accept what is written here")).click()
    expect(page.locator(".messages")).to_be_visible()
