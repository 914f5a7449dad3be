"""The city's own money: put in, taken to the bank, once for each form, and never more than is there."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from farmers.ledger.accounts import Account
from farmers.ledger.postings import balances
from farmers.ledger.verify import verify
from marketplace.access.models import Role
from shop.orders.models import PayBy
from shop.payments.books import books
from shop.payments.own import WAYS, move_own, moved
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
            move_own(Account.CAPITAL, Account.BANK, 5, "x", cashier, uuid.uuid4())
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
