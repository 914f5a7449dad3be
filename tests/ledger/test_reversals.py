from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farmers.ledger.models import Entry
from farmers.ledger.post import CannotReverse, TakeBack, post_sales, reverse, reverse_all
from farmers.ledger.queries import owed
from farmers.ledger.verify import verify
from marketplace.access.models import Role, User
from marketplace.money import line_amount_fen

from . import books
from .books import JIN, NOON, at_once, eggs, on_postgresql, potatoes, saplings


def back(sale: Entry, quantity: int, **changed: Any) -> Entry:
    told = {"key": f"return:{sale.key}:{quantity}", "at": NOON, "reason": "bruised", "by": None, **changed}
    return reverse(sale.key, quantity=quantity, **told)


@pytest.mark.django_db
def test_a_reversal_mirrors_its_sale_and_says_why_and_who() -> None:
    official = User.objects.create_user("official", password="a-pass-word", role=Role.OFFICIAL)
    household = books.a_household()
    (sale,) = post_sales([potatoes(household, 10)])
    entry = back(sale, 4 * JIN, by=official, reason="  four jin bruised ")
    assert (entry.kind, entry.quantity, entry.amount_fen) == ("reversal", -4 * JIN, -480)
    assert (entry.reverses, entry.reason, entry.by) == (sale, "four jin bruised", f"user:{official.pk}")
    assert owed([household.pk]) == {household.pk: 720}


@pytest.mark.django_db
def test_rounding_never_leaves_a_fen_behind() -> None:
    """333 g at ¥0.99 a jin, taken back gram by gram in three uneven parts."""
    household = books.a_household()
    (sale,) = post_sales([potatoes(household, quantity=333, price_fen=99)])
    left = 333
    for part in (1, 166, 166):
        back(sale, part, key=f"part:{left}")
        left -= part
        assert owed([household.pk]) == {household.pk: line_amount_fen(99, left, JIN)}
    assert owed([household.pk]) == {household.pk: 0}
    assert verify().ok


@pytest.mark.django_db
def test_no_more_comes_back_than_was_sold() -> None:
    (sale,) = post_sales([potatoes(books.a_household(), 10)])
    back(sale, 6 * JIN)
    with pytest.raises(CannotReverse):
        back(sale, 4 * JIN + 1)
    with pytest.raises(CannotReverse):
        reverse_all([TakeBack(sale.key, f"half:{n}", 3 * JIN, NOON, "late") for n in range(2)], by=None)
    assert Entry.objects.count() == 2
    back(sale, 4 * JIN)
    with pytest.raises(CannotReverse):
        back(sale, 1)


@pytest.mark.django_db
def test_a_reversal_is_not_reversed_and_a_key_is_not_borrowed() -> None:
    first, second = post_sales([potatoes(books.a_household()) for _ in range(2)])
    taken = back(first, JIN)
    with pytest.raises(CannotReverse):
        back(taken, JIN)
    with pytest.raises(CannotReverse):
        back(second, JIN, key=taken.key)
    with pytest.raises(CannotReverse):
        back(second, JIN, key=first.key)
    with pytest.raises(Entry.DoesNotExist):
        reverse("accept:none", key="x", quantity=1, at=NOON, reason="lost", by=None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [{"quantity": 0}, {"quantity": -1}, {"reason": " "}, {"at": dt.datetime(2026, 4, 18)}],  # noqa: DTZ001
)
def test_a_reversal_that_is_wrong_in_itself_writes_nothing(wrong: dict[str, Any]) -> None:
    (sale,) = post_sales([potatoes(books.a_household())])
    with pytest.raises(ValueError, match=r"reversal|moment"):
        back(sale, **{"quantity": JIN, "key": "return", **wrong})
    assert Entry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_returns_at_once_never_take_back_more_than_was_sold() -> None:
    (sale,) = post_sales([potatoes(books.a_household(), 10)])
    answers = at_once(
        [
            lambda n=n: back(sale, 4 * JIN, key=f"return:{n}")  # type: ignore[misc]
            for n in range(8 if on_postgresql() else 4)
        ]
    )
    assert sum(isinstance(answer, Entry) for answer in answers) == 2
    assert sum(isinstance(answer, CannotReverse) for answer in answers) == len(answers) - 2
    assert verify().ok


@pytest.mark.django_db(transaction=True)
def test_the_same_return_sent_by_many_at_once_is_one_entry() -> None:
    (sale,) = post_sales([potatoes(books.a_household(), 10)])
    answers = at_once([lambda: back(sale, 4 * JIN).pk] * (8 if on_postgresql() else 4))
    assert len(set(answers)) == 1
    assert Entry.objects.count() == 2


SALES = st.tuples(
    st.sampled_from([potatoes, saplings, eggs]),
    st.integers(0, 2),  # household
    st.integers(1, 40_000),  # grams or pieces
    st.integers(1, 9_999),  # fen
    st.dates(dt.date(2025, 12, 20), dt.date(2026, 2, 10)),
    st.sampled_from(["canteen", "online", "green"]),
    st.sampled_from(["person:1", "person:2", "unit:1"]),
)
RETURNS = st.tuples(
    st.integers(0, 5), st.integers(1, 100), st.dates(dt.date(2026, 2, 1), dt.date(2027, 1, 5))
)


@pytest.mark.django_db
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sales=st.lists(SALES, min_size=1, max_size=6), returns=st.lists(RETURNS, max_size=6))
def test_totals_are_the_sums_of_their_entries_after_any_sales_and_returns(
    sales: list[Any], returns: list[Any]
) -> None:
    with transaction.atomic():
        families = [*books.households(2), books.a_household()]
        facts = [
            make(
                families[who],
                quantity=quantity,
                price_fen=price,
                at=books.noon(day.year, day.month, day.day),
                channel=channel,
                buyer=buyer,
            )
            for make, who, quantity, price, day, channel, buyer in sales
        ]
        posted = post_sales(facts)
        _agree()
        left = {sale.pk: sale.quantity for sale in posted}
        for number, (which, percent, day) in enumerate(returns):
            sale = posted[which % len(posted)]
            quantity = max(1, left[sale.pk] * percent // 100)
            if quantity > left[sale.pk]:
                continue
            at = books.noon(day.year, day.month, day.day)
            back(sale, quantity, key=f"return:{number}", at=at)
            left[sale.pk] -= quantity
            _agree()
        due = sum(line_amount_fen(s.price_fen, left[s.pk], s.unit_size) for s in posted)
        assert sum(owed([family.pk for family in families]).values()) == due
        transaction.set_rollback(True)


def _agree() -> None:
    assert books.totals_kept() == books.totals_due()
    verdict = verify()
    assert verdict.ok, verdict
