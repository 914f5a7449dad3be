"""What a household lists waits until its officer has seen the goods."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import F

from farmers.registry.models import Household
from farmers.stock.check import (
    AlreadyDecided,
    Right,
    approve_lot,
    list_for,
    put_right,
    resubmit,
    send_back,
    to_check,
)
from farmers.stock.list_lot import NewLot
from farmers.stock.models import Consent, Lot, LotCheck, LotTransition, Product
from farmers.stock.movements import Change, NotEnough, reserve
from farmers.stock.signals import stock_listed
from farmers.stock.withdraw import list_again, withdraw
from marketplace.access.models import Role, User
from marketplace.days import today
from tests.makers import (
    JIN,
    a_household,
    a_lot,
    a_person,
    a_village,
    an_officer,
    assert_stock_adds_up,
    at_once,
)

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
    assert [turn.to_state for turn in LotTransition.objects.all()] == ["waiting", "listed"]


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
    assert (LotCheck.objects.count(), LotTransition.objects.count()) == (1, 2)


# --- put right, sent again, listed for somebody ------------------------------------------------


def test_a_households_word_is_changed_with_its_consent_alone(lot: Lot, officer: User) -> None:
    right = Right(quantity=900 * JIN, price_fen=110)
    with pytest.raises(ValueError, match="consent"):
        put_right(lot.pk, officer, right, "")
    for _again in range(2):
        put_right(lot.pk, officer, right, Consent.BY_PHONE)
    lot.refresh_from_db()
    assert (lot.available, lot.price_fen, lot.consent, lot.state) == (900 * JIN, 110, "phone", "waiting")
    assert "¥1.20 → ¥1.10" in lot.transitions.get(by=officer).why, "once"
    assert_stock_adds_up()


def test_what_is_on_sale_is_not_put_right_by_the_way(lot: Lot, officer: User) -> None:
    approve_lot(lot.pk, officer, stock_seen=True)
    with pytest.raises(AlreadyDecided):
        put_right(lot.pk, officer, Right(price_fen=1), Consent.WRITTEN)


def test_a_household_puts_right_what_was_sent_back_and_its_officer_does_not_in_its_place(
    lot: Lot, officer: User, seller: User
) -> None:
    send_back(lot.pk, officer, "等级不对")
    with pytest.raises(PermissionDenied):
        resubmit(lot.pk, officer, right=Right(price_fen=1))
    resubmit(lot.pk, seller, right=Right(price_fen=100, grade="二级", harvested_on=today()))
    lot.refresh_from_db()
    assert (lot.price_fen, lot.grade, lot.state, lot.harvested_on) == (100, "二级", "waiting", today())


def test_the_clock_runs_from_the_harvest_and_the_head_start_from_the_approval(
    lot: Lot, officer: User
) -> None:
    waited = dt.timedelta(days=3)
    Lot.objects.filter(pk=lot.pk).update(
        listed_at=F("listed_at") - waited, public_on=today() + dt.timedelta(days=4)
    )
    before = Lot.objects.get(pk=lot.pk).good_until
    after = approve_lot(lot.pk, officer, stock_seen=True)
    assert (after.good_until, after.public_on) == (before, today() + dt.timedelta(days=7))


def test_who_listed_it_does_not_check_it() -> None:
    lot = a_lot(state=Lot.State.WAITING)
    officer = an_officer(lot.village)
    Lot.objects.filter(pk=lot.pk).update(listed_by=officer)
    assert list(to_check(officer)) == []
    with pytest.raises(PermissionDenied):
        approve_lot(lot.pk, officer, stock_seen=True)


def new(household: Household, **facts: Any) -> NewLot:
    facts = {"consent": Consent.IN_PERSON, "import_key": "draft:1"} | facts
    return NewLot(household, Product.objects.get(slug="tudou"), 10 * JIN, "jin", 120, **facts)


def test_what_an_officer_lists_for_a_household_is_on_sale_once_with_its_consent() -> None:
    household = a_household()
    officer = an_officer(household.village)
    with pytest.raises(ValueError, match="consent"):
        list_for(new(household, consent=""), officer)
    first, again = (list_for(new(household), officer) for _ in range(2))
    assert first == again == Lot.objects.get()
    assert (first.state, first.listed_by, first.consent) == ("listed", officer, "person")
    assert LotCheck.objects.get().by == officer


def test_nobody_lists_for_another_town_or_in_the_own_name() -> None:
    household = a_household()
    officer = an_officer(household.village)
    for by in (an_officer(a_village("gaopeng")), a_person(Role.OFFICIAL), a_person(Role.SELLER)):
        with pytest.raises(PermissionDenied):
            list_for(new(household), by)
    household.user = officer
    household.save()
    with pytest.raises(PermissionDenied):
        list_for(new(household), officer)


def test_a_household_takes_its_own_back_and_nobody_puts_it_on_sale_unseen(
    lot: Lot, officer: User, seller: User
) -> None:
    stranger = a_household(user=a_person(Role.SELLER)).user
    assert stranger is not None
    assert withdraw([lot.pk], stranger, "x") == []
    assert withdraw([lot.pk], seller, "自家吃了") == [lot.pk]
    assert list_again([lot.pk], officer, "还有") == [], "never seen"
    assert list_again([lot.pk], seller, "还有") == []
    resubmit(lot.pk, seller)
    approve_lot(lot.pk, officer, stock_seen=True)
    withdraw([lot.pk], seller, "自家吃了")
    assert list_again([lot.pk], officer, "还有") == [lot.pk]


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_twice_at_once_lists_once() -> None:
    household = a_household()
    officer = an_officer(household.village)
    came = at_once([lambda: list_for(new(household), officer)] * 2)
    assert came[0] == came[1] == Lot.objects.get()
    assert LotCheck.objects.count() == 1
