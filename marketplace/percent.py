"""Parts of a whole, as people read them."""

from __future__ import annotations


def tenths(part: int, whole: int) -> int:
    """`part` of a positive `whole` in tenths of a percent, rounded half up. Neither is below nothing."""
    return (2000 * part + whole) // (2 * whole)


def percent(part: int, whole: int) -> str:
    """The same as `12.3%`; a dash where there is no whole."""
    if whole <= 0:
        return "–"
    told = tenths(part, whole)
    return f"{told // 10}.{told % 10}%"
