"""A household is erased by two people, and that it was stays written where nobody changes it."""

from __future__ import annotations

from collections import Counter

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from farmers.registry.erasure import (
    AlreadyAsked,
    NothingToErase,
    ask_erasure,
    drop_erasure,
    empty,
    hold_household,
    waiting,
)
from farmers.registry.households import open_account, show
from farmers.registry.models import Erasure, Household, HouseholdMark
from farmers.stock.models import Lot
from marketplace.access.models import Role
from marketplace.days import today
from tests.makers import a_household, a_lot, a_person, an_officer, at_once

pytestmark = pytest.mark.django_db
SECRETS = {"phone": "13900000001", "id_number": "130682197001011234", "bank_account": "6228480000000000001"}


def erased(household: Household) -> Household:
    ask_erasure(household.pk, a_person(Role.OFFICIAL), "request")
    with transaction.atomic():
        held = hold_household(household.pk)
        empty(held, waiting(held), a_person(Role.ADMIN), None)
    return Household.objects.get(pk=household.pk)


def test_of_an_erased_household_a_village_and_a_masked_name_stay() -> None:
    household = a_household(head_name="欧阳翠羽", members=4, user=a_person(Role.SELLER), **SECRETS)
    HouseholdMark.objects.create(household=household, kind="edge", since=today())
    after = erased(household)
    assert (after.village, after.head_name, after.erased_on) == (household.village, "欧***", today())
    assert (after.phone, after.id_number, after.bank_account, after.phone_digest) == ("", "", "", "")
    assert after.members is after.officer is after.user is after.consent_on is None
    assert not after.marks.exists()


@pytest.mark.parametrize("field", ["phone", "id_number", "bank_account", "members"])
def test_the_database_lets_nothing_be_written_of_who_was_erased(field: str) -> None:
    after = erased(a_household())
    with pytest.raises(IntegrityError), transaction.atomic():
        Household.objects.filter(pk=after.pk).update(**{field: 5})


def test_two_erased_households_of_one_name_are_two() -> None:
    village = a_household().village
    first, second = (a_household(village, head_name=name) for name in ("李国庆", "李大山"))
    assert {erased(first).head_name, erased(second).head_name} == {"李**"}
    assert a_household(village, head_name="李**").erased_on is None


def test_it_takes_two_people_who_keep_personal_data() -> None:
    household, asks = a_household(), a_person(Role.OFFICIAL)
    for role in set(Role) - {Role.OFFICIAL, Role.ADMIN}:
        by = an_officer(household.village) if role == Role.OFFICER else a_person(role)
        with pytest.raises(PermissionDenied):
            ask_erasure(household.pk, by, "request")
        with pytest.raises(PermissionDenied):
            drop_erasure(household.pk, by)
    with pytest.raises(ValueError, match="reason"):
        ask_erasure(household.pk, asks, "")
    asked = ask_erasure(household.pk, asks, "request")
    with transaction.atomic():
        held = hold_household(household.pk)
        with pytest.raises(PermissionDenied):
            empty(held, asked, asks, None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Erasure.objects.filter(pk=asked.pk).update(outcome="erased", ended_by=asks, ended_at=timezone.now())


def test_asked_once_dropped_and_asked_again() -> None:
    household, one, other = a_household(), a_person(Role.OFFICIAL), a_person(Role.OFFICIAL)
    ask_erasure(household.pk, one, "moved")
    with pytest.raises(AlreadyAsked):
        ask_erasure(household.pk, other, "request")
    assert drop_erasure(household.pk, one).outcome == "dropped"
    with pytest.raises(NothingToErase):
        drop_erasure(household.pk, one)
    ask_erasure(household.pk, other, "request")
    assert erased_by_now(household) == ["", "dropped"]


def erased_by_now(household: Household) -> list[str]:
    return list(household.erasures.values_list("outcome", flat=True))


@pytest.mark.parametrize("act", ["update", "reason", "delete", "replace"])
def test_the_database_keeps_what_was_done_as_it_is(act: str) -> None:
    household = a_household()
    asked = ask_erasure(household.pk, a_person(Role.OFFICIAL), "request")
    if act == "update":
        drop_erasure(household.pk, asked.asked_by)
    with pytest.raises(DatabaseError), transaction.atomic():
        if act == "update":
            Erasure.objects.update(outcome="", ended_by=None, ended_at=None)
        elif act == "reason":
            Erasure.objects.update(why="mistake")
        elif act == "delete":
            Erasure.objects.all()._raw_delete("default")  # past Django's own collector
        else:
            with connection.cursor() as cursor:
                if connection.vendor == "sqlite":
                    cursor.execute("INSERT OR REPLACE INTO registry_erasure SELECT * FROM registry_erasure")
                else:
                    cursor.execute("TRUNCATE registry_erasure CASCADE")
    assert Erasure.objects.get().why == "request"


def test_nobody_serves_or_lists_for_who_was_erased() -> None:
    household = a_household(phone=SECRETS["phone"])
    officer = an_officer(household.village)
    after = erased(household)
    assert not Household.objects.visible_to(officer).exists()
    assert Household.objects.visible_to(a_person(Role.CASHIER)).get() == after
    for by in (officer, a_person(Role.ADMIN)):
        for verb in (lambda by=by: open_account(after.pk, by), lambda by=by: show(after.pk, by, True)):
            with pytest.raises(PermissionDenied):
                verb()
    with pytest.raises(PermissionDenied):
        a_lot(household=after)
    assert not Lot.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_asking_at_the_same_moment_is_one_asking() -> None:
    household = a_household()
    officials = [a_person(Role.OFFICIAL) for _ in range(4)]
    told = at_once([lambda by=by: ask_erasure(household.pk, by, "request") for by in officials])
    assert Counter(type(one) for one in told) == {Erasure: 1, AlreadyAsked: 3}
