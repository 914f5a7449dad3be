"""What each of the others comes for, in a browser: citizen on a phone, nursery, approver, seller.

Officer, cashier, official and canteen walk together in `test_the_main_job` and `test_bulk`, the editor in
`test_editor`, who pays online in `test_payments_online`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from farmers.ledger.kinds import Channel
from marketplace.access.models import Role
from marketplace.days import today
from shop.buyers.models import BuyerOrganisation, Duty
from shop.orders.accept import accept
from shop.orders.models import Order, PayBy, Review, State
from tests.conftest import PHONE
from tests.makers import JIN, a_household, a_lot, a_person, an_order, an_organisation, saplings, sent_off

from .test_the_main_job import accept as accept_on_the_page
from .test_the_main_job import (
    check_out,
    find_by_initials,
    into_the_basket,
    sign_up_on_the_way_to_the_checkout,
    weigh,
)
from .words import zh


def test_a_citizen_with_a_phone_buys_follows_accepts_and_says_how_it_was(
    live_server: Any, somebody: Callable[..., Page]
) -> None:
    lot = a_lot(jin=100, price_fen=120, household=a_household(consent_on=today()))
    page = somebody(viewport=PHONE)
    find_by_initials(page, "td", lot)
    into_the_basket(page, lot, "5")
    amount = page.locator("#drawer [name=amount]")
    amount.fill("8")
    amount.press("Enter")
    expect(page.locator("#drawer .drawer-total")).to_contain_text("¥9.60")
    sign_up_on_the_way_to_the_checkout(page)
    order = check_out(page, "on_delivery")
    assert (order.state, order.pay_by, order.total_fen) == (State.CONFIRMED, PayBy.ON_DELIVERY, 960)

    steps = page.locator("ol.timeline > li")
    before = steps.count()
    sent_off(order, delivered=True)
    page.goto("/orders/")
    page.get_by_role("link", name=order.number).first.click()
    expect(page.locator(".order-head .badge")).to_have_text(str(State.DELIVERED.label))
    assert steps.count() > before

    accept_on_the_page(page, order, {lot.product.slug: "8"})
    page.locator("#reviews summary").click()
    line = order.lines.get()
    page.locator(f"[name=review-{line.pk}-stars][value='5']").check()
    page.locator(f"[name=review-{line.pk}-words]").fill("又面又甜。")
    page.get_by_role("button", name=zh("Send the review")).click()
    expect(page.locator("#reviews .reviewed")).to_contain_text("又面又甜。")
    assert Review.objects.get().stars == 5
    page.goto(lot.get_absolute_url())
    expect(page.get_by_role("main")).to_contain_text("又面又甜。")


def test_a_nursery_buys_saplings_by_the_green_channel(
    live_server: Any, somebody: Callable[..., Page]
) -> None:
    tree = saplings(100, 3500)
    a_lot()
    buyer = a_person(Role.NURSERY)
    unit = an_organisation(
        kind=BuyerOrganisation.Kind.NURSERY, duties={buyer: [Duty.Kind.RECEIVER]}, phone="13900139000"
    )
    page = somebody(buyer)
    page.goto("/canteen/")
    page.get_by_role("link", name=zh("Look for saplings")).click()
    expect(page.locator("#results .offer")).to_have_count(1)
    page.locator(f'#results a[href="{tree.get_absolute_url()}"]').click()
    into_the_basket(page, tree, "30")
    order = check_out(page, "on_account")
    assert (order.organisation, order.channel) == (unit, Channel.GREEN)
    assert [*order.lines.values_list("quantity", "amount_fen")] == [(30, 105_000)]
    sent_off(order, delivered=True)
    page.goto("/canteen/")
    weigh(page, order, {tree.product.slug: "29"})
    order.refresh_from_db()
    assert (order.state, order.accepted_fen) == (State.ACCEPTED, 101_500)


def test_an_approver_reads_the_unit_s_orders_and_touches_nothing(
    live_server: Any, somebody: Callable[..., Page], console: Any
) -> None:
    cook, approver = a_person(Role.CANTEEN), a_person(Role.APPROVER)
    unit = an_organisation(cook, approver)
    order = sent_off(an_order(PayBy.ON_ACCOUNT, buyer=cook, organisation=unit), delivered=True)
    others = an_order(PayBy.ON_DELIVERY)
    page = somebody(approver)
    page.goto("/room/")
    expect(page.get_by_role("heading", level=1)).to_contain_text(unit.name)
    expect(page.get_by_role("link", name=zh("Buy more"))).to_have_count(0)
    page.get_by_role("link", name=order.number).click()
    expect(page.get_by_role("main")).to_contain_text(order.number)
    for line in order.lines.all():
        expect(page.get_by_role("main")).to_contain_text(line.product_name)
    expect(page.get_by_role("main").locator("form")).to_have_count(0)
    console.expects(403, 404)
    for address in ("/checkout/", "/cashier/", others.get_absolute_url()):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status in {403, 404}, address


def test_a_seller_with_a_phone_sees_what_to_bring_and_what_it_brought(
    live_server: Any, somebody: Callable[..., Page]
) -> None:
    seller = a_person(Role.SELLER)
    lot = a_lot(jin=100, price_fen=120, household=a_household(user=seller))
    order = an_order(PayBy.ON_DELIVERY, lots=[lot], jin=10)
    page = somebody(seller, viewport=PHONE)
    page.goto("/room/")
    to_bring = page.locator("a.figure[href='#bring'] strong")
    expect(to_bring).to_have_text("1")
    expect(page.locator(".bring-amount").first).to_contain_text("10")
    page.get_by_role("link", name=zh("The whole list, to print")).click()
    expect(page.get_by_role("main")).to_contain_text(lot.product.name)

    sent_off(order, delivered=True)
    accept(order.pk, {line.pk: 9 * JIN for line in order.lines.all()}, order.buyer)
    page.goto("/seller/")
    expect(to_bring).to_have_text("0")
    expect(page.locator(".figure-wide strong")).to_have_text("¥10.80")
    page.get_by_role("link", name=order.number).first.click()
    expect(page).to_have_url(re.compile(re.escape(order.get_absolute_url()) + "$"))
    expect(page.get_by_role("main").locator("form")).to_have_count(0)
    assert Order.objects.count() == 1
