"""The talk's page: what was said, and one clear next step for whoever's turn it is."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from farmers.registry.models import Household
from farmers.stock.models import Lot
from marketplace.access.models import Role, User
from marketplace.days import today
from marketplace.notices.models import Notice
from shop.green import talk as talks
from shop.green.lapse import release_holds
from shop.green.models import State, Talk
from shop.green.steps import Kind
from shop.orders.models import Order
from tests.makers import a_person, counters, saplings, signed_in
from tests.notices.worker import work

from .talks import PHONE, SOON, Scene, a_buyer, a_scene, begun, offer_id, offered, said, seen, seen_talk

pytestmark = pytest.mark.django_db


def take(user: User, talk: Talk, step: str, **facts: Any) -> HttpResponse:
    form = {"key": uuid.uuid4(), **facts}
    return signed_in(user).post(reverse("green:take", args=[talk.number, step]), form)  # type: ignore[return-value]


def page(user: User, talk: Talk) -> str:
    answer = signed_in(user).get(talk.get_absolute_url())
    assert answer.status_code == 200
    return answer.content.decode()


def button(step: str, talk: Talk) -> str:
    return reverse("green:take", args=[talk.number, step])


def test_by_hand_from_the_list_to_the_order() -> None:
    scene = a_scene()
    firm, house = signed_in(scene.buyer), signed_in(scene.seller)
    listed = firm.get(reverse("green:first")).content.decode()
    assert reverse("green:one", args=[scene.lot.slug]) in listed
    asked = {"key": uuid.uuid4(), "day": today(), "phone": PHONE, "why": "看看树形"}
    answer = firm.post(reverse("green:begin", args=[scene.lot.slug]), asked)
    talk = Talk.objects.get()
    assert answer.url == talk.get_absolute_url()  # type: ignore[attr-defined]
    # the list leads to the talk from now on
    assert talk.get_absolute_url() in firm.get(reverse("green:first")).content.decode()
    assert reverse("green:seller_talks") in house.get(reverse("seller")).content.decode()
    assert "看看树形" in house.get(talk.get_absolute_url()).content.decode()
    assert PHONE in house.get(talk.get_absolute_url()).content.decode()
    for user, step, facts in (
        (scene.seller, "day", {"day": today()}),
        (scene.buyer, "seen", {}),
        (scene.buyer, "hold", {"quantity": 30}),
        (scene.buyer, "offer", {"price": "28.5", "quantity": 30, "day": today() + SOON}),
        (scene.officer, "offer", {"price": "31", "quantity": 30, "day": today() + SOON, "consent": "phone"}),
    ):
        assert take(user, talk, step, **facts).status_code == 302, step
    assert take(scene.buyer, talk, "accept", offer=offer_id(talk)).status_code == 302
    order = Order.objects.get()
    assert order.lines.get().price_fen == 3100
    shown = page(scene.seller, talk)
    assert order.number in shown
    assert PHONE not in shown, "when it is over nobody needs to call about a look"
    assert "¥31.00" in shown
    assert "¥28.50" in shown


@pytest.mark.parametrize(
    ("where", "turn", "waits"),
    [
        ("asked", ("seller", "day"), ("buyer", "ask")),
        ("seen", ("buyer", "offer"), ("seller", "end")),
        ("offered", ("seller", "accept"), ("buyer", "offer")),
    ],
)
def test_whose_turn_it_is_finds_the_step(where: str, turn: tuple[str, str], waits: tuple[str, str]) -> None:
    scene = a_scene()
    talk = {"asked": begun, "seen": seen, "offered": offered}[where](scene)
    for who, step in (turn, waits):
        assert button(step, talk) in page(getattr(scene, who), talk)
    assert button("accept", talk) not in page(scene.buyer, talk), "nobody accepts their own"


def test_the_officer_finds_it_and_must_say_how_the_household_agreed() -> None:
    scene = a_scene()
    talk = offered(scene)
    client = signed_in(scene.officer)
    assert reverse("green:officer_talks") in client.get(reverse("officer")).content.decode()
    assert talk.get_absolute_url() in client.get(reverse("green:officer_talks")).content.decode()
    answer = take(scene.officer, talk, "accept", offer=offer_id(talk))
    assert answer.status_code == 422
    assert not Order.objects.exists()
    assert take(scene.officer, talk, "accept", offer=offer_id(talk), consent="person").status_code == 302
    assert Order.objects.count() == 1


@pytest.mark.parametrize(
    ("step", "wrong"),
    [
        ("offer", {"price": "0"}),
        ("offer", {"price": "viel"}),
        ("offer", {"price": "1.234"}),
        ("offer", {"price": "99999999"}),
        ("offer", {"quantity": "0"}),
        ("offer", {"quantity": "101"}),
        ("offer", {"quantity": "9" * 30}),
        ("offer", {"quantity": ""}),
        ("offer", {"day": "2020-01-01"}),
        ("offer", {"day": today() + dt.timedelta(days=120)}),
        ("offer", {"day": "31.2."}),
        ("offer", {"why": "a" * 201}),
        ("offer", {"key": "x"}),
        ("hold", {"quantity": "101"}),
        ("hold", {"quantity": "-1"}),
        ("accept", {"offer": "x"}),
        ("accept", {"offer": ""}),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_nothing_changes(step: str, wrong: dict[str, Any]) -> None:
    scene = a_scene()
    talk = seen(scene)
    facts = {"price": "30", "quantity": "10", "day": today() + SOON, "offer": 1, **wrong}
    answer = take(scene.buyer, talk, step, **facts)
    assert answer.status_code == 422
    assert "error" in answer.content.decode()
    talk.refresh_from_db()
    assert (talk.state, talk.steps.count(), counters(scene.lot)) == (State.SEEN, 3, (100, 0, 0))


def test_an_older_offer_cannot_be_accepted_and_the_page_says_why() -> None:
    scene = a_scene()
    talk = offered(scene)
    old = offer_id(talk)
    talks.offer(talk.pk, talks.Terms(100, 5, today() + SOON), scene.buyer, said())
    answer = take(scene.seller, talk, "accept", offer=old)
    assert answer.status_code == 409
    assert not Order.objects.exists()
    # what is shown now is the newer one
    assert f'value="{offer_id(talk)}"' in answer.content.decode()


def test_when_others_were_quicker_the_page_says_what_is_left() -> None:
    scene = a_scene()
    talk = offered(scene, quantity=60)
    other = seen(scene, a_buyer())
    talks.hold(other.pk, 50, other.buyer, said())
    answer = take(scene.seller, talk, "accept", offer=offer_id(talk))
    assert answer.status_code == 409
    assert "50" in answer.content.decode()
    assert not Order.objects.exists()


def test_forms_sent_twice_lead_to_the_same_place() -> None:
    scene = a_scene()
    talk = seen(scene)
    for step, facts in (
        ("hold", {"quantity": 100}),
        ("offer", {"price": 9, "quantity": 100, "day": today()}),
    ):
        key = uuid.uuid4()
        assert [take(scene.buyer, talk, step, **facts, key=key).status_code for _ in range(2)] == [302, 302]
    key = uuid.uuid4()
    answers = [take(scene.seller, talk, "accept", offer=offer_id(talk), key=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Order.objects.count() == 1
    assert counters(scene.lot) == (100, 100, 0)


def test_a_step_that_is_none_is_not_found() -> None:
    scene = a_scene()
    talk = seen(scene)
    for step in ("lapse", "unheld", "decline", "withdraw", "x"):
        assert take(scene.buyer, talk, step).status_code == 404
    assert signed_in(scene.buyer).get("/green/talks/QT-%00/").status_code == 404


def test_a_seller_reads_no_other_household_s_talks_nor_a_firm_another_s() -> None:
    scene, other = a_scene(), a_scene()
    talk = offered(scene)
    for stranger in (other.seller, other.buyer, other.officer):
        assert signed_in(stranger).get(talk.get_absolute_url()).status_code == 404
        assert take(stranger, talk, "end").status_code == 404
    assert talk.number not in signed_in(other.seller).get(reverse("green:seller_talks")).content.decode()
    assert talk.number not in signed_in(other.buyer).get(reverse("green:talks")).content.decode()


def test_the_firm_s_telephone_is_no_business_of_the_city_s() -> None:
    scene = a_scene()
    talk = begun(scene)
    shown = page(a_person(Role.OFFICIAL), talk)
    assert PHONE not in shown
    assert button("end", talk) not in shown


def test_a_household_that_did_not_agree_to_be_shown_is_not_named_to_the_firm() -> None:
    scene = a_scene()
    talk = offered(scene)
    name = scene.lot.household.head_name
    assert name not in page(scene.buyer, talk)
    assert name in page(scene.officer, talk)


def test_measures_are_filters_of_the_list() -> None:
    buyer = a_buyer()
    slim = a_scene(buyer=buyer, grade="胸径 4–5 厘米").lot
    stout = a_scene(buyer=buyer, grade="胸径 10–12 厘米").lot
    shown = signed_in(buyer).get(f"{reverse('green:first')}?trunk_from=9&trunk_at=breast").content.decode()
    assert stout.slug in shown
    assert slim.slug not in shown
    wrong = signed_in(buyer).get(f"{reverse('green:first')}?trunk_from=x&page=9")
    assert wrong.status_code == 200


@pytest.mark.parametrize("many", [2, 21])
def test_the_lists_cost_the_same_for_few_and_for_many(many: int, query_budget: Any) -> None:
    scene = a_scene()
    household = Household.objects.get(pk=scene.lot.household_id)
    for _ in range(many):
        talk = seen_talk(saplings(household=household), scene.buyer, scene.seller)
        talks.offer(talk.pk, talks.Terms(100, 5, today() + SOON), scene.buyer, said())
    for user, address in (
        (scene.buyer, "green:talks"),
        (scene.seller, "green:seller_talks"),
        (scene.officer, "green:officer_talks"),
    ):
        client = signed_in(user)
        client.get(reverse(address))
        with query_budget(8):
            client.get(reverse(address))


def told(user: User) -> set[str]:
    return set(Notice.objects.filter(user=user).values_list("kind", flat=True))


def test_the_other_side_is_told_of_each_step() -> None:
    scene: Scene = a_scene()
    talk = seen(scene)
    talks.hold(talk.pk, 10, scene.buyer, said())
    talks.offer(talk.pk, talks.Terms(2500, 10, today() + SOON), scene.buyer, said())
    work()
    assert told(scene.seller) == told(scene.officer) == {"talk_ask", "talk_hold", "talk_offer"}
    assert told(scene.buyer) == {"talk_day"}
    talks.offer(talk.pk, talks.Terms(2600, 10, today() + SOON), scene.officer, said(consent="phone"))
    work()
    assert "talk_offer" in told(scene.buyer)
    talks.accept(talk.pk, offer_id(talk), scene.buyer, said())
    work()
    assert {"talk_agreed", "bought"} <= told(scene.seller)
    for notice in Notice.objects.all():
        assert PHONE not in str(notice.facts)


def test_both_are_told_when_a_reservation_is_over() -> None:
    scene = a_scene()
    talk = seen(scene)
    talks.hold(talk.pk, 10, scene.buyer, said())
    release_holds(timezone.now() + dt.timedelta(days=9))
    work()
    assert "talk_unheld" in told(scene.buyer)
    assert "talk_unheld" in told(scene.seller)
    assert Lot.objects.get(pk=scene.lot.pk).available == 100
    assert talk.steps.filter(kind=Kind.UNHELD).count() == 1


def test_who_has_reserved_once_is_not_asked_to_again() -> None:
    scene = a_scene()
    talk = seen(scene)
    assert button("hold", talk) in page(scene.buyer, talk)
    talks.hold(talk.pk, 10, scene.buyer, said())
    talks.let_go(talk.pk, scene.buyer, said())
    assert button("hold", talk) not in page(scene.buyer, talk)


def test_of_a_talk_that_is_over_a_way_leads_to_plants_that_are_there_alone() -> None:
    scene = a_scene()
    talk = begun(scene)
    talks.end(talk.pk, scene.seller, said())
    address = reverse("green:one", args=[scene.lot.slug])
    assert address in page(scene.buyer, talk)
    assert signed_in(scene.buyer).get(address).status_code == 200
    Lot.objects.filter(pk=scene.lot.pk).update(state="withdrawn")
    assert address not in page(scene.buyer, talk)
