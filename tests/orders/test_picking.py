"""Picking lists for officers, what households bring, and their papers: exact, and with nobody's name too many."""

from __future__ import annotations

import datetime as dt
import html
from typing import Any

import pytest
from django.conf import settings

from marketplace.access.models import Role, User
from marketplace.days import today
from shop.buyers.models import BuyerOrganisation
from shop.orders import papers
from shop.orders.models import Order, PayBy, State, Transition
from shop.orders.picking import gathered_on
from tests.makers import (
    ADDRESS,
    JIN,
    PHONE,
    a_household,
    a_lot,
    a_person,
    a_pickup_point,
    a_village,
    an_officer,
    an_order,
    an_organisation,
    saplings,
    sent_off,
    signed_in,
)

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def papers_seen(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the typesetter is given, beside what it makes of it."""
    seen: list[dict[str, Any]] = []
    real = papers.pdf
    monkeypatch.setattr(papers, "pdf", lambda name, data, at: (seen.append(data), real(name, data, at=at))[1])
    return seen


def a_units(**facts: Any) -> tuple[User, BuyerOrganisation]:
    buyer = a_person(Role.CANTEEN)
    return buyer, an_organisation(buyer, **facts)


def wanted_on(order: Order, day: dt.date | None, **facts: Any) -> Order:
    Order.objects.filter(pk=order.pk).update(wanted_on=day, **facts)
    order.refresh_from_db()
    return order


def test_a_day_lists_household_goods_quantity_place_and_order(papers_seen: list[dict[str, Any]]) -> None:
    village = a_village()
    buyer, unit = a_units(name="第一中学食堂")
    lots = [
        a_lot(household=a_household(village, head_name="赵大"), product="dabaicai"),
        saplings(household=a_household(village, head_name="钱二")),
    ]
    day = today() + 3 * DAY
    order = wanted_on(an_order(PayBy.ON_ACCOUNT, buyer=buyer, lots=lots[:1], organisation=unit), day)
    other = wanted_on(an_order(PayBy.ON_DELIVERY, lots=lots[1:], quantity=7), day)
    wanted_on(an_order(PayBy.ON_DELIVERY, lots=lots[:1], jin=77), day + DAY)
    officer = signed_in(an_officer(village))
    officer.cookies["django_language"] = "en"
    page = officer.get("/officer/picking/", {"day": day.isoformat()})
    shown = page.content.decode()
    for words in ("赵大", "钱二", "10 jin", "7 plants", "第一中学食堂", ADDRESS, order.number, other.number):
        assert words in shown, words
    assert "77 jin" not in shown, "another day's"
    assert PHONE not in shown
    assert "王小明" not in shown
    assert shown.count('class="segno"') == 2
    assert [one.day for one in page.context["days"]] == [day, day + DAY]
    assert officer.get("/officer/picking.pdf", {"day": day.isoformat()}).content.startswith(b"%PDF-")
    (paper,) = papers_seen
    (place,) = paper["villages"]
    assert sorted(row[0] for row in place["rows"]) == sorted(["赵大", "钱二"])
    assert PHONE not in str(paper)
    assert [slip["address"] for slip in place["parcels"]] == [ADDRESS, ""], "a person's is not on paper"


def test_the_first_day_with_something_to_gather_is_shown_and_nonsense_is_no_error() -> None:
    village = a_village()
    lot = a_lot(household=a_household(village))
    officer = signed_in(an_officer(village))
    assert officer.get("/officer/picking/").status_code == 200
    soon = wanted_on(an_order(PayBy.ON_DELIVERY, lots=[lot]), today() + DAY)
    open_day = wanted_on(an_order(PayBy.ON_DELIVERY, lots=[lot]), None)
    for asked in ({}, {"day": "x"}, {"day": "2026-02-30"}, {"day": "\0"}, {"village": "x"}):
        (village_, parcels), *_rest = officer.get("/officer/picking/", asked).context["villages"]
        assert [one.consignment.order for one in parcels] == [soon], (asked, village_)
    (_, parcels), *_rest = officer.get("/officer/picking/", {"day": "open"}).context["villages"]
    assert [one.consignment.order for one in parcels] == [open_day]
    for asked in ({"village": "9" * 9}, {"day": "1000-01-01"}):
        assert officer.get("/officer/picking/", asked).context["villages"] == []
        assert officer.get("/officer/picking.pdf", asked).status_code == 200


def test_a_towns_officer_has_every_village_or_one_of_them() -> None:
    here, there = a_village(), a_village()
    lots = [a_lot(household=a_household(place)) for place in (here, there)]
    wanted_on(an_order(PayBy.ON_DELIVERY, lots=lots), today())
    officer = signed_in(an_officer(here.town))
    villages = officer.get("/officer/picking/").context["villages"]
    assert {place[1] for place, _parcels in villages} == {here.name, there.name}
    ((place, _parcels),) = officer.get("/officer/picking/", {"village": here.pk}).context["villages"]
    assert place[1] == here.name


def test_nothing_that_is_held_ended_or_accepted_is_gathered() -> None:
    village = a_village()
    lot = a_lot(household=a_household(village))
    officer = signed_in(an_officer(village))
    order = wanted_on(an_order(PayBy.ON_DELIVERY, lots=[lot]), today())
    for state in State:
        Order.objects.filter(pk=order.pk).update(state=state, reserved_until=order.placed_at)
        listed = officer.get("/officer/picking/", {"day": today().isoformat()}).context["villages"]
        assert bool(listed) == (state in {State.CONFIRMED, State.DISPATCHED, State.DELIVERED}), state


def test_the_code_on_a_paper_names_a_number_and_nobody() -> None:
    village = a_village()
    order = an_order(PayBy.ON_DELIVERY, lots=[a_lot(household=a_household(village))])
    consignment = order.consignments.get()
    from shop.orders.picking import scanned_address

    assert scanned_address(consignment) == f"{settings.SITE_URL}/consignments/{consignment.pk}/"


class TestOneConsignment:
    def test_an_officer_weighs_in_the_village_and_sends_off(self, papers_seen: list[dict[str, Any]]) -> None:
        village = a_village()
        lots = [a_lot(household=a_household(village, head_name=name)) for name in ("赵大", "钱二")]
        buyer, unit = a_units()
        order = an_order(PayBy.ON_ACCOUNT, buyer=buyer, lots=lots, organisation=unit)
        consignment = order.consignments.get()
        page = f"/officer/consignments/{consignment.pk}/"
        officer = signed_in(an_officer(village))
        assert officer.get(f"{page}picking.pdf").content.startswith(b"%PDF-")
        assert {row[0] for row in papers_seen[0]["villages"][0]["rows"]} == {"赵大", "钱二"}
        first, second = order.lines.all()
        bad = officer.post(page, {f"handed-{first.pk}": "20.5", f"handed-{second.pk}": "9"})
        assert bad.status_code == 422
        assert set(bad.context["form"].errors) == {f"handed-{first.pk}"}
        sent = {f"handed-{first.pk}": "9.5", f"handed-{second.pk}": "", "note": "冀F12345"}
        for _ in range(2):
            assert officer.post(page, sent).url == page
        assert first.weighing.handed_over == 4_750  # type: ignore[attr-defined]
        assert order.tracking.filter(kind="dispatched").get().note == "冀F12345"
        shown = officer.get(page).content.decode()
        assert f'action="/consignments/{consignment.pk}/deliver/"' in shown
        answer = officer.post(f"/consignments/{consignment.pk}/deliver/", {"back": "parcel"})
        assert answer.url == page
        assert officer.get(page).status_code == 200

    @pytest.mark.parametrize("wrong", ["x", "-1", "１０", "\0", "9" * 30])
    def test_a_slip_is_told_at_its_line(self, wrong: str) -> None:
        village = a_village()
        order = an_order(PayBy.ON_DELIVERY, lots=[a_lot(household=a_household(village))])
        line = order.lines.get()
        answer = signed_in(an_officer(village)).post(
            f"/officer/consignments/{line.consignment_id}/", {f"handed-{line.pk}": wrong}
        )
        assert answer.status_code == 422
        order.refresh_from_db()
        assert order.state == State.CONFIRMED

    def test_goods_of_a_cancelled_order_do_not_leave(self) -> None:
        village = a_village()
        order = an_order(PayBy.ON_DELIVERY, lots=[a_lot(household=a_household(village))])
        consignment = order.consignments.get()
        Order.objects.filter(pk=order.pk).update(state=State.CANCELLED)
        page = f"/officer/consignments/{consignment.pk}/"
        assert signed_in(an_officer(village)).post(page, {}).status_code == 404


def test_a_households_name_is_on_its_own_officers_paper_alone(papers_seen: list[dict[str, Any]]) -> None:
    village = a_village()
    moved = a_household(a_village("gaopeng"), head_name="孙三", consent_on=today())
    own = a_household(village, head_name="赵大", consent_on=today())
    lots = [a_lot(household=own), a_lot(household=moved)]
    buyer, unit = a_units()
    order = an_order(PayBy.ON_ACCOUNT, buyer=buyer, lots=lots, organisation=unit)
    # sold from one village, living in another since
    order.lines.update(consignment=order.consignments.get(village=village))
    shown = signed_in(an_officer(village)).get("/officer/picking/", {"day": "open"}).content.decode()
    assert "赵大" in shown
    assert "孙三" not in shown
    assert "孙*" in shown
    signed_in(buyer).get(f"{order.get_absolute_url()}delivery.pdf")
    names = {row[0] for part in papers_seen[-1]["parts"] for row in part["rows"]}
    assert names == {"赵*", "孙*"}


def test_a_page_costs_the_same_for_three_consignments_and_for_thirty(query_count: Any) -> None:
    counts: dict[str, list[int]] = {}
    for many in (3, 30):
        village = a_village()
        farmer = a_person(Role.SELLER)
        lots = [a_lot(household=a_household(village, user=farmer))]
        lots += [a_lot(household=a_household(village)) for _ in range(2)]
        buyer, unit = a_units()
        for _ in range(many):
            wanted_on(an_order(PayBy.ON_ACCOUNT, buyer=buyer, lots=lots, organisation=unit, jin=1), today())
        for who, address in (
            (an_officer(village), "/officer/picking/"),
            (an_officer(village), "/officer/picking.pdf"),
            (farmer, "/seller/bring/"),
        ):
            client = signed_in(who)
            client.get(address)
            with query_count() as asked:
                assert client.get(address).status_code == 200
            counts.setdefault(address, []).append(len(asked))
    for address, (few, many) in counts.items():
        assert few == many <= 12, (address, few, many)


class TestWhatAHouseholdBrings:
    def test_goods_are_gathered_on_the_morning_that_the_delivery_rule_says(self) -> None:
        order = an_order(PayBy.ON_DELIVERY)
        assert gathered_on(wanted_on(order, None)) is None
        day = today() + 5 * DAY
        assert gathered_on(wanted_on(order, day)) == day - DAY, "brought from door to door the day after"
        assert gathered_on(wanted_on(order, day, pickup_point=a_pickup_point())) == day

    def test_by_day_and_place_in_all_and_each(self) -> None:
        farmer = a_person(Role.SELLER)
        lot = a_lot(household=a_household(user=farmer))
        buyer, unit = a_units(name="第一中学食堂")
        day = today() + 2 * DAY

        def buy(wanted: dt.date | None, jin: int, **facts: Any) -> Order:
            order = an_order(PayBy.ON_ACCOUNT, buyer=buyer, lots=[lot], organisation=unit, jin=jin)
            return wanted_on(order, wanted, **facts)

        buy(None, 1)
        buy(day + DAY, 2)
        buy(day, 3, pickup_point=a_pickup_point())
        wanted_on(an_order(PayBy.ON_DELIVERY, lots=[lot], jin=4), day + DAY)
        sent_off(buy(day, 50))
        client = signed_in(farmer)
        client.cookies["django_language"] = "en"
        page = client.get("/seller/bring/")
        told = [
            (
                one.day,
                one.totals,
                {place: [line.quantity // JIN for line in lines] for place, lines in one.places},
            )
            for one in page.context["days"]
        ]
        point = Order.objects.exclude(pickup_point=None).get().pickup_point
        assert point
        assert told == [
            (
                day,
                ["Potato 9 jin"],
                {"a private buyer": [4], "第一中学食堂": [2], f"第一中学食堂 · {point.name}": [3]},
            ),
            (None, ["Potato 1 jin"], {"第一中学食堂": [1]}),
        ]
        shown = client.get("/seller/").content.decode()
        assert shown.count("On the morning of") == 1
        assert "As soon as you can" in shown
        assert html.escape("第一中学食堂") in shown

    def test_what_is_held_for_approval_or_was_never_agreed_is_not_shown(self) -> None:
        farmer = a_person(Role.SELLER)
        lot = a_lot(household=a_household(user=farmer))
        buyer, unit = a_units()
        order = an_order(PayBy.ON_ACCOUNT, buyer=buyer, lots=[lot], organisation=unit)
        client = signed_in(farmer)

        def seen() -> tuple[int, int, int]:
            page = client.get("/seller/").context
            return (
                page["to_bring"].paginator.count,
                page["lines"].paginator.count,
                client.get(order.get_absolute_url()).status_code,
            )

        assert seen() == (1, 1, 200)
        Order.objects.filter(pk=order.pk).update(
            state=State.AWAITING_APPROVAL, reserved_until=order.placed_at + DAY
        )
        assert seen() == (0, 0, 404)
        assert not client.get("/seller/bring/").context["days"]
        for ended in (State.CANCELLED, State.EXPIRED):
            Order.objects.filter(pk=order.pk).update(state=ended)
            assert seen() == (0, 1, 200), "agreed to once"
            step = Transition.objects.create(order=order, from_state=State.AWAITING_APPROVAL, to_state=ended)
            assert seen() == (0, 0, 404)
            step.delete()
        Transition.objects.create(order=order, from_state=State.AWAITING_APPROVAL, to_state=State.CONFIRMED)
        Order.objects.filter(pk=order.pk).update(state=State.CONFIRMED)
        assert seen() == (1, 1, 200)

    def test_who_has_nothing_is_told_so(self) -> None:
        for who in (a_person(Role.SELLER), Role.ADMIN):
            assert signed_in(who).get("/seller/bring/").status_code == 200
