"""Gives each test the database that it wants to begin with: as migrated, or with the demo city in it.

Django's own way to clean up after a test that commits is to flush every table. It can't be ours: the ledger's
triggers refuse to be emptied, and a flush would take along the towns, products and pages that migrations load.
So copies are kept and put back, and only once a test comes that wants one. What takes ten seconds and more, the
migrations and the filling of the city, is done once for all workers of a run.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.contrib.contenttypes.models import ContentType
from django.db import connection, connections
from django.db.backends.base.creation import BaseDatabaseCreation

AS_MIGRATED, CITY, MIGRATED = "as_migrated", "city", "migrated"
# the same for all workers of a run
RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))[:12]
LOCK = Path(tempfile.gettempdir()) / f"market-{RUN}.lock"

# what a test that only looks around may begin with, and leaves to the next of its kind
USED_CITY = "used city"

# what the database is; nothing known after a test that committed, or before there is a database
_standing = ""
_after_a_commit = ""
_ours: set[str] = set()
_IMPORTS = re.compile(r"^from ((?:farmers|shop|cms|marketplace)[\w.]*) import (.+)$", re.MULTILINE)


def create(create_test_db: Callable[..., str], creation: BaseDatabaseCreation, **options: Any) -> str:
    """Django's `create_test_db`, which migrates; whoever comes later begins with a copy of that work.

    That is the run's other workers, and on SQLite the next run too, until what migrations come from is another.
    """
    name = creation._get_test_db_name()
    with _one_worker_at_a_time():
        kept = _name(MIGRATED)
        if _exists(MIGRATED):
            _copy(kept, name)
            return create_test_db(creation, **{**options, "keepdb": True})
        create_test_db(creation, **options)
        if connection.vendor == "sqlite":
            _keep_file(Path(name), Path(kept))
        else:
            _copy(name, kept)
        return name


def _keep_file(database: Path, kept: Path) -> None:
    """At once or not at all: another run may be looking for it."""
    connections.close_all()
    half = kept.with_suffix(f".{os.getpid()}")
    shutil.copyfile(database, half)
    half.replace(kept)


@cache
def _fingerprint() -> str:
    """Of what migrating comes from: the migrations, what they take of ours, and the packages."""
    root = Path(__file__).parent.parent
    files = {root / "requirements" / "run.txt", *root.glob("[!.]*/**/migrations/*.py")}
    for migration in list(files):
        for package, names in _IMPORTS.findall(migration.read_text()):
            modules = [package, *(f"{package}.{name.strip()}" for name in names.split(","))]
            files.update(root / f"{module.replace('.', '/')}.py" for module in modules)
    all_of_it = b"".join(file.read_bytes() for file in sorted(files) if file.exists())
    return hashlib.sha256(all_of_it).hexdigest()[:16]


@contextmanager
def another() -> Iterator[str]:
    """The DATABASE_URL of one more database as migrated, for processes of a test's own; gone with the block."""
    name = _name("another")
    _copy(_name(AS_MIGRATED), name)
    try:
        if connection.vendor == "sqlite":
            yield f"sqlite:///{name}"
        else:
            given = connection.settings_dict
            yield f"postgresql://{given['USER']}@{quote(given['HOST'], safe='')}/{name}"
    finally:
        _drop(name)


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
        _drop(_name(copy))
    _ours.clear()
    LOCK.unlink(missing_ok=True)


def _drop(database: str) -> None:
    if connection.vendor == "sqlite":
        for part in ("", "-wal", "-shm"):
            Path(database + part).unlink(missing_ok=True)
        return
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')


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
    """Of the database, or of a copy: each worker has its own as migrated; what the first one kept is for all."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite" and copy == MIGRATED:
        return str(Path(tempfile.gettempdir()) / f"market-migrated-{_fingerprint()}")
    if copy in (CITY, MIGRATED):
        own = f"{copy}_{RUN}"
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
        _drop(target)
        shutil.copyfile(source, target)
    else:
        _drop(target)
        with connection._nodb_cursor() as cursor:
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
