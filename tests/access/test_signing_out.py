"""Signing out takes a press of a button; whoever only opens the address is asked."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.makers import signed_in

pytestmark = pytest.mark.django_db
ADDRESS = "/accounts/logout/"


def test_opening_the_address_asks_and_signs_nobody_out() -> None:
    client = signed_in()
    page = client.get(ADDRESS)
    assert page.status_code == 200
    assert f'<form method="post" action="{ADDRESS}">' in page.content.decode()
    assert "_auth_user_id" in client.session


def test_the_button_signs_out() -> None:
    client = signed_in()
    assert client.post(ADDRESS).status_code == 302
    assert "_auth_user_id" not in client.session


def test_a_stranger_is_sent_home(client: Client) -> None:
    assert client.get(ADDRESS).headers["location"] == "/"
