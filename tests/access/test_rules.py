"""The one table of who may do what, told a second time; and nobody gets in by a side door."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.test import Client

from marketplace.access.models import Role, User
from marketplace.access.rules import ALLOWED, Act, may
from tests.makers import a_person, at_once, signed_in

PASSWORD = "a-long-pass-word"
# rows: acts; columns: citizen canteen approver nursery seller officer cashier official editor admin
TABLE = """
buy                                               x x . x x x x x x x
buy on account                                    . x . x . . . . . .
see the unit's orders                             . x x x . . . . . x
see the own household's goods                     . . . . x . . . . x
hand over goods of the own villages               . . . . . x . . . x
load an officers' workbook                        . . . . . x . x . x
withdraw lots and correct stock                   . . . . . x . x . x
let what households list on sale                  . . . . . x . . . x
match payments and settle                         . . . . . . x . . x
see every order and figure                        . . . . . . x x . x
release what another made to be paid out          . . . . . . x x . x
reverse a ledger entry                            . . . . . . . x . x
publish a briefing                                . . . . . . . x . x
read who looked at personal data                  . . . . . x . x . x
give out or erase all that is kept on a household . . . . . . . x . x
see and handle warnings about households          . . . . . x . x . x
keep problems, rules and yearly lines             . . . . . . . x . x
keep units and check budgets                      . . . . . . . x . x
edit pages, stories and notices                   . . . . . . . . x x
"""
ROWS = [(line[:50].strip(), line[50:].split()) for line in TABLE.strip().splitlines()]


def test_the_table_is_the_one_we_mean() -> None:
    told = {act: {role for role, mark in zip(Role, marks, strict=True) if mark == "x"} for act, marks in ROWS}
    assert {act.value: set(roles) for act, roles in ALLOWED.items()} == told
    assert set(ALLOWED) == set(Act)


@pytest.mark.parametrize("act", Act)
def test_nobody_signed_out_or_switched_off_may_do_anything(act: Act) -> None:
    assert not may(AnonymousUser(), act)
    for role in ALLOWED[act]:
        assert may(User(role=role), act)
        assert not may(User(role=role, is_active=False), act)


@pytest.mark.django_db
def test_the_table_refuses_an_unknown_role() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(username="x", role="mayor")


def sign_up(client: Client, **changed: Any) -> Any:
    form = {"username": "xiaoming", "password1": PASSWORD, "password2": PASSWORD} | changed
    return client.post("/accounts/signup/", form)


@pytest.mark.django_db
class TestSigningUp:
    def test_who_signs_up_is_a_citizen_whatever_the_form_says(self, client: Client) -> None:
        assert sign_up(client, role="admin", is_staff="1", is_superuser="1").status_code == 302
        user = User.objects.get()
        assert (user.role, user.is_staff, user.is_superuser) == (Role.CITIZEN, False, False)
        assert client.get("/room/").url == "/orders/"  # type: ignore[attr-defined]

    @pytest.mark.parametrize(
        "wrong",
        [
            {"username": ""},
            {"username": "a\0b"},
            {"username": "x" * 151},
            {"username": "<script>"},
            {"password1": "123", "password2": "123"},
            {"password2": "another"},
            {"password1": "12345678901", "password2": "12345678901"},
        ],
    )
    def test_a_slip_is_told(self, client: Client, wrong: dict[str, str]) -> None:
        assert sign_up(client, **wrong).status_code == 422
        assert not User.objects.exists()

    def test_a_name_is_taken_once(self, client: Client) -> None:
        sign_up(Client())
        assert sign_up(client).status_code == 422
        assert User.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_name_at_the_same_moment_is_one_account() -> None:
    answers = at_once([lambda: sign_up(Client())] * 4)
    assert sorted(getattr(answer, "status_code", answer) for answer in answers) == [302, 422, 422, 422]
    assert User.objects.count() == 1


ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "\\\\evil.example",
    "/\\evil.example",
    "http:evil.example",
    "javascript:alert(1)",
    "https://testserver@evil.example/",
    "\t//evil.example",
    "/\0/evil.example",
]


@pytest.mark.django_db
class TestOnward:
    @pytest.mark.parametrize("onward", ELSEWHERE)
    def test_nobody_is_sent_to_another_site(self, onward: str) -> None:
        user = a_person(password=PASSWORD)
        answers = [
            Client().post(
                "/accounts/login/", {"username": user.username, "password": PASSWORD, "next": onward}
            ),
            sign_up(Client(), next=onward),
            signed_in(user).get("/accounts/login/", {"next": onward}),
            signed_in(user).get("/accounts/signup/", {"next": onward}),
            Client().post("/i18n/setlang/", {"language": "en", "next": onward}),
        ]
        for answer in answers:
            assert answer.status_code == 302
            assert answer.url.startswith("/")
            assert not answer.url.startswith(("//", "/\\"))

    def test_the_way_back_is_kept(self) -> None:
        user = a_person(password=PASSWORD)
        asked = Client().get("/checkout/")
        assert asked.status_code == 302
        assert asked.url == "/accounts/login/?next=/checkout/"  # type: ignore[attr-defined]
        form = {"username": user.username, "password": PASSWORD, "next": "/checkout/"}
        assert Client().post("/accounts/login/", form).url == "/checkout/"  # type: ignore[attr-defined]
        assert sign_up(Client(), next="/checkout/").url == "/checkout/"

    def test_a_wrong_password_is_told_without_saying_which(self) -> None:
        user = a_person(password=PASSWORD)
        pages = [
            Client().post("/accounts/login/", {"username": name, "password": "wrong"}).content.decode()
            for name in (user.username, "nobody-of-that-name")
        ]
        assert pages[0].count("notice-error") == pages[1].count("notice-error")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "address"),
    [
        (Role.CITIZEN, "/orders/"),
        (Role.CANTEEN, "/canteen/"),
        (Role.APPROVER, "/canteen/"),
        (Role.NURSERY, "/canteen/"),
        (Role.SELLER, "/seller/"),
        (Role.OFFICER, "/officer/"),
        (Role.CASHIER, "/cashier/"),
        (Role.OFFICIAL, "/admin/"),
        (Role.EDITOR, "/admin/"),
        (Role.ADMIN, "/admin/"),
    ],
)
def test_everybody_begins_where_their_work_is(role: Role, address: str) -> None:
    assert signed_in(role).get("/room/").url == address  # type: ignore[attr-defined]
