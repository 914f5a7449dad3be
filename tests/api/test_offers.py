"""The public interface: what people's programs are told, and a clear word for what they ask wrongly."""

from __future__ import annotations

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
        ("ledger", {}, 200),
        ("ledger", {"year": "x"}, 422),
        ("ledger", {"year": "1999"}, 422),
        ("ledger", {"year": "9999"}, 422),
        ("ledger", {"year": "9" * 30}, 422),
        ("nothing/", {}, 404),
    ],
)
def test_what_is_asked_wrongly_gets_a_clear_word(path: str, params: dict[str, str], status: int) -> None:
    a_lot()
    assert ask(path, **params).status_code == status


def test_the_ledgers_figures_are_those_of_what_was_accepted() -> None:
    lots = [a_lot(jin=20) for _ in range(5)]
    accepted(an_order(PayBy.ON_DELIVERY, lots=lots), short_jin=1)
    told = ask("ledger", year=today().year).json()
    assert told["total"] == {
        "produce_grams": 24_500, "saplings": 0, "amount_fen": 5880, "households": 5, "buyers": 1,
    }  # fmt: skip
    assert sum(month["amount_fen"] for month in told["months"]) == 5880


def test_of_too_few_households_nothing_is_told() -> None:
    accepted(an_order(PayBy.ON_DELIVERY, lots=[a_lot() for _ in range(4)]))
    told = ask("ledger").json()
    assert (told["total"]["amount_fen"], told["total"]["households"], told["towns"]) == (None, None, [])


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
