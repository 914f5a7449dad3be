"""Triggers that keep a hand-in, and the payments in it, as they were counted, for SQLite and PostgreSQL.

A payment that was handed in stays in its hand-in, with its order, officer, reference and amount; the rest of it may
change, such as its state where its money goes back. A migration installs them; on SQLite a later migration that alters
one of these tables copies it and so loses its triggers, and must call `install` again (a test notices).
"""

from __future__ import annotations

from marketplace.guards import executes, refusing_function

HAND_IN, PAYMENT = "payments_handin", "payments_payment"
# what of a payment may not change once it is handed in
FIXED = ("id", "order_id", "provider", "reference", "received_fen", "by_id", "hand_in_id")
# what tells hand-ins apart, where INSERT OR REPLACE would delete the other without a word
TWINS = ("id = NEW.id", "key = NEW.key", "receipt = NEW.receipt")
REFUSAL = (
    "cash that was handed in is never changed: what was wrong is put right with another payment or refund"
)


def names(vendor: str) -> list[tuple[str, str]]:
    """Each trigger with its table."""
    extra = "no_truncate" if vendor == "postgresql" else "no_replace"
    return [(table, what) for table in (HAND_IN, PAYMENT) for what in ("counted", "counted_kept")] + [
        (HAND_IN, extra)
    ]


def statements(vendor: str) -> list[str]:
    """The SQL that puts every guard up; it may be run again."""
    return _postgresql() if vendor == "postgresql" else _sqlite()


def removals(vendor: str) -> list[str]:
    """The SQL that takes every guard down."""
    if vendor != "postgresql":
        return [f"DROP TRIGGER IF EXISTS {table}_{what}" for table, what in names(vendor)]
    drops = [f"DROP TRIGGER IF EXISTS {table}_{what} ON {table}" for table, what in names(vendor)]
    return [*drops, "DROP FUNCTION IF EXISTS hand_in_refuse()"]


def _changed(same: str) -> str:
    kept = " AND ".join(f"OLD.{column} {same} NEW.{column}" for column in FIXED)
    return f"OLD.hand_in_id IS NOT NULL AND NOT ({kept})"


def _postgresql() -> list[str]:
    refuse = "EXECUTE FUNCTION hand_in_refuse()"
    return [
        refusing_function("hand_in_refuse", REFUSAL),
        f"CREATE OR REPLACE TRIGGER {HAND_IN}_counted BEFORE UPDATE ON {HAND_IN} FOR EACH ROW {refuse}",
        f"CREATE OR REPLACE TRIGGER {HAND_IN}_counted_kept BEFORE DELETE ON {HAND_IN} FOR EACH ROW {refuse}",
        f"CREATE OR REPLACE TRIGGER {HAND_IN}_no_truncate BEFORE TRUNCATE ON {HAND_IN}"
        f" FOR EACH STATEMENT {refuse}",
        f"CREATE OR REPLACE TRIGGER {PAYMENT}_counted BEFORE UPDATE ON {PAYMENT} FOR EACH ROW"
        f" WHEN ({_changed('IS NOT DISTINCT FROM')}) {refuse}",
        f"CREATE OR REPLACE TRIGGER {PAYMENT}_counted_kept BEFORE DELETE ON {PAYMENT} FOR EACH ROW"
        f" WHEN (OLD.hand_in_id IS NOT NULL) {refuse}",
    ]


def _sqlite() -> list[str]:
    body = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    return [
        f"CREATE TRIGGER IF NOT EXISTS {HAND_IN}_counted BEFORE UPDATE ON {HAND_IN} {body}",
        f"CREATE TRIGGER IF NOT EXISTS {HAND_IN}_counted_kept BEFORE DELETE ON {HAND_IN} {body}",
        # INSERT OR REPLACE deletes without asking the trigger above
        f"CREATE TRIGGER IF NOT EXISTS {HAND_IN}_no_replace BEFORE INSERT ON {HAND_IN}"
        f" WHEN EXISTS (SELECT 1 FROM {HAND_IN} WHERE {' OR '.join(TWINS)}) {body}",
        f"CREATE TRIGGER IF NOT EXISTS {PAYMENT}_counted BEFORE UPDATE ON {PAYMENT}"
        f" WHEN {_changed('IS')} {body}",
        f"CREATE TRIGGER IF NOT EXISTS {PAYMENT}_counted_kept BEFORE DELETE ON {PAYMENT}"
        f" WHEN OLD.hand_in_id IS NOT NULL {body}",
    ]


install = executes(statements)
remove = executes(removals)
