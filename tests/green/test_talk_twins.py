"""Both sides at once, two firms at once, one form twice at once: saplings are never sold twice."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from farmers.stock import movements
from marketplace.days import today
from shop.green import days
from shop.green import talk as talks
from shop.green.lapse import release_holds
from shop.green.models import DayChange, State, Talk
from shop.green.steps import Kind, Refused
from shop.orders.models import Order
from shop.orders.place import NotAsShown
from tests.makers import an_order, assert_stock_adds_up, at_once, counters

from .talks import PHONE, SOON, a_buyer, a_scene, begun, offer_id, offered, said, seen, terms

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 4


def test_accepted_by_many_at_once_it_is_one_order() -> None:
    scene = a_scene()
    talk = offered(scene)
    found, key = offer_id(talk), uuid.uuid4()
    same = said(key=key)
    came = at_once(
        [
            lambda: talks.accept(talk.pk, found, scene.seller, same),
            lambda: talks.accept(talk.pk, found, scene.seller, same),
            lambda: talks.accept(talk.pk, found, scene.officer, said(consent="phone")),
            lambda: talks.accept(talk.pk, found, scene.seller, said()),
        ]
    )
    assert all(isinstance(each, Talk) for each in came), came
    assert Order.objects.count() == 1
    assert counters(scene.lot) == (100, 40, 0)
    assert_stock_adds_up()


def test_accepted_and_bettered_at_once_one_of_them_wins() -> None:
    for _ in range(ROUNDS):
        scene = a_scene()
        talk = offered(scene, quantity=40)
        found = offer_id(talk)
        accepted, bettered = at_once(
            [
                lambda scene=scene, talk=talk, found=found: talks.accept(
                    talk.pk, found, scene.seller, said()
                ),
                lambda scene=scene, talk=talk: talks.offer(talk.pk, terms(9, 1), scene.buyer, said()),
            ]
        )
        assert isinstance(accepted, Refused) != isinstance(bettered, Refused), (accepted, bettered)
        talk.refresh_from_db()
        if talk.order:
            assert talk.order.total_fen == 40 * 3000
        else:
            assert (talk.state, counters(scene.lot)) == (State.OFFERED, (100, 0, 0))
    assert_stock_adds_up()


def test_both_sides_offer_at_once_and_the_later_one_counts() -> None:
    scene = a_scene()
    talk = offered(scene)
    at_once(
        [
            lambda: talks.offer(talk.pk, terms(2000), scene.buyer, said()),
            lambda: talks.offer(talk.pk, terms(4000), scene.seller, said()),
        ]
    )
    last = talk.steps.filter(kind=Kind.OFFER).last()
    assert last is not None
    assert offer_id(talk) == last.pk
    assert talk.steps.filter(kind=Kind.OFFER).count() == 3


def test_accepted_and_ended_at_once_it_is_an_order_or_over() -> None:
    for _ in range(ROUNDS):
        scene = a_scene()
        talk = offered(scene)
        talks.hold(talk.pk, 40, scene.buyer, said())
        found = offer_id(talk)
        at_once(
            [
                lambda scene=scene, talk=talk, found=found: talks.accept(
                    talk.pk, found, scene.seller, said()
                ),
                lambda scene=scene, talk=talk: talks.end(talk.pk, scene.buyer, said()),
                lambda: release_holds(timezone.now() + dt.timedelta(days=4)),
            ]
        )
        talk.refresh_from_db()
        assert counters(scene.lot) == (100, 40 if talk.order else 0, 0)
        assert talk.state == (State.AGREED if talk.order else State.WITHDRAWN)
    assert_stock_adds_up()


def test_two_firms_never_hold_the_last_plants_together() -> None:
    for _ in range(ROUNDS):
        scene, other = a_scene(), a_buyer()
        one, two = seen(scene), seen(scene, other)
        came = at_once(
            [
                lambda scene=scene, one=one: talks.hold(one.pk, 60, scene.buyer, said()),
                lambda two=two, other=other: talks.hold(two.pk, 60, other, said()),
            ]
        )
        assert sum(isinstance(each, Talk) for each in came) == 1, came
        assert sum(isinstance(each, movements.NotEnough) for each in came) == 1
        assert counters(scene.lot) == (100, 60, 0)
    assert_stock_adds_up()


def test_what_is_agreed_on_is_not_bought_by_somebody_else_meanwhile() -> None:
    for _ in range(ROUNDS):
        scene = a_scene()
        type(scene.lot).objects.filter(pk=scene.lot.pk).update(public_on=None)
        talk = offered(scene, quantity=60)
        talks.hold(talk.pk, 60, scene.buyer, said())
        found = offer_id(talk)
        accepted, *others = at_once(
            [
                lambda scene=scene, talk=talk, found=found: talks.accept(
                    talk.pk, found, scene.seller, said()
                ),
                *(lambda scene=scene: an_order(lots=[scene.lot], quantity=30) for _ in range(3)),
            ]
        )
        # held is held: whoever comes between, the agreed plants are there
        assert isinstance(accepted, Talk), accepted
        assert sum(isinstance(each, Order) for each in others) == 1, others
        assert sum(isinstance(each, NotAsShown) for each in others) == 2
        assert counters(scene.lot) == (100, 90, 0)
    assert_stock_adds_up()


def test_a_talk_begun_twice_at_once_is_one_talk() -> None:
    scene = a_scene()
    came = at_once([lambda: talks.begin(scene.lot, today(), PHONE, said(), scene.buyer) for _ in range(3)])
    assert len({each.pk for each in came}) == 1, came


def test_held_twice_at_once_by_one_form_is_held_once() -> None:
    scene = a_scene()
    talk = seen(scene)
    same = said()
    came = at_once([lambda: talks.hold(talk.pk, 30, scene.buyer, same) for _ in range(3)])
    assert all(isinstance(each, Talk) for each in came), came
    assert counters(scene.lot) == (100, 30, 0)


def test_many_firms_and_buyers_never_sell_a_plant_twice() -> None:
    scene = a_scene()
    type(scene.lot).objects.filter(pk=scene.lot.pk).update(public_on=None)
    firms = [a_buyer() for _ in range(4)]
    open_talks = [begun(scene, firm) for firm in firms]
    for firm, talk in zip(firms, open_talks, strict=True):
        talks.set_day(talk.pk, today(), scene.seller, said())
        talks.looked(talk.pk, firm, said())
        talks.offer(talk.pk, terms(2000, 35), firm, said())
    found = {talk.pk: offer_id(talk) for talk in open_talks}
    at_once(
        [
            *(
                lambda talk=talk: talks.accept(talk.pk, found[talk.pk], scene.seller, said())
                for talk in open_talks
            ),
            *(
                lambda talk=talk, firm=firm: talks.hold(talk.pk, 20, firm, said())
                for talk, firm in zip(open_talks, firms, strict=True)
            ),
            *(lambda: an_order(lots=[scene.lot], quantity=15) for _ in range(3)),
        ]
    )
    scene.lot.refresh_from_db()
    held = sum(Talk.objects.values_list("held", flat=True))
    ordered = sum(scene.lot.order_lines.values_list("quantity", flat=True))
    assert scene.lot.reserved == held + ordered <= 100
    assert_stock_adds_up()


def test_a_wish_answered_both_ways_at_once_has_one_answer() -> None:
    scene = a_scene()
    talk = offered(scene)
    order = talks.accept(talk.pk, offer_id(talk), scene.seller, said()).order
    assert order is not None
    change = days.wish(order.pk, today() + 2 * SOON, scene.buyer, said())
    came = at_once(
        [
            lambda: days.answer(change.pk, True, scene.seller, said()),
            lambda: days.answer(change.pk, False, scene.officer, said(consent="phone")),
            lambda: days.take_back(change.pk, scene.buyer, said()),
        ]
    )
    assert sum(isinstance(each, Refused) for each in came) == 2, came
    change.refresh_from_db()
    order.refresh_from_db()
    assert (order.wanted_on == today() + 2 * SOON) == (change.state == DayChange.State.AGREED)
