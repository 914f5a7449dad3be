"""Triggers that keep runs, payouts and their lines as they were made, for SQLite and PostgreSQL.

Of a run only its steps may be set, each once; of a payout only how it ended, once, and after that only that the
bank returned what it had paid; of a line only that it is no longer live, once. None may be added behind the last, and
none is deleted.
A migration installs them; on SQLite a later migration that alters one of these tables copies it and so loses
its triggers, and must call `install` again (a test notices).
"""

from __future__ import annotations

from marketplace.guards import executes, refusing_function

RUN, PAYOUT, LINE = "payouts_payoutrun", "payouts_payout", "payouts_payoutline"
# what may not change. A payout's account is left out: it is encrypted anew when the keys change
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
    LINE: (),
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
    return _postgresql() if vendor == "postgresql" else _sqlite()


def removals(vendor: str) -> list[str]:
    """The SQL that takes every guard down."""
    if vendor != "postgresql":
        return [f"DROP TRIGGER IF EXISTS {table}_{what}" for table, what in names(vendor)]
    drops = [f"DROP TRIGGER IF EXISTS {table}_{what} ON {table}" for table, what in names(vendor)]
    functions = [f"DROP FUNCTION IF EXISTS {table}_full()" for table in PARTS]
    return [*drops, *functions, "DROP FUNCTION IF EXISTS payout_refuse()"]


def _changed(table: str, same: str) -> str:
    kept = " AND ".join(f"OLD.{column} {same} NEW.{column}" for column in FIXED[table])
    again = [f"(OLD.{name} IS NOT NULL AND NOT OLD.{name} {same} NEW.{name})" for name in ONCE[table]]
    ended = " OR ".join([*again, f"({ENDED[table]})"])
    return f"NOT ({kept}) OR " + (f"(NOT {RETURNED} AND ({ended}))" if table == PAYOUT else ended)


def _too_many(table: str) -> str:
    whole, own, count = PARTS[table]
    return f"NEW.position > (SELECT {count} FROM {whole} WHERE id = NEW.{own})"


def _postgresql() -> list[str]:
    refuse = f"RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME;"
    sql = [refusing_function("payout_refuse", REFUSAL)]
    for table in FIXED:
        sql += [
            f"CREATE OR REPLACE TRIGGER {table}_frozen BEFORE UPDATE ON {table} FOR EACH ROW"
            f" WHEN ({_changed(table, 'IS NOT DISTINCT FROM')}) EXECUTE FUNCTION payout_refuse()",
            f"CREATE OR REPLACE TRIGGER {table}_kept BEFORE DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION payout_refuse()",
            f"CREATE OR REPLACE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION payout_refuse()",
        ]
    for table in PARTS:
        sql += [
            f"CREATE OR REPLACE FUNCTION {table}_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF {_too_many(table)} THEN {refuse} END IF; RETURN NEW; END $$",
            f"CREATE OR REPLACE TRIGGER {table}_full BEFORE INSERT ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {table}_full()",
        ]
    return sql


def _sqlite() -> list[str]:
    body = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    sql = []
    for table in FIXED:
        sql += [
            f"CREATE TRIGGER IF NOT EXISTS {table}_frozen BEFORE UPDATE ON {table}"
            f" WHEN {_changed(table, 'IS')} {body}",
            f"CREATE TRIGGER IF NOT EXISTS {table}_kept BEFORE DELETE ON {table} {body}",
            # INSERT OR REPLACE deletes without asking the trigger above
            f"CREATE TRIGGER IF NOT EXISTS {table}_no_replace BEFORE INSERT ON {table}"
            f" WHEN EXISTS (SELECT 1 FROM {table} WHERE {' OR '.join(TWINS[table])}) {body}",
        ]
    for table in PARTS:
        sql.append(
            f"CREATE TRIGGER IF NOT EXISTS {table}_full BEFORE INSERT ON {table}"
            f" WHEN {_too_many(table)} {body}"
        )
    return sql


install = executes(statements)
remove = executes(removals)
