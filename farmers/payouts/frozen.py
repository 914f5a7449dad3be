"""Triggers that keep runs, payouts, and their lines as they were, for SQLite and PostgreSQL.

Of a run only its steps may be set, each once; of a payout only how it ended, once, and after that only that the
bank returned what it had paid; of a line only that it is no longer live, once. None may be added behind the last, and
none is deleted.
A migration installs them; on SQLite a later migration that alters one of these tables copies it and so loses
its triggers, and must call `install` again (a test notices).
"""

from __future__ import annotations

from marketplace.guards import as_written, drops, executes, full, refusing_function

RUN, PAYOUT, LINE = "payouts_payoutrun", "payouts_payout", "payouts_payoutline"
# what may not change. A payout's account is left out: it is encrypted anew when the keys change, and gone, with the
# name, when the household is erased
FIXED: dict[str, tuple[str, ...]] = {
    RUN: ("id", "number", "key", "up_to", "amount_fen", "payout_count", "made_by_id", "made_at"),
    PAYOUT: (
        "id", "run_id", "position", "household_id", "way", "account_tail", "amount_fen", "line_count",
    ),
    LINE: ("id", "payout_id", "position", "entry_id", "amount_fen"),
}  # fmt: skip
# what is set once: a second value for it is refused
ONCE: dict[str, tuple[str, ...]] = {
    RUN: ("released_by_id", "released_at", "sent_at", "settled_at"),
    PAYOUT: ("ended_at", "ended_by_id"),
}
# states that nothing leads out of
ENDED = {
    RUN: "OLD.state IN ('settled', 'dropped') AND NEW.state <> OLD.state",
    PAYOUT: "OLD.state <> 'waiting' AND (NEW.state <> OLD.state OR NEW.reason <> OLD.reason OR NEW.receipt <> OLD.receipt)",
    LINE: "NEW.live AND NOT OLD.live",
}
# the one step after the end
RETURNED = "(OLD.state = 'paid' AND NEW.state = 'failed' AND OLD.way = 'bank')"
# what has a place in what, and the column there that says how many there are
PARTS = {PAYOUT: (RUN, "run_id", "payout_count"), LINE: (PAYOUT, "payout_id", "line_count")}
# what tells rows apart, where INSERT OR REPLACE would delete the other without a word
TWINS: dict[str, tuple[str, ...]] = {
    RUN: ("id = NEW.id", "number = NEW.number", "key = NEW.key"),
    PAYOUT: (
        "id = NEW.id",
        "(run_id = NEW.run_id AND position = NEW.position)",
        "(run_id = NEW.run_id AND household_id = NEW.household_id)",
        "(receipt <> '' AND receipt = NEW.receipt)",
    ),
    LINE: (
        "id = NEW.id",
        "(payout_id = NEW.payout_id AND position = NEW.position)",
        "(live AND NEW.live AND entry_id = NEW.entry_id)",
    ),
}
REFUSE = "payout_refuse"
REFUSAL = "a payout is never changed once it is made: pay what failed in another run"


def names(vendor: str) -> list[tuple[str, str]]:
    """Each trigger with its table."""
    extra = "no_truncate" if vendor == "postgresql" else "no_replace"
    return [
        *((table, what) for table in FIXED for what in ("frozen", "kept", extra)),
        *((table, "full") for table in PARTS),
    ]


def statements(vendor: str) -> list[str]:
    """The SQL that puts every guard up; it may be run again."""
    same = "IS NOT DISTINCT FROM" if vendor == "postgresql" else "IS"
    sql = [refusing_function(REFUSE, REFUSAL)] if vendor == "postgresql" else []
    for table in FIXED:
        changed = _changed(table, same)
        sql += as_written(
            vendor, table, function=REFUSE, refusal=REFUSAL, twins=TWINS[table], changed=changed
        )
    for table in PARTS:
        sql += full(vendor, table, too_many=_too_many(table), refusal=REFUSAL)
    return sql


def removals(vendor: str) -> list[str]:
    """The SQL that takes every guard down."""
    return drops(vendor, names(vendor), [*(f"{table}_full" for table in PARTS), REFUSE])


def _changed(table: str, same: str) -> str:
    kept = " AND ".join(f"OLD.{column} {same} NEW.{column}" for column in FIXED[table])
    again = [f"(OLD.{name} IS NOT NULL AND NOT OLD.{name} {same} NEW.{name})" for name in ONCE.get(table, ())]
    if table in ENDED:
        again.append(f"({ENDED[table]})")
    ended = " OR ".join(again) or "FALSE"
    return f"NOT ({kept}) OR " + (f"(NOT {RETURNED} AND ({ended}))" if table == PAYOUT else ended)


def _too_many(table: str) -> str:
    whole, own, count = PARTS[table]
    return f"NEW.position > (SELECT {count} FROM {whole} WHERE id = NEW.{own})"


install, remove = executes(statements), executes(removals)
