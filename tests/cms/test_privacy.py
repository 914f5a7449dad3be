"""Personal data over the years: old keys go, and what nobody needs any more."""

from __future__ import annotations

import datetime as dt
from io import StringIO
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from farmers.registry.models import Household
from marketplace.access.models import SignInCode, Tries
from marketplace.notices.models import Delivery, Notice
from shop.basket.models import Basket
from tests.makers import a_household, a_person

PHONE = "13900000001"


def run(command: str, *args: str) -> str:
    out = StringIO()
    call_command(command, *args, stdout=out)
    return out.getvalue()


def raw_phone(household: Household) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM registry_household WHERE id = %s", [household.pk])
        return str(cursor.fetchone()[0])


@pytest.mark.django_db
def test_values_move_to_the_newest_key_once_and_are_found_as_before(settings: Any) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.FIELD_KEYS = [old]
    household = a_household(phone=PHONE)
    found_by = household.phone_digest
    settings.FIELD_KEYS = [new, old]
    assert "registry.Household.phone: 1 renewed, 0 already" in run("rotate_field_keys")
    token = raw_phone(household)
    assert Fernet(new).decrypt(token.encode()).decode() == PHONE
    assert "registry.Household.phone: 0 renewed, 1 already" in run("rotate_field_keys")
    assert raw_phone(household) == token
    again = Household.objects.get(pk=household.pk)
    again.save()
    assert (again.phone, again.phone_digest) == (PHONE, found_by)


@pytest.mark.django_db
def test_a_value_that_no_key_opens_is_told_and_left_as_it_is(settings: Any) -> None:
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    household = a_household(phone=PHONE)
    token = raw_phone(household)
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(CommandError, match="No key"):
        run("rotate_field_keys")
    assert raw_phone(household) == token


@pytest.mark.django_db
def test_what_is_old_goes_once_and_the_rest_stays() -> None:
    now, person = timezone.now(), a_person()

    def ago(days: int) -> dt.datetime:
        return now - dt.timedelta(days=days)

    for name, days in (("old", 9), ("new", 0)):
        SignInCode.objects.create(phone_digest=name, code_digest="x", sent_at=ago(days))
        Tries.objects.create(key=name, since=ago(days))
    mine, _old, new = Basket.objects.create(user=person), Basket.objects.create(), Basket.objects.create()
    Basket.objects.exclude(pk=new.pk).update(changed_at=ago(401))
    for name, read in (("old", ago(366)), ("new", ago(200)), ("unread", None)):
        notice = Notice.objects.create(user=person, key=name, kind="x", created_at=ago(400), read_at=read)
        state = Delivery.State.WAITING if name == "unread" else Delivery.State.SENT
        Delivery.objects.create(notice=notice, channel="sms", state=state, due_at=ago(200))
    dry = run("forget_old", "--dry-run")
    assert Basket.objects.count() == 3
    told = run("forget_old")
    assert dry.replace("to go", "gone") == told
    for line in (
        "sign-in codes (1 days): 1",
        "guests' baskets (400 days): 1",
        "deliveries of notices (180 days): 2",
    ):
        assert line in told
    assert SignInCode.objects.get().pk == Tries.objects.get().pk == "new"
    assert set(Basket.objects.all()) == {mine, new}
    assert {notice.key for notice in Notice.objects.all()} == {"new", "unread"}
    assert Delivery.objects.get().state == Delivery.State.WAITING
    assert all(line.endswith(": 0 gone") for line in run("forget_old").splitlines())
