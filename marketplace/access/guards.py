"""Triggers that keep the log of files taken along as it was written, on SQLite and PostgreSQL."""

from __future__ import annotations

from marketplace.guards import as_written, drops, executes, refusing_function

TABLE, FUNCTION = "access_taken", "access_refuse"
REFUSAL = "what was taken along is never changed or deleted"


def statements(vendor: str) -> list[str]:
    function = [refusing_function(FUNCTION, REFUSAL)] if vendor == "postgresql" else []
    return function + as_written(vendor, TABLE, function=FUNCTION, refusal=REFUSAL, twins=["id = NEW.id"])


def removals(vendor: str) -> list[str]:
    kinds = ("frozen", "kept", "no_truncate" if vendor == "postgresql" else "no_replace")
    return drops(vendor, [(TABLE, kind) for kind in kinds], [FUNCTION])


install, remove = executes(statements), executes(removals)
