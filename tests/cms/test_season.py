"""The season calendar, and the warm-heart supermarkets, on the home page."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from cms import home as gathered
from cms.models import HomePage
from cms.supermarkets import WarmHeartShop
from farmers.registry.models import Town
from farmers.stock.models import Category, Product
from farmers.stock.reference import PRODUCTS
from farmers.stock.season import after, as_bits, as_months, spans
from marketplace.access.models import Role
from tests.makers import signed_in

from .test_first_pages import EN, ZH, text

months_of_year = st.sets(st.integers(1, 12))


def arrange(*blocks: tuple[str, dict[str, Any]]) -> None:
    for home in HomePage.objects.all():
        home.body = list(blocks)
        home.save_revision().publish()


def in_month(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathered, "today", lambda: dt.date(2026, number, 15))


@given(months_of_year)
def test_months_are_kept_as_they_were_said(months: set[int]) -> None:
    assert set(as_months(as_bits(months))) == months


@given(months_of_year)
def test_stretches_hold_each_month_once_and_no_other(months: set[int]) -> None:
    held = []
    for first, last in spans(as_bits(months)):
        month = first
        held.append(month)
        while month != last:
            month = after(month)
            held.append(month)
    assert sorted(held) == sorted(months)


def test_a_season_over_the_new_year_is_one() -> None:
    assert spans(as_bits((1, 2, 5, 11, 12))) == [(5, 5), (11, 2)]


@pytest.mark.django_db
def test_every_product_knows_its_months() -> None:
    known = dict(Product.objects.values_list("slug", "months"))
    assert all(as_months(known[fact.slug]) == sorted(fact.months) for fact in PRODUCTS)


@pytest.mark.django_db
def test_the_calendar_begins_with_this_month_and_goes_over_the_new_year(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    Product.objects.update(months=as_bits(range(1, 13)))
    for slug, months in {"dabaicai": (11, 12), "bocai": (1,), "tudou": (6,)}.items():
        Product.objects.filter(slug=slug).update(months=as_bits(months))
    arrange(("season", {"heading": "时令", "count": 6}))
    in_month(11, monkeypatch)
    zh = text(client, "/", ZH)
    assert zh.index("11月") < zh.index("大白菜") < zh.index("1月", zh.index("大白菜") + 60) < zh.index("菠菜")
    assert "土豆" not in zh
    assert zh.count("大白菜") == 1  # in December it is no news
    assert "11月–12月" in zh
    assert "?q=%E5%A4%A7%E7%99%BD%E8%8F%9C" in zh
    en = text(client, "/", EN)
    assert "Napa cabbage" in en
    assert "Nov–Dec" in en


@pytest.mark.django_db
def test_the_calendar_asks_no_more_than_the_categories_do(client: Client, query_budget: Any) -> None:
    arrange(("categories", {"heading": "种类"}), ("season", {"heading": "时令", "count": 6}))
    text(client, "/ledger/", ZH)
    Category.objects.create(slug="new", name="新类", name_en="New kind")
    with query_budget(2):
        assert "新类" in text(client, "/", ZH)


@pytest.mark.django_db
def test_an_editor_ticks_the_months_of_a_product() -> None:
    product = Product.objects.get(slug="tudou")
    names = (
        "name",
        "name_en",
        "slug",
        "measure",
        "unit",
        "shelf_life_days",
        "reference_price_fen",
        "illustration",
    )
    form = {name: getattr(product, name) for name in names} | {"category": product.category_id}
    editor = signed_in(Role.EDITOR)
    address = f"/admin/product/edit/{product.pk}/"
    assert editor.post(address, {**form, "months": ["1", "12"]}).status_code == 302
    product.refresh_from_db()
    assert as_months(product.months) == [1, 12]
    assert 'value="12" checked' in editor.get(address).content.decode().replace(' id="id_months_11"', "")
    assert editor.post(address, {**form, "months": ["13"]}).status_code == 200


@pytest.mark.django_db
def test_a_warm_heart_supermarket_is_shown_in_both_languages_and_as_a_sample(
    client: Client, query_budget: Any
) -> None:
    arrange(("supermarkets", {"heading": "暖心超市", "text": ""}))
    assert "暖心超市" not in text(client, "/", ZH)
    facts = {"address": "村中", "hours": "周二", "hours_en": "Tuesday", "goods": "米面", "goods_en": "Rice"}
    town = Town.objects.get(name="高蓬镇")
    WarmHeartShop.objects.create(name="高蓬超市", name_en="Gaopeng Shop", town=town, invented=True, **facts)
    zh, en = text(client, "/", ZH), text(client, "/", EN)
    assert all(word in zh for word in ("高蓬超市", "高蓬镇", "村中", "周二", "米面"))
    assert all(word in en for word in ("Gaopeng Shop", "Tuesday", "Rice", "sample"))


@pytest.mark.django_db
def test_editors_keep_the_supermarkets_and_officials_look() -> None:
    form = {"name": "高蓬超市", "name_en": "Shop", "town": Town.objects.get(name="高蓬镇").pk}
    form |= {"address": "村中", "hours": "周二", "goods": "米面"}
    assert signed_in(Role.OFFICIAL).post("/admin/warmheartshop/new/", form).status_code == 302
    assert not WarmHeartShop.objects.exists()
    assert signed_in(Role.EDITOR).post("/admin/warmheartshop/new/", form).status_code == 302
    assert WarmHeartShop.objects.get().name == "高蓬超市"
