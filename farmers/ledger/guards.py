"""Triggers that refuse to change or delete what the ledger has written, for SQLite and PostgreSQL.

A migration installs them; on SQLite a later migration that alters one of
these tables copies it and so loses its triggers, and must call `install` again (a test notices).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from marketplace.guards import as_written, drops, executes, refusing_function

# each table with the columns that tell its rows apart
ENTRIES: dict[str, tuple[str, ...]] = {
    "ledger_entry": ("id", "key"),
    "ledger_block": ("number", "hash", "prev_hash"),
    "ledger_seal": ("entry_id",),
}
BOOKS: dict[str, tuple[str, ...]] = {"ledger_posting": ("id", "key")}
LOGS: dict[str, tuple[str, ...]] = {
    "ledger_logblock": ("number", "hash", "prev_hash"),
    "ledger_logseal": ("id",),
}
GUARDED = ENTRIES | BOOKS | LOGS

REFUSAL = "the ledger is never changed or deleted: post a reversal instead"


def statements(vendor: str, tables: Mapping[str, tuple[str, ...]] = GUARDED) -> list[str]:
    """The SQL that puts the guards of these tables up; it may be run again."""
    if vendor == "postgresql":
        return _postgresql(tables)
    return [sql for table in tables for sql in _sqlite(table)]


def removals(vendor: str, tables: Mapping[str, tuple[str, ...]] = GUARDED) -> list[str]:
    """The SQL that takes them down. The function goes with the entries, which had it first."""
    if vendor == "postgresql":
        drops = [
            f"DROP TRIGGER IF EXISTS {table}_{what} ON {table}"
            for table in tables
            for what in ("no_change", "no_truncate")
        ]
        return [*drops, "DROP FUNCTION IF EXISTS ledger_refuse()"] if "ledger_entry" in tables else drops
    return [
        f"DROP TRIGGER IF EXISTS {table}_{what}"
        for table in tables
        for what in ("no_update", "no_delete", "no_replace")
    ]


def _postgresql(tables: Iterable[str]) -> list[str]:
    sql = [refusing_function("ledger_refuse", REFUSAL)]
    for table in tables:
        sql += [
            f"""CREATE OR REPLACE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION ledger_refuse()""",
            f"""CREATE OR REPLACE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()""",
        ]
    return sql


def _sqlite(table: str) -> list[str]:
    body = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    same = " OR ".join(f"{column} = NEW.{column}" for column in GUARDED[table])
    return [
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_update BEFORE UPDATE ON {table} {body}",
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_delete BEFORE DELETE ON {table} {body}",
        # INSERT OR REPLACE deletes without asking the trigger above
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_replace BEFORE INSERT ON {table}"
        f" WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) {body}",
    ]


install, remove = executes(statements), executes(removals)

# --- published briefings -------------------------------------------------------------------------

BRIEFINGS = "ledger_briefing"
NO_CHANGE = "a published briefing is never changed or deleted: publish another"


def briefing_statements(vendor: str) -> list[str]:
    function = [refusing_function("ledger_briefing_refuse", NO_CHANGE)] if vendor == "postgresql" else []
    twins = ("id = NEW.id", "once = NEW.once")
    return [
        *function,
        *as_written(vendor, BRIEFINGS, function="ledger_briefing_refuse", refusal=NO_CHANGE, twins=twins),
    ]


def briefing_removals(vendor: str) -> list[str]:
    last = "no_truncate" if vendor == "postgresql" else "no_replace"
    kinds = [(BRIEFINGS, kind) for kind in ("frozen", "kept", last)]
    return drops(vendor, kinds, ["ledger_briefing_refuse"])


install_briefings, remove_briefings = executes(briefing_statements), executes(briefing_removals)
