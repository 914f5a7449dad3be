"""A nursery firm, a household with an account and its officer, and talks between them, by the real verbs."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from farmers.stock.models import Lot
from marketplace.access.models import Role, User
from marketplace.days import today
from shop.buyers.models import BuyerOrganisation, Duty
from shop.green import talk as talks
from shop.green.models import Talk
from shop.green.talk import Said, Terms
from shop.orders.models import Order
from tests.green.test_first_look import a_marked_household
from tests.makers import a_person, a_village, an_officer, an_organisation, saplings

PHONE = "13900000001"
SOON = dt.timedelta(days=5)


def a_buyer(**facts: Any) -> User:
    user = a_person(Role.NURSERY)
    an_organisation(
        duties={user: [Duty.Kind.RECEIVER]},
        kind=BuyerOrganisation.Kind.NURSERY,
        **{"name": f"试验苗木{user.pk}", **facts},
    )
    return user


@dataclass
class Scene:
    buyer: User
    seller: User
    officer: User
    lot: Lot


def a_scene(count: int = 100, buyer: User | None = None, **facts: Any) -> Scene:
    village, seller = a_village(), a_person(Role.SELLER)
    household = a_marked_household(village=village, user=seller)
    lot = saplings(count, household=household, **facts)
    return Scene(buyer or a_buyer(), seller, an_officer(village), lot)


def said(why: str = "", consent: str = "", key: uuid.UUID | None = None) -> Said:
    return Said(key or uuid.uuid4(), why, consent)


def terms(price_fen: int = 3000, quantity: int = 40, lifted_on: dt.date | None = None) -> Terms:
    return Terms(price_fen, quantity, lifted_on or today() + SOON)


def begun(scene: Scene, buyer: User | None = None) -> Talk:
    return talks.begin(scene.lot, today(), PHONE, said(), buyer or scene.buyer)


def seen(scene: Scene, buyer: User | None = None) -> Talk:
    """The firm has looked at the plants."""
    return seen_talk(scene.lot, buyer or scene.buyer, scene.seller)


def seen_talk(lot: Lot, buyer: User, seller: User) -> Talk:
    talk = talks.begin(lot, today(), PHONE, said(), buyer)
    talks.set_day(talk.pk, today(), seller, said())
    return talks.looked(talk.pk, buyer, said())


def an_agreed_order(talk: Talk, buyer: User, seller: User, **facts: Any) -> Order:
    """The talk's order, at what the firm offered and the household accepted."""
    talks.offer(talk.pk, terms(**facts), buyer, said())
    order = talks.accept(talk.pk, offer_id(talk), seller, said()).order
    assert order is not None
    return order


def agreed(scene: Scene, **facts: Any) -> Order:
    return an_agreed_order(seen(scene), scene.buyer, scene.seller, **facts)


def offered(scene: Scene, by: User | None = None, **facts: Any) -> Talk:
    """An offer waits for the other side."""
    talk = seen(scene)
    return talks.offer(talk.pk, terms(**facts), by or scene.buyer, said())


def offer_id(talk: Talk) -> int:
    talk.refresh_from_db()
    assert talk.offer_id is not None
    return talk.offer_id
