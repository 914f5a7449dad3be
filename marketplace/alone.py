"""Work on many rows, each for itself: one that cannot be done holds up no other."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from django.db import transaction

logger = logging.getLogger(__name__)


def each_alone(what: str, keys: Iterable[int], do: Callable[[int], bool]) -> int:
    """How many of them `do` says it did. Where it raises, that is logged as `what` with the key, and the rest goes on."""
    done = 0
    for key in keys:
        try:
            with transaction.atomic():
                did = do(key)
        except Exception:
            logger.exception("%s %s failed; the others go on", what, key)
        else:
            done += did
    return done
