"""Measures of plants: a nurseryman's words are understood, kept in millimetres, and told as they were sold."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from farmers.stock.measure_forms import measures_form
from farmers.stock.measures import LONGEST, NONE, Measures, in_words, measures_of, read_measures, set_measures
from farmers.stock.models import Lot, Product, SaplingMeasures
from farmers.stock.reference import PLANTS, PRODUCTS
from farmers.stock.saplings import MEASURED_BY, MOST_MM, Plant, Size
from marketplace.grades import in_english
from tests.makers import a_lot, a_person, saplings


def size(smallest: int, largest: int | None = None) -> Size:
    return Size(smallest, largest or smallest)


WRITTEN: list[tuple[str, dict[str, Any]]] = [
    (
        "胸径5-6公分 高2.5米 3年生",
        {"trunk_at": "breast", "trunk": size(50, 60), "height": size(2500), "age": 3},
    ),
    (
        "D5-6 H250 P150",
        {"trunk_at": "ground", "trunk": size(50, 60), "height": size(2500), "crown": size(1500)},
    ),
    ("Φ8 H350 P200", {"trunk_at": "breast", "trunk": size(80), "height": size(3500), "crown": size(2000)}),
    (
        "地径0.8cm以上 苗高60~80cm 一级苗",
        {"trunk_at": "ground", "trunk": size(8), "height": size(600, 800), "grade": "1"},
    ),
    ("胸径：６－８ｃｍ", {"trunk_at": "breast", "trunk": size(60, 80)}),
    ("米径10，带土球", {"trunk_at": "metre", "trunk": size(100), "roots": "ball"}),
    ("胸径8公分带土球60公分", {"trunk_at": "breast", "trunk": size(80), "roots": "ball", "ball": 600}),
    ("苗龄2-1 裸根", {"age": 3, "roots": "bare"}),
    ("三年生", {"age": 3}),
    ("盆径 12 厘米", {"roots": "container", "ball": 120}),
    ("株高150-180 蓬径80-100", {"height": size(1500, 1800), "crown": size(800, 1000)}),
    ("高80cm-1.2m", {"height": size(800, 1200)}),
    ("6-5公分", {"trunk_at": "breast", "trunk": size(50, 60)}),
]


@pytest.mark.parametrize(("words", "meant"), WRITTEN)
def test_a_nurserymans_words_are_understood(words: str, meant: dict[str, Any]) -> None:
    assert read_measures(words, Plant.TREE) == NONE._replace(**meant)


@pytest.mark.parametrize(
    "words", ["", "统货", "特大", "一级", "自家留的老品种", "胸径900公分", "高0", "50加仑", "5"]
)
def test_what_is_not_understood_or_beyond_sense_is_left_out(words: str) -> None:
    assert read_measures(words, Plant.TREE) == NONE


def test_a_grade_is_the_standards_where_young_plants_are_graded() -> None:
    assert read_measures("一级", Plant.SEEDLING).grade == "1"
    assert read_measures("三级", Plant.SEEDLING).grade == ""


@given(st.text(alphabet="胸径地高冠幅土球盆年生一二级苗龄裸根公分厘米cmhdpφ0123456789.-~ ～到", max_size=40))
def test_no_words_are_refused(words: str) -> None:
    read_measures(words, Plant.TREE)


def sizes(kind: str) -> st.SearchStrategy[Size | None]:
    ends = st.integers(1, MOST_MM[kind])
    return st.none() | st.tuples(ends, ends).map(lambda pair: Size(*sorted(pair)))


@st.composite
def all_measures(draw: st.DrawFn) -> Measures:
    trunk = draw(sizes("trunk"))
    roots = draw(st.sampled_from(["", "bare", "ball", "container"]))
    ball = st.none() | st.integers(1, MOST_MM["ball"])
    return Measures(
        trunk_at=draw(st.sampled_from(["breast", "metre", "ground"])) if trunk else "",
        trunk=trunk,
        height=draw(sizes("height")),
        crown=draw(sizes("crown")),
        age=draw(st.none() | st.integers(1, 500)),
        roots=roots,
        ball=draw(ball) if roots in ("ball", "container") else None,
        grade=draw(st.sampled_from(["", "1", "2"])),
    )


@given(all_measures(), st.sampled_from(["", *Plant.values]))
def test_words_read_back_as_the_measures_they_were_made_of(measures: Measures, plant: str) -> None:
    words = in_words(measures)
    assert len(words) <= LONGEST
    assert read_measures(words, plant) == measures
    assert in_english(words).replace("–", "-").replace("·", "-").isascii()


@pytest.mark.parametrize(
    ("measures", "words", "english"),
    [
        (
            Measures("breast", size(50, 60), size(2500, 3000), size(1500), 3, "ball", 400),
            "胸径 5–6 厘米 · 高 2.5–3 米 · 冠幅 1.5 米 · 3 年生 · 土球 40 厘米",
            "trunk at breast height 5–6 cm · height 2.5–3 m · crown 1.5 m · 3 years old · root ball 40 cm",
        ),
        (
            Measures("ground", size(8), size(600, 800), grade="1", roots="bare"),
            "地径 0.8 厘米 · 高 60–80 厘米 · 裸根 · 一级苗",
            "trunk at ground 0.8 cm · height 60–80 cm · bare roots · grade I",
        ),
        (Measures(roots="container", age=1), "1 年生 · 容器苗", "1 year old · in containers"),
    ],
)
def test_measures_are_told_in_both_languages(measures: Measures, words: str, english: str) -> None:
    assert in_words(measures) == words
    assert in_english(words) == english


@pytest.mark.django_db
class TestKept:
    def test_every_plant_of_reference_says_how_it_is_measured_and_nothing_else_does(self) -> None:
        plants = {slug for slugs in PLANTS.values() for slug in slugs}
        assert plants == {fact.slug for fact in PRODUCTS if fact.category in ("saplings", "flowers")}
        kinds = dict(Product.objects.exclude(plant="").values_list("slug", "plant"))
        assert kinds == {slug: plant for plant, slugs in PLANTS.items() for slug in slugs}
        assert set(PLANTS) == set(MEASURED_BY) == set(Plant.values)

    def test_a_lot_is_measured_by_somebody_and_its_grade_says_so(self) -> None:
        lot, by = saplings(), a_person()
        measures = Measures("breast", size(50, 60), size(2500))
        set_measures(lot, measures, by)
        row = SaplingMeasures.objects.get(lot=lot)
        assert (measures_of(row), row.by) == (measures, by)
        assert Lot.objects.get(pk=lot.pk).grade == "胸径 5–6 厘米 · 高 2.5 米"
        set_measures(lot, NONE, by)
        assert not SaplingMeasures.objects.exists()
        assert Lot.objects.get(pk=lot.pk).grade == ""

    def test_what_a_workbook_says_of_plants_is_measured_and_of_potatoes_is_not(self) -> None:
        lot = saplings(grade="胸径5-6公分 高2.5米")
        assert measures_of(lot.measures) == Measures("breast", size(50, 60), size(2500))
        assert lot.grade == "胸径5-6公分 高2.5米"
        a_lot(grade="5公分")
        saplings(grade="特大")
        assert SaplingMeasures.objects.count() == 1

    @pytest.mark.parametrize(
        "wrong",
        [
            {"trunk_at": "breast"},
            {"trunk_at": "knee", "trunk_from": 5, "trunk_to": 5},
            {"height_from": 5, "height_to": 4},
            {"height_from": 5},
            {"height_from": 0, "height_to": 4},
            {"roots": "bare", "ball": 5},
            {"grade": "3"},
        ],
    )
    def test_the_table_refuses_measures_that_cannot_be(self, wrong: dict[str, Any]) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            SaplingMeasures.objects.create(lot=saplings(), **wrong)


@pytest.mark.django_db
class TestForm:
    def form(self, slug: str, data: dict[str, str] | None = None, known: Measures = NONE) -> Any:
        product = Product.objects.get(slug=slug)
        sent = None if data is None else {f"plant-{name}": value for name, value in data.items()}
        return measures_form(product, sent, known)

    def test_each_plant_is_asked_for_what_it_is_sold_by(self) -> None:
        assert self.form("tudou") is None
        assert "grade" not in self.form("guohuai").fields
        assert "trunk" not in self.form("dongqing").fields
        assert {"trunk", "grade"} <= set(self.form("taoshumiao").fields)
        assert self.form("guohuai").fields["trunk_at"].initial == "breast"

    def test_what_is_typed_is_measured(self) -> None:
        form = self.form(
            "guohuai",
            {
                "trunk": "5-6",
                "trunk_at": "breast",
                "height": "2.5～3米",
                "ball": "40",
                "roots": "ball",
                "age": "3",
            },
        )
        assert form.is_valid(), form.errors
        assert form.measures() == Measures(
            "breast", size(50, 60), size(2500, 3000), age=3, roots="ball", ball=400
        )
        pot = self.form("lvluo", {"ball": "15"})
        assert pot.is_valid()
        assert pot.measures() == Measures(roots="container", ball=150)
        nothing = self.form("guohuai", {})
        assert nothing.is_valid()
        assert nothing.measures() == NONE

    @pytest.mark.parametrize(
        "wrong",
        [
            {"trunk": "thick"},
            {"trunk": "900"},
            {"height": "-1"},
            {"height": "高2米"},
            {"age": "0"},
            {"ball": "40"},
        ],
    )
    def test_what_cannot_be_is_said_at_its_field(self, wrong: dict[str, str]) -> None:
        form = self.form("guohuai", wrong)
        assert not form.is_valid()
        assert len(form.errors) == 1

    def test_it_is_filled_in_with_what_is_known_and_gives_the_same(self) -> None:
        known = Measures("breast", size(55, 60), size(800), size(1505), 3, "ball", 400)
        form = self.form("guohuai", known=known)
        shown = {name: form[name].value() for name in form.fields}
        again = self.form("guohuai", {name: str(value) for name, value in shown.items() if value})
        assert again.is_valid(), again.errors
        assert again.measures() == known
