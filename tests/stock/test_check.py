"""What a household lists waits until its officer has seen the goods."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from farmers.stock.check import AlreadyDecided, approve_lot, resubmit, send_back, to_check
from farmers.stock.models import Lot, LotCheck, LotTransition
from farmers.stock.movements import Change, NotEnough, reserve
from farmers.stock.signals import stock_listed
from marketplace.access.models import Role, User
from marketplace.days import today
from tests.makers import a_household, a_lot, a_person, an_officer, at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller() -> User:
    return a_person(Role.SELLER)


@pytest.fixture
def lot(seller: User) -> Lot:
    return a_lot(household=a_household(user=seller), state=Lot.State.WAITING)


@pytest.fixture
def officer(lot: Lot) -> User:
    return an_officer(lot.village)


def state(lot: Lot) -> str:
    return Lot.objects.values_list("state", flat=True).get(pk=lot.pk)


def test_nobody_buys_what_no_officer_has_seen(lot: Lot) -> None:
    assert not Lot.objects.on_sale(today()).filter(pk=lot.pk).exists()
    with pytest.raises(NotEnough):
        reserve([Change(lot.pk, 500, "", "k")], None)


def test_seen_and_right_it_is_on_sale_and_those_who_wait_are_told(
    lot: Lot, officer: User, django_capture_on_commit_callbacks: Any
) -> None:
    told: list[int] = []

    def hear(lot_ids: list[int], **kwargs: Any) -> None:
        told.extend(lot_ids)

    stock_listed.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            approve_lot(lot.pk, officer, stock_seen=True, grade_true=True)
    finally:
        stock_listed.disconnect(hear)
    assert told == [lot.pk]
    check = LotCheck.objects.get()
    assert (check.by, check.approved, check.stock_seen, check.photo_true, check.grade_true) == (
        officer, True, True, False, True,
    )  # fmt: skip
    assert Lot.objects.on_sale(today()).filter(pk=lot.pk).exists()
    assert LotTransition.objects.get().to_state == "listed"


def test_unseen_it_stays(lot: Lot, officer: User) -> None:
    with pytest.raises(ValueError, match="unseen"):
        approve_lot(lot.pk, officer, stock_seen=False)
    assert state(lot) == "waiting"


def test_sent_back_says_why_and_may_be_sent_again(lot: Lot, officer: User, seller: User) -> None:
    with pytest.raises(ValueError, match="reason"):
        send_back(lot.pk, officer, "  ")
    send_back(lot.pk, officer, "照片看不清")
    assert (state(lot), LotCheck.objects.get().why) == ("sent_back", "照片看不清")
    resubmit(lot.pk, seller)
    assert list(to_check(officer)) == [lot]
    with pytest.raises(AlreadyDecided):
        resubmit(lot.pk, seller)


@pytest.mark.parametrize(
    "act", [lambda pk, by: approve_lot(pk, by, stock_seen=True), lambda pk, by: send_back(pk, by, "x")]
)
def test_only_the_own_officer_decides(lot: Lot, seller: User, act: Any) -> None:
    other = an_officer(a_household().village)
    assert list(to_check(other)) == []
    for by in (other, seller, a_person(Role.OFFICIAL), a_person(Role.CITIZEN)):
        with pytest.raises(PermissionDenied):
            act(lot.pk, by)
    assert state(lot) == "waiting"


def test_an_officer_does_not_check_the_own_households_goods() -> None:
    home = a_household()
    officer = an_officer(home.village)
    home.user = officer
    home.save()
    lot = a_lot(household=home, state=Lot.State.WAITING)
    with pytest.raises(PermissionDenied):
        approve_lot(lot.pk, officer, stock_seen=True)


def test_another_household_does_not_resubmit(lot: Lot, officer: User) -> None:
    send_back(lot.pk, officer, "照片看不清")
    stranger = a_household(user=a_person(Role.SELLER)).user
    assert stranger is not None
    with pytest.raises(PermissionDenied):
        resubmit(lot.pk, stranger)


@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_decide_once() -> None:
    lot = a_lot(state=Lot.State.WAITING)
    first, second = an_officer(lot.village), an_officer(lot.town)
    came = at_once(
        [
            lambda: approve_lot(lot.pk, first, stock_seen=True),
            lambda: send_back(lot.pk, second, "看不清"),
        ]
    )
    assert sum(isinstance(each, AlreadyDecided) for each in came) == 1
    assert LotCheck.objects.count() == LotTransition.objects.count() == 1
