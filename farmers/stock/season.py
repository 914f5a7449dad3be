"""Months of harvest as a product keeps them: one bit a month, January the lowest."""

from __future__ import annotations

from collections.abc import Iterable

YEAR = range(1, 13)
ALL_YEAR = (1 << 12) - 1


def as_bits(months: Iterable[int]) -> int:
    """`(1, 12)` as 2049. Raises ValueError for what is no month."""
    bits = 0
    for month in months:
        if month not in YEAR:
            raise ValueError(f"there is no month {month}")
        bits |= 1 << (month - 1)
    return bits


def as_months(bits: int) -> list[int]:
    return [month for month in YEAR if bits >> (month - 1) & 1]


def after(month: int, steps: int = 1) -> int:
    """The month so many later: after December comes January."""
    return (month - 1 + steps) % 12 + 1


def spans(bits: int) -> list[tuple[int, int]]:
    """First and last month of each unbroken stretch, over the new year too: `[(5, 5), (11, 2)]`."""
    months = set(as_months(bits))
    if len(months) == len(YEAR):
        return [(1, 12)]
    found = []
    for first in sorted(months):
        if after(first, -1) in months:
            continue
        last = first
        while after(last) in months:
            last = after(last)
        found.append((first, last))
    return found
