"""The public interface: what people's programs are told, and a clear word for what they ask wrongly."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from marketplace.days import today
from shop.orders.models import PayBy
from tests.makers import a_household, a_lot, accepted, an_order, saplings

pytestmark = pytest.mark.django_db


def ask(path: str, **params: Any) -> Any:
    return Client().get(f"/api/v1/{path}", params)


def test_an_offer_is_told_in_base_measures_and_without_its_household() -> None:
    lot = a_lot(household=a_household(head_name="李国庆", phone="13911112222", consent_on=today()))
    told = ask(f"offers/{lot.slug}").json()
    assert told == {
        "slug": lot.slug,
        "product": "土豆",
        "product_en": "Potato",
        "town": "清风店镇",
        "village": lot.village.name,
        "unit": "jin",
        "unit_size": 500,
        "price_fen": 120,
        "available": 500_000,
        "harvested_on": None,
        "good_until": lot.good_until.isoformat() if lot.good_until else None,
        "grade": lot.grade,
        "photo": "",
    }
    page = ask("offers")
    assert page.json() == {"total": 1, "page": 1, "page_size": 24, "offers": [told]}
    assert "李" not in page.content.decode()
    assert ask(f"offers/{a_lot(household=a_household()).slug}").json()["village"] is None


def test_offers_are_filtered_searched_and_paged() -> None:
    for _ in range(25):
        a_lot()
    tree = saplings()
    assert [offer["slug"] for offer in ask("offers", q="国槐").json()["offers"]] == [tree.slug]
    assert ask("offers", category="roots", town="qingfengdian").json()["total"] == 25
    assert len(ask("offers", page=2).json()["offers"]) == 2
    assert ask("offers", page=99999999).json()["page"] == 2


@pytest.mark.parametrize(
    ("path", "params", "status"),
    [
        ("offers", {"page": "x"}, 422),
        ("offers", {"page": "9" * 5000}, 422),
        ("offers", {"page": "-5"}, 200),
        ("offers", {"q": "\0"}, 200),
        ("offers", {"q": "x" * 10_000}, 200),
        ("offers", {"category": "a\0b", "town": "\0"}, 200),
        ("offers/never-was", {}, 404),
        ("offers/a%00b", {}, 404),
        ("offers/" + "x" * 500, {}, 404),
        ("ledger", {}, 422),
        ("ledger", {"start": "x", "end": "2026-01-01"}, 422),
        ("ledger", {"start": "2026-02-30", "end": "2026-03-01"}, 422),
        ("ledger", {"start": "0001-01-01", "end": "9999-12-31"}, 200),
        ("nothing/", {}, 404),
    ],
)
def test_what_is_asked_wrongly_gets_a_clear_word(path: str, params: dict[str, str], status: int) -> None:
    a_lot()
    assert ask(path, **params).status_code == status


def test_a_period_that_ends_before_it_starts_is_refused() -> None:
    accepted(an_order(PayBy.ON_DELIVERY))
    response = ask("ledger", start=today(), end=today() - dt.timedelta(days=1))
    assert response.status_code == 422
    assert "amount_fen" not in response.json()


def test_the_ledgers_figures_are_those_of_what_was_accepted() -> None:
    lots = [a_lot(jin=20) for _ in range(5)]
    accepted(an_order(PayBy.ON_DELIVERY, lots=lots), short_jin=1)
    told = ask("ledger", start=today(), end=today()).json()
    assert (told["produce_grams"], told["saplings"], told["amount_fen"]) == (24_500, 0, 5880)
    assert (told["households"], told["buyers"]) == (5, 1)


def test_too_few_households_are_not_told_apart_by_a_short_period() -> None:
    accepted(an_order(PayBy.ON_DELIVERY, lots=[a_lot() for _ in range(4)]))
    refused = ask("ledger", start=today(), end=today())
    assert (refused.status_code, set(refused.json())) == (422, {"detail"})


def test_nothing_can_be_changed_here() -> None:
    lot = a_lot()
    for method in ("post", "put", "patch", "delete"):
        for path in ("offers", f"offers/{lot.slug}", "ledger"):
            assert getattr(Client(), method)(f"/api/v1/{path}").status_code == 405


def test_it_describes_itself() -> None:
    told = ask("openapi.json").json()
    assert {"/api/v1/offers", "/api/v1/ledger"} <= set(told["paths"])
    assert ask("docs").status_code == 200
    assert ask("").status_code == 302
