"""Triggers that keep an issued statement as it was issued, for SQLite and PostgreSQL.

Lines and credits are written with the statement, and never again: each has a place, the statement says how
many there are, and none may stand behind the last. Of the statement itself only the closing may be set, once.
A migration installs them; on SQLite a later migration that alters one of these tables copies it and so loses
its triggers, and must call `install` again (a test notices).
"""

from __future__ import annotations

from marketplace.guards import executes, refusing_function

STATEMENT = "payments_statement"
# what stands on a statement, and the statement's column that says how many there are
PARTS = {"payments_statementline": "line_count", "payments_statementcredit": "credit_count"}
FIXED = (
    "id", "number", "organisation_id", "period", "opening_fen", "accepted_fen", "returned_fen", "paid_fen",
    "closing_fen", "line_count", "credit_count", "due_on", "issued_at", "issued_by_id",
)  # fmt: skip
REFUSAL = "a statement is never changed once it is issued: put it right in the next one"


def names(vendor: str) -> list[tuple[str, str]]:
    """Each trigger with its table."""
    found = [(STATEMENT, "frozen"), (STATEMENT, "kept")]
    for table in PARTS:
        found += [(table, "frozen"), (table, "kept"), (table, "full")]
    extra = "no_truncate" if vendor == "postgresql" else "no_replace"
    return [*found, *((table, extra) for table in (STATEMENT, *PARTS))]


def statements(vendor: str) -> list[str]:
    """The SQL that puts every guard up; it may be run again."""
    return _postgresql() if vendor == "postgresql" else _sqlite()


def removals(vendor: str) -> list[str]:
    """The SQL that takes every guard down."""
    if vendor != "postgresql":
        return [f"DROP TRIGGER IF EXISTS {table}_{what}" for table, what in names(vendor)]
    drops = [f"DROP TRIGGER IF EXISTS {table}_{what} ON {table}" for table, what in names(vendor)]
    functions = [f"DROP FUNCTION IF EXISTS {table}_full()" for table in PARTS]
    return [*drops, *functions, "DROP FUNCTION IF EXISTS statement_refuse()"]


def _closed_again(same: str) -> str:
    """A closing is set once; `same` compares two values, nulls too."""
    return (
        "(OLD.closed_at IS NOT NULL AND NOT"
        f" (OLD.closed_at {same} NEW.closed_at AND OLD.closed_by_id {same} NEW.closed_by_id))"
    )


def _changed(same: str) -> str:
    kept = " AND ".join(f"OLD.{column} {same} NEW.{column}" for column in FIXED)
    return f"NOT ({kept}) OR {_closed_again(same)}"


def _postgresql() -> list[str]:
    refuse = f"RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME;"
    sql = [
        refusing_function("statement_refuse", REFUSAL),
        f"CREATE OR REPLACE TRIGGER {STATEMENT}_frozen BEFORE UPDATE ON {STATEMENT} FOR EACH ROW"
        f" WHEN ({_changed('IS NOT DISTINCT FROM')}) EXECUTE FUNCTION statement_refuse()",
    ]
    for table, count in PARTS.items():
        sql += [
            f"CREATE OR REPLACE TRIGGER {table}_frozen BEFORE UPDATE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION statement_refuse()",
            f"CREATE OR REPLACE FUNCTION {table}_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF NEW.position > (SELECT {count} FROM {STATEMENT} WHERE id = NEW.statement_id)"
            f" THEN {refuse} END IF; RETURN NEW; END $$",
            f"CREATE OR REPLACE TRIGGER {table}_full BEFORE INSERT ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {table}_full()",
        ]
    for table in (STATEMENT, *PARTS):
        sql += [
            f"CREATE OR REPLACE TRIGGER {table}_kept BEFORE DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION statement_refuse()",
            f"CREATE OR REPLACE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION statement_refuse()",
        ]
    return sql


def _sqlite() -> list[str]:
    body = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    twins: dict[str, tuple[str, ...]] = {
        STATEMENT: ("id = NEW.id", "number = NEW.number", _pair("organisation_id", "period"))
    }
    sql = [
        f"CREATE TRIGGER IF NOT EXISTS {STATEMENT}_frozen BEFORE UPDATE ON {STATEMENT}"
        f" WHEN {_changed('IS')} {body}"
    ]
    for table, count in PARTS.items():
        own = ("entry_id",) if count == "line_count" else ("transfer_id", "payment_id", "refund_id")
        twins[table] = (
            "id = NEW.id",
            _pair("statement_id", "position"),
            *(f"{column} = NEW.{column}" for column in own),
        )
        sql += [
            f"CREATE TRIGGER IF NOT EXISTS {table}_frozen BEFORE UPDATE ON {table} {body}",
            f"CREATE TRIGGER IF NOT EXISTS {table}_full BEFORE INSERT ON {table}"
            f" WHEN NEW.position > (SELECT {count} FROM {STATEMENT} WHERE id = NEW.statement_id) {body}",
        ]
    for table, same in twins.items():
        sql += [
            f"CREATE TRIGGER IF NOT EXISTS {table}_kept BEFORE DELETE ON {table} {body}",
            # INSERT OR REPLACE deletes without asking the trigger above
            f"CREATE TRIGGER IF NOT EXISTS {table}_no_replace BEFORE INSERT ON {table}"
            f" WHEN EXISTS (SELECT 1 FROM {table} WHERE {' OR '.join(same)}) {body}",
        ]
    return sql


def _pair(one: str, other: str) -> str:
    return f"({one} = NEW.{one} AND {other} = NEW.{other})"


install = executes(statements)
remove = executes(removals)
