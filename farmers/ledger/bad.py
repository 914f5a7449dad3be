from __future__ import annotations

from typing import NamedTuple


class Bad(NamedTuple):
    """The first thing that does not hold. `entry` and `key` are empty where no single entry is to blame."""

    entry: int | None
    key: str
    reason: str
