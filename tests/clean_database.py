"""Gives each test the database that it wants to begin with: as migrated, or with the demo city in it.

Django's own way to clean up after a test that commits is to flush every table. It can't be ours: the ledger's
triggers refuse to be emptied, and a flush would take along the towns, products and pages that migrations load.
So copies are kept and put back, and only once a test comes that wants one. The city, which takes ten seconds
to fill, is filled once for all workers of a run.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.contrib.contenttypes.models import ContentType
from django.db import connection, connections

AS_MIGRATED, CITY = "as_migrated", "city"
# the same for all workers of a run
RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))[:12]
LOCK = Path(tempfile.gettempdir()) / f"market-{RUN}.lock"

# what a test that only looks around may begin with, and leaves to the next of its kind
USED_CITY = "used city"

# what the database is; nothing known after a test that committed, or before there is a database
_standing = ""
_after_a_commit = ""
_ours: set[str] = set()


def keep_migrated() -> None:
    """Right after the migrations."""
    _keep(AS_MIGRATED)


def committed() -> None:
    """A test has."""
    global _standing
    _standing = _after_a_commit


def want(state: str) -> None:
    """Make the database what is named, cutting off whoever is still connected, unless it is that already."""
    global _standing, _after_a_commit
    _after_a_commit = state if state == USED_CITY else ""
    if _standing == state or (state, _standing) == (USED_CITY, CITY):
        return
    copy = CITY if state == USED_CITY else state
    if copy == CITY:
        with _one_worker_at_a_time():
            if not _exists(CITY):
                _fill()
                return
    _copy(_name(copy), _name())
    ContentType.objects.clear_cache()
    _standing = copy


def is_ready() -> bool:
    """Whether the migrations have run."""
    return AS_MIGRATED in _ours


def drop_copies() -> None:
    """At the end of the run, before the database itself goes."""
    for copy in _ours:
        if connection.vendor == "sqlite":
            Path(_name(copy)).unlink(missing_ok=True)
            continue
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{_name(copy)}"')
    _ours.clear()
    LOCK.unlink(missing_ok=True)


def _fill() -> None:
    from tests.demo_city import fill

    if _standing != AS_MIGRATED:
        _copy(_name(AS_MIGRATED), _name())
    fill()
    with connection.cursor() as cursor:
        # plans made for empty tables are slow
        cursor.execute("ANALYZE")
    _keep(CITY)


def _keep(copy: str) -> None:
    global _standing
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    _copy(_name(), _name(copy))
    _ours.add(copy)
    _standing = copy


def _name(copy: str = "") -> str:
    """Of the database, or of a copy: each worker has its own as migrated, all have one city."""
    name = str(connection.settings_dict["NAME"])
    if copy == CITY:
        own = f"city_{RUN}"
        return str(Path(name).with_name(own)) if connection.vendor == "sqlite" else f"test_{own}"
    return f"{name}_{copy}" if copy else name


def _exists(copy: str) -> bool:
    if connection.vendor == "sqlite":
        return Path(_name(copy)).exists()
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_name(copy)])
        return cursor.fetchone() is not None


def _copy(source: str, target: str) -> None:
    connections.close_all()
    if connection.vendor == "sqlite":
        for part in ("", "-wal", "-shm"):
            Path(target + part).unlink(missing_ok=True)
        shutil.copyfile(source, target)
    else:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)')
            # a thread of the test before may still hold a session, and a template must have none
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [source]
            )
            cursor.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}" STRATEGY FILE_COPY')


@contextmanager
def _one_worker_at_a_time() -> Iterator[None]:
    with LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
