from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.money import line_amount_fen, yuan

prices = st.integers(0, 10_000_000)
quantities = st.integers(0, 100_000_000_000)
sizes = st.sampled_from([1, 500, 1000, 1_000_000])


@given(price=prices, quantity=quantities, size=sizes)
def test_an_amount_is_rounded_half_up_once(price: int, quantity: int, size: int) -> None:
    with localcontext(prec=60):
        exact = Decimal(price) * quantity / size
        assert line_amount_fen(price, quantity, size) == int(exact.quantize(Decimal(1), ROUND_HALF_UP))


@given(price=prices, quantity=quantities, size=sizes)
def test_a_reversal_mirrors_what_it_takes_back(price: int, quantity: int, size: int) -> None:
    assert line_amount_fen(price, -quantity, size) == -line_amount_fen(price, quantity, size)


@given(price=prices, size=sizes, quantity=quantities, part=st.floats(0, 1))
def test_less_never_costs_more(price: int, size: int, quantity: int, part: float) -> None:
    assert line_amount_fen(price, int(quantity * part), size) <= line_amount_fen(price, quantity, size)


@pytest.mark.parametrize(
    ("price", "quantity", "size", "fen"),
    [(1, 250, 500, 1), (1, 249, 500, 0), (3, 250, 500, 2), (120, 4_321, 500, 1037), (3500, 6, 1, 21_000)],
)
def test_amounts_by_hand(price: int, quantity: int, size: int, fen: int) -> None:
    assert line_amount_fen(price, quantity, size) == fen


@pytest.mark.parametrize("size", [0, -1])
def test_a_unit_has_a_size(size: int) -> None:
    with pytest.raises(ValueError):
        line_amount_fen(1, 1, size)


@given(st.integers(-(10**15), 10**15))
def test_yuan_says_every_fen(fen: int) -> None:
    assert int(yuan(fen).replace(",", "").replace(".", "")) == fen


@pytest.mark.parametrize(
    ("fen", "text"),
    [(0, "0.00"), (7, "0.07"), (-7, "-0.07"), (1234567, "12,345.67"), (-100_000, "-1,000.00")],
)
def test_yuan_as_people_read_it(fen: int, text: str) -> None:
    assert yuan(fen) == text
