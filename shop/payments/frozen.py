"""Triggers that keep an issued statement as it was issued, for SQLite and PostgreSQL.

Lines and credits are written with the statement, and never again: each has a place, the statement says how
many there are, and none may stand behind the last. Of the statement itself only the closing may be set, once.
A migration installs them; on SQLite a later migration that alters one of these tables copies it and so loses
its triggers, and must call `install` again (a test notices).
"""

from __future__ import annotations

from marketplace.guards import as_written, drops, executes, full, refusing_function

STATEMENT = "payments_statement"
# what stands on a statement, and the statement's column that says how many there are
PARTS = {"payments_statementline": "line_count", "payments_statementcredit": "credit_count"}
FIXED = (
    "id", "number", "organisation_id", "period", "opening_fen", "accepted_fen", "returned_fen", "paid_fen",
    "closing_fen", "line_count", "credit_count", "due_on", "issued_at", "issued_by_id",
)  # fmt: skip
# what tells rows apart, where INSERT OR REPLACE would delete the other without a word
_PLACE = "(statement_id = NEW.statement_id AND position = NEW.position)"
TWINS: dict[str, tuple[str, ...]] = {
    STATEMENT: (
        "id = NEW.id",
        "number = NEW.number",
        "(organisation_id = NEW.organisation_id AND period = NEW.period)",
    ),
    "payments_statementline": ("id = NEW.id", _PLACE, "entry_id = NEW.entry_id"),
    "payments_statementcredit": (
        "id = NEW.id",
        _PLACE,
        *(f"{column} = NEW.{column}" for column in ("transfer_id", "payment_id", "refund_id")),
    ),
}
REFUSE = "statement_refuse"
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
    same = "IS NOT DISTINCT FROM" if vendor == "postgresql" else "IS"
    sql = [refusing_function(REFUSE, REFUSAL)] if vendor == "postgresql" else []
    for table, twins in TWINS.items():
        changed = _changed(same) if table == STATEMENT else ""
        sql += as_written(vendor, table, function=REFUSE, refusal=REFUSAL, twins=twins, changed=changed)
    for table, count in PARTS.items():
        too_many = f"NEW.position > (SELECT {count} FROM {STATEMENT} WHERE id = NEW.statement_id)"
        sql += full(vendor, table, too_many=too_many, refusal=REFUSAL)
    return sql


def removals(vendor: str) -> list[str]:
    """The SQL that takes every guard down."""
    return drops(vendor, names(vendor), [*(f"{table}_full" for table in PARTS), REFUSE])


def _closed_again(same: str) -> str:
    """A closing is set once; `same` compares two values, nulls too."""
    return (
        "(OLD.closed_at IS NOT NULL AND NOT"
        f" (OLD.closed_at {same} NEW.closed_at AND OLD.closed_by_id {same} NEW.closed_by_id))"
    )


def _changed(same: str) -> str:
    kept = " AND ".join(f"OLD.{column} {same} NEW.{column}" for column in FIXED)
    return f"NOT ({kept}) OR {_closed_again(same)}"


install = executes(statements)
remove = executes(removals)
