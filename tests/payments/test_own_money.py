"""The city's own money: put in, taken to the bank, once for each form, and never more than is there."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from farmers.ledger.accounts import Account
from farmers.ledger.models import Posting
from farmers.ledger.postings import balances, count_all
from farmers.ledger.verify import verify
from marketplace.access.models import Role
from shop.orders.models import PayBy
from shop.payments.books import books
from shop.payments.own import WAYS, NotMoved, move_own, moved
from shop.payments.receive import NotTaken, collect_cash
from tests.makers import a_person, an_order, at_once, signed_in

pytestmark = pytest.mark.django_db


def test_money_is_put_in_and_taken_to_the_bank_and_nothing_else_is_told_of_it() -> None:
    cashier = a_person(Role.CASHIER)
    collect_cash(an_order(PayBy.ON_DELIVERY), 2500, "XJ-1", cashier)
    before = books()
    move_own(Account.CAPITAL, Account.BANK, 1_000_00, "市财政周转金", cashier, uuid.uuid4())
    move_own(Account.CASH, Account.BANK, 2000, "解款单 7", cashier, uuid.uuid4())
    fen = balances()
    assert (fen[Account.BANK], fen[Account.CASH], fen[Account.CAPITAL]) == (1_020_00, 500, -1_000_00)
    after = books()
    assert (after.received, after.given_back, after.by_provider) == (before.received, 0, before.by_provider)
    assert (after.trial, after.difference) == (0, 0)
    assert verify().ok


def test_nobody_moves_more_than_is_there_nor_by_another_way() -> None:
    cashier = a_person(Role.CASHIER)
    for of, to in WAYS:
        if of != Account.CAPITAL:
            with pytest.raises(NotTaken):
                move_own(of, to, 1, "x", cashier, uuid.uuid4())
    for of, to, fen, about in (
        (Account.PAYABLE, Account.BANK, 1, "x"),
        (Account.CAPITAL, Account.BANK, 0, "x"),
        (Account.CAPITAL, Account.BANK, 1, " "),
    ):
        with pytest.raises(ValueError, match="WAYS"):
            move_own(of, to, fen, about, cashier, uuid.uuid4())
    for role in set(Role) - {Role.CASHIER, Role.ADMIN}:
        with pytest.raises(PermissionDenied):
            move_own(Account.CAPITAL, Account.BANK, 1, "x", a_person(role), uuid.uuid4())
    assert not moved().exists()


def test_the_city_takes_back_no_more_than_it_put_in_and_no_paper_counts_twice() -> None:
    cashier = a_person(Role.CASHIER)
    collect_cash(an_order(PayBy.ON_DELIVERY), 2500, "XJ-1", cashier)
    move_own(Account.CASH, Account.BANK, 2500, "解款单 7", cashier, uuid.uuid4())
    move_own(Account.CAPITAL, Account.BANK, 1000, "定财 1 号", cashier, uuid.uuid4())
    with pytest.raises(NotMoved, match=r"10\.00"):
        move_own(Account.BANK, Account.CAPITAL, 1001, "退回", cashier, uuid.uuid4())
    with pytest.raises(NotMoved) as refused:
        move_own(Account.CAPITAL, Account.BANK, 1000, " 定财 1 号 ", cashier, uuid.uuid4())
    assert refused.value.field == "about"
    move_own(Account.BANK, Account.CAPITAL, 1000, "退回", cashier, uuid.uuid4())
    assert (balances()[Account.BANK], balances()[Account.CAPITAL]) == (2500, 0)


def test_by_page_one_form_is_one_movement() -> None:
    client = signed_in(Role.CASHIER)
    key = client.get("/cashier/own/").context["form"]["key"].value()
    good: dict[str, Any] = {"key": key, "way": "0", "amount": "600000", "about": "定财〔2026〕1 号"}
    for name, value in (("way", "9"), ("way", "x"), ("amount", "0"), ("about", " "), ("key", "x")):
        assert client.post("/cashier/own/", good | {name: value}).status_code == 422
    for _again in range(2):
        assert client.post("/cashier/own/", good).status_code == 302
    other = client.post("/cashier/own/", good | {"amount": "1"})
    assert (other.status_code, list(other.context["form"].errors)) == (409, ["amount"])
    much = client.post("/cashier/own/", good | {"key": str(uuid.uuid4()), "way": "3", "amount": "600001"})
    assert "600,000.00" in str(much.context["form"].errors["amount"])
    assert "定财〔2026〕1 号" in client.get("/cashier/own/").content.decode()
    assert [posting.fen for posting in moved()] == [600_000_00]


def test_the_page_costs_the_same_with_many_movements() -> None:
    client, cashier, spent = signed_in(Role.CASHIER), a_person(Role.CASHIER), []
    client.get("/cashier/own/")
    for _size in range(2):
        for _ in range(12):
            key = uuid.uuid4()
            move_own(Account.CAPITAL, Account.BANK, 5, str(key), cashier, key)
        with CaptureQueriesContext(connection) as asked:
            client.get("/cashier/own/")
        spent.append(len(asked))
    assert spent[0] == spent[1]


@pytest.mark.django_db(transaction=True)
def test_one_form_sent_four_times_at_once_is_one_movement() -> None:
    cashier, key = a_person(Role.CASHIER), uuid.uuid4()
    told = at_once([lambda: move_own(Account.CAPITAL, Account.BANK, 5, "x", cashier, key)] * 4)
    assert len({getattr(one, "pk", one) for one in told}) == 1, told
    assert balances()[Account.BANK] == 5


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("counted", [False, True])
def test_different_forms_at_once_never_move_more_than_is_there(counted: bool) -> None:
    cashier = a_person(Role.CASHIER)
    move_own(Account.CAPITAL, Account.CASH, 1000, "x", cashier, uuid.uuid4())
    if counted:
        count_all()

    def to_the_bank(number: int) -> Any:
        return move_own(Account.CASH, Account.BANK, 600, f"解款单 {number}", cashier, uuid.uuid4())

    told = at_once([lambda n=n: to_the_bank(n) for n in range(6)] + [count_all] * 2)[:6]
    assert sorted(type(one).__name__ for one in told) == ["NotMoved"] * 5 + ["Posting"], told
    assert (balances()[Account.CASH], balances()[Account.BANK]) == (400, 600)
    assert verify().ok


@pytest.mark.django_db(transaction=True)
def test_one_paper_typed_into_two_windows_at_once_is_one_movement() -> None:
    cashier = a_person(Role.CASHIER)
    told = at_once(
        [lambda: move_own(Account.CAPITAL, Account.BANK, 500, "定财 1 号", cashier, uuid.uuid4())] * 4
    )
    refused = [one for one in told if isinstance(one, NotMoved)]
    assert (len(refused), {one.field for one in refused}) == (3, {"about"}), told
    assert balances()[Account.BANK] == 500


@pytest.mark.django_db(transaction=True)
def test_money_sent_around_at_once_in_every_way_neither_stands_still_nor_is_lost() -> None:
    cashier = a_person(Role.CASHIER)
    for to in (Account.BANK, Account.CASH):
        move_own(Account.CAPITAL, to, 1000, "x", cashier, uuid.uuid4())
    ways = [way for way in WAYS if Account.STRIPE not in way]
    told = at_once(
        [
            lambda w=way, n=n: move_own(*w, 100 + n, "y", cashier, uuid.uuid4())
            for way in ways
            for n in range(2)
        ]
        + [count_all]
    )[:-1]
    assert all(isinstance(one, Posting) for one in told), told
    assert sum(balances().values()) == 0
    assert verify().ok
