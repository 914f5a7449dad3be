"""A household comes in on a small phone: by number and six digits, and by the card its officer handed out."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from marketplace.access.cards import issue_card
from marketplace.access.codes import SENDING
from marketplace.access.models import Role, User
from marketplace.access.phones import set_phone
from tests.makers import a_household, a_person

FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
# the height of every button and field of the page's own part that is lower than a thumb needs
TOO_LOW = "[...document.querySelectorAll('main button, main input:not([type=hidden]), main .button')].filter(it => it.getBoundingClientRect().height < 44).length"
NUMBER = "13900000001"


@pytest.fixture
def seller(live_server: Any) -> User:
    user = a_person(Role.SELLER)
    a_household(user=user)
    set_phone(user, NUMBER)
    return user


@pytest.mark.parametrize("width", [320, 360])
def test_a_number_and_six_digits_and_one_is_in(
    seller: User, somebody: Callable[..., Page], capsys: Any, width: int
) -> None:
    page = somebody(viewport={"width": width, "height": 640})
    page.goto("/accounts/login/?next=/seller/new/")
    page.locator("main a.button-primary").first.click()
    assert page.evaluate(FITS)
    assert page.evaluate(TOO_LOW) == 0
    page.locator("[name=phone]").fill("１３９ 0000 0001")
    page.locator("main form button").click()
    page.wait_for_url("**/accounts/phone/code/**")
    for thread in threading.enumerate():
        if thread.name == SENDING:
            thread.join()
    assert page.evaluate(FITS)
    assert page.evaluate(TOO_LOW) == 0
    digits = page.locator("[name=code]")
    expect(digits).to_have_attribute("autocomplete", "one-time-code")
    expect(digits).to_have_attribute("inputmode", "numeric")
    digits.fill(re.findall(r"code=(\d{6})", capsys.readouterr().err)[-1])
    page.locator("main form button").click()
    page.wait_for_url("**/seller/new/")


def test_a_card_is_scanned_and_its_token_leaves_the_address(
    seller: User, somebody: Callable[..., Page]
) -> None:
    token = issue_card(seller, a_person(Role.OFFICER))
    page = somebody(viewport={"width": 320, "height": 640})
    page.goto(f"/accounts/card/{token}/")
    assert token not in page.url
    assert token not in page.content()
    assert page.evaluate(FITS)
    assert page.evaluate(TOO_LOW) == 0
    page.locator("main form button").click()
    page.wait_for_url("**/seller/")
