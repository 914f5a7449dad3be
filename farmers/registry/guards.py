"""Triggers that keep the log of looks at personal data as it was written, on SQLite and PostgreSQL."""

from __future__ import annotations

from marketplace.guards import executes, refusing_function

TABLE = "registry_reveal"
REFUSAL = "who looked at personal data is never changed or deleted"


def statements(vendor: str) -> list[str]:
    if vendor == "postgresql":
        return [
            refusing_function("registry_refuse", REFUSAL),
            f"CREATE OR REPLACE TRIGGER {TABLE}_no_change BEFORE UPDATE OR DELETE ON {TABLE}"
            " FOR EACH ROW EXECUTE FUNCTION registry_refuse()",
            f"CREATE OR REPLACE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE}"
            " FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse()",
        ]
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    return [
        *(
            f"CREATE TRIGGER IF NOT EXISTS {TABLE}_no_{what} BEFORE {what} ON {TABLE} {refuse}"
            for what in ("update", "delete")
        ),
        # INSERT OR REPLACE deletes without a word to the trigger above
        f"CREATE TRIGGER IF NOT EXISTS {TABLE}_no_replace BEFORE INSERT ON {TABLE}"
        f" WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id) {refuse}",
    ]


def removals(vendor: str) -> list[str]:
    if vendor == "postgresql":
        drops = [f"DROP TRIGGER IF EXISTS {TABLE}_{what} ON {TABLE}" for what in ("no_change", "no_truncate")]
        return [*drops, "DROP FUNCTION IF EXISTS registry_refuse()"]
    return [f"DROP TRIGGER IF EXISTS {TABLE}_no_{what}" for what in ("update", "delete", "replace")]


install, remove = executes(statements), executes(removals)
