"""The catalogue that every site starts from holds together."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest

from farmers.registry.reference import TOWNS
from farmers.stock.reference import CATEGORIES, PRODUCTS
from marketplace.quantity import BY_WORD, measure_of

STATIC = Path(__file__).resolve().parents[2] / "static"
DRAWINGS = sorted((STATIC / "products").glob("*.svg")) + sorted((STATIC / "categories").glob("*.svg"))


def repeated(words: list[str]) -> list[str]:
    return [word for word, times in Counter(words).items() if times > 1]


def test_dingzhou_has_its_25_towns() -> None:
    assert Counter(town.kind for town in TOWNS) == {"subdistrict": 4, "town": 16, "township": 5}
    assert repeated([town.slug for town in TOWNS]) == []
    assert repeated([town.name for town in TOWNS]) == []


def test_a_town_is_named_for_its_kind() -> None:
    suffixes = {
        "subdistrict": ("街道", " Subdistrict"),
        "town": ("镇", " Town"),
        "township": ("乡", " Township"),
    }
    for town in TOWNS:
        chinese, english = suffixes[town.kind]
        assert town.name.endswith(chinese) and town.name_en.endswith(english), town


def test_slugs_and_names_are_used_once() -> None:
    for facts in (CATEGORIES, PRODUCTS):
        for field in ("slug", "name", "name_en"):
            assert repeated([getattr(fact, field) for fact in facts]) == [], field
    assert repeated([str(category.position) for category in CATEGORIES]) == []


def test_one_word_means_one_product() -> None:
    words = [word for product in PRODUCTS for word in (product.name, *product.aliases)]
    assert repeated(words) == []
    # the import folds what officers type before it looks a word up
    assert [word for word in words if unicodedata.normalize("NFKC", word).lower().strip() != word] == []
    # a town or a unit is no product
    assert set(words) & {town.name for town in TOWNS} == set()
    assert set(words) & set(BY_WORD) == set()


def test_what_the_2020_ledger_lists_is_known() -> None:
    words = {word for product in PRODUCTS for word in (product.name, *product.aliases)}
    assert {"土豆", "红薯", "鸭梨", "月季", "大葱", "小米", "白蜡", "国槐"} <= words
    assert {"大白菜", "鸡蛋", "辣椒", "花生"} <= words
    assert len(PRODUCTS) >= 90


def test_a_unit_fits_its_measure() -> None:
    for product in PRODUCTS:
        assert measure_of(product.unit) == product.measure, product.slug


def test_every_product_is_of_a_known_category_and_season() -> None:
    slugs = {category.slug for category in CATEGORIES}
    assert {product.category for product in PRODUCTS} == slugs
    for product in PRODUCTS:
        assert product.months and set(product.months) <= set(range(1, 13)), product.slug
        assert repeated([str(month) for month in product.months]) == [], product.slug
        assert product.reference_price_fen > 0, product.slug


def test_only_what_is_alive_keeps_without_end() -> None:
    saplings = {category.slug for category in CATEGORIES if category.is_sapling}
    assert saplings == {"flowers", "saplings"}
    for product in PRODUCTS:
        if product.category in saplings:
            assert product.shelf_life_days is None and product.measure == "count", product.slug
        elif product.shelf_life_days is None:
            assert product.category == "livestock", product.slug
        else:
            assert product.shelf_life_days > 0, product.slug


def test_every_product_and_category_has_its_picture() -> None:
    drawn = {path.stem for path in (STATIC / "products").glob("*.svg")}
    assert {product.illustration for product in PRODUCTS} - drawn == set()
    assert drawn - {product.illustration for product in PRODUCTS} == set()
    icons = {path.stem for path in (STATIC / "categories").glob("*.svg")}
    assert icons == {category.slug for category in CATEGORIES}


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_picture_is_small_and_harmless(path: Path) -> None:
    text = path.read_text()
    assert len(text.encode()) < 12_000
    root = ElementTree.fromstring(text)  # noqa: S314 (our own file)
    size = "0 0 480 360" if path.parent.name == "products" else "0 0 96 96"
    assert root.get("viewBox") == size
    allowed = {"svg", "defs", "g", "path", "ellipse", "circle", "rect", "use", "clipPath"}
    names = set()
    for element in root.iter():
        names.add(element.tag.removeprefix("{http://www.w3.org/2000/svg}"))
        for attribute, value in element.attrib.items():
            bare = attribute.rpartition("}")[2]
            assert bare != "style" and not bare.startswith("on"), attribute
            # links stay inside the file
            assert bare != "href" or value.startswith("#"), value
            assert not re.search(r"url\((?!#)", value), value
    assert names <= allowed
