"""The lifting day of an order is moved by both sides together, and the record keeps who wished and who answered."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from marketplace.access.models import Role, User
from marketplace.days import today
from marketplace.notices.models import Notice
from shop.buyers.models import Member
from shop.green import days
from shop.green import talk as talks
from shop.green.models import DayChange
from shop.green.steps import Refused
from shop.orders.models import Order
from tests.makers import a_person, a_village, an_officer, an_order, sent_off, signed_in
from tests.notices.worker import work

from .talks import PHONE, SOON, Scene, a_buyer, a_scene, agreed, begun, said

pytestmark = pytest.mark.django_db
LATER = today() + 2 * SOON


@pytest.fixture
def scene() -> Scene:
    return a_scene()


@pytest.fixture
def order(scene: Scene) -> Order:
    return agreed(scene)


def day_of(order: Order) -> dt.date | None:
    return Order.objects.get(pk=order.pk).wanted_on


def test_the_day_moves_when_the_other_side_agrees(scene: Scene, order: Order) -> None:
    change = days.wish(order.pk, LATER, scene.buyer, said("要下雨"))
    assert day_of(order) == today() + SOON
    for _ in range(2):
        days.answer(change.pk, True, scene.officer, said(consent="phone"))
    assert day_of(order) == LATER
    change.refresh_from_db()
    assert (change.state, change.day_before, change.by, change.answered_by, change.consent) == (
        "agreed",
        today() + SOON,
        scene.buyer,
        scene.officer,
        "phone",
    )


def test_the_day_stays_when_it_does_not(scene: Scene, order: Order) -> None:
    change = days.wish(order.pk, LATER, scene.seller, said())
    days.answer(change.pk, False, scene.buyer, said())
    assert day_of(order) == today() + SOON
    with pytest.raises(Refused, match="answered"):
        days.answer(change.pk, True, scene.buyer, said())
    with pytest.raises(Refused):
        days.take_back(change.pk, scene.seller, said())


def test_nobody_answers_the_own_wish(scene: Scene, order: Order) -> None:
    change = days.wish(order.pk, LATER, scene.seller, said())
    with pytest.raises(Refused, match="your own"):
        days.answer(change.pk, True, scene.officer, said(consent="person"))
    assert day_of(order) == today() + SOON


def test_one_wish_waits_a_newer_one_of_the_same_side_takes_its_place(scene: Scene, order: Order) -> None:
    first = days.wish(order.pk, LATER, scene.buyer, said())
    with pytest.raises(Refused, match="Answer that first"):
        days.wish(order.pk, LATER, scene.seller, said())
    same = said()
    second = days.wish(order.pk, LATER + SOON, scene.buyer, same)
    assert days.wish(order.pk, LATER + SOON, scene.buyer, same) == second
    first.refresh_from_db()
    assert first.state == "taken_back"
    with pytest.raises(Refused):
        days.answer(first.pk, True, scene.seller, said())
    days.answer(second.pk, True, scene.seller, said())
    assert day_of(order) == LATER + SOON


def test_plants_that_have_left_keep_their_day(scene: Scene, order: Order) -> None:
    change = days.wish(order.pk, LATER, scene.buyer, said())
    sent_off(order)
    with pytest.raises(Refused, match="left"):
        days.answer(change.pk, True, scene.seller, said())
    with pytest.raises(Refused, match="left"):
        days.wish(order.pk, LATER, scene.buyer, said())
    assert day_of(order) == today() + SOON


@pytest.mark.parametrize("day", [today() - dt.timedelta(days=1), today() + dt.timedelta(days=120)])
def test_a_day_out_of_bounds_is_none(scene: Scene, order: Order, day: dt.date) -> None:
    with pytest.raises(ValueError, match="three months"):
        days.wish(order.pk, day, scene.buyer, said())


def test_nobody_else_moves_it(scene: Scene, order: Order) -> None:
    change = days.wish(order.pk, LATER, scene.buyer, said())
    for stranger in (
        a_buyer(),
        a_person(Role.SELLER),
        a_person(Role.OFFICIAL),
        an_officer(a_village("dongting")),
    ):
        for act in (
            lambda who: days.wish(order.pk, LATER, who, said(consent="person")),
            lambda who: days.answer(change.pk, True, who, said(consent="person")),
            lambda who: days.take_back(change.pk, who, said(consent="person")),
        ):
            with pytest.raises(PermissionDenied):
                act(stranger)
    with pytest.raises(PermissionDenied):
        days.take_back(change.pk, scene.seller, said())


def test_an_order_that_is_no_talk_s_has_no_such_page(scene: Scene) -> None:
    buyer = a_person()
    order = an_order(buyer=buyer)
    assert signed_in(buyer).get(reverse("green:day", args=[order.number])).status_code == 404


def test_what_was_answered_stays_so(scene: Scene, order: Order) -> None:
    change = days.wish(order.pk, LATER, scene.buyer, said())
    with pytest.raises(IntegrityError), transaction.atomic():
        DayChange.objects.filter(pk=change.pk).update(state="agreed")
    days.answer(change.pk, True, scene.seller, said())
    with pytest.raises(DatabaseError), transaction.atomic():
        DayChange.objects.filter(pk=change.pk).update(why="x")
    with pytest.raises(DatabaseError), transaction.atomic():
        DayChange.objects.filter(pk=change.pk).delete()


def send(user: User, order: Order, address: str = "green:day", *args: Any, **facts: Any) -> int:
    form = {"key": uuid.uuid4(), **facts}
    return signed_in(user).post(reverse(address, args=[order.number, *args]), form).status_code


def test_by_hand(scene: Scene, order: Order) -> None:
    shown = signed_in(scene.buyer).get(order.get_absolute_url()).content.decode()
    assert reverse("green:day", args=[order.number]) in shown
    assert send(scene.buyer, order, day="2020-01-01") == 422
    assert send(scene.buyer, order, day=today() + SOON) == 409, "it is that day already"
    assert send(scene.buyer, order, day=LATER, why="车没空") == 302
    work()
    change = DayChange.objects.get()
    assert "车没空" in signed_in(scene.seller).get(reverse("green:day", args=[order.number])).content.decode()
    answer = ("green:day_answer", change.pk)
    assert send(scene.officer, order, *answer, what="agree") == 422, "how did the household agree?"
    assert send(scene.seller, order, *answer, what="maybe") == 422
    assert send(scene.seller, order, *answer, what="agree") == 302
    assert send(scene.seller, order, *answer, what="agree") == 302
    assert day_of(order) == LATER
    work()
    told = Notice.objects.filter(kind__startswith="day_").values_list("user", "kind")
    assert {
        (scene.seller.pk, "day_asked"),
        (scene.officer.pk, "day_asked"),
        (scene.buyer.pk, "day_agreed"),
    } == set(told)


def test_an_officer_who_wished_for_a_household_takes_it_back(scene: Scene, order: Order) -> None:
    assert send(scene.officer, order, day=LATER) == 422
    assert send(scene.officer, order, day=LATER, consent="phone") == 302
    change = DayChange.objects.get()
    assert send(scene.officer, order, "green:day_answer", change.pk, what="take_back") == 302
    change.refresh_from_db()
    assert change.state == "taken_back"


def test_what_is_said_of_a_day_is_kept_without_name_and_number(scene: Scene, order: Order) -> None:
    """It can never be changed again, not even when the household is erased; and the firm reads it."""
    household = scene.lot.household
    household.head_name, household.phone = "欧阳翠羽", "13957134682"
    household.save()
    why = "欧阳翠羽说要下雨，打13957134682"
    days.wish(order.pk, LATER, scene.officer, said(why, consent="phone"))
    assert DayChange.objects.get().why == "欧***说要下雨，打****4682"
    talk = begun(scene, a_buyer())
    talks.end(talk.pk, scene.officer, said(why, consent="phone"))
    told = [step.why for step in talk.steps.all()]
    assert told == ["", "欧***说要下雨，打****4682"]
    other = talks.begin(scene.lot, today(), PHONE, said("找欧阳翠羽看树"), a_buyer())
    assert other.steps.get().why == "找欧***看树"
    longest = days.wish(order.pk, LATER + SOON, scene.officer, said("欧阳翠羽" * 50, consent="phone"))
    assert len(longest.why) <= 200


def test_who_left_the_firm_hears_of_its_days_and_talks_no_more(scene: Scene, order: Order) -> None:
    talk = begun(scene)
    work()
    Notice.objects.all().delete()
    firm, colleague = talk.firm, a_person(Role.NURSERY)
    Member.objects.create(organisation=firm, user=colleague)
    firm.members.filter(user=scene.buyer).delete()
    days.wish(order.pk, LATER, scene.seller, said())
    talks.set_day(talk.pk, today(), scene.seller, said())
    work()
    assert not Notice.objects.filter(user=scene.buyer, kind__in=("day_asked", "talk_day")).exists()
    assert set(Notice.objects.filter(user=colleague).values_list("kind", flat=True)) == {
        "day_asked",
        "talk_day",
    }
