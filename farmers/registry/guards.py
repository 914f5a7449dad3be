"""Triggers that keep what was done with personal data as it was written, on SQLite and PostgreSQL.

The log of looks is never changed or deleted; of an erasure the end may be set, once.
"""

from __future__ import annotations

from marketplace.guards import executes, refusing_function

LOOKS, ERASURES = "registry_reveal", "registry_erasure"
REFUSAL = "what was done with personal data is never changed or deleted"
# of an erasure, what is said when it is asked for
FIXED = ("id", "household_id", "why", "words", "asked_by_id", "asked_at")


def _rewritten(table: str, same: str) -> str:
    """The condition on an UPDATE that it is refused; `same` compares two values, nulls too."""
    if table == LOOKS:
        return ""
    kept = " AND ".join(f"OLD.{column} {same} NEW.{column}" for column in FIXED)
    return f" WHEN (OLD.ended_at IS NOT NULL OR NOT ({kept}))"


def statements(table: str, vendor: str) -> list[str]:
    if vendor == "postgresql":
        refuses = "EXECUTE FUNCTION registry_refuse()"
        return [
            refusing_function("registry_refuse", REFUSAL),
            f"CREATE OR REPLACE TRIGGER {table}_no_change BEFORE UPDATE ON {table} FOR EACH ROW"
            f"{_rewritten(table, 'IS NOT DISTINCT FROM')} {refuses}",
            f"CREATE OR REPLACE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW {refuses}",
            f"CREATE OR REPLACE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
            f" FOR EACH STATEMENT {refuses}",
        ]
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    return [
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_update BEFORE UPDATE ON {table}"
        f"{_rewritten(table, 'IS')} {refuse}",
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_delete BEFORE DELETE ON {table} {refuse}",
        # INSERT OR REPLACE deletes without a word to the trigger above
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_replace BEFORE INSERT ON {table}"
        f" WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id) {refuse}",
    ]


def removals(table: str, vendor: str) -> list[str]:
    if vendor != "postgresql":
        return [f"DROP TRIGGER IF EXISTS {table}_no_{what}" for what in ("update", "delete", "replace")]
    drops = [
        f"DROP TRIGGER IF EXISTS {table}_{what} ON {table}"
        for what in ("no_change", "no_delete", "no_truncate")
    ]
    # the function serves both tables, and goes with the first of them
    return [*drops, "DROP FUNCTION IF EXISTS registry_refuse()"] if table == LOOKS else drops


install = executes(lambda vendor: statements(LOOKS, vendor) + statements(ERASURES, vendor))
# the function goes last
remove = executes(lambda vendor: removals(ERASURES, vendor) + removals(LOOKS, vendor))
