"""Triggers that keep what was found and done as it was written, on SQLite and PostgreSQL.

Evidence, steps, incomes and yearly lines are never changed. What tells of a household goes when it is erased, and only
while somebody has asked for that; the rest is never deleted. No problem is closed while an item of it is not ticked off.

On SQLite a later migration that alters a table copies it and so loses its triggers, and must call `install` again.
"""

from __future__ import annotations

from typing import NamedTuple

from marketplace.guards import as_written, drops, executes, full, refusing_function

REFUSAL = "what was found of a household is never changed, and goes only with it"
FUNCTION = "monitoring_refuse"


class Kept(NamedTuple):
    # of an update that is refused; empty: of any
    changed: str = ""
    # the household's key, where the row may go with it
    household: str = ""


def _changed(vendor: str, *columns: str) -> str:
    same = "IS DISTINCT FROM" if vendor == "postgresql" else "IS NOT"
    return " OR ".join(f"OLD.{column} {same} NEW.{column}" for column in columns)


def _tables(vendor: str) -> dict[str, Kept]:
    return {
        "monitoring_yearlyline": Kept(_changed(vendor, "id", "year", "line_fen", "source", "at")),
        "monitoring_otherincome": Kept(household="OLD.household_id"),
        "monitoring_warning": Kept(
            _changed(vendor, "id", "household_id", "rule_id", "kind", "raised_at", "evidence"),
            "OLD.household_id",
        ),
        "monitoring_step": Kept(
            household="(SELECT household_id FROM monitoring_warning WHERE id = OLD.warning_id)"
        ),
        "monitoring_problemstep": Kept(),
    }


def statements(vendor: str) -> list[str]:
    found = [refusing_function(FUNCTION, REFUSAL)] if vendor == "postgresql" else []
    for table, kept in _tables(vendor).items():
        triggers = as_written(
            vendor,
            table,
            function=FUNCTION,
            refusal=REFUSAL,
            twins=("id = NEW.id",),
            changed=kept.changed,
        )
        if kept.household:
            triggers[1:2] = _goes_with_the_household(vendor, table, kept.household)
        found += triggers
    return found + _whole(vendor)


def _goes_with_the_household(vendor: str, table: str, household: str) -> list[str]:
    asked = f"EXISTS (SELECT 1 FROM registry_erasure WHERE household_id = {household} AND ended_at IS NULL)"
    if vendor != "postgresql":
        refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        return [
            f"CREATE TRIGGER IF NOT EXISTS {table}_kept BEFORE DELETE ON {table} WHEN NOT {asked} {refuse}"
        ]
    return [
        f"CREATE OR REPLACE FUNCTION {table}_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF NOT {asked} THEN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation',"
        " TABLE = TG_TABLE_NAME; END IF; RETURN OLD; END $$",
        f"CREATE OR REPLACE TRIGGER {table}_kept BEFORE DELETE ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION {table}_kept()",
    ]


def _whole(vendor: str) -> list[str]:
    """A problem is closed when nothing is left to tick off, and gets no item afterwards."""
    refusal = "a problem is closed when all its items are ticked off"
    left = "EXISTS (SELECT 1 FROM monitoring_item WHERE problem_id = NEW.id AND ticked_at IS NULL)"
    closed = "EXISTS (SELECT 1 FROM monitoring_problem WHERE id = NEW.problem_id AND state = 'closed')"
    items = full(vendor, "monitoring_item", too_many=closed, refusal=refusal)
    if vendor != "postgresql":
        return [
            *items,
            "CREATE TRIGGER IF NOT EXISTS monitoring_problem_whole BEFORE UPDATE ON monitoring_problem"
            f" WHEN NEW.state = 'closed' AND {left} BEGIN SELECT RAISE(ABORT, '{refusal}'); END",
        ]
    return [
        *items,
        "CREATE OR REPLACE FUNCTION monitoring_problem_whole() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF NEW.state = 'closed' AND {left} THEN RAISE EXCEPTION '{refusal}'"
        " USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME; END IF; RETURN NEW; END $$",
        "CREATE OR REPLACE TRIGGER monitoring_problem_whole BEFORE UPDATE ON monitoring_problem"
        " FOR EACH ROW EXECUTE FUNCTION monitoring_problem_whole()",
    ]


def removals(vendor: str) -> list[str]:
    tables = _tables(vendor)
    triggers = [(table, what) for table in tables for what in ("frozen", "kept", "no_truncate", "no_replace")]
    triggers += [("monitoring_item", "full"), ("monitoring_problem", "whole")]
    functions = [FUNCTION, "monitoring_item_full", "monitoring_problem_whole"]
    functions += [f"{table}_kept" for table, kept in tables.items() if kept.household]
    return drops(vendor, triggers, functions)


install, remove = executes(statements), executes(removals)
