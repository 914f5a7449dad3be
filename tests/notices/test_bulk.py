"""Of a bulk request those hear who decide, and whoever asked; of its orders the villages; of what spoils, who wants it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import override

from farmers.stock.models import Lot
from marketplace.access.models import Role, User
from marketplace.days import today
from marketplace.notices.models import Notice
from marketplace.notices.words import said
from shop.bulk import approve as decide
from shop.bulk.models import BulkRequest
from shop.bulk.submit import submit
from shop.bulk.told import tell_of_clearance
from tests.bulk.needs import a_request, a_unit, approver, requester
from tests.makers import a_household, a_lot, a_person, a_village, an_officer

from .heard import by_name, heard

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit() -> Any:
    """A unit with goods to buy, and another with people of the same duties."""
    other = a_unit()
    requester(other), approver(other)
    return a_unit()


@pytest.fixture
def asker(unit: Any) -> User:
    return requester(unit)


@pytest.fixture
def seller() -> User:
    return a_person(Role.SELLER)


@pytest.fixture
def officer(seller: User) -> User:
    village = a_village()
    a_lot(100, household=a_household(village, user=seller))
    return an_officer(village)


@pytest.fixture
def held(unit: Any, asker: User, officer: User) -> BulkRequest:
    return submit(a_request(asker, [("tudou", 60)]).pk, asker)


def test_those_who_may_approve_are_asked_and_nobody_else(unit: Any, asker: User, officer: User) -> None:
    approvers = [approver(unit), approver(unit)]
    request = a_request(asker, [("tudou", 60)])
    told = heard(lambda: submit(request.pk, asker))
    assert told == by_name([(person, "to_approve") for person in approvers])
    with override("en"):
        assert said(Notice.objects.all()[0]) == f"Request {request.number}, ¥72.00, waits for your approval."
    assert heard(lambda: submit(request.pk, asker)) == []


def test_what_is_approved_is_told_to_who_asked_and_to_the_villages(
    unit: Any, asker: User, seller: User, officer: User, held: BulkRequest
) -> None:
    boss = approver(unit)
    told = heard(lambda: decide.approve(held.pk, boss))
    assert told == by_name(
        [(asker, "approved"), (asker, "confirmed"), (seller, "bought"), (officer, "collect")]
    )
    assert heard(lambda: decide.approve(held.pk, boss)) == []


def test_what_is_sent_back_is_told_to_who_asked_and_the_words_stay_inside(
    unit: Any, asker: User, held: BulkRequest
) -> None:
    told = heard(lambda: decide.send_back(held.pk, approver(unit), "刘校长说先别买"))
    assert told == by_name([(asker, "request_back"), (asker, "cancelled")])


def test_who_takes_a_request_back_is_not_told_of_it(asker: User, held: BulkRequest) -> None:
    assert {kind for _person, kind in heard(lambda: decide.withdraw(held.pk, asker))} <= {"cancelled"}


def test_a_request_that_nobody_decided_is_told_to_who_asked(asker: User, held: BulkRequest) -> None:
    over = timezone.now() + dt.timedelta(days=30)
    told = heard(lambda: decide.lapse(over))
    assert told == by_name([(asker, "request_lapsed"), (asker, "lapsed")])
    assert heard(lambda: decide.lapse(over)) == []


def test_what_spoils_is_told_once_a_day_to_those_who_asked_for_it_lately(asker: User, unit: Any) -> None:
    request = a_request(asker, [("tudou", 100)])
    a_request(other := requester(unit), [("dabaicai", 100)])
    BulkRequest.objects.update(state="approved", submitted_at=timezone.now())
    lots = [a_lot(50), a_lot(50)]
    Lot.objects.update(good_until=today())
    assert request.by == asker and other != asker

    def twice_a_day() -> None:
        for lot in lots:
            tell_of_clearance.enqueue([lot.pk])

    assert heard(twice_a_day) == [(asker, "clearance")]
