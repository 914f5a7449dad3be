"""The amounts that the chooser offers, so that most people need not type."""

from __future__ import annotations

from marketplace.quantity import Unit

# a kitchen's usual helpings of what is weighed, and a row's of what is counted
_STEPS: dict[str, int] = {Unit.JIN: 10, Unit.KG: 5}
_QUICK: dict[str, tuple[int, ...]] = {
    Unit.JIN: (10, 50, 100, 500),
    Unit.KG: (5, 25, 50, 250),
    Unit.TONNE: (1, 2, 5),
}
_PIECES = (1, 10, 50, 100)


def step(unit: str) -> int:
    """How many units plus and minus change the amount by: jin by tens, saplings by pieces."""
    return _STEPS.get(unit, 1)


def quick_amounts(unit: str, left: int) -> list[int]:
    """Amounts to choose with one tap, none of them more than what is left (whole units)."""
    return [amount for amount in _QUICK.get(unit, _PIECES) if amount <= left]
