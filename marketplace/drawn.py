"""Pieces of pages that are functions of what they show: drawn once in each process, as long as it is asked for.

Their arguments stand for all that is on them, so that none can be stale: other facts are another piece.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from django.utils.autoreload import file_changed

Drawing = TypeVar("Drawing", bound=Callable[..., Any])

_known: list[Any] = []


def drawn_once(most: int) -> Callable[[Drawing], Drawing]:
    """Keep what a function drew, the latest `most` of its drawings."""

    def decorate(draw: Drawing) -> Drawing:
        _known.append(lru_cache(maxsize=most)(draw))
        return _known[-1]

    return decorate


def draw_anew(file_path: Path, **kwargs: object) -> None:
    """Whoever works on a template sees it change."""
    if file_path.suffix == ".html":
        for kept in _known:
            kept.cache_clear()


file_changed.connect(draw_anew, dispatch_uid="marketplace.drawn")
