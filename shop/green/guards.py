"""Triggers that keep the record of talks: a step is never changed or deleted, nor is the answer about a lifting day.

A migration installs them; on SQLite a later migration that alters the table copies it and so loses its triggers,
and must call `install` again (a test notices).
"""

from __future__ import annotations

from marketplace.guards import executes, refusing_function

REFUSAL = "what was said in a talk is never changed or deleted"
# of each table, when an update is refused; deleting always is
TABLES = {"green_step": "", "green_daychange": "OLD.state <> 'waiting'"}


def statements(vendor: str) -> list[str]:
    if vendor == "postgresql":
        found = [refusing_function("green_talk_refuse", REFUSAL)]
        for table, when in TABLES.items():
            found += [
                f"CREATE OR REPLACE TRIGGER {table}_no_change BEFORE UPDATE ON {table} FOR EACH ROW"
                f"{f' WHEN ({when})' if when else ''} EXECUTE FUNCTION green_talk_refuse()",
                f"CREATE OR REPLACE TRIGGER {table}_no_delete BEFORE DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION green_talk_refuse()",
            ]
        return found
    body = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    found = []
    for table, when in TABLES.items():
        found += [
            f"CREATE TRIGGER IF NOT EXISTS {table}_no_change BEFORE UPDATE ON {table}"
            f"{f' WHEN {when}' if when else ''} {body}",
            f"CREATE TRIGGER IF NOT EXISTS {table}_no_delete BEFORE DELETE ON {table} {body}",
        ]
    return found


def removals(vendor: str) -> list[str]:
    names = [(table, f"{table}_{what}") for table in TABLES for what in ("no_change", "no_delete")]
    if vendor == "postgresql":
        return [
            *(f"DROP TRIGGER IF EXISTS {name} ON {table}" for table, name in names),
            "DROP FUNCTION IF EXISTS green_talk_refuse()",
        ]
    return [f"DROP TRIGGER IF EXISTS {name}" for _table, name in names]


install = executes(statements)
remove = executes(removals)
