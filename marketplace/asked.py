"""What stands in an address or a form and should be a number: anybody can write anything there."""

from __future__ import annotations


def whole_number(text: str, digits: int) -> int | None:
    """A whole number of at most so many digits; None for whatever else. A key of the tables has at most 18."""
    # ASCII digits alone: int() and str.isdigit() would also take superscripts and other scripts
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else None
