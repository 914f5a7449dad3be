"""Triggers that keep what a bank told, whose it was, and a month's closing, for SQLite and PostgreSQL.

Of a line only what was decided about it may be set; a match is never moved from its line, a closing never rewritten.
None of them is deleted. A migration installs them; on SQLite a later migration that alters one of these tables copies
it and so loses its triggers, and must call `install` again (a test notices).
"""

from __future__ import annotations

from marketplace.guards import as_written, drops, executes, refusing_function

# what may not change. Payer and words are left out: they are encrypted anew when the keys change
FIXED: dict[str, tuple[str, ...]] = {
    "bank_bankline": (
        "id", "file_id", "identity", "row", "day", "time", "came_in", "amount_fen", "balance_fen", "payer_key",
        "payer_tail", "serial",
    ),
    "bank_match": ("id", "line_id", "transfer_id", "payment_id", "amount_fen", "by_itself", "recorded_before"),
    "bank_closedmonth": ("id", "month", "figures", "words", "by_id", "at"),
}  # fmt: skip
# what tells rows apart, where INSERT OR REPLACE would delete the other without a word
TWINS: dict[str, tuple[str, ...]] = {
    "bank_bankline": ("id = NEW.id", "identity = NEW.identity"),
    "bank_match": ("id = NEW.id", "transfer_id = NEW.transfer_id", "payment_id = NEW.payment_id"),
    "bank_closedmonth": ("id = NEW.id", "month = NEW.month"),
}
# PostgreSQL compares no json: as text it does
_AS_TEXT = {"figures"}
REFUSE = "bank_refuse"
REFUSAL = "what the bank told and what was closed on it is never changed"


def names(vendor: str) -> list[tuple[str, str]]:
    """Each trigger with its table."""
    extra = "no_truncate" if vendor == "postgresql" else "no_replace"
    return [(table, what) for table in FIXED for what in ("frozen", "kept", extra)]


def statements(vendor: str) -> list[str]:
    """The SQL that puts every guard up; it may be run again."""
    if vendor == "postgresql":
        sql, same = [refusing_function(REFUSE, REFUSAL)], ("IS NOT DISTINCT FROM", "::text")
    else:
        sql, same = [], ("IS", "")
    for table, twins in TWINS.items():
        changed = _changed(table, *same)
        sql += as_written(vendor, table, function=REFUSE, refusal=REFUSAL, twins=twins, changed=changed)
    return sql


def removals(vendor: str) -> list[str]:
    """The SQL that takes every guard down."""
    return drops(vendor, names(vendor), [REFUSE])


def _changed(table: str, same: str, cast: str) -> str:
    kept = []
    for name in FIXED[table]:
        column = f'"{name}"' + (cast if name in _AS_TEXT else "")
        kept.append(f"OLD.{column} {same} NEW.{column}")
    return f"NOT ({' AND '.join(kept)})"


install = executes(statements)
remove = executes(removals)
