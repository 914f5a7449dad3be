"""A talk between a nursery firm and a household: look, reserve, offer and counter-offer, agree, or end."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from farmers.ledger.models import Entry
from farmers.stock import movements
from farmers.stock.models import Lot
from marketplace.access.models import Role
from marketplace.days import today
from shop.green import talk as talks
from shop.green.lapse import lapse_silent, release_holds
from shop.green.models import Side, State, Step, Talk
from shop.green.steps import ALLOWED, ENDS, Kind, Refused, allowed
from shop.orders.accept import accept
from shop.orders.models import Order
from shop.orders.place import NotAsShown
from tests.makers import (
    a_person,
    a_village,
    an_officer,
    an_order,
    assert_stock_adds_up,
    counters,
    saplings,
    sent_off,
)

from .talks import PHONE, SOON, a_buyer, a_scene, begun, offer_id, offered, said, seen, terms

pytestmark = pytest.mark.django_db


def test_from_the_first_look_to_the_ledger() -> None:
    scene = a_scene()
    talk = talks.begin(scene.lot, today(), PHONE, said("想看看树形"), scene.buyer)
    talks.set_day(talk.pk, today(), scene.officer, said("上午九点", consent="phone"))
    talks.looked(talk.pk, scene.seller, said())
    talks.hold(talk.pk, 60, scene.buyer, said())
    assert counters(scene.lot) == (100, 60, 0)
    talks.offer(talk.pk, terms(2500, 60), scene.buyer, said("要 60 棵"))
    talks.offer(talk.pk, terms(3200, 60), scene.seller, said("最低 32 元"))
    talks.offer(talk.pk, terms(3000, 70), scene.buyer, said())
    talk = talks.accept(talk.pk, offer_id(talk), scene.seller, said())
    order = Order.objects.get()
    line = order.lines.get()
    assert (talk.state, talk.order, talk.held, talk.phone) == (State.AGREED, order, 0, "")
    assert (order.channel, order.wanted_on, order.total_fen) == ("green", today() + SOON, 70 * 3000)
    assert (line.quantity, line.price_fen, line.amount_fen) == (70, 3000, 210_000)
    assert (order.buyer, order.phone) == (scene.buyer, PHONE)
    assert counters(scene.lot) == (100, 70, 0)
    sent_off(order)
    accept(order.pk, {line.pk: 68}, scene.buyer)
    assert (Entry.objects.get().quantity, Entry.objects.get().amount_fen) == (68, 68 * 3000)
    assert_stock_adds_up()
    told = [(step.kind, step.side, step.consent) for step in talk.steps.all()]
    assert told == [
        ("ask", "firm", ""),
        ("day", "household", "phone"),
        ("seen", "household", ""),
        ("hold", "firm", ""),
        ("offer", "firm", ""),
        ("offer", "household", ""),
        ("offer", "firm", ""),
        ("accept", "household", ""),
    ]


# --- offers ------------------------------------------------------------------------------------


def test_an_offer_binds_only_who_accepts_exactly_it() -> None:
    scene = a_scene()
    talk = offered(scene)
    old = offer_id(talk)
    talks.offer(talk.pk, terms(2000), scene.buyer, said())
    with pytest.raises(Refused, match="newer offer"):
        talks.accept(talk.pk, old, scene.seller, said())
    assert not Order.objects.exists()
    talks.accept(talk.pk, offer_id(talk), scene.seller, said())
    assert Order.objects.get().lines.get().price_fen == 2000


def test_nobody_accepts_their_own_offer() -> None:
    scene = a_scene()
    talk = offered(scene)
    with pytest.raises(Refused, match="your own"):
        talks.accept(talk.pk, offer_id(talk), scene.buyer, said())
    talks.offer(talk.pk, terms(), scene.officer, said(consent="written"))
    with pytest.raises(Refused, match="your own"):
        talks.accept(talk.pk, offer_id(talk), scene.seller, said())
    assert not Order.objects.exists()


def test_accepted_twice_it_is_one_order() -> None:
    scene = a_scene()
    talk = offered(scene)
    key, found = uuid.uuid4(), offer_id(talk)
    for _ in range(2):
        talks.accept(talk.pk, found, scene.seller, said(key=key))
    talks.accept(talk.pk, found, scene.officer, said(consent="person"))
    assert Order.objects.count() == 1
    assert talk.steps.filter(kind=Kind.ACCEPT).count() == 1
    assert counters(scene.lot) == (100, 40, 0)


def test_the_form_of_an_offer_sent_twice_is_one_offer() -> None:
    scene = a_scene()
    talk = seen(scene)
    same = said()
    for _ in range(2):
        talks.offer(talk.pk, terms(), scene.buyer, same)
    assert talk.steps.filter(kind=Kind.OFFER).count() == 1


def test_more_than_there_is_cannot_be_agreed_on() -> None:
    scene = a_scene()
    talk = offered(scene, quantity=90)
    other = seen(scene, a_buyer())
    talks.hold(other.pk, 20, other.buyer, said())
    with pytest.raises(NotAsShown):
        talks.accept(talk.pk, offer_id(talk), scene.seller, said())
    assert counters(scene.lot) == (100, 20, 0)
    assert Talk.objects.get(pk=talk.pk).state == State.OFFERED


def test_what_another_firm_held_too_long_is_free_when_it_is_agreed_on() -> None:
    scene = a_scene()
    talk = offered(scene, quantity=90)
    other = seen(scene, a_buyer())
    talks.hold(other.pk, 20, other.buyer, said())
    Talk.objects.filter(pk=other.pk).update(held_until=timezone.now() - dt.timedelta(seconds=1))
    talks.accept(talk.pk, offer_id(talk), scene.seller, said())
    assert counters(scene.lot) == (100, 90, 0)
    assert_stock_adds_up()


def test_an_offer_whose_day_is_past_is_no_offer() -> None:
    scene = a_scene()
    talk = offered(scene, lifted_on=today())
    found = offer_id(talk)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(talks, "today", lambda: today() + dt.timedelta(days=1))
        with pytest.raises(Refused, match="past"):
            talks.accept(talk.pk, found, scene.seller, said())


@pytest.mark.parametrize(
    "wrong",
    [
        {"price_fen": 0},
        {"quantity": 0},
        {"lifted_on": dt.date(2020, 1, 1)},
        {"lifted_on": today() + dt.timedelta(days=200)},
    ],
)
def test_an_offer_out_of_bounds_is_none(wrong: dict[str, Any]) -> None:
    scene = a_scene()
    talk = seen(scene)
    with pytest.raises(ValueError, match=r"offer|lifting"):
        talks.offer(talk.pk, terms(**wrong), scene.buyer, said())
    assert not talk.steps.filter(kind=Kind.OFFER).exists()


def test_whoever_left_the_firm_is_not_bought_for() -> None:
    scene = a_scene()
    talk = offered(scene)
    talk.firm.members.all().delete()
    with pytest.raises(Refused, match="no longer buys"):
        talks.accept(talk.pk, offer_id(talk), scene.seller, said())
    assert counters(scene.lot) == (100, 0, 0)


# --- holding -----------------------------------------------------------------------------------


def test_plants_are_reserved_after_a_look_alone_and_once() -> None:
    scene = a_scene()
    talk = begun(scene)
    with pytest.raises(Refused):
        talks.hold(talk.pk, 10, scene.buyer, said())
    talks.set_day(talk.pk, today(), scene.seller, said())
    with pytest.raises(Refused):
        talks.hold(talk.pk, 10, scene.buyer, said())
    talks.looked(talk.pk, scene.seller, said())
    same = said()
    talks.hold(talk.pk, 10, scene.buyer, same)
    talks.hold(talk.pk, 10, scene.buyer, same)
    assert counters(scene.lot) == (100, 10, 0)
    talks.let_go(talk.pk, scene.buyer, said())
    assert counters(scene.lot) == (100, 0, 0)
    with pytest.raises(Refused, match="once"):
        talks.hold(talk.pk, 10, scene.buyer, said())


def test_no_more_is_reserved_than_there_is() -> None:
    scene = a_scene()
    talk = seen(scene)
    for quantity in (101, 10**10):
        with pytest.raises(movements.NotEnough):
            talks.hold(talk.pk, quantity, scene.buyer, said())
    with pytest.raises(ValueError, match="positive"):
        talks.hold(talk.pk, 0, scene.buyer, said())
    assert not talk.steps.filter(kind=Kind.HOLD).exists()
    assert counters(scene.lot) == (100, 0, 0)


def test_the_scheduled_command_lets_go_of_what_was_held_too_long() -> None:
    scene = a_scene()
    talk = offered(scene)
    talks.hold(talk.pk, 50, scene.buyer, said())
    call_command("release_lapsed")
    assert counters(scene.lot) == (100, 50, 0)
    Talk.objects.filter(pk=talk.pk).update(held_until=timezone.now() - dt.timedelta(seconds=1))
    call_command("release_lapsed")
    call_command("release_lapsed")
    talk.refresh_from_db()
    assert (talk.held, talk.held_until, talk.state) == (0, None, State.OFFERED)
    assert counters(scene.lot) == (100, 0, 0)
    step = talk.steps.get(kind=Kind.UNHELD)
    assert (step.side, step.by, step.quantity) == (Side.NOBODY, None, 50)
    # the offer still stands, if there is enough
    talks.accept(talk.pk, offer_id(talk), scene.seller, said())
    assert counters(scene.lot) == (100, 40, 0)
    assert_stock_adds_up()


def test_somebody_who_wants_them_need_not_wait_for_the_command() -> None:
    scene = a_scene(public_on=None)
    Lot.objects.filter(pk=scene.lot.pk).update(public_on=None)
    talk = seen(scene)
    talks.hold(talk.pk, 100, scene.buyer, said())
    with pytest.raises(NotAsShown):
        an_order(lots=[scene.lot], quantity=5)
    Talk.objects.filter(pk=talk.pk).update(held_until=timezone.now() - dt.timedelta(seconds=1))
    an_order(lots=[scene.lot], quantity=5)
    assert counters(scene.lot) == (100, 5, 0)


@pytest.mark.parametrize("who", ["buyer", "seller"])
def test_whoever_ends_the_talk_what_was_held_is_for_sale_again(who: str) -> None:
    scene = a_scene()
    talk = seen(scene)
    talks.hold(talk.pk, 30, scene.buyer, said())
    for _ in range(2):
        talk = talks.end(talk.pk, getattr(scene, who), said("不合适"))
    assert talk.state == (State.WITHDRAWN if who == "buyer" else State.DECLINED)
    assert Talk.objects.get(pk=talk.pk).phone == ""
    assert counters(scene.lot) == (100, 0, 0)
    with pytest.raises(Refused):
        talks.offer(talk.pk, terms(), scene.buyer, said())
    assert begun(scene).pk != talk.pk, "they may begin anew"


def test_a_talk_without_a_word_for_long_is_over(settings: Any) -> None:
    scene = a_scene()
    talk = seen(scene)
    talks.hold(talk.pk, 30, scene.buyer, said())
    now = timezone.now()
    assert lapse_silent(now) == 0
    later = now + dt.timedelta(days=settings.GREEN_TALK_DAYS, minutes=1)
    # the clock's own step keeps nobody waiting longer
    assert release_holds(later) == 1
    talk.refresh_from_db()
    assert talk.moved_at < now
    assert lapse_silent(later + dt.timedelta(days=1)) == 1
    assert lapse_silent(later + dt.timedelta(days=1)) == 0
    talk.refresh_from_db()
    assert (talk.state, talk.phone) == (State.LAPSED, "")
    assert_stock_adds_up()


def test_a_talk_waits_for_a_day_to_look_that_is_to_come(settings: Any) -> None:
    scene = a_scene()
    talks.begin(scene.lot, today() + dt.timedelta(days=30), PHONE, said(), scene.buyer)
    later = timezone.now() + dt.timedelta(days=settings.GREEN_TALK_DAYS + 2)
    assert lapse_silent(later) == 0


# --- the table ---------------------------------------------------------------------------------


def test_no_step_is_taken_from_where_the_table_does_not_lead() -> None:
    scene = a_scene()
    talk = begun(scene)
    for refused in (
        lambda: talks.looked(talk.pk, scene.buyer, said()),
        lambda: talks.offer(talk.pk, terms(), scene.buyer, said()),
        lambda: talks.accept(talk.pk, 0, scene.seller, said()),
        lambda: talks.let_go(talk.pk, scene.buyer, said()),
        lambda: talks.set_day(talk.pk, today(), scene.buyer, said()),
        lambda: talks.ask_again(talk.pk, today(), scene.seller, said()),
    ):
        with pytest.raises(Refused):
            refused()
    assert talk.steps.count() == 1


def test_nobody_looks_before_the_day_that_was_set() -> None:
    scene = a_scene()
    talk = begun(scene)
    talks.set_day(talk.pk, today() + dt.timedelta(days=1), scene.seller, said())
    with pytest.raises(Refused, match="not come"):
        talks.looked(talk.pk, scene.buyer, said())


def test_the_table_leads_everywhere_and_what_is_over_leads_nowhere() -> None:
    reached, waiting = {""}, [""]
    while waiting:
        for _sides, to in allowed(waiting.pop()).values():
            if to not in reached:
                reached.add(to)
                waiting.append(to)
    assert reached == {"", *State}
    for state in (State.AGREED, State.DECLINED, State.WITHDRAWN, State.LAPSED):
        assert not allowed(state)
    assert {kind for way in (*ALLOWED.values(), ENDS) for kind in way} == set(Kind)


def test_one_firm_has_one_open_talk_of_a_lot() -> None:
    scene = a_scene()
    talk = begun(scene)
    assert begun(scene).pk == talk.pk
    other = begun(scene, a_buyer())
    assert other.pk != talk.pk
    with pytest.raises(IntegrityError), transaction.atomic():
        Talk.objects.create(
            number="QT-2", lot=scene.lot, firm=talk.firm, buyer=scene.buyer, state=State.ASKED
        )


# --- who ---------------------------------------------------------------------------------------


def test_nobody_speaks_for_a_side_that_is_not_theirs() -> None:
    scene = a_scene()
    talk = offered(scene)
    strangers = [
        a_buyer(),
        a_person(Role.NURSERY),
        a_person(Role.SELLER),
        an_officer(a_village("dongting")),
        a_person(Role.OFFICIAL),
        a_person(Role.CITIZEN),
        a_person(Role.CASHIER),
    ]
    for stranger in strangers:
        for act in (
            lambda who: talks.offer(talk.pk, terms(), who, said(consent="person")),
            lambda who: talks.accept(talk.pk, offer_id(talk), who, said(consent="person")),
            lambda who: talks.hold(talk.pk, 1, who, said()),
            lambda who: talks.end(talk.pk, who, said(consent="person")),
        ):
            with pytest.raises(PermissionDenied):
                act(stranger)
    assert talk.steps.count() == 4
    for stranger in strangers[:4] + strangers[5:6]:
        assert not Talk.objects.visible_to(stranger).exists()


def test_an_officer_says_how_the_household_agreed() -> None:
    scene = a_scene()
    talk = offered(scene)
    with pytest.raises(ValueError, match="agreed"):
        talks.accept(talk.pk, offer_id(talk), scene.officer, said())
    talks.accept(talk.pk, offer_id(talk), scene.officer, said(consent="person"))
    step = talk.steps.last()
    assert step is not None
    assert (step.by, step.consent, step.side) == (scene.officer, "person", "household")


def test_a_household_says_for_itself_and_no_consent_is_noted() -> None:
    scene = a_scene()
    talk = offered(scene)
    talks.accept(talk.pk, offer_id(talk), scene.seller, said(consent="person"))
    assert talk.steps.last().consent == ""  # type: ignore[union-attr]


def test_only_nursery_firms_begin_and_only_over_saplings_that_are_there() -> None:
    scene = a_scene()
    for who in (a_person(Role.CANTEEN), a_person(Role.NURSERY), scene.seller, scene.officer):
        with pytest.raises(PermissionDenied):
            talks.begin(scene.lot, today(), PHONE, said(), who)
    for state in (Lot.State.WITHDRAWN, Lot.State.WAITING):
        Lot.objects.filter(pk=scene.lot.pk).update(state=state)
        with pytest.raises(Refused):
            talks.begin(scene.lot, today(), PHONE, said(), scene.buyer)
    with pytest.raises(ValueError, match="month"):
        talks.begin(scene.lot, today() - dt.timedelta(days=1), PHONE, said(), scene.buyer)
    assert not Talk.objects.exists()


# --- the record --------------------------------------------------------------------------------


def test_what_was_said_is_never_changed_or_deleted() -> None:
    scene = a_scene()
    talk = offered(scene)
    steps = Step.objects.filter(talk=talk)
    delete = "DELETE FROM green_step"
    for broken in (
        lambda: steps.update(price_fen=1),
        lambda: steps.update(at=timezone.now()),
        lambda: connection.cursor().execute(delete),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            broken()
    assert steps.count() == 4


@pytest.mark.parametrize(
    "wrong",
    [
        {"held": 5},
        {"held": -1, "held_until": timezone.now()},
        {"state": State.AGREED},
        {"state": State.OFFERED},
        {"state": "other"},
    ],
)
def test_the_schema_refuses_a_talk_that_cannot_be(wrong: dict[str, Any]) -> None:
    talk = begun(a_scene())
    with pytest.raises(IntegrityError), transaction.atomic():
        Talk.objects.filter(pk=talk.pk).update(**wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "offer"},
        {"kind": "offer", "price_fen": 0, "quantity": 1, "day": today()},
        {"kind": "offer", "price_fen": 1, "quantity": 0, "day": today()},
        {"kind": "accept"},
        {"kind": "seen", "by": None},
        {"kind": "other"},
        {"kind": "seen", "consent": "x"},
    ],
)
def test_the_schema_refuses_a_step_that_cannot_be(wrong: dict[str, Any]) -> None:
    scene = a_scene()
    talk = begun(scene)
    facts = {"side": Side.FIRM, "by": scene.buyer, "to_state": State.OFFERED, "key": uuid.uuid4(), **wrong}
    with pytest.raises(IntegrityError), transaction.atomic():
        Step.objects.create(talk=talk, **facts)


def test_stock_that_everybody_sees_leaves_out_what_is_held() -> None:
    scene = a_scene()
    talk = seen(scene)
    talks.hold(talk.pk, 100, scene.buyer, said())
    assert Lot.objects.get(pk=scene.lot.pk).available == 0
    assert saplings().available
