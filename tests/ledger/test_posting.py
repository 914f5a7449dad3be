from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from farmers.ledger.models import Entry, HouseholdTotal
from farmers.ledger.post import post_sales, reverse
from farmers.ledger.verify import verify

from . import books
from .books import JIN, at_once, on_postgresql, potatoes


@pytest.mark.django_db
def test_a_sale_is_written_with_its_shanghai_day() -> None:
    late = dt.datetime(2026, 4, 17, 16, 0, tzinfo=dt.UTC)
    early = dt.datetime(2026, 4, 17, 15, 59, 59, tzinfo=dt.UTC)
    household = books.a_household()
    entries = post_sales([potatoes(household, at=late), potatoes(household, at=early)])
    assert [entry.day for entry in entries] == [dt.date(2026, 4, 18), dt.date(2026, 4, 17)]


@pytest.mark.django_db
def test_the_same_key_posts_once_and_answers_with_the_entry_that_is_there() -> None:
    fact = potatoes(books.a_household())
    first = post_sales([fact, fact])
    again = post_sales([fact])
    assert {entry.pk for entry in (*first, *again)} == {first[0].pk}
    assert books.totals_kept() == books.totals_due()


@pytest.mark.django_db
def test_entries_come_back_in_the_order_of_the_facts() -> None:
    facts = [potatoes(books.a_household(), key=key) for key in ("c", "a", "b")]
    post_sales(facts[:1])
    assert [entry.key for entry in post_sales(facts)] == ["c", "a", "b"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"quantity": 0, "amount_fen": 0},
        {"quantity": -500, "amount_fen": -120},
        {"price_fen": 0, "amount_fen": 0},
        {"amount_fen": 1201},
        {"unit_size": 0, "amount_fen": 0},
        {"at": dt.datetime(2026, 4, 18, 12)},  # noqa: DTZ001
    ],
)
def test_one_wrong_fact_posts_nothing(wrong: dict[str, Any]) -> None:
    household = books.a_household()
    with pytest.raises(ValueError, match=r".+"):
        post_sales([potatoes(household), potatoes(household, **wrong)])
    assert not Entry.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong", [{"channel": "street"}, {"buyer_kind": "ghost"}, {"measure": "litre"}, {"unit": "mu"}]
)
def test_the_schema_itself_refuses_unknown_words(wrong: dict[str, str]) -> None:
    household = books.a_household()
    with pytest.raises(IntegrityError), transaction.atomic():
        post_sales([potatoes(household, **wrong)])
    assert not Entry.objects.exists()


@pytest.mark.django_db
def test_what_the_caller_rolls_back_was_never_posted() -> None:
    with transaction.atomic():
        post_sales([potatoes(books.a_household())])
        transaction.set_rollback(True)
    assert verify().entries == 0
    assert verify().ok


@pytest.mark.django_db
def test_five_lines_cost_fourteen_queries_and_two_savepoints_whatever_is_in_the_ledger(
    query_budget: Any,
) -> None:
    """One to see what is there, two to write, one for each of nine tables of totals."""
    households = books.households(5)
    for _round in range(2):
        with query_budget(18):
            post_sales([potatoes(household) for household in households])
        post_sales([potatoes(household) for household in households for _ in range(10)])


@pytest.mark.django_db
def test_a_whole_season_is_posted_in_one_call() -> None:
    """More rows than a statement of SQLite takes parameters for."""
    households = books.households(20)
    facts = [
        potatoes(household, at=books.noon(2026, month, day), buyer=f"person:{day}")
        for household in households
        for month in range(1, 13)
        for day in range(1, 29, 2)
    ]
    assert len(post_sales(facts)) == 3360
    assert verify().ok
    assert books.totals_kept() == books.totals_due()


@pytest.mark.django_db(transaction=True)
def test_the_same_acceptance_sent_by_many_at_once_posts_once() -> None:
    facts = [potatoes(household) for household in books.households(5)]

    def post(seed: int) -> Callable[[], list[int]]:
        mine = random.Random(seed).sample(facts, len(facts))
        return lambda: [entry.pk for entry in post_sales(mine)]

    answers = at_once([post(seed) for seed in range(16 if on_postgresql() else 6)])
    assert all(isinstance(answer, list) for answer in answers), answers
    assert len({frozenset(answer) for answer in answers}) == 1
    assert Entry.objects.count() == 5
    assert books.totals_kept() == books.totals_due()


@pytest.mark.django_db(transaction=True)
def test_postings_of_the_same_cells_in_any_order_neither_deadlock_nor_lose_a_fen() -> None:
    households = books.households(6)

    def post(seed: int) -> Callable[[], None]:
        chance = random.Random(seed)

        def act() -> None:
            for _ in range(8):
                facts = [
                    potatoes(
                        chance.choice(households),
                        at=books.noon(2026, chance.randint(1, 2), chance.randint(1, 2)),
                        buyer=f"person:{chance.randint(1, 3)}",
                        channel=chance.choice(["online", "canteen"]),
                        category_slug=chance.choice(["roots", "leafy"]),
                    )
                    for _ in range(5)
                ]
                entries = post_sales(facts)
                sale = chance.choice(entries)
                back = {"key": f"return:{sale.key}", "quantity": 3 * JIN, "reason": "bruised", "by": None}
                reverse(sale.key, at=books.NOON, **back)

        return act

    threads = 10 if on_postgresql() else 4
    assert at_once([post(seed) for seed in range(threads)]) == [None] * threads
    assert Entry.objects.count() == threads * 8 * 6
    assert books.totals_kept() == books.totals_due()
    assert verify().ok


@pytest.mark.django_db
def test_nobody_is_owed_less_than_nothing() -> None:
    post_sales([potatoes(books.a_household())])
    with pytest.raises(IntegrityError), transaction.atomic():
        HouseholdTotal.objects.update(amount_fen=-1)
