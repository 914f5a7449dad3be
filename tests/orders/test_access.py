"""Every URL of the order rooms from the wrong person's side, and what each role sees of an order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from django.test import Client

from farmers.ledger.models import Entry
from marketplace.access.models import Role, Taken, User
from marketplace.access.taken import works_here
from shop.buyers.models import Duty
from shop.orders.models import Order, OrderLine, PayBy, State, Transition
from shop.orders.views import abilities
from tests.makers import (
    ADDRESS,
    PHONE,
    a_household,
    a_lot,
    a_person,
    a_village,
    accepted,
    an_officer,
    an_order,
    an_organisation,
    sent_off,
    signed_in,
)

pytestmark = pytest.mark.django_db


class Scene(NamedTuple):
    """An order of a canteen: cabbage from a village of Gaopeng, potatoes from one of Qingfengdian."""

    order: Order
    people: dict[str, User]
    cabbage: OrderLine
    potatoes: OrderLine


@pytest.fixture
def scene() -> Scene:
    buyer, colleague, approver = a_person(Role.CANTEEN), a_person(Role.CANTEEN), a_person(Role.APPROVER)
    cook = a_person(Role.CANTEEN)
    receives = [Duty.Kind.RECEIVER]
    unit = an_organisation(cook, approver, duties={buyer: receives, colleague: receives})
    stranger_unit = a_person(Role.CANTEEN)
    an_organisation(stranger_unit)
    grower, other_grower = a_person(Role.SELLER), a_person(Role.SELLER)
    here, there = a_village("gaopeng"), a_village()
    lots = [
        a_lot(household=a_household(here, user=grower, phone=PHONE, bank_account="6222"), product="dabaicai"),
        a_lot(household=a_household(there, user=other_grower)),
    ]
    order = an_order(PayBy.ON_ACCOUNT, buyer=buyer, lots=lots, organisation=unit)
    bystander = a_person(Role.SELLER)
    a_household(here, user=bystander)
    people = {
        "buyer": buyer,
        "colleague": colleague,
        "colleague who does not receive": cook,
        "approver": approver,
        "canteen of another unit": stranger_unit,
        "another citizen": a_person(),
        "nursery buyer": a_person(Role.NURSERY),
        "seller of the cabbage": grower,
        "seller of nothing here": bystander,
        "officer of the village": an_officer(here),
        "officer of the town": an_officer(here.town),
        "officer of the next village": an_officer(a_village("gaopeng")),
        "officer of another town": an_officer(a_village("dongting")),
        "officer without a post": a_person(Role.OFFICER),
        "cashier": a_person(Role.CASHIER),
        "official": a_person(Role.OFFICIAL),
        "editor": a_person(Role.EDITOR),
        "admin": a_person(Role.ADMIN),
    }
    cabbage, potatoes = order.lines.order_by("pk")
    return Scene(order, people, cabbage, potatoes)


READERS = {
    "buyer",
    "colleague",
    "colleague who does not receive",
    "approver",
    "seller of the cabbage",
    "officer of the village",
    "officer of the town",
    "cashier",
    "official",
    "admin",
}
MOVERS = {"officer of the village", "officer of the town", "admin"}
RECEIVERS = {"buyer", "colleague", "official", "admin"}
DECIDERS = {*RECEIVERS, "colleague who does not receive"}
WHOLE = {*DECIDERS, "approver", "cashier"}


def test_strangers_are_sent_to_sign_in(scene: Scene, client: Client) -> None:
    number = scene.order.number
    reads = [
        "/checkout/",
        "/orders/",
        f"/orders/{number}/",
        "/canteen/",
        "/seller/",
        "/officer/",
        "/cashier/",
        "/seller/bring/",
        "/officer/picking/",
        f"/orders/{number}/weigh/",
        f"/orders/{number}/delivery.pdf",
        f"/consignments/{scene.cabbage.consignment_id}/",
    ]
    for path in reads:
        assert client.get(path).url == f"/accounts/login/?next={path}", path
    for path in changes(scene):
        assert client.post(path).url.startswith("/accounts/login/"), path


def test_an_order_is_open_to_its_people_and_not_found_by_others(scene: Scene) -> None:
    page = scene.order.get_absolute_url()
    for who, user in scene.people.items():
        assert signed_in(user).get(page).status_code == (200 if who in READERS else 404), who


def test_a_number_that_does_not_exist_is_as_unknown_as_one_that_is_not_yours(scene: Scene) -> None:
    other = signed_in(scene.people["another citizen"])
    assert other.get("/orders/DZ000000-AAAAAAAA/").status_code == 404
    assert other.get("/orders/%00/").status_code == 404
    assert other.get(f"/orders/{'9' * 500}/").status_code == 404
    assert signed_in(Role.ADMIN).post(f"/consignments/{'9' * 40}/dispatch/").status_code == 404


def test_who_sees_what_of_an_order(scene: Scene) -> None:
    for who in READERS:
        answer = signed_in(scene.people[who]).get(scene.order.get_absolute_url())
        shown = answer.content.decode()
        assert ("大白菜" in shown, "土豆" in shown) == (True, who in WHOLE), who
        contact = who in WHOLE or who in MOVERS
        assert (PHONE in shown, ADDRESS in shown, "王小明" in shown) == (contact,) * 3, who
        # whoever works here and is shown them is written down
        person = scene.people[who]
        seen = contact and works_here(person) and person.pk != scene.order.buyer_id
        assert Taken.objects.filter(by=person, kind="text/html").exists() == seen, who
        assert ('action="/consignments/' in shown) == (who in MOVERS), who
        assert (f'action="{scene.order.get_absolute_url()}cancel/"' in shown) == (who in DECIDERS), who


def test_the_unit_pays_on_account_and_its_total_is_not_the_sellers_business(scene: Scene) -> None:
    shown = (
        signed_in(scene.people["seller of the cabbage"]).get(scene.order.get_absolute_url()).content.decode()
    )
    assert "¥12.00" in shown
    assert "¥24.00" not in shown


def test_the_timeline_names_roles_never_people(scene: Scene) -> None:
    sent_off(scene.order)
    shown = signed_in(scene.people["buyer"]).get(scene.order.get_absolute_url())
    assert {event.by.role for event in shown.context["timeline"]} == {Role.CANTEEN, Role.OFFICER}
    for user in User.objects.filter(role=Role.OFFICER):
        assert user.username not in shown.content.decode()


def test_the_way_of_other_villages_goods_is_not_a_sellers_business(scene: Scene) -> None:
    sent_off(scene.order)
    page = scene.order.get_absolute_url()
    for who, consignments in (
        ("buyer", {scene.cabbage, scene.potatoes}),
        ("seller of the cabbage", {scene.cabbage}),
    ):
        events = signed_in(scene.people[who]).get(page).context["timeline"]
        seen = {event.consignment_id for event in events if event.consignment_id}
        assert seen == {line.consignment_id for line in consignments}, who


def test_an_officer_knows_the_buyers_phone_only_while_there_is_something_to_bring(scene: Scene) -> None:
    officer = signed_in(scene.people["officer of the village"])
    page = scene.order.get_absolute_url()
    assert PHONE in officer.get(page).content.decode()
    accepted(scene.order)
    answer = officer.get(page)
    assert answer.status_code == 200
    assert PHONE not in answer.content.decode()


def test_what_each_may_do(scene: Scene) -> None:
    sent_off(scene.order)
    for who, user in scene.people.items():
        can = abilities(user, scene.order)
        assert can.accept == can.receives == (who in RECEIVERS), who
        assert can.buys == (who in DECIDERS - {"official", "admin"}), who
        assert not can.cancel and not can.pay and not can.give_back, who
    accepted_order = accepted(scene.order)
    givers = {who for who, user in scene.people.items() if abilities(user, accepted_order).give_back}
    assert givers == {"official", "admin"}


def test_another_persons_order_is_untouched_by_forged_posts(scene: Scene) -> None:
    before = everything(scene)
    for who in scene.people.keys() - DECIDERS - MOVERS:
        client = signed_in(scene.people[who])
        for path, data in changes(scene).items():
            assert client.post(path, data).status_code in {403, 404}, (who, path)
    assert everything(scene) == before


def test_an_officer_moves_own_goods_and_neither_accepts_nor_cancels(scene: Scene) -> None:
    officer = signed_in(scene.people["officer of the village"])
    mine, others = scene.cabbage.consignment_id, scene.potatoes.consignment_id
    assert officer.post(f"/consignments/{others}/dispatch/").status_code == 404
    assert officer.post(f"/consignments/{mine}/dispatch/").status_code == 302
    for act in ("accept", "weigh", "cancel"):
        assert officer.post(f"{scene.order.get_absolute_url()}{act}/", {}).status_code == 403
    assert state_of(scene.order) == State.DISPATCHED


@pytest.mark.parametrize("who", ["cashier", "approver", "colleague who does not receive"])
def test_who_only_reads_accepts_nothing(scene: Scene, who: str) -> None:
    sent_off(scene.order, delivered=True)
    client = signed_in(scene.people[who])
    shown = client.get(scene.order.get_absolute_url()).context
    assert (shown["acceptance"], shown["to_weigh"]) == (None, [])
    sent = {f"line-{scene.cabbage.pk}": "10", f"line-{scene.potatoes.pk}": "10", "receiver": "赵师傅"}
    for act in ("accept", "weigh"):
        assert client.post(f"{scene.order.get_absolute_url()}{act}/", sent).status_code == 403
    assert client.get(f"{scene.order.get_absolute_url()}weigh/").status_code == 403
    assert not Entry.objects.exists()


def test_what_a_unit_buys_is_weighed_and_not_accepted_without_a_scale(scene: Scene) -> None:
    sent_off(scene.order, delivered=True)
    sent = {f"line-{scene.cabbage.pk}": "10", f"line-{scene.potatoes.pk}": "10"}
    for who in RECEIVERS:
        answer = signed_in(scene.people[who]).post(f"{scene.order.get_absolute_url()}accept/", sent)
        assert answer.status_code == 409, who
    assert not Entry.objects.exists()


def test_a_consignments_papers_are_for_whoever_handles_it(scene: Scene) -> None:
    mine = scene.cabbage.consignment_id
    for who, user in scene.people.items():
        client = signed_in(user)
        for page in (f"/officer/consignments/{mine}/", f"/officer/consignments/{mine}/picking.pdf"):
            officer = user.role in {Role.OFFICER, Role.ADMIN}
            expected = 200 if who in MOVERS else 404 if officer else 403
            assert client.get(page).status_code == expected, (who, page)
        day_list = client.get("/officer/picking/", {"day": "open"})
        if user.role not in {Role.OFFICER, Role.ADMIN}:
            assert day_list.status_code == 403, who
        else:
            shown = day_list.content.decode()
            assert (scene.cabbage.household.head_name in shown) == (who in MOVERS), who
            assert (scene.potatoes.household.head_name in shown) == (who == "admin"), who
            assert client.get("/officer/picking.pdf", {"day": "open"}).status_code == 200
        delivery = client.get(f"{scene.order.get_absolute_url()}delivery.pdf").status_code
        assert delivery == (200 if who in WHOLE else 403 if who in READERS else 404), who


def test_a_code_leads_each_to_their_own_page(scene: Scene) -> None:
    sent_off(scene.order, delivered=True)
    code, page = f"/consignments/{scene.cabbage.consignment_id}/", scene.order.get_absolute_url()
    for who, user in scene.people.items():
        answer = signed_in(user).get(code)
        if who in MOVERS:
            assert answer.url == f"/officer{code}", who
        elif who in RECEIVERS:
            assert answer.url == f"{page}weigh/", who
        elif who in READERS:
            assert answer.url == page, who
        else:
            assert answer.status_code == 404, who
    assert Client().get(code).url == f"/accounts/login/?next={code}"
    assert signed_in(Role.ADMIN).get(f"/consignments/{'9' * 40}/").status_code == 404


def test_an_approver_buys_nothing(scene: Scene) -> None:
    approver = signed_in(scene.people["approver"])
    assert approver.get("/checkout/").status_code == 403
    assert approver.post("/checkout/").status_code == 403


def test_a_buyer_returns_nothing_by_the_own_hand(scene: Scene) -> None:
    accepted(scene.order)
    buyer = signed_in(scene.people["buyer"])
    page = scene.order.get_absolute_url()
    assert not buyer.get(page).context["returns"]
    assert buyer.post(f"{page}lines/{scene.cabbage.pk}/return/", {}).status_code == 403
    assert Entry.objects.count() == 2


def test_a_line_of_another_order_is_not_returned_through_this_one(scene: Scene) -> None:
    accepted(scene.order)
    other = accepted(an_order(PayBy.ON_DELIVERY)).lines.first()
    assert other
    official = signed_in(scene.people["official"])
    assert official.post(f"{scene.order.get_absolute_url()}lines/{other.pk}/return/", {}).status_code == 404


def test_changes_are_posted(scene: Scene) -> None:
    admin = signed_in(scene.people["admin"])
    shown_too = ("weigh/", f"/officer/consignments/{scene.cabbage.consignment_id}/")
    for path in changes(scene):
        if not path.endswith(shown_too):
            assert admin.get(path).status_code == 405, path
    for path in ("/orders/", "/canteen/", "/seller/", "/officer/", scene.order.get_absolute_url()):
        assert admin.post(path).status_code == 405, path
    assert admin.put("/checkout/").status_code == 405


def test_forms_without_their_token_are_refused(scene: Scene) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(scene.people["admin"])
    for path, data in changes(scene).items():
        assert strict.post(path, data).status_code == 403, path
    assert strict.post("/checkout/").status_code == 403
    assert state_of(scene.order) == State.CONFIRMED


ROOMS = {
    "/canteen/": {Role.CANTEEN, Role.APPROVER, Role.NURSERY, Role.ADMIN},
    "/seller/": {Role.SELLER, Role.ADMIN},
    "/officer/": {Role.OFFICER, Role.ADMIN},
    "/seller/bring/": {Role.SELLER, Role.ADMIN},
    "/seller/orders/": {Role.SELLER, Role.ADMIN},
    "/officer/picking/": {Role.OFFICER, Role.ADMIN},
    "/officer/picking.pdf": {Role.OFFICER, Role.ADMIN},
    "/cashier/": {Role.CASHIER, Role.ADMIN},
    "/checkout/": set(Role) - {Role.APPROVER},
    "/orders/": set(Role),
}


@pytest.mark.parametrize("path", ROOMS)
def test_a_room_is_open_to_its_roles_on_an_empty_site(path: str) -> None:
    for role in Role:
        answer = signed_in(role).get(path)
        # an empty basket has nothing to check out
        welcome = 302 if path == "/checkout/" else 200
        assert answer.status_code == (welcome if role in ROOMS[path] else 403), role


def test_lists_hold_ones_own_alone(scene: Scene) -> None:
    def orders(who: str) -> list[Order]:
        return list(signed_in(scene.people[who]).get("/canteen/").context["page"])

    assert orders("buyer") == orders("colleague") == orders("approver") == [scene.order]
    assert orders("canteen of another unit") == orders("nursery buyer") == orders("admin") == []
    assert list(signed_in(scene.people["colleague"]).get("/orders/").context["page"]) == []
    seller = signed_in(scene.people["seller of the cabbage"]).get("/seller/").context
    assert list(seller["lines"]) == list(seller["to_bring"]) == [scene.cabbage]
    assert list(signed_in(scene.people["seller of nothing here"]).get("/seller/").context["lines"]) == []


def test_an_officers_page_holds_the_own_villages_people_alone(scene: Scene) -> None:
    def collect(who: str) -> set[int]:
        return {one.pk for one in signed_in(scene.people[who]).get("/officer/").context["collect"][0]}

    both = {scene.cabbage.consignment_id, scene.potatoes.consignment_id}
    assert (
        collect("officer of the village") == collect("officer of the town") == {scene.cabbage.consignment_id}
    )
    assert collect("officer of the next village") == collect("officer without a post") == set()
    assert collect("admin") == both
    shown = signed_in(scene.people["officer of the town"]).get("/officer/").content.decode()
    assert scene.cabbage.household.head_name in shown
    assert scene.potatoes.household.head_name not in shown


def test_what_is_encrypted_leaves_the_table_only_for_an_orders_own_page(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    from marketplace import personal

    opened: list[str] = []
    real: Callable[[str], str] = personal.decrypt
    monkeypatch.setattr(personal, "decrypt", lambda token: (opened.append(token), real(token))[1])
    for who, path in (
        ("buyer", "/orders/"),
        ("seller of the cabbage", "/seller/"),
        ("officer of the town", "/officer/"),
    ):
        signed_in(scene.people[who]).get(path)
        assert [token for token in opened if token] == [], path
    signed_in(scene.people["buyer"]).get(scene.order.get_absolute_url())
    assert opened


def changes(scene: Scene) -> dict[str, dict[str, Any]]:
    """Every address that changes something about the order, with a form that would."""
    page = scene.order.get_absolute_url()
    moves = {
        f"/consignments/{scene.cabbage.consignment_id}/{step}/": {"note": "x"}
        for step in ("dispatch", "stop", "deliver")
    }
    return {
        f"{page}accept/": {f"line-{scene.cabbage.pk}": "10"},
        f"{page}weigh/": {f"line-{scene.cabbage.pk}": "10", "receiver": "x"},
        f"/officer/consignments/{scene.cabbage.consignment_id}/": {f"handed-{scene.cabbage.pk}": "10"},
        f"{page}cancel/": {"why": "no"},
        f"{page}lines/{scene.cabbage.pk}/return/": {},
        f"{page}pay/": {},
        f"{page}pay-on-delivery/": {},
        **moves,
    }


def everything(scene: Scene) -> list[Any]:
    tables: list[Any] = [Order, OrderLine, Transition]
    rows = [list(table.objects.order_by("pk").values()) for table in tables]
    return [*rows, list(scene.order.consignments.values()), list(scene.order.tracking.values())]


def state_of(order: Order) -> str:
    return Order.objects.values_list("state", flat=True).get(pk=order.pk)
