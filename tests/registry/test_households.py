"""Households: whose people are whose, and what of them is written down only behind a lock."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from farmers.registry.models import Household, HouseholdMark, Officer, Town
from marketplace.access.models import Role
from marketplace.personal import digest
from shop.buyers.models import BuyerOrganisation
from shop.orders.models import Order
from tests.makers import (
    ADDRESS,
    PHONE,
    a_household,
    a_person,
    a_village,
    an_officer,
    an_order,
    an_organisation,
)

pytestmark = pytest.mark.django_db
SECRETS = {"phone": "13911112222", "id_number": "130682196001011234", "bank_account": "6228480402564890018"}


def table(name: str) -> str:
    """All that the database itself sees of a table."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {name}")
        return repr(cursor.fetchall())


def test_the_table_sees_no_phone_number_or_account() -> None:
    household = a_household(**SECRETS)
    Officer.objects.create(name="周", phone="13933334444", town=household.village.town)
    an_organisation(phone="03125555555")
    seen = table("registry_household") + table("registry_officer") + table("buyers_buyerorganisation")
    for secret in (*SECRETS.values(), "13933334444", "03125555555"):
        assert secret not in seen
    again = Household.objects.get()
    assert {name: getattr(again, name) for name in SECRETS} == SECRETS
    assert again.masked_phone == "139****2222"
    assert BuyerOrganisation.objects.get().phone == "03125555555"


def test_the_table_sees_no_recipient_or_address() -> None:
    an_order()
    seen = table("orders_order") + table("orders_trackingevent")
    for secret in ("王小明", PHONE, ADDRESS):
        assert secret not in seen
    order = Order.objects.get()
    assert (order.recipient, order.phone, order.address) == ("王小明", PHONE, ADDRESS)


@pytest.mark.parametrize("fields", [None, ["phone"]])
def test_a_changed_phone_is_found_by_its_new_mark(fields: list[str] | None) -> None:
    household = a_household(**SECRETS)
    household.phone = "13955556666"
    household.save(update_fields=fields)
    assert Household.objects.get(phone_digest=digest("13955556666")) == household
    assert not Household.objects.filter(phone_digest=digest("13911112222")).exists()


def test_two_families_of_one_name_are_told_apart_by_their_phone() -> None:
    village = a_village()
    a_household(village, head_name="李国庆", phone="13911112222")
    a_household(village, head_name="李国庆", phone="13911113333")
    with pytest.raises(IntegrityError), transaction.atomic():
        a_household(village, head_name="李国庆", phone="13911112222")


def test_an_officer_is_there_once_for_a_village_or_a_town() -> None:
    village = a_village()
    for place in (village, None):
        Officer.objects.create(name="周", town=village.town, village=place)
        with pytest.raises(IntegrityError), transaction.atomic():
            Officer.objects.create(name="周", town=village.town, village=place)


def test_a_household_bears_a_mark_once_at_a_time() -> None:
    household, day = a_household(), dt.date(2026, 1, 1)
    HouseholdMark.objects.create(household=household, kind="edge", since=day, until=day)
    HouseholdMark.objects.create(household=household, kind="edge", since=day)
    wrong: list[dict[str, Any]] = [
        {"kind": "edge", "since": day},
        {"kind": "rich", "since": day},
        {"kind": "lifted", "since": day, "until": day - dt.timedelta(days=1)},
    ]
    for facts in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            HouseholdMark.objects.create(household=household, **facts)


def test_a_mark_holds_from_its_first_day_to_its_last() -> None:
    first, last = dt.date(2026, 1, 1), dt.date(2026, 1, 3)
    mark = HouseholdMark(kind="edge", since=first, until=last)
    day = dt.timedelta(days=1)
    assert [mark.holds_on(when) for when in (first - day, first, last, last + day)] == [
        False,
        True,
        True,
        False,
    ]


def test_nobody_sees_another_towns_people() -> None:
    here, next_door, elsewhere = a_village(), a_village(), a_village("gaopeng")
    homes = {village: a_household(village) for village in (here, next_door, elsewhere)}
    assert set(Household.objects.visible_to(an_officer(here))) == {homes[here]}
    assert set(Household.objects.visible_to(an_officer(here.town))) == {homes[here], homes[next_door]}
    assert set(Household.objects.visible_to(an_officer(Town.objects.get(slug="gaopeng")))) == {
        homes[elsewhere]
    }
    for role in (Role.OFFICIAL, Role.CASHIER, Role.ADMIN):
        assert Household.objects.visible_to(a_person(role)).count() == 3
    seller = a_person(Role.SELLER)
    homes[here].user = seller
    homes[here].save()
    assert set(Household.objects.visible_to(seller)) == {homes[here]}
    for role in (Role.CITIZEN, Role.CANTEEN, Role.APPROVER, Role.NURSERY, Role.EDITOR, Role.OFFICER):
        assert not Household.objects.visible_to(a_person(role)).exists()
    dismissed = an_officer(here)
    dismissed.is_active = False
    assert not Household.objects.visible_to(dismissed).exists()
