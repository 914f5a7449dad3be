"""An officer opens a household's account, hands out a card and takes it back: for the own households alone."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from farmers.registry.models import Household
from marketplace.access.models import Role, SignInCard, User
from marketplace.access.phones import owner_of, set_phone
from tests.makers import a_household, a_person, an_officer, signed_in

pytestmark = pytest.mark.django_db
NUMBER = "13900000001"


@pytest.fixture
def household() -> Household:
    return a_household(phone=NUMBER)


@pytest.fixture
def officer(household: Household) -> Client:
    return signed_in(an_officer(household.village))


def post(client: Client, name: str, household: Household) -> int:
    return client.post(reverse(f"officers:{name}", args=[household.pk])).status_code


def test_an_account_is_opened_once_and_comes_in_by_the_known_number(
    officer: Client, household: Household
) -> None:
    assert post(officer, "account", household) == post(officer, "account", household) == 302
    household.refresh_from_db()
    assert household.user == owner_of(NUMBER)
    assert household.user is not None
    assert (household.user.role, household.user.has_usable_password()) == (Role.SELLER, False)
    assert User.objects.filter(role=Role.SELLER).count() == 1


@pytest.mark.parametrize("number", ["03121234567", NUMBER])
def test_a_number_that_does_not_do_opens_nothing(officer: Client, household: Household, number: str) -> None:
    household.phone = number
    household.save()
    if number == NUMBER:
        set_phone(a_person(), NUMBER)
    post(officer, "account", household)
    household.refresh_from_db()
    assert household.user is None


def test_a_card_is_shown_once_and_opens_until_it_is_taken_back(officer: Client, household: Household) -> None:
    post(officer, "account", household)
    shown = officer.post(reverse("officers:card", args=[household.pk]))
    assert shown.status_code == 200
    assert "no-store" in shown["Cache-Control"]
    assert "<svg" in shown.content.decode()
    page = officer.get(reverse("officers:household", args=[household.pk])).content.decode()
    assert not re.search(r"accounts/card/[\w-]{20,}", page)
    assert SignInCard.objects.get().issued_by
    assert post(officer, "no_card", household) == 302
    assert not SignInCard.objects.exists()


def test_no_account_no_card(officer: Client, household: Household) -> None:
    assert post(officer, "card", household) == post(officer, "no_card", household) == 404


def test_another_town_s_officer_opens_and_hands_out_nothing(household: Household) -> None:
    other = signed_in(an_officer(a_household().village))
    for name in ("account", "card", "no_card"):
        assert post(other, name, household) == 404
        assert post(signed_in(Role.OFFICIAL), name, household) == 403
    household.refresh_from_db()
    assert household.user is None
