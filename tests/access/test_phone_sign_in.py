"""Signing in by a telephone and a code, and how often a password may be tried."""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import re
import threading
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from marketplace.access import codes
from marketplace.access.cards import issue_card
from marketplace.access.codes import A_HOUR, A_MINUTE, MOST_TRIES, SENDING, TooOften, redeem, request_code
from marketplace.access.limits import Limit, forget, spent, take
from marketplace.access.models import Role, SignInCard, SignInCode, Tries, User
from marketplace.access.phones import NumberTaken, normalised, owner_of, set_phone
from marketplace.access.sign_in import BY_CODE, BY_CODE_SECONDS, OF_ONE_NAME, OLD_ONES_OF_ONE
from tests.makers import a_person, at_once, signed_in

pytestmark = pytest.mark.django_db
NUMBER = "13900000001"
PHONE, CODE, CARD, LOGIN = (reverse(name) for name in ("phone", "code", "card", "login"))


@pytest.fixture
def seller() -> User:
    user = a_person(Role.SELLER)
    set_phone(user, NUMBER)
    return user


@pytest.fixture
def sent(capsys: Any) -> Any:
    """The digits that were sent last, None if none were."""

    def last() -> str | None:
        until_sent()
        found = re.findall(r"code=(\d{6})", capsys.readouterr().err)
        return found[-1] if found else None

    return last


def until_sent() -> None:
    for thread in threading.enumerate():
        if thread.name == SENDING:
            thread.join()


def a_minute_later() -> None:
    forget(A_MINUTE, NUMBER)


# --- numbers ------------------------------------------------------------------------------------


@given(
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.sampled_from(["", "+86", "0086", "86", "+86 ", " "])
)
def test_a_number_is_one_however_it_is_written(number: str, before: str) -> None:
    spaced = f"{before}{number[:3]} {number[3:7]}-{number[7:]}"
    wide = "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in spaced)
    assert normalised(spaced) == normalised(wide) == number


