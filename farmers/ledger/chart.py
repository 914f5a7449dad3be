"""The geometry of the year's chart: plain numbers for a template that draws them as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

WIDTH, HEIGHT = 1200, 400  # of the drawing's own measure; the page stretches it
SLOT = WIDTH // 12
BAR = 36


class Bar(NamedTuple):
    x: int
    y: int
    width: int
    height: int


class Chart(NamedTuple):
    """Two bars a month on one scale, whose top is `top` (a round number of the values' measure)."""

    this_year: list[Bar]
    last_year: list[Bar]
    top: int

    @property
    def half(self) -> int:
        return self.top // 2


def monthly(this_year: Sequence[int], last_year: Sequence[int]) -> Chart:
    """Bars for twelve values each. What is nothing, or less by returns, has no height."""
    top = round_above(max(*this_year, *last_year, 0))
    return Chart(
        this_year=[_bar(SLOT * at + SLOT // 2, value, top) for at, value in enumerate(this_year)],
        last_year=[_bar(SLOT * at + SLOT // 2 - BAR - 4, value, top) for at, value in enumerate(last_year)],
        top=top,
    )


def round_above(value: int) -> int:
    """The next number of two digits and zeros that divides well: 1234 is 1500, 507943 is 600000."""
    step = 1
    while True:
        for digits in (10, 12, 15, 20, 25, 30, 40, 50, 60, 80):
            if digits * step >= value:
                return digits * step
        step *= 10


def _bar(x: int, value: int, top: int) -> Bar:
    # a sale is seen even where it is small beside the largest
    height = max(2, HEIGHT * value // top) if value > 0 else 0
    return Bar(x, HEIGHT - height, BAR, height)
