"""Reading many queries' worth of ledger as it stood at one moment, without holding up who posts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction


@contextmanager
def one_moment() -> Iterator[None]:
    """A read-only view of the database at one moment, for comparing entries with their totals.

    Inside a transaction of the caller it is that transaction, with whatever it can see.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with _repeatable_read(), transaction.atomic():
            yield
    else:
        with _deferred(), transaction.atomic():
            yield


def exported() -> str:
    """The name under which other connections can see what this one sees (PostgreSQL), while `one_moment` lasts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_export_snapshot()")
        return str(cursor.fetchone()[0])


@contextmanager
def moment_of(snapshot: str) -> Iterator[None]:
    """The moment that another connection exported."""
    with _repeatable_read(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION SNAPSHOT %s", [snapshot])
        yield


@contextmanager
def _repeatable_read() -> Iterator[None]:
    from psycopg import IsolationLevel

    connection.ensure_connection()
    driver = connection.connection
    before = driver.isolation_level
    driver.isolation_level = IsolationLevel.REPEATABLE_READ
    try:
        yield
    finally:
        driver.isolation_level = before


@contextmanager
def _deferred() -> Iterator[None]:
    """SQLite in WAL reads beside a writer, as long as the reader does not ask for the writer's lock."""
    database: Any = connection  # its mode is known to SQLite alone, and not before it is connected
    database.ensure_connection()
    before = database.transaction_mode
    database.transaction_mode = "DEFERRED"
    try:
        yield
    finally:
        database.transaction_mode = before
