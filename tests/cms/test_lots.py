"""Lots in the admin: taken off sale and listed again many at a time, counted anew, and by nobody who may not."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from farmers.stock.models import Lot, StockMovement
from marketplace.access.models import Role
from marketplace.days import today
from tests.makers import JIN, a_lot, an_order, assert_stock_adds_up, counters, saplings, signed_in

pytestmark = pytest.mark.django_db
WHY = {"why": "虫害"}


@pytest.fixture
def official() -> Client:
    return signed_in(Role.OFFICIAL)


def address(action: str, *lots: Lot) -> str:
    ids = urlencode({"id": [lot.pk for lot in lots], "next": "/admin/lot/"}, doseq=True)
    return f"/admin/bulk/stock/lot/{action}/?{ids}"


def on_sale(*lots: Lot) -> list[bool]:
    states = dict(Lot.objects.values_list("pk", "state"))
    return [states[lot.pk] == "listed" for lot in lots]


def told(answer: Any) -> str:
    return " ".join(str(message) for message in answer.context["messages"])


def test_many_lots_are_taken_off_sale_and_listed_again_after_being_asked(official: Client) -> None:
    first, second, other = a_lot(), a_lot(), a_lot()
    asked = official.get(address("withdraw", first, second)).content.decode()
    assert first.slug in asked
    assert second.slug in asked
    assert other.slug not in asked
    assert on_sale(first, second, other) == [True, True, True]
    answer = official.post(address("withdraw", first, second), WHY, follow=True)
    assert "2" in told(answer)
    assert on_sale(first, second, other) == [False, False, True]
    answer = official.post(address("list_again", first, second, other), WHY, follow=True)
    assert re.findall(r"\d+", told(answer)) == ["2", "1"]
    assert on_sale(first, second, other) == [True, True, True]
    page = official.get(f"/admin/lot/inspect/{first.pk}/").content.decode()
    assert page.count("虫害") == 2


def test_what_is_past_its_day_is_said_to_be_left(official: Client) -> None:
    lot = a_lot()
    Lot.objects.update(state="withdrawn", good_until=today() - dt.timedelta(days=1))
    assert re.findall(r"\d+", told(official.post(address("list_again", lot), WHY, follow=True))) == ["0", "1"]
    assert on_sale(lot) == [False]


def test_without_a_reason_nothing_is_changed(official: Client) -> None:
    lot = a_lot()
    assert official.post(address("withdraw", lot), {"why": " "}).status_code == 200
    assert on_sale(lot) == [True]


@pytest.mark.parametrize("role", [Role.EDITOR, Role.CASHIER, Role.OFFICER, Role.SELLER, Role.CITIZEN])
def test_who_does_not_keep_stock_changes_none_of_it(role: Role) -> None:
    lot, client = a_lot(), signed_in(role)
    client.post(address("withdraw", lot), WHY)
    client.post(f"/admin/lot/correct/{lot.pk}/", {**WHY, "left": "1"})
    assert (on_sale(lot), counters(lot)) == ([True], (1_000 * JIN, 0, 0))


def test_an_editor_looks_at_lots_and_is_offered_nothing_to_do() -> None:
    lot = a_lot()
    for page in ("/admin/lot/", f"/admin/lot/inspect/{lot.pk}/"):
        shown = signed_in(Role.EDITOR).get(page).content.decode()
        assert lot.slug in shown
        assert "bulk-action" not in shown
        assert "/admin/lot/correct/" not in shown
        assert f"/admin/lot/correct/{lot.pk}/" in signed_in(Role.OFFICIAL).get(page).content.decode()


@pytest.mark.parametrize("ids", ["all", "x", "-1", "٣", "0", ""])
def test_an_action_is_for_lots_that_were_chosen_never_for_all(ids: str, official: Client) -> None:
    lot = a_lot()
    for ask in (official.get, official.post):
        assert ask(f"/admin/bulk/stock/lot/withdraw/?id={ids}", WHY).status_code in (302, 404)
    assert on_sale(lot) == [True]


def test_a_counted_lot_has_what_was_counted(official: Client) -> None:
    lot = a_lot(jin=1_000)
    an_order(lots=[lot], jin=10)
    form = official.get(f"/admin/lot/correct/{lot.pk}/")
    once = form.context["form"]["once"].value()
    counted = {"left": "800.5", "why": "雨后清点", "once": once}
    for _twice in range(2):
        answer = official.post(f"/admin/lot/correct/{lot.pk}/", counted, follow=True)
        assert answer.redirect_chain[-1][0] == f"/admin/lot/inspect/{lot.pk}/"
    assert counters(lot) == (400_250 + 10 * JIN, 10 * JIN, 0)
    assert StockMovement.objects.filter(kind="adjust").count() == 1
    assert "雨后清点" in answer.content.decode()
    assert_stock_adds_up()


@pytest.mark.parametrize("left", ["-1", "many", "1.5", "", "9" * 15])
def test_a_count_that_is_no_count_is_told(left: str, official: Client) -> None:
    lot = saplings(100)
    answer = official.post(f"/admin/lot/correct/{lot.pk}/", {"left": left, "why": "清点"})
    assert answer.status_code == 200
    assert "left" in answer.context["form"].errors
    assert counters(lot) == (100, 0, 0)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("state=withdrawn", "off"),
        ("spoilt=true", "old"),
        ("promised=true", "promised"),
        ("in_stock=false", "gone"),
        ("q=bocai", "spinach"),
    ],
)
def test_the_list_finds_what_a_keeper_of_stock_looks_for(asked: str, found: str, official: Client) -> None:
    lots = {name: a_lot() for name in ("off", "old", "promised", "gone")}
    lots["spinach"] = a_lot(product="bocai")
    Lot.objects.filter(pk=lots["off"].pk).update(state="withdrawn")
    Lot.objects.filter(pk=lots["old"].pk).update(good_until=today() - dt.timedelta(days=1))
    Lot.objects.filter(pk=lots["gone"].pk).update(sold=1_000 * JIN)
    an_order(lots=[lots["promised"]], jin=10)
    page = official.get(f"/admin/lot/?{asked}").content.decode()
    assert {name for name, lot in lots.items() if f"/inspect/{lot.pk}/" in page} == {found}
    # a filter in force is told in words
    assert not re.search(r">\s*(True|False)\s*<", page)


def test_tables_say_what_is_on_sale_without_asking_for_each_row(official: Client, query_budget: Any) -> None:
    lot = a_lot()
    for name in ("product", "category", "town", "village"):
        official.get(f"/admin/{name}/")
        with query_budget(16):
            page = official.get(f"/admin/{name}/")
        assert page.status_code == 200
        rows = {row.pk: row.on_sale for row in page.context["object_list"]}
        assert rows[getattr(lot, f"{name}_id")] == 1
        assert sum(rows.values()) == 1
    for asked, count in (("selling=true", 1), (f"selling=false&category={lot.category_id}", None)):
        rows = {row.pk for row in official.get(f"/admin/product/?{asked}").context["object_list"]}
        assert (lot.product_id in rows) == (count == 1)


def test_products_are_found_by_their_month(official: Client) -> None:
    lot = a_lot()
    type(lot.product).objects.update(months=0)
    type(lot.product).objects.filter(pk=lot.product_id).update(months=1 << 4)
    found = [row.pk for row in official.get("/admin/product/?month=5").context["object_list"]]
    assert found == [lot.product_id]
    assert list(official.get("/admin/product/?month=6").context["object_list"]) == []
