"""What the rooms' guards against changed rows share: triggers that a migration puts up and takes down."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def executes(sql: Callable[[str], list[str]]) -> Callable[[Apps, BaseDatabaseSchemaEditor], None]:
    """For RunPython: what `sql` gives for the database's vendor, one statement after another."""

    def execute(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        for statement in sql(schema_editor.connection.vendor):
            schema_editor.execute(statement)

    return execute


def refusing_function(name: str, refusal: str) -> str:
    """PostgreSQL's: a trigger function that refuses, and names its table."""
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" RAISE EXCEPTION '{refusal}' USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME; END $$"
    )


def as_written(
    vendor: str, table: str, *, function: str, refusal: str, twins: Sequence[str], changed: str = ""
) -> list[str]:
    """Three triggers that keep the rows of a table: `_frozen`, `_kept`, and one against deleting around that.

    An update is refused where `changed` holds, or always; `function` is PostgreSQL's, which refuses. `twins` are
    the conditions that tell rows apart.
    """
    if vendor == "postgresql":
        when = f" WHEN ({changed})" if changed else ""
        return [
            f"CREATE OR REPLACE TRIGGER {table}_frozen BEFORE UPDATE ON {table} FOR EACH ROW{when}"
            f" EXECUTE FUNCTION {function}()",
            f"CREATE OR REPLACE TRIGGER {table}_kept BEFORE DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {function}()",
            f"CREATE OR REPLACE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {function}()",
        ]
    body = f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
    return [
        f"CREATE TRIGGER IF NOT EXISTS {table}_frozen BEFORE UPDATE ON {table}"
        f"{f' WHEN {changed}' if changed else ''} {body}",
        f"CREATE TRIGGER IF NOT EXISTS {table}_kept BEFORE DELETE ON {table} {body}",
        # INSERT OR REPLACE deletes without asking the trigger above
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_replace BEFORE INSERT ON {table}"
        f" WHEN EXISTS (SELECT 1 FROM {table} WHERE {' OR '.join(twins)}) {body}",
    ]


def full(vendor: str, table: str, *, too_many: str, refusal: str) -> list[str]:
    """The trigger `_full` that refuses a new row where `too_many` holds."""
    if vendor == "postgresql":
        refuse = f"RAISE EXCEPTION '{refusal}' USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME;"
        return [
            f"CREATE OR REPLACE FUNCTION {table}_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF {too_many} THEN {refuse} END IF; RETURN NEW; END $$",
            f"CREATE OR REPLACE TRIGGER {table}_full BEFORE INSERT ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {table}_full()",
        ]
    return [
        f"CREATE TRIGGER IF NOT EXISTS {table}_full BEFORE INSERT ON {table}"
        f" WHEN {too_many} BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
    ]


def drops(vendor: str, triggers: Iterable[tuple[str, str]], functions: Iterable[str]) -> list[str]:
    """The SQL that takes triggers (each with its table) and PostgreSQL's functions down."""
    if vendor != "postgresql":
        return [f"DROP TRIGGER IF EXISTS {table}_{what}" for table, what in triggers]
    return [
        *(f"DROP TRIGGER IF EXISTS {table}_{what} ON {table}" for table, what in triggers),
        *(f"DROP FUNCTION IF EXISTS {function}()" for function in functions),
    ]
