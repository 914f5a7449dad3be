from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.quantity import UNITS, Measure, Unit, from_units, in_units, measure_of, unit_size

sizes = st.sampled_from(sorted({fact.size for fact in UNITS.values()}))


@given(quantity=st.integers(0, 10**9), size=sizes)
def test_what_is_shown_can_be_typed_back(quantity: int, size: int) -> None:
    assert from_units(in_units(quantity, size), size) == quantity


@given(quantity=st.integers(-(10**12), 10**12), size=sizes)
def test_what_is_shown_is_exact(quantity: int, size: int) -> None:
    assert Fraction(in_units(quantity, size).replace(",", "")) == Fraction(quantity, size)


@given(text=st.text(max_size=16), size=sizes)
def test_anything_typed_is_an_exact_quantity_or_refused(text: str, size: int) -> None:
    try:
        quantity = from_units(text, size)
    except ValueError:
        return
    plain = text.strip().replace(",", "").replace("，", "")
    assert quantity == Fraction(plain.rstrip(".")) * size
    assert quantity >= 0


@pytest.mark.parametrize(
    ("text", "size", "quantity"),
    [
        ("10", 500, 5000),
        ("2.5", 500, 1250),
        (" 1,000 ", 500, 500_000),
        ("1，000", 1, 1000),
        ("0.002", 500, 1),
        (".5", 1000, 500),
    ],
)
def test_as_people_type_it(text: str, size: int, quantity: int) -> None:
    assert from_units(text, size) == quantity


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        ".",
        "-1",
        "+1",
        "1e3",
        "NaN",
        "inf",
        "²",
        "１０",
        "٣",
        "十",
        "1.2.3",
        "1/2",
        "0x10",
        "1_000",
        "9" * 16,
        "0.001",
        "1\0",
    ],
)
def test_what_is_no_plain_number_of_whole_grams_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        from_units(text, 500)


def test_half_a_tree_is_refused() -> None:
    with pytest.raises(ValueError, match="finer"):
        from_units("0.5", 1)


@pytest.mark.parametrize(
    ("quantity", "size", "text"),
    [(1250, 500, "2.5"), (-1250, 500, "-2.5"), (5_000_000, 500, "10,000"), (1, 1_000_000, "0.000001")],
)
def test_as_people_read_it(quantity: int, size: int, text: str) -> None:
    assert in_units(quantity, size) == text


def test_a_jin_is_500_grams_and_a_tree_is_a_tree() -> None:
    assert (unit_size("jin"), unit_size("kg"), unit_size("tonne"), unit_size("zhu")) == (
        500,
        1000,
        1_000_000,
        1,
    )
    assert (measure_of("jin"), measure_of("ke")) == (Measure.GRAM, Measure.COUNT)
    with pytest.raises(ValueError):
        unit_size("mu")


def test_every_unit_has_its_fact_and_no_word_means_two() -> None:
    assert set(UNITS) == set(Unit)
    words = [word for fact in UNITS.values() for word in fact.words]
    assert len(words) == len(set(words))
    assert all(fact.size == 1 for fact in UNITS.values() if fact.measure == Measure.COUNT)
