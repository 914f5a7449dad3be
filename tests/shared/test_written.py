"""A question whose SQL is written once gives what the queryset would give, now and to everybody who asks."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.db.models import Exists, OuterRef, QuerySet

from farmers.stock.models import Lot, StockMovement
from marketplace.written import Given, Written
from tests.makers import a_lot, at_once, saplings

pytestmark = pytest.mark.django_db


def test_it_gives_the_rows_of_now_for_each_value_given() -> None:
    potato, tree = a_lot(price_fen=120), saplings()
    lots = Lot.objects.select_related("product", "household").order_by("pk")
    by_slug = Written(lots.filter(slug=Given("slug")))
    for lot in (potato, tree, potato):
        (found,) = by_slug.ask(slug=lot.slug)
        assert found == lot
        assert found.product.name == lot.product.name
        assert found.harvested_on == lot.harvested_on
    Lot.objects.filter(pk=potato.pk).update(price_fen=777)
    assert [lot.price_fen for lot in by_slug.ask(slug=potato.slug)] == [777]
    assert by_slug.ask(slug="never-was") == []


def test_values_subqueries_and_what_is_read_ahead_come_along(query_budget: Any) -> None:
    potato, tree = a_lot(), saplings()
    moved = Exists(StockMovement.objects.filter(lot=OuterRef("pk"), listed=Given("listed")))
    lots = Lot.objects.order_by("-pk").annotate(moved=moved)
    named: QuerySet[Lot, Any] = lots.values_list("pk", "good_until", "moved", named=True)
    rows = Written(named)
    asked = rows.ask(listed=potato.listed)
    assert [(row.pk, row.good_until, row.moved) for row in asked] == [
        (tree.pk, tree.good_until, False),
        (potato.pk, potato.good_until, True),
    ]
    read_ahead = Written(lots.prefetch_related("movements"))
    with query_budget(2):
        assert [len(lot.movements.all()) for lot in read_ahead.ask(listed=1)] == [1, 1]


def test_a_question_that_nothing_answers_asks_nothing(query_budget: Any) -> None:
    with query_budget(0):
        assert Written(Lot.objects.none()).ask() == []


def test_a_value_that_is_not_given_is_an_error() -> None:
    with pytest.raises(KeyError):
        Written(Lot.objects.filter(slug=Given("slug"))).ask()


@pytest.mark.django_db(transaction=True)
def test_many_may_ask_at_once() -> None:
    lots = [a_lot() for _ in range(6)]
    by_key = Written(Lot.objects.filter(pk=Given("pk")))

    def ask(lot: Lot) -> list[str]:
        return [by_key.ask(pk=lot.pk)[0].slug for _ in range(20)]

    answers = at_once([partial(ask, lot) for lot in lots])
    assert answers == [[lot.slug] * 20 for lot in lots]
