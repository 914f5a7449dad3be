"""Signing in by a card that an officer handed out: sellers' accounts alone, and until it is taken back."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from marketplace.access.cards import holder_of, issue_card, revoke_card
from marketplace.access.models import Role, SignInCard, User
from marketplace.access.phones import set_phone
from tests.makers import a_person, signed_in

pytestmark = pytest.mark.django_db
NUMBER = "13900000001"
CARD = reverse("card")


@pytest.fixture
def seller() -> User:
    user = a_person(Role.SELLER)
    set_phone(user, NUMBER)
    return user


def test_a_card_shows_whose_it_is_and_signs_in_by_a_press_alone(seller: User) -> None:
    token = issue_card(seller, a_person(Role.OFFICER))
    client = Client()
    assert client.get(f"/accounts/card/{token}/").headers["Location"] == CARD
    page = client.get(CARD).content.decode()
    assert "_auth_user_id" not in client.session
    assert token not in page
    assert client.post(CARD).headers["Location"] == reverse("room")
    assert client.session["_auth_user_id"] == str(seller.pk)
    assert SignInCard.objects.get().last_used_at
    assert token not in str(SignInCard.objects.values_list())


def test_an_older_card_and_one_taken_back_open_nothing(seller: User) -> None:
    old = issue_card(seller, seller)
    new = issue_card(seller, seller)
    assert (holder_of(old), holder_of(new)) == (None, seller)
    revoke_card(seller)
    client = Client()
    client.get(f"/accounts/card/{new}/")
    assert client.get(CARD).status_code == client.post(CARD).status_code == 404
    assert "_auth_user_id" not in client.session


def test_whoever_came_in_by_a_lost_card_is_out_when_it_is_taken_back(seller: User) -> None:
    token = issue_card(seller, seller)
    thief = Client()
    thief.get(f"/accounts/card/{token}/")
    thief.post(CARD)
    assert thief.get(reverse("seller")).status_code == 200
    newer = issue_card(seller, seller)
    assert thief.get(reverse("seller")).status_code == 302
    household = Client()
    household.get(f"/accounts/card/{newer}/")
    household.post(CARD)
    assert household.get(reverse("seller")).status_code == 200
    revoke_card(seller)
    assert household.get(reverse("seller")).status_code == 302


def test_a_first_card_signs_nobody_out(seller: User) -> None:
    client = signed_in(seller)
    issue_card(seller, seller)
    assert client.get(reverse("seller")).status_code == 200


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SELLER}))
def test_nobody_elses_account_opens_by_a_card(role: Role) -> None:
    with pytest.raises(PermissionDenied):
        issue_card(a_person(role), a_person(Role.ADMIN))


def test_a_seller_who_became_an_officer_has_no_card_any_more(seller: User) -> None:
    token = issue_card(seller, seller)
    User.objects.filter(pk=seller.pk).update(role=Role.OFFICER)
    assert holder_of(token) is None


@pytest.mark.parametrize("token", ["x", "x" * 300, "%00", "../../x"])
def test_a_made_up_card_is_nothing(token: str) -> None:
    client = Client()
    client.get(f"/accounts/card/{token}/")
    assert client.get(CARD).status_code == 404
