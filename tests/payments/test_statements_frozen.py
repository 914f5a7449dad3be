"""The database itself keeps an issued statement as it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from shop.payments import frozen
from shop.payments.models import Statement, StatementLine
from tests.makers import a_person

from .account import a_bookkeeper, a_canteen, at, bought, june, paid

pytestmark = pytest.mark.django_db
TABLES = (frozen.STATEMENT, *frozen.PARTS)
COLUMN = {
    "payments_statement": "closing_fen",
    "payments_statementline": "amount_fen",
    "payments_statementcredit": "amount_fen",
}
WAYS: dict[str, Callable[[str, str], str]] = {
    "update": lambda table, column: f"UPDATE {table} SET {column} = {column} + 1",
    "delete": lambda table, _: f"DELETE FROM {table}",
}
SQLITE_WAYS: dict[str, Callable[[str, str], str]] = {
    "update or ignore": lambda table, column: f"UPDATE OR IGNORE {table} SET {column} = {column} + 1",
    "insert or replace": lambda table, _: f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
}
POSTGRESQL_WAYS: dict[str, Callable[[str, str], str]] = {
    "truncate": lambda table, _: f"TRUNCATE {table} CASCADE",
    "upsert": lambda table, column: (
        f"INSERT INTO {table} SELECT * FROM {table} ON CONFLICT (id) DO UPDATE SET {column} = 7"
    ),
}


@pytest.fixture
def statement() -> Statement:
    unit, buyer = a_canteen()
    with at(6, 3):
        bought(unit, buyer, lines=2)
        paid(unit, 100)
    made = june(unit)
    connection.check_constraints()
    return made


def rows(table: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY 1")
        return list(cursor.fetchall())


@pytest.mark.parametrize("table", TABLES)
def test_raw_sql_can_neither_change_nor_delete(statement: Statement, table: str) -> None:
    before = rows(table)
    assert before
    for way, sql in (WAYS | (POSTGRESQL_WAYS if connection.vendor == "postgresql" else SQLITE_WAYS)).items():
        with (
            pytest.raises(DatabaseError, match=frozen.REFUSAL),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql(table, COLUMN[table]))
            pytest.fail(f"{way} went through")
    assert rows(table) == before


@pytest.mark.parametrize("column", [c for c in frozen.FIXED if c not in {"id", "number"}])
def test_of_a_statement_only_its_closing_is_written(statement: Statement, column: str) -> None:
    value = "'2020-01-01'" if column in {"period", "due_on", "issued_at"} else "4711"
    with (
        pytest.raises(DatabaseError, match=frozen.REFUSAL),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE payments_statement SET {column} = {value}")


def test_no_line_is_added_to_an_issued_statement(statement: Statement) -> None:
    for part in (statement.lines.first(), statement.credits.first()):
        assert part is not None
        part.pk, part.position = None, 99
        with pytest.raises(DatabaseError, match=frozen.REFUSAL), transaction.atomic():
            part.save(force_insert=True)
    assert StatementLine.objects.count() == 2


def test_a_closing_is_written_once(statement: Statement) -> None:
    statement.closed_at, statement.closed_by = timezone.now(), a_bookkeeper(statement.organisation)
    statement.save()
    statement.closed_by = a_person()
    with pytest.raises(DatabaseError, match=frozen.REFUSAL), transaction.atomic():
        statement.save(update_fields=["closed_by"])
    statement.closed_at = statement.closed_by = None
    with pytest.raises(DatabaseError, match=frozen.REFUSAL), transaction.atomic():
        statement.save()


def test_an_entry_stands_on_one_statement(statement: Statement) -> None:
    with at(7, 3):
        unit = statement.organisation
        bought(unit, unit.members.get().user)
    with at(8, 1):
        from shop.payments.statements import issue

        from .account import JULY

        (july,) = issue(unit.pk, JULY)
    old, new = statement.lines.first(), july.lines.first()
    assert old is not None
    assert new is not None
    twin = StatementLine.objects.get(pk=new.pk)
    twin.pk, twin.position, twin.entry = None, 1, old.entry
    with pytest.raises(DatabaseError), transaction.atomic():
        twin.save(force_insert=True)


def test_after_the_migrations_every_guard_stands() -> None:
    """A later migration that copies a table on SQLite loses its triggers, and must put them up again."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        there = {name for (name,) in cursor.fetchall()}
    assert {f"{table}_{what}" for table, what in frozen.names(connection.vendor)} <= there
