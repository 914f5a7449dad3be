"""Gives a test that really commits the database that the migrations made, and a fresh one to the next.

Django's own way is to flush every table. It can't be ours: the ledger's triggers refuse to be emptied, and a
flush would take along the towns, products and pages that migrations load. So a copy is kept and put back.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

COPY_SUFFIX = "_as_migrated"


def keep_copy(connection: BaseDatabaseWrapper, copy: str = COPY_SUFFIX) -> None:
    """Right after the migrations: keep the database's state to go back to. A later state goes into another `copy`."""
    if connection.vendor == "sqlite":
        path = Path(str(connection.settings_dict["NAME"]))
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        shutil.copyfile(path, path.with_name(path.name + copy))
        return
    name = str(connection.settings_dict["NAME"])
    _copy_postgresql(connection, name, name + copy)


def put_back(connection: BaseDatabaseWrapper, copy: str = COPY_SUFFIX) -> None:
    """Make the database again what it was at `keep_copy`, cutting off whoever is still connected."""
    if connection.vendor == "sqlite":
        path = Path(str(connection.settings_dict["NAME"]))
        connection.close()
        for part in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
            part.unlink(missing_ok=True)
        shutil.copyfile(path.with_name(path.name + copy), path)
        return
    name = str(connection.settings_dict["NAME"])
    _copy_postgresql(connection, name + copy, name)


def drop_copy(connection: BaseDatabaseWrapper, copy: str = COPY_SUFFIX) -> None:
    """At the end of the run, before the database itself goes."""
    if connection.vendor == "sqlite":
        path = Path(str(connection.settings_dict["NAME"]))
        path.with_name(path.name + copy).unlink(missing_ok=True)
        return
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{connection.settings_dict["NAME"]}{copy}"')


def _copy_postgresql(connection: BaseDatabaseWrapper, source: str, target: str) -> None:
    connections.close_all()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)')
        # a thread of the test before may still hold a session, and a template must have none
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [source])
        cursor.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}" STRATEGY FILE_COPY')
