"""What the rooms' guards against changed rows share: triggers that a migration puts up and takes down."""

from __future__ import annotations

from collections.abc import Callable
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
