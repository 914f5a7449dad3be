"""Cash from doors comes to the cashier: counted once, under a receipt that stands for it alone."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from farmers.ledger.accounts import Account
from farmers.ledger.models import Posting
from farmers.ledger.postings import balances
from farmers.registry.models import Village
from marketplace.access.models import Role, User
from shop.orders.models import Order, PayBy
from shop.payments import counted
from shop.payments.agree import hand_ins_hold, orders_hold
from shop.payments.books import books
from shop.payments.door import NotHandedIn, by_officer, collect, hand_in, in_hand
from shop.payments.models import HandIn, Payment
from tests.makers import (
    a_household,
    a_lot,
    a_person,
    a_village,
    an_officer,
    an_order,
    at_once,
    sent_off,
    signed_in,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def village() -> Village:
    return a_village()


@pytest.fixture
def officer(village: Village) -> User:
    return an_officer(village)


@pytest.fixture
def cashier() -> User:
    return a_person(Role.CASHIER)


def there(village: Village) -> Order:
    """¥12.00, brought and not yet weighed."""
    lot = a_lot(household=a_household(village))
    return sent_off(an_order(PayBy.ON_DELIVERY, lots=[lot]), delivered=True)


def taken(village: Village, officer: User, fen: int = 1200) -> int:
    return collect(there(village).pk, fen, officer, uuid.uuid4()).pk


def assert_agrees() -> None:
    assert [*orders_hold(), *hand_ins_hold()] == []
    assert books().difference == 0
    assert balances()[Account.DOOR] == sum(payment.received_fen or 0 for payment in in_hand())


def test_what_is_counted_goes_from_the_officers_hand_to_the_cash_box(
    village: Village, officer: User, cashier: User
) -> None:
    ids, key = [taken(village, officer), taken(village, officer, 700)], uuid.uuid4()
    assert [(each.officer, each.payments, each.fen) for each in by_officer()] == [(officer.pk, 2, 1900)]
    assert balances()[Account.DOOR] == 1900
    made = {hand_in(officer.pk, ids, 1900, " XJ-1 ", cashier, key) for _again in range(2)}
    (only,) = made
    assert (only.receipt, only.amount_fen, only.officer, only.cashier) == ("XJ-1", 1900, officer, cashier)
    assert set(only.payments.values_list("pk", flat=True)) == set(ids)
    assert (balances()[Account.DOOR], balances()[Account.CASH]) == (0, 1900)
    posted = Posting.objects.filter(key__startswith=f"hand-in:{only.pk}:")
    assert sorted(posted.values_list("debit", "credit", "fen")) == [
        ("cash", "door", 700),
        ("cash", "door", 1200),
    ]
    assert by_officer() == []
    assert_agrees()


def test_a_part_may_be_brought_and_the_rest_later(village: Village, officer: User, cashier: User) -> None:
    first, second = taken(village, officer), taken(village, officer)
    hand_in(officer.pk, [first], 1200, "XJ-1", cashier, uuid.uuid4())
    assert [payment.pk for payment in in_hand()] == [second]
    assert_agrees()


def test_nothing_is_taken_that_does_not_fit(village: Village, officer: User, cashier: User) -> None:
    other = an_officer(village)
    mine, others = taken(village, officer), taken(village, other)
    key = uuid.uuid4()

    def refused(field: str | None, ids: list[int], fen: int, receipt: str, key: uuid.UUID) -> None:
        with pytest.raises(NotHandedIn) as said:
            hand_in(officer.pk, ids, fen, receipt, cashier, key)
        assert said.value.field == field

    refused("amount", [mine], 1199, "XJ-1", key)
    refused(None, [mine, others], 2400, "XJ-1", key)
    refused(None, [], 0, "XJ-1", key)
    refused(None, [mine, 10**9], 1200, "XJ-1", key)
    assert not HandIn.objects.exists()
    for stranger in (officer, a_person(Role.CITIZEN), a_person(Role.OFFICIAL)):
        with pytest.raises(PermissionDenied):
            hand_in(officer.pk, [mine], 1200, "XJ-1", stranger, key)
    hand_in(other.pk, [others], 1200, "XJ-1", cashier, uuid.uuid4())
    refused("receipt", [mine], 1200, "XJ-1", key)
    hand_in(officer.pk, [mine], 1200, "XJ-2", cashier, key)
    refused(None, [mine], 1200, "XJ-3", key)
    refused(None, [mine], 1200, "XJ-3", uuid.uuid4())
    assert HandIn.objects.count() == 2
    assert_agrees()


def test_what_was_counted_stays_as_it_was(village: Village, officer: User, cashier: User) -> None:
    payment = taken(village, officer)
    made = hand_in(officer.pk, [payment], 1200, "XJ-1", cashier, uuid.uuid4())
    connection.check_constraints()
    tries = [
        "UPDATE payments_handin SET amount_fen = amount_fen + 1",
        "UPDATE payments_handin SET receipt = 'XJ-9'",
        "DELETE FROM payments_handin",
        "UPDATE payments_payment SET hand_in_id = NULL",
        "UPDATE payments_payment SET received_fen = received_fen + 1",
        f"UPDATE payments_payment SET by_id = {cashier.pk}",
        "DELETE FROM payments_payment",
    ]
    if connection.vendor == "sqlite":
        tries.append("INSERT OR REPLACE INTO payments_handin SELECT * FROM payments_handin")
    else:
        tries.append("TRUNCATE payments_handin CASCADE")
    for sql in tries:
        with (
            pytest.raises(DatabaseError, match=counted.REFUSAL),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)
            pytest.fail(f"{sql} went through")
    # the rest of a payment goes on: its money may have to go back
    Payment.objects.filter(pk=payment).update(state=Payment.State.TO_REFUND, note="x")
    assert HandIn.objects.get() == made


def test_after_the_migrations_every_guard_stands() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        standing = {name for (name,) in cursor.fetchall()}
    assert {f"{table}_{what}" for table, what in counted.names(connection.vendor)} <= standing


def test_only_money_from_a_door_is_handed_in(village: Village, officer: User, cashier: User) -> None:
    made = hand_in(officer.pk, [taken(village, officer)], 1200, "XJ-1", cashier, uuid.uuid4())
    with pytest.raises(DatabaseError), transaction.atomic():
        Payment.objects.create(
            order=there(village), provider="cash", reference="R-1", amount_fen=5, hand_in=made, by=officer
        )


def test_the_nightly_check_finds_a_hand_in_that_is_not_its_sum(
    village: Village, officer: User, cashier: User
) -> None:
    made = hand_in(officer.pk, [taken(village, officer)], 1200, "XJ-1", cashier, uuid.uuid4())
    late = taken(village, officer)
    assert not list(hand_ins_hold())
    Payment.objects.filter(pk=late).update(hand_in=made)
    (bad,) = hand_ins_hold()
    assert (bad.key, bad.reason) == (
        f"hand-in:{made.pk}",
        "1200 fen were handed in, its payments have 2400",
    )


def test_by_page_from_the_officers_hand_to_the_receipt(village: Village, officer: User) -> None:
    first, second = there(village), there(village)
    client, cashier = signed_in(officer), signed_in(Role.CASHIER)
    for order in (first, second):
        address = f"/officer/cash/{order.number}/"
        form: dict[str, Any] = {"key": str(uuid.uuid4()), "amount": "12.00"}
        assert client.post(address, form | {"amount": "x"}).status_code == 422
        assert signed_in(an_officer(a_village())).post(address, form).status_code == 404
        assert client.post(address, form)["Location"] == "/officer/cash/"
    assert "¥24.00" in client.get("/officer/").content.decode()
    page = f"/cashier/officers/{officer.pk}/hand-in/"
    assert page in cashier.get("/cashier/").content.decode()
    shown = cashier.get(page)
    assert first.number in shown.content.decode() and "¥24.00" in shown.content.decode()
    ids = [str(payment.pk) for payment in in_hand()]
    good = {"key": str(uuid.uuid4()), "payments": ids, "amount": "24", "receipt": "XJ-9"}
    for method in (client.get, client.post):
        assert method(page, good).status_code == 403
    wrong: list[tuple[str, Any]] = [
        ("amount", "23.99"),
        ("amount", "x"),
        ("receipt", " "),
        ("receipt", "\0"),
        ("payments", []),
        ("payments", ["x", "９", "9" * 40]),
        ("payments", [*ids, "9" * 18]),
        ("key", "x"),
    ]
    for name, value in wrong:
        answer = cashier.post(page, good | {name: value})
        assert answer.status_code == 422, (name, value)
        assert answer.context["form"].errors
        assert in_hand().count() == 2
    # what was unticked stays so
    assert cashier.post(page, good | {"payments": ids[:1]}).content.decode().count(" checked>") == 1
    summed = cashier.post(page, good | {"payments": ids[:1], "amount": "12", "add-up": "1"})
    assert (summed.status_code, summed.context["ticked_fen"], summed.context["shown_fen"]) == (
        200,
        1200,
        2400,
    )
    assert summed.context["form"]["receipt"].value() == "XJ-9", "what was typed stays"
    assert (summed.context["form"].errors, in_hand().count()) == ({}, 2)
    for _again in range(2):
        assert cashier.post(page, good)["Location"] == "/cashier/#brought"
    assert not in_hand().exists()
    told = client.get("/officer/cash/").content.decode()
    assert "XJ-9" in told and "¥24.00" in told
    assert "XJ-9" in cashier.get(page).content.decode()


def test_a_number_that_is_used_is_said_at_its_field(village: Village, officer: User, cashier: User) -> None:
    hand_in(officer.pk, [taken(village, officer)], 1200, "XJ-1", cashier, uuid.uuid4())
    form = {
        "key": str(uuid.uuid4()),
        "payments": [taken(village, officer)],
        "amount": "12",
        "receipt": "XJ-1",
    }
    answer = signed_in(cashier).post(f"/cashier/officers/{officer.pk}/hand-in/", form)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["receipt"]


def test_nobody_but_bringers_has_such_a_page(village: Village, officer: User) -> None:
    client = signed_in(Role.CASHIER)
    assert client.get(f"/cashier/officers/{officer.pk}/hand-in/").status_code == 200
    for other in (a_person(Role.CITIZEN), a_person(Role.SELLER)):
        assert client.get(f"/cashier/officers/{other.pk}/hand-in/").status_code == 404
    assert client.get(f"/cashier/officers/{10**30}/hand-in/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_cashiers_who_count_the_same_cash_at_once_take_it_once() -> None:
    village = a_village()
    officer, cashiers = an_officer(village), [a_person(Role.CASHIER) for _ in range(4)]
    ids = [taken(village, officer) for _ in range(3)]
    came = at_once(
        [
            partial(
                hand_in,
                officer.pk,
                ids[: 3 - place % 2],
                3600 - 1200 * (place % 2),
                f"T-{place}",
                by,
                uuid.uuid4(),
            )
            for place, by in enumerate(cashiers)
        ]
    )
    assert sorted(type(each).__name__ for each in came) == ["HandIn"] + ["NotHandedIn"] * 3
    assert HandIn.objects.count() == 1
    assert_agrees()


@pytest.mark.django_db(transaction=True)
def test_one_form_sent_four_times_at_once_is_one_hand_in() -> None:
    village = a_village()
    officer, cashier, key = an_officer(village), a_person(Role.CASHIER), uuid.uuid4()
    ids = [taken(village, officer) for _ in range(2)]
    came = at_once([partial(hand_in, officer.pk, ids, 2400, "T-1", cashier, key)] * 4)
    assert set(came) == {HandIn.objects.get()}
    assert_agrees()


@pytest.mark.django_db(transaction=True)
def test_one_receipt_for_two_officers_at_once_is_one_of_them() -> None:
    cashier, bring = a_person(Role.CASHIER), []
    for _ in range(2):
        village = a_village()
        officer = an_officer(village)
        bring.append(
            partial(hand_in, officer.pk, [taken(village, officer)], 1200, "T-1", cashier, uuid.uuid4())
        )
    came = at_once(bring)
    assert sorted(type(each).__name__ for each in came) == ["HandIn", "NotHandedIn"]
    (refused,) = [each for each in came if isinstance(each, NotHandedIn)]
    assert refused.field == "receipt"
    assert in_hand().count() == 1
    assert_agrees()
