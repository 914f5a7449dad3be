"""The green channel's trade beside the same days of the year before, from the ledger's totals."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from farmers.ledger.post import SaleFact, post_sales
from farmers.registry.models import Household
from marketplace.access.models import Role
from marketplace.days import SHANGHAI
from shop.green import figures as trade
from shop.green.figures import Traded, figures
from tests.ledger.books import potatoes, saplings
from tests.makers import a_household, a_person, signed_in

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 20)


@pytest.fixture(autouse=True)
def _day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trade, "today", lambda: TODAY)


@pytest.fixture
def household() -> Household:
    return a_household()


_keys = iter(range(10**6))


def sold(household: Household, day: dt.date, count: int, **changed: Any) -> SaleFact:
    at = dt.datetime.combine(day, dt.time(10), SHANGHAI)
    changed = {"channel": "green", "price_fen": 1000, "amount_fen": count * 1000, **changed}
    return saplings(household, count, at=at, key=f"green:{next(_keys)}", **changed)


def test_both_years_are_cut_at_the_same_day(household: Household) -> None:
    post_sales(
        [
            sold(household, dt.date(2026, 3, 1), 10),
            sold(household, dt.date(2026, 11, 20), 5),
            sold(household, dt.date(2025, 3, 31), 4),
            sold(household, dt.date(2025, 11, 20), 2),
            sold(household, dt.date(2025, 11, 21), 100),
            sold(household, dt.date(2025, 12, 24), 100),
            sold(household, dt.date(2024, 5, 1), 100),
            sold(household, dt.date(2026, 4, 1), 100, channel="online"),
        ]
    )
    page = figures(2026)
    assert (page.until, page.until_before) == (TODAY, dt.date(2025, 11, 20))
    assert page.total.this_year == Traded(15, 15_000)
    assert page.total.last_year == Traded(6, 6_000)
    assert page.total.change == 150
    assert page.months[2].row[2:] == (Traded(10, 10_000), Traded(4, 4_000))
    assert page.months[10].row[2:] == (Traded(5, 5_000), Traded(2, 2_000))
    assert page.years == [2026, 2025, 2024]


def test_products_are_compared_by_whole_months(household: Household) -> None:
    post_sales(
        [
            sold(household, dt.date(2026, 10, 31), 7),
            sold(household, dt.date(2026, 11, 1), 100),
            sold(household, dt.date(2025, 10, 2), 5),
            sold(household, dt.date(2025, 11, 2), 100),
            sold(household, dt.date(2025, 2, 2), 3, product_slug="yang", product_name="杨树"),
        ]
    )
    page = figures(2026)
    assert page.products_until == dt.date(2026, 10, 31)
    assert [(row.name, row.this_year.pieces, row.last_year.pieces, row.change) for row in page.products] == [
        (page.products[0].name, 7, 5, 40),
        ("杨树", 0, 3, -100),
    ]


def test_a_year_that_is_over_is_whole(household: Household) -> None:
    post_sales([sold(household, dt.date(2025, 12, 31), 9), sold(household, dt.date(2024, 12, 31), 3)])
    page = figures(2025)
    assert (page.until, page.until_before) == (dt.date(2025, 12, 31), dt.date(2024, 12, 31))
    assert page.total.change == 200
    assert page.products_until == page.until
    assert sum(row.this_year.pieces for row in page.products) == 9


def test_leap_years_end_february_together(monkeypatch: pytest.MonkeyPatch, household: Household) -> None:
    monkeypatch.setattr(trade, "today", lambda: dt.date(2025, 2, 28))
    post_sales([sold(household, dt.date(2024, 2, 29), 3)])
    assert figures(2025).total.last_year.pieces == 3
    monkeypatch.setattr(trade, "today", lambda: dt.date(2024, 2, 29))
    assert figures(2024).until_before == dt.date(2023, 2, 28)


def test_in_january_no_month_is_whole_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trade, "today", lambda: dt.date(2026, 1, 15))
    page = figures(2026)
    assert (page.products_until, page.products, page.total.change) == (None, [], None)


def test_what_is_no_sapling_does_not_count(household: Household) -> None:
    post_sales([potatoes(household, 10, channel="green", key="potatoes")])
    assert figures(2026).total.this_year == Traded()
    assert figures(2026).products == []


@pytest.mark.parametrize("many", [3, 300])
def test_it_costs_the_same_for_few_and_for_many(household: Household, many: int, query_budget: Any) -> None:
    post_sales([sold(household, dt.date(2025, 1 + n % 12, 1 + n % 28), 1) for n in range(many)])
    with query_budget(3):
        figures(2026)


def test_the_page_is_the_city_s(household: Household) -> None:
    post_sales([sold(household, dt.date(2026, 3, 1), 1234)])
    official = signed_in(a_person(Role.OFFICIAL))
    shown = official.get(reverse("green:figures")).content.decode()
    assert "12,340.00" in shown
    assert "<svg" in shown
    for year in ("2025", "1999", "x", "２０２５", "99999"):
        assert official.get(reverse("green:figures"), {"year": year}).status_code == 200
    assert signed_in(a_person(Role.NURSERY)).get(reverse("green:figures")).status_code == 403
