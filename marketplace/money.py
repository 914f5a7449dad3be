"""Money is an integer number of fen (1/100 yuan). No floats, no Decimal in tables."""

from __future__ import annotations


def line_amount_fen(price_fen: int, quantity: int, unit_size: int) -> int:
    """What a line costs, in fen: `price_fen` per `unit_size` base units, rounded half up, once.

    `quantity` is in the base measure (grams or pieces) and may be negative for a reversal,
    which then mirrors the amount it takes back exactly.
    """
    if unit_size <= 0:
        raise ValueError("unit_size must be positive")
    if quantity < 0:
        return -line_amount_fen(price_fen, -quantity, unit_size)
    return (2 * price_fen * quantity + unit_size) // (2 * unit_size)


def yuan(fen: int) -> str:
    """`1234567` fen as `12,345.67`, without a sign of currency."""
    sign = "-" if fen < 0 else ""
    whole, part = divmod(abs(fen), 100)
    return f"{sign}{whole:,}.{part:02d}"
