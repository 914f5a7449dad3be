"""The pages where buyers, canteens, sellers and officers begin."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from marketplace.access.models import Role, User
from marketplace.days import today
from shop.buyers.models import BuyerOrganisation
from shop.orders.models import Order, PayBy, State
from tests.makers import (
    JIN,
    a_household,
    a_lot,
    a_person,
    a_village,
    accepted,
    an_officer,
    an_order,
    an_organisation,
    saplings,
    sent_off,
    signed_in,
)

pytestmark = pytest.mark.django_db


def wanted_on(order: Order, day: dt.date | None) -> Order:
    Order.objects.filter(pk=order.pk).update(wanted_on=day)
    return order


def test_a_buyer_finds_the_own_orders_the_newest_first() -> None:
    buyer = a_person()
    orders = [an_order(PayBy.ON_DELIVERY, buyer=buyer) for _ in range(3)]
    page = signed_in(buyer).get("/orders/")
    assert list(page.context["page"]) == orders[::-1]
    for order in orders:
        assert order.number in page.content.decode()


def test_what_came_to_less_says_what_comes_back() -> None:
    buyer = a_person()
    order = accepted(an_order(PayBy.ON_DELIVERY, buyer=buyer), short_jin=5)
    Order.objects.filter(pk=order.pk).update(paid_fen=2500)
    client = signed_in(buyer)
    client.cookies["django_language"] = "en"
    shown = client.get("/orders/").content.decode()
    assert "¥19.00" in shown
    assert "¥6.00 comes back to you" in shown


def test_a_long_list_goes_on_over_pages() -> None:
    buyer, lots = a_person(), [a_lot()]
    for _ in range(21):
        an_order(PayBy.ON_DELIVERY, buyer=buyer, lots=lots, jin=1)
    client = signed_in(buyer)
    first = client.get("/orders/")
    assert 'href="?page=2"' in first.content.decode()
    assert [len(client.get("/orders/", {"page": page}).context["page"]) for page in (1, 2)] == [20, 1]
    assert len(client.get("/orders/", {"page": "nonsense"}).context["page"]) == 20


def test_a_canteen_sees_what_comes_what_to_weigh_and_what_it_came_to() -> None:
    cook, colleague = a_person(Role.CANTEEN), a_person(Role.CANTEEN)
    unit = an_organisation(cook, colleague)

    def buy() -> Order:
        return an_order(PayBy.ON_ACCOUNT, buyer=cook, organisation=unit)

    buy()
    here = sent_off(buy())
    first = here.consignments.first()
    assert first
    signed_in(Role.ADMIN).post(f"/consignments/{first.pk}/deliver/")
    done = accepted(buy(), short_jin=5)
    Order.objects.filter(pk=done.pk).update(paid_fen=900)
    page = signed_in(colleague).get("/canteen/").context
    assert (page["coming"], page["to_weigh"]) == (2, 1), "one village's goods are there already"
    assert page["sums"] == {"accepted": 1900, "due": 1000}
    assert page["page"].paginator.count == 3


def test_an_approver_reads_and_is_offered_nothing_to_buy() -> None:
    approver = a_person(Role.APPROVER)
    an_organisation(approver)
    shown = signed_in(approver).get("/canteen/")
    assert shown.status_code == 200
    main = shown.content.decode().split("<main")[1].split("</main>")[0]
    assert "/shop/" not in main


def test_a_nursery_firm_is_led_to_saplings() -> None:
    grower = a_person(Role.NURSERY)
    firm = an_organisation(grower, kind=BuyerOrganisation.Kind.NURSERY)
    an_order(PayBy.ON_ACCOUNT, buyer=grower, lots=[saplings(5_000)], organisation=firm)
    page = signed_in(grower).get("/canteen/")
    assert "/shop/?kind=sapling" in page.content.decode()
    assert "国槐" in page.content.decode()


def test_a_farmer_sees_what_to_bring_what_is_left_and_the_money() -> None:
    farmer = a_person(Role.SELLER)
    household = a_household(user=farmer)
    lot = a_lot(jin=100, household=household)
    buyer = a_person()
    later = wanted_on(an_order(PayBy.ON_DELIVERY, buyer=buyer, lots=[lot]), today() + dt.timedelta(days=3))
    soon = wanted_on(an_order(PayBy.ON_DELIVERY, buyer=buyer, lots=[lot]), today())
    whenever = an_order(PayBy.ON_DELIVERY, buyer=buyer, lots=[lot])
    an_order(PayBy.ONLINE, buyer=buyer, lots=[lot])
    accepted(an_order(PayBy.ON_DELIVERY, buyer=buyer, lots=[lot]), short_jin=1)
    page = signed_in(farmer).get("/seller/")
    assert [line.order for line in page.context["to_bring"]] == [soon, later, whenever], "nothing unpaid"
    assert page.context["owed_fen"] == 9 * 120
    assert [each.available for each in page.context["lots"]] == [(100 - 50) * JIN]
    assert page.context["lines"].paginator.count == 5
    assert "¥10.80" in page.content.decode()


def test_an_officer_sends_off_and_hands_over_where_it_is_listed() -> None:
    village = a_village()
    lots = [a_lot(household=a_household(village, head_name=name)) for name in ("赵大", "钱二")]
    late = wanted_on(an_order(PayBy.ON_DELIVERY, lots=lots), None)
    soon = wanted_on(an_order(PayBy.ON_DELIVERY, lots=lots[:1]), today())
    an_order(PayBy.ONLINE, lots=lots)
    officer = signed_in(an_officer(village))
    page = officer.get("/officer/")
    collect = page.context["collect"]
    assert [one.order for one in collect.rows] == [soon, late], "the urgent first, nothing unpaid"
    for name in ("赵大", "钱二"):
        assert name in page.content.decode()
    consignment = soon.consignments.get()
    for step in ("dispatch", "deliver"):
        form = f'action="/consignments/{consignment.pk}/{step}/"'
        assert form in officer.get("/officer/").content.decode(), step
        answer = officer.post(f"/consignments/{consignment.pk}/{step}/", {"back": "officer"})
        assert answer.url == "/officer/"
    page = officer.get("/officer/")
    assert [one.order for one in page.context["collect"].rows] == [late]
    assert not page.context["hand_over"].total
    soon.refresh_from_db()
    assert soon.state == State.DELIVERED


def test_an_officer_meets_first_what_spoils_first() -> None:
    village = a_village()
    household = a_household(village)
    day = today()
    keeps = saplings(household=household)
    fresh, old = (a_lot(household=household, harvested_on=day - dt.timedelta(days=ago)) for ago in (0, 3))
    page = signed_in(an_officer(village)).get("/officer/").context
    assert page["lots"].rows == [old, fresh, keeps]
    assert page["danger"] == 0


@pytest.mark.parametrize(
    ("role", "path", "word"),
    [
        (Role.CANTEEN, "/canteen/", "does not act for a unit yet"),
        (Role.NURSERY, "/canteen/", "does not act for a unit yet"),
        (Role.SELLER, "/seller/", "does not belong to a household yet"),
        (Role.OFFICER, "/officer/", "holds no post yet"),
        (Role.ADMIN, "/officer/", "this is the whole city"),
        (Role.CITIZEN, "/orders/", "No orders yet"),
    ],
)
def test_who_has_nothing_yet_is_told_what_will_be_there(role: Role, path: str, word: str) -> None:
    client = signed_in(role)
    client.cookies["django_language"] = "en"
    assert word in client.get(path).content.decode()


def a_crowd(orders: int) -> dict[str, User]:
    """A canteen that ordered so often, of a household and a village that sold so often."""
    cook, farmer = a_person(Role.CANTEEN), a_person(Role.SELLER)
    unit = an_organisation(cook)
    village = a_village()
    household = a_household(village, user=farmer)
    lots = [a_lot(household=household)]
    for _ in range(orders):
        lots.append(a_lot(household=a_household(village)))
        an_order(PayBy.ON_ACCOUNT, buyer=cook, lots=[lots[0], *lots[1:][-3:]], organisation=unit, jin=1)
    return {"/orders/": cook, "/canteen/": cook, "/seller/": farmer}


def test_every_room_costs_the_same_for_three_orders_and_for_thirty(query_count: Any) -> None:
    counts: dict[str, list[int]] = {}
    for orders in (3, 30):
        for path, person in a_crowd(orders).items():
            client = signed_in(person)
            client.get(path)  # what the frame looks up once
            with query_count() as asked:
                assert client.get(path).status_code == 200
            counts.setdefault(path, []).append(len(asked))
    for path, (few, many) in counts.items():
        assert few == many <= 14, (path, few, many)
