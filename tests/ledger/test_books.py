"""Double entry beneath the ledger: always nothing in sum, never changed, and checked by the same command."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from farmers.ledger import guards, postings
from farmers.ledger.accounts import Account
from farmers.ledger.models import AccountTotal, Posting, Uncounted
from farmers.ledger.post import post_sales, reverse
from farmers.ledger.postings import Unbalanced, Wanted, balances, count_all, moves, of_order
from farmers.ledger.seal import seal_all
from farmers.ledger.verify import verify
from tests.makers import at_once

from . import books
from .books import potatoes


def a_posting(key: str = "p:1", fen: int = 700, **facts: Any) -> Posting:
    wanted = Wanted(key, Posting.Kind.OWN, timezone.now(), Account.CASH, Account.CAPITAL, fen)
    return postings.post([wanted._replace(**facts)])[0]


@given(st.dictionaries(st.sampled_from(Account), st.integers(-(10**12), 10**12), max_size=9))
def test_changes_become_amounts_between_accounts_and_add_up_to_them(changes: dict[Account, int]) -> None:
    rest = Account.SET_OFF
    changes[rest] = changes.get(rest, 0) - sum(changes.values())
    found = dict.fromkeys(changes, 0)
    made = moves(changes)
    for debit, credit, fen in made:
        assert fen > 0
        assert debit != credit
        found[debit] += fen
        found[credit] -= fen
    assert found == changes
    assert len(made) < max(len(changes), 1)


def test_what_is_not_nothing_in_sum_is_refused() -> None:
    with pytest.raises(Unbalanced):
        moves({Account.CASH: 100, Account.RECEIVABLE: -99})


@pytest.mark.django_db
def test_goods_are_owed_by_the_buyer_and_to_the_household_until_they_come_back() -> None:
    household = books.a_household()
    fact = potatoes(household)
    post_sales([fact])
    assert balances()[Account.RECEIVABLE] == fact.amount_fen
    assert balances()[Account.PAYABLE] == -fact.amount_fen
    post_sales([fact])  # twice is once
    assert Posting.objects.count() == 1
    reverse(fact.key, key="back", quantity=fact.quantity, at=fact.at, reason="发芽", by=None)
    assert set(balances().values()) == {0}
    assert of_order(fact.order_number)[Account.RECEIVABLE] == 0
    assert verify().ok


@pytest.mark.django_db
def test_a_balance_is_the_same_before_and_after_it_is_counted() -> None:
    post_sales([potatoes(books.a_household()) for _ in range(3)])
    a_posting()
    before = balances()
    assert before[Account.CASH] == 700
    assert Uncounted.objects.count() == 4
    assert count_all() == 4
    assert not Uncounted.objects.exists()
    assert balances() == before
    a_posting("p:2", 50)
    assert balances()[Account.CASH] == 750
    assert sum(balances().values()) == 0
    assert verify().ok


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"fen": 0},
        {"debit": Account.CAPITAL},
        {"debit": "mattress"},
        {"kind": "gift"},
        {"credit": Account.PAYABLE},  # to nobody
        {"household_id": 1},  # money that is nobody's
    ],
)
def test_the_table_takes_no_posting_that_cannot_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        a_posting(**wrong)
        connection.check_constraints()


@pytest.mark.django_db
def test_one_key_is_posted_once() -> None:
    a_posting()
    with pytest.raises(IntegrityError), transaction.atomic():
        a_posting()


def _unguarded(sql: str) -> None:
    with connection.cursor() as cursor:
        for drop in guards.removals(connection.vendor, guards.BOOKS):
            cursor.execute(drop)
        cursor.execute(sql)
        for up in guards.statements(connection.vendor, guards.BOOKS):
            cursor.execute(up)


@pytest.mark.django_db
@pytest.mark.parametrize("counted", [False, True])
@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("UPDATE ledger_posting SET fen = fen + 1 WHERE key = 'p:1'", "changed after it was posted"),
        ("UPDATE ledger_posting SET debit = 'transfer' WHERE key = 'p:1'", "changed after it was posted"),
        ("DELETE FROM ledger_posting WHERE kind = 'goods'", "the books do not have it"),
        (
            "UPDATE ledger_accounttotal SET debit_fen = debit_fen + 1 WHERE account = 'cash'",
            "account cash says",
        ),
    ],
)
def test_verifying_names_what_was_done_to_the_books(sql: str, says: str, counted: bool) -> None:
    post_sales([potatoes(books.a_household())])
    a_posting()
    a_posting("p:2")
    count_all() if counted else AccountTotal.objects.create(account="cash", kind="money")
    assert verify().ok
    if "DELETE" in sql:
        # else its place in the queue holds it
        count_all()
    _unguarded(sql)
    verdict = verify()
    assert not verdict.ok
    assert verdict.first_bad is not None
    assert says in verdict.first_bad.reason


@pytest.mark.django_db(transaction=True)
def test_posting_and_counting_at_once_lose_no_fen() -> None:
    households = books.households(4)
    facts = [
        [potatoes(household, order_number=f"DZ-{n}-{m}") for m, household in enumerate(households)]
        for n in range(4)
    ]
    acts: list[Any] = [lambda some=some: post_sales(some) for some in facts]
    told = at_once([*acts, count_all, seal_all, count_all, *acts])
    assert not [one for one in told if isinstance(one, Exception)], told
    count_all()
    assert balances()[Account.RECEIVABLE] == sum(fact.amount_fen for some in facts for fact in some)
    assert sum(balances().values()) == 0
    assert verify().ok
