"""Personal data over the years: old keys go."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection

from farmers.registry.models import Household
from tests.makers import a_household

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
