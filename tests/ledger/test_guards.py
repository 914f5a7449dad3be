from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction

from farmers.ledger.guards import GUARDED, REFUSAL
from farmers.ledger.log_seal import seal_logs
from farmers.ledger.models import Block, Entry, Seal
from farmers.ledger.post import post_sales
from farmers.ledger.seal import seal_all
from marketplace.access.models import Taken, User

from . import books
from .books import on_postgresql, potatoes

COLUMN = {
    "ledger_entry": "amount_fen",
    "ledger_block": "count",
    "ledger_seal": "position",
    "ledger_posting": "fen",
    "ledger_logblock": "count",
    "ledger_logseal": "position",
}

WAYS: dict[str, Callable[[str, str], str]] = {
    "update": lambda table, column: f"UPDATE {table} SET {column} = {column} + 1",
    "update to the same": lambda table, column: f"UPDATE {table} SET {column} = {column}",
    "delete": lambda table, _: f"DELETE FROM {table}",
}
SQLITE_WAYS: dict[str, Callable[[str, str], str]] = {
    "update or ignore": lambda table, column: f"UPDATE OR IGNORE {table} SET {column} = {column} + 1",
    "update or replace": lambda table, column: f"UPDATE OR REPLACE {table} SET {column} = {column} + 1",
    "insert or replace": lambda table, _: f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
    "upsert": lambda table, column: (
        f"INSERT INTO {table} SELECT * FROM {table} WHERE true ON CONFLICT DO UPDATE SET {column} = 7"
    ),
}
POSTGRESQL_WAYS: dict[str, Callable[[str, str], str]] = {
    "truncate": lambda table, _: f"TRUNCATE {table} CASCADE",
    "upsert": lambda table, column: (
        f"INSERT INTO {table} SELECT * FROM {table}"
        f" ON CONFLICT ({GUARDED[table][0]}) DO UPDATE SET {column} = 7"
    ),
    "merge": lambda table, column: (
        f"MERGE INTO {table} USING (SELECT 1) AS one ON true WHEN MATCHED THEN UPDATE SET {column} = 7"
    ),
}


@pytest.fixture
def _sealed(db: None) -> None:
    post_sales([potatoes(books.a_household()) for _ in range(2)])
    seal_all()
    Taken.objects.create(
        by=User.objects.create(username="official"), role="official", what="x", kind="text/csv"
    )
    seal_logs()
    connection.check_constraints()


@pytest.mark.usefixtures("_sealed")
@pytest.mark.parametrize("table", GUARDED)
def test_raw_sql_can_neither_change_nor_delete_what_the_ledger_wrote(table: str) -> None:
    before = _rows(table)
    ways = WAYS | (POSTGRESQL_WAYS if on_postgresql() else SQLITE_WAYS)
    for way, sql in ways.items():
        with (
            pytest.raises(DatabaseError, match=REFUSAL),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql(table, COLUMN[table]))
            pytest.fail(f"{way} went through")
    assert _rows(table) == before


@pytest.mark.usefixtures("_sealed")
@pytest.mark.parametrize("model", [Entry, Block, Seal])
def test_the_orm_can_neither(model: type[Entry | Block | Seal]) -> None:
    row = model._default_manager.first()
    assert row is not None
    acts = (row.save, model._default_manager.all()._raw_delete, model._default_manager.update)
    for act, args in zip(acts, ({}, {"using": "default"}, {COLUMN[model._meta.db_table]: 3}), strict=True):
        with pytest.raises(DatabaseError, match=REFUSAL), transaction.atomic():
            act(**args)


@pytest.mark.django_db
def test_after_the_migrations_every_guard_stands() -> None:
    """A later migration that copies a table on SQLite loses its triggers, and must put them up again."""
    if on_postgresql():
        sql = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'"
        kinds: tuple[str, ...] = ("no_change", "no_truncate")
    else:
        sql = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        kinds = ("no_update", "no_delete", "no_replace")
    with connection.cursor() as cursor:
        cursor.execute(sql)
        there = {name for (name,) in cursor.fetchall()}
    assert {f"{table}_{kind}" for table in GUARDED for kind in kinds} <= there


def _rows(table: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY 1")
        return list(cursor.fetchall())
