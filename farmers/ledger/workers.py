"""Checking the ledger in several processes, which all see the same moment. PostgreSQL alone can share one.

It knows no model: a process that begins reads this before Django is set up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context
from multiprocessing.util import Finalize
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .bad import Bad
    from .parts import Part

_open = ExitStack()  # this process's transaction, for as long as it lives


def in_processes(
    parts: Sequence[Part], workers: int, database: str, snapshot: str
) -> Iterator[tuple[Part, Bad | None]]:
    """Each part with what is bad in it, in their order. Whoever stops asking stops the rest."""
    # begun anew, not forked: a fork would share the connection
    pool = ProcessPoolExecutor(workers, get_context("spawn"), _begin, (database, snapshot))
    try:
        asked = [pool.submit(_check, part) for part in parts]
        for part, answer in zip(parts, asked, strict=True):
            yield part, answer.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _begin(database: str, snapshot: str) -> None:
    import django

    django.setup()
    from django.db import connection

    from .snapshot import moment_of

    connection.settings_dict["NAME"] = database
    _open.enter_context(moment_of(snapshot))
    # while there is still an interpreter to do it
    Finalize(None, _open.close, exitpriority=10)


def _check(part: Part) -> Bad | None:
    from .parts import first_bad

    return first_bad(part)
