"""Triggers that keep a hand-in, and the payments in it, as they were counted, for SQLite and PostgreSQL.

A payment that was handed in stays in its hand-in, with its order, officer, reference and amount; the rest of it may
change, such as its state where its money goes back. A migration installs them; on SQLite a later migration that alters
one of these tables copies it and so loses its triggers, and must call `install` again (a test notices).
"""

from __future__ import annotations

from marketplace.guards import as_written, drops, executes, refusing_function

HAND_IN, PAYMENT = "payments_handin", "payments_payment"
# what of a payment may not change once it is handed in
FIXED = ("id", "order_id", "provider", "reference", "received_fen", "by_id", "hand_in_id")
# what tells hand-ins apart, where INSERT OR REPLACE would delete the other without a word
TWINS = ("id = NEW.id", "key = NEW.key", "receipt = NEW.receipt")
REFUSE = "hand_in_refuse"
REFUSAL = (
    "cash that was handed in is never changed: what was wrong is put right with another payment or refund"
)


def names(vendor: str) -> list[tuple[str, str]]:
    """Each trigger with its table."""
    extra = "no_truncate" if vendor == "postgresql" else "no_replace"
    return [
        *((HAND_IN, what) for what in ("frozen", "kept", extra)),
        *((PAYMENT, what) for what in ("counted", "counted_kept")),
    ]


def statements(vendor: str) -> list[str]:
    """The SQL that puts every guard up; it may be run again."""
    sql = [refusing_function(REFUSE, REFUSAL)] if vendor == "postgresql" else []
    sql += as_written(vendor, HAND_IN, function=REFUSE, refusal=REFUSAL, twins=TWINS)
    return [*sql, *_payments(vendor)]


def removals(vendor: str) -> list[str]:
    """The SQL that takes every guard down."""
    return drops(vendor, names(vendor), [REFUSE])


def _payments(vendor: str) -> list[str]:
    """Of payments only those that were handed in are kept as they are."""
    in_one = "OLD.hand_in_id IS NOT NULL"
    if vendor == "postgresql":
        body, same = f"FOR EACH ROW WHEN (%s) EXECUTE FUNCTION {REFUSE}()", "IS NOT DISTINCT FROM"
        create = "CREATE OR REPLACE TRIGGER"
    else:
        body, same = f"WHEN %s BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END", "IS"
        create = "CREATE TRIGGER IF NOT EXISTS"
    kept = " AND ".join(f"OLD.{column} {same} NEW.{column}" for column in FIXED)
    return [
        f"{create} {PAYMENT}_counted BEFORE UPDATE ON {PAYMENT} " + body % f"{in_one} AND NOT ({kept})",
        f"{create} {PAYMENT}_counted_kept BEFORE DELETE ON {PAYMENT} " + body % in_one,
    ]


install = executes(statements)
remove = executes(removals)
