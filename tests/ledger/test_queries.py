from __future__ import annotations

from typing import Any

import pytest

from farmers.ledger.post import post_sales, reverse
from farmers.ledger.queries import owed, year_figures
from marketplace.days import today

from . import books
from .books import JIN, NOON, eggs, noon, potatoes, saplings

pytestmark = pytest.mark.django_db


def test_each_household_is_owed_the_sum_of_its_entries(query_budget: Any) -> None:
    one, two, none = books.households(3)
    (sale, *_) = post_sales([potatoes(one, 10), saplings(one, 2), eggs(two, 1, at=noon(2024, 1, 1))])
    reverse(sale.key, key="r", quantity=JIN, at=NOON, reason="bruised", by=None)
    with query_budget(1):
        assert owed([one.pk, two.pk, none.pk]) == {one.pk: 1200 - 120 + 7000, two.pk: 6000}
    assert owed([]) == {}


def test_the_year_s_figures_are_of_that_year_and_net(query_budget: Any) -> None:
    this = today().year
    one, two = books.households(2)
    post_sales([potatoes(one, 10, at=noon(this, 1, 1)), potatoes(one, 99, at=noon(this - 1, 12, 31))])
    (sale,) = post_sales([saplings(two, 5, at=noon(this, 1, 2), buyer="unit:9")])
    with query_budget(1):
        assert year_figures() == (this, 5000, 5, 1200 + 17_500, 2)
    reverse(sale.key, key="r", quantity=5, at=noon(this, 1, 3), reason="dry roots", by=None)
    assert year_figures() == (this, 5000, 0, 1200, 1)
    assert year_figures(this - 1) == (this - 1, 99 * JIN, 0, 11_880, 1)
    assert year_figures(2001) == (2001, 0, 0, 0, 0)
