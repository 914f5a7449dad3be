"""Of a complaint the city hears, whoever complained, and those whose goods they are; nobody hears the buyer's words."""

from __future__ import annotations

import uuid

import pytest

from marketplace.access.models import Role, User
from shop.orders.complain import TakenBack, answer, close, complain
from shop.orders.models import Complaint, OrderLine, PayBy
from tests.makers import JIN, a_household, a_lot, a_person, a_village, accepted, an_officer, an_order

from .heard import by_name, heard

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller() -> User:
    return a_person(Role.SELLER)


@pytest.fixture
def officer() -> User:
    return an_officer(a_village())


@pytest.fixture
def line(seller: User, officer: User) -> OrderLine:
    """Of two lines from two villages, the seller's; the other has people of its own."""
    village = officer.officer.village
    other = a_household(user=a_person(Role.SELLER))
    an_officer(other.village)
    lots = [a_lot(household=a_household(village, user=seller)), a_lot(household=other)]
    order = accepted(an_order(PayBy.ON_DELIVERY, lots=lots))
    return order.lines.get(lot=lots[0])


def made(line: OrderLine) -> Complaint:
    words = "李家的土豆烂了，打 13812345678"
    return complain(line, Complaint.What.SPOILED, words, [], key=uuid.uuid4(), by=line.order.buyer)


def test_each_step_is_told_to_those_it_concerns(line: OrderLine, seller: User, officer: User) -> None:
    city, buyer = a_person(Role.OFFICIAL), line.order.buyer
    theirs = [(seller, "complained_of"), (officer, "complained_of")]
    assert heard(lambda: made(line)) == by_name([(city, "complaint"), *theirs])
    complaint = Complaint.objects.get()
    ruled = [(buyer, "answered"), (seller, "ruled"), (officer, "ruled")]
    assert heard(lambda: answer(complaint, "王主任去看过，不退。", city)) == by_name(ruled)
    closed = [(seller, "closed"), (officer, "closed")]
    assert heard(lambda: close(complaint, buyer)) == by_name(closed)
    assert heard(lambda: close(complaint, buyer)) == []


def test_an_answer_that_takes_goods_back_tells_the_household_of_its_money(
    line: OrderLine, seller: User, officer: User
) -> None:
    complaint, city = made(line), a_person(Role.OFFICIAL)
    told = heard(lambda: answer(complaint, "退两斤。", city, TakenBack(2 * JIN, 0, sound=False)))
    assert (seller, "returned") in told
    assert (officer, "returned") not in told