@given(st.text(max_size=60))
def test_what_is_no_number_is_refused(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert re.fullmatch(r"1[3-9][0-9]{9}", normalised(text))


def test_one_number_is_one_account(seller: User) -> None:
    other = a_person(Role.SELLER)
    with pytest.raises(NumberTaken):
        set_phone(other, NUMBER)
    other.refresh_from_db()
    assert (other.phone, other.phone_digest) == ("", None)
    set_phone(seller, "")
    set_phone(other, NUMBER)
    assert owner_of(NUMBER) == other


def test_the_database_holds_no_number_and_no_code(seller: User, sent: Any) -> None:
    request_code(NUMBER, "1.2.3.4")
    digits = sent()
    rows = [
        *SignInCode.objects.values_list(),
        *Tries.objects.values_list(),
        *SignInCard.objects.values_list(),
    ]
    assert NUMBER not in str(rows)
    assert digits not in str(rows)
    assert "1.2.3.4" not in str(rows)


# --- codes --------------------------------------------------------------------------------------


def ask(client: Client, number: str = NUMBER, **more: str) -> Any:
    return client.post(PHONE, {"phone": number, **more})


def test_number_and_digits_and_one_is_in_for_long(seller: User, sent: Any) -> None:
    client = Client()
    asked = ask(client, "+86 139 0000 0001", next="/seller/new/")
    assert (asked.status_code, asked.url) == (302, f"{CODE}?next=%2Fseller%2Fnew%2F")
    page = client.get(CODE).content.decode()
    assert "139****0001" in page
    assert NUMBER not in page
    came = client.post(CODE, {"code": sent(), "next": "/seller/new/"})
    assert came.headers["Location"] == "/seller/new/"
    assert client.session["_auth_user_id"] == str(seller.pk)
    assert client.session.get_expiry_age() > 80 * 24 * 3600


def test_digits_open_once_and_not_after_a_newer_code_or_five_minutes(seller: User, sent: Any) -> None:
    request_code(NUMBER, "a")
    first = sent()
    a_minute_later()
    request_code(NUMBER, "a")
    second = sent()
    assert first == second or redeem(NUMBER, first) is None
    assert redeem(NUMBER, second) == seller
    assert redeem(NUMBER, second) is None
    a_minute_later()
    request_code(NUMBER, "a")
    SignInCode.objects.update(sent_at=timezone.now() - dt.timedelta(minutes=6))
    assert redeem(NUMBER, sent()) is None


def test_after_five_wrong_tries_the_right_digits_open_nothing(seller: User, sent: Any) -> None:
    request_code(NUMBER, "a")
    right = sent()
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(MOST_TRIES):
        assert redeem(NUMBER, wrong) is None
    assert redeem(NUMBER, right) is None


def test_a_number_that_is_nobodys_is_answered_alike_and_sent_nothing(seller: User, sent: Any) -> None:
    known, unknown = Client(), Client()
    first = ask(known)
    assert sent()
    second = ask(unknown, "13900000009")
    assert sent() is None
    assert (first.status_code, first.url) == (second.status_code, second.url)
    pages = [
        re.sub(r'value="[^"]{40,}"|\d{3}\*{4}\d{4}', "", each.get(CODE).content.decode())
        for each in (known, unknown)
    ]
    assert pages[0] == pages[1]
    told = [each.post(CODE, {"code": "123"}) for each in (known, unknown)]
    assert [answer.status_code for answer in told] == [422, 422]


def test_whoever_was_switched_off_stays_out(seller: User, sent: Any) -> None:
    request_code(NUMBER, "a")
    digits = sent()
    User.objects.filter(pk=seller.pk).update(is_active=False)
    assert redeem(NUMBER, digits) is None


@pytest.mark.parametrize("text", ["", "12345", "02812345678", "x" * 200, "1390000000１1", "\0"])
def test_a_wrong_number_is_told_at_its_field(text: str) -> None:
    answer = ask(Client(), text)
    assert answer.status_code == 422
    assert answer.context["form"].errors["phone"]


def test_codes_are_few(seller: User, sent: Any) -> None:
    client = Client()
    assert ask(client).status_code == 302
    assert ask(client).status_code == 429
    for _ in range(A_HOUR.most - 1):
        a_minute_later()
        request_code(NUMBER, "a")
    a_minute_later()
    with pytest.raises(TooOften):
        request_code(NUMBER, "a")


def test_codes_asked_for_from_one_place_are_few(monkeypatch: Any) -> None:
    monkeypatch.setattr(codes, "FROM_ONE_ADDRESS", Limit("code-address", 2, 3600))
    for number in ("13900000011", "13900000012"):
        request_code(number, "1.1.1.1")
    with pytest.raises(TooOften):
        request_code("13900000013", "1.1.1.1")
    request_code("13900000013", "2.2.2.2")


def test_without_a_provider_it_says_so_and_asks_for_nothing(settings: Any, seller: User) -> None:
    settings.SMS_URL = ""
    client = Client()
    assert '<input type="text" name="phone"' not in client.get(PHONE).content.decode()
    assert ask(client).status_code == 503
    assert not SignInCode.objects.exists()


def test_a_provider_that_fails_tells_nobody_whose_number_is_known(
    settings: Any, seller: User, caplog: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    settings.SMS_URL, settings.SMS_TEMPLATES = "aliyun://a:b@127.0.0.1:1?sign=x&http=1", {"code": "SMS_1"}
    answers = [ask(Client(), number) for number in (NUMBER, "13900000009")]
    until_sent()
    assert [(answer.status_code, answer.url) for answer in answers] == [(302, CODE)] * 2
    assert "was not sent: URLError" in caplog.text
    assert NUMBER not in caplog.text


def test_what_a_session_keeps_is_neither_number_nor_card(seller: User) -> None:
    client = Client()
    ask(client)
    token = issue_card(seller, seller)
    client.get(f"/accounts/card/{token}/")
    kept = str(dict(client.session.items()))
    assert NUMBER not in kept
    assert token not in kept


@pytest.mark.django_db(transaction=True)
def test_twins_at_once_are_sent_one_code(capsys: Any) -> None:
    set_phone(a_person(Role.SELLER), NUMBER)

    def asked() -> bool:
        try:
            request_code(NUMBER, "a")
        except TooOften:
            return False
        return True

    assert at_once([asked] * 4).count(True) == 1
    until_sent()
    assert capsys.readouterr().err.count("code=") == 1


@pytest.mark.django_db(transaction=True)
def test_passwords_tried_at_once_are_no_more_than_may_be() -> None:
    a_person(Role.SELLER)
    wrong = {"username": "nobody-at-all", "password": "wrong"}
    forget(OF_ONE_NAME, wrong["username"])
    for _ in range(OF_ONE_NAME.most - 2):
        take(OF_ONE_NAME, wrong["username"])
    told = at_once([lambda: Client().post(LOGIN, wrong).status_code] * 5)
    assert sorted(told) == [200, 200, 429, 429, 429]


@pytest.mark.django_db(transaction=True)
def test_twins_at_once_open_once_and_never_exceed_a_limit(capsys: Any) -> None:
    user = a_person(Role.SELLER)
    set_phone(user, NUMBER)
    request_code(NUMBER, "a")
    until_sent()
    digits = re.findall(r"code=(\d{6})", capsys.readouterr().err)[-1]
    came = at_once([lambda: redeem(NUMBER, digits)] * 4)
    assert came.count(user) == 1
    limit = Limit("test", 3, 60)
    assert at_once([lambda: take(limit, "x")] * 8).count(True) == 3
    assert spent(limit, "x")


# --- passwords ----------------------------------------------------------------------------------


def test_passwords_are_not_tried_without_end(monkeypatch: Any) -> None:
    user = a_person(password="a-long-pass-word")
    client = Client()
    for _ in range(OF_ONE_NAME.most):
        assert client.post(LOGIN, {"username": user.username.upper(), "password": "wrong"}).status_code == 200
    right = {"username": user.username, "password": "a-long-pass-word"}
    assert client.post(LOGIN, right).status_code == 429
    Tries.objects.update(since=timezone.now() - dt.timedelta(seconds=OF_ONE_NAME.seconds + 1))
    assert client.post(LOGIN, right).status_code == 302
    assert not spent(OF_ONE_NAME, user.username)


def test_the_admin_has_no_door_of_its_own() -> None:
    assert Client().get("/admin/login/").headers["Location"].startswith(LOGIN)
    assert Client().post("/admin/login/", {"username": "x", "password": "y"}).status_code in {302, 405}


NEW = {"new_password1": "another-long-word-9", "new_password2": "another-long-word-9"}


def test_a_lost_password_is_set_anew_after_a_code(seller: User, sent: Any) -> None:
    client = Client()
    assert f'href="{PHONE}?next={reverse("password")}"' in client.get(LOGIN).content.decode()
    ask(client, next=reverse("password"))
    came = client.post(CODE, {"code": sent(), "next": reverse("password")})
    assert came.headers["Location"] == reverse("password")
    assert client.post(reverse("password"), NEW).status_code == 302
    seller.refresh_from_db()
    assert seller.check_password(NEW["new_password1"])
    assert client.get(reverse("seller")).status_code == 200
    assert client.post(reverse("password"), NEW).status_code == 422


def test_without_a_code_the_old_password_is_asked_for() -> None:
    user = a_person(password="a-long-pass-word")
    client = signed_in(user)
    assert client.post(reverse("password"), NEW).status_code == 422
    assert client.post(reverse("password"), {**NEW, "old_password": "a-long-pass-word"}).status_code == 302
    assert Client().get(reverse("password")).status_code == 302


def test_a_code_opens_the_password_for_a_while_alone(seller: User, sent: Any) -> None:
    client = Client()
    ask(client)
    client.post(CODE, {"code": sent()})
    session = client.session
    session[BY_CODE] -= BY_CODE_SECONDS
    session.save()
    assert client.post(reverse("password"), NEW).status_code == 422


def test_an_old_password_is_not_guessed_without_end() -> None:
    user = a_person(password="a-long-pass-word")
    client = signed_in(user)
    for _ in range(OLD_ONES_OF_ONE.most):
        wrong = {**NEW, "old_password": "wrong"}
        assert client.post(reverse("password"), wrong).status_code == 422
    right = {**NEW, "old_password": "a-long-pass-word"}
    assert client.post(reverse("password"), right).status_code == 429
    user.refresh_from_db()
    assert user.check_password("a-long-pass-word")


@pytest.mark.parametrize("onward", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_nobody_is_led_astray(seller: User, sent: Any, onward: str) -> None:
    client = Client()
    assert ask(client, next=onward).url == CODE
    came = client.post(CODE, {"code": sent(), "next": onward})
    assert came.headers["Location"] == reverse("room")
