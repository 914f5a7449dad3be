"""Triggers that keep filed budgets as they were filed: figures never change, and what is decided stays so.

A migration installs them; on SQLite a later migration that alters the table copies it and so loses its triggers,
and must call `install` again (a test notices).
"""

from __future__ import annotations

from marketplace.guards import executes, refusing_function

TABLE = "buyers_canteenbudget"
FIGURES = ("organisation_id", "year", "version", "budget_fen", "reserved_percent", "filed_by_id", "filed_at")
REFUSAL = "a filed budget is never changed or deleted: file a new version instead"

_CHANGED = " OR ".join(["OLD.state <> 'waiting'", *(f"NEW.{name} <> OLD.{name}" for name in FIGURES)])


def statements(vendor: str) -> list[str]:
    if vendor == "postgresql":
        return [
            refusing_function("buyers_budget_refuse", REFUSAL),
            f"CREATE OR REPLACE TRIGGER {TABLE}_no_change BEFORE UPDATE ON {TABLE} FOR EACH ROW"
            f" WHEN ({_CHANGED}) EXECUTE FUNCTION buyers_budget_refuse()",
            f"CREATE OR REPLACE TRIGGER {TABLE}_no_delete BEFORE DELETE ON {TABLE}"
            " FOR EACH ROW EXECUTE FUNCTION buyers_budget_refuse()",
        ]
    body = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    return [
        f"CREATE TRIGGER IF NOT EXISTS {TABLE}_no_change BEFORE UPDATE ON {TABLE} WHEN {_CHANGED} {body}",
        f"CREATE TRIGGER IF NOT EXISTS {TABLE}_no_delete BEFORE DELETE ON {TABLE} {body}",
    ]


def removals(vendor: str) -> list[str]:
    if vendor == "postgresql":
        return [
            *(f"DROP TRIGGER IF EXISTS {TABLE}_{what} ON {TABLE}" for what in ("no_change", "no_delete")),
            "DROP FUNCTION IF EXISTS buyers_budget_refuse()",
        ]
    return [f"DROP TRIGGER IF EXISTS {TABLE}_{what}" for what in ("no_change", "no_delete")]


install = executes(statements)
remove = executes(removals)
