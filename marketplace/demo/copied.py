"""The fast way of many invented entries into the ledger of a benchmark: PostgreSQL's COPY, in all the tables that the
ledger's own door writes, sealed. What comes out is verified like any ledger; nothing else may come in by here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Min
from django.utils import timezone

from farmers.ledger import hashes
from farmers.ledger.accounts import Account
from farmers.ledger.models import AccountTotal, Block, Entry, Measures, Posting, Seal
from farmers.ledger.post import SaleFact
from farmers.ledger.seal import ENTRIES_PER_BLOCK, newest_block
from farmers.ledger.totals import MEASURES, SUMS, TOTALS, cell_fields, label_fields
from farmers.ledger.totals_hold import with_periods
from marketplace.days import shanghai_day

ENTRY = ("id", *hashes.FACTS[:-1], "salt", "digest")
POSTING = ("id", *hashes.POSTED, "digest")
SEAL = ("entry_id", "block_id", "position", "leaf")


@transaction.atomic
def copy_in(facts: Sequence[SaleFact]) -> None:
    """Write sales whose keys are new, their postings, totals and blocks. Nothing may wait to be sealed."""
    entry_ids, posting_ids = _numbers(Entry, len(facts)), _numbers(Posting, len(facts))
    leaves: list[str] = []
    newest = newest_block()
    first_block = newest.number + 1 if newest else 1
    _copy(Entry, ENTRY, _entries(facts, entry_ids, leaves))
    _copy(Posting, POSTING, _postings(facts, posting_ids))
    # its blocks are written before: nothing else can be asked while rows are copied
    _copy(Seal, SEAL, list(_sealed(entry_ids, leaves)))
    for table in TOTALS:
        _add_up(table, entry_ids[0], first_block)
    fen = sum(fact.amount_fen for fact in facts)
    for account, side in ((Account.RECEIVABLE, "debit_fen"), (Account.PAYABLE, "credit_fen")):
        AccountTotal.objects.get_or_create(account=account, kind=Posting.Kind.GOODS)
        AccountTotal.objects.filter(account=account, kind=Posting.Kind.GOODS).update(
            **{side: F(side) + fen, "postings": F("postings") + len(facts)}
        )


def _numbers(model: Any, count: int) -> list[int]:
    sequence = f"pg_get_serial_sequence('{model._meta.db_table}', 'id')"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT nextval({sequence}) FROM generate_series(1, %s)", [count])  # noqa: S608
        return [number for (number,) in cursor.fetchall()]


def _copy(model: Any, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    quote = connection.ops.quote_name
    into = f"COPY {quote(model._meta.db_table)} ({', '.join(map(quote, names))}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(into) as copy:
        for row in rows:
            copy.write_row(row)


def _entries(facts: Sequence[SaleFact], numbers: Sequence[int], leaves: list[str]) -> Iterator[Sequence[Any]]:
    for number, fact in zip(numbers, facts, strict=True):
        named = fact._asdict() | {
            "kind": "sale", "day": shanghai_day(fact.at), "reason": "", "by": "", "reverses": None,
        }  # fmt: skip
        values = [named[name] for name in hashes.FACTS]
        salt = hashes.new_salt()
        leaves.append(hashes.leaf(values, salt))
        yield (number, *values[:-1], salt, leaves[-1])


def _postings(facts: Sequence[SaleFact], numbers: Sequence[int]) -> Iterator[Sequence[Any]]:
    for number, fact in zip(numbers, facts, strict=True):
        values = (
            fact.key, "goods", fact.at, shanghai_day(fact.at), "receivable", "payable", fact.amount_fen,
            fact.order_number, fact.household_id, "", "",
        )  # fmt: skip
        yield (number, *values, hashes.posting(values))


def _sealed(numbers: Sequence[int], leaves: Sequence[str]) -> Iterator[Sequence[Any]]:
    """The places of the entries, and their blocks, which are there before them."""
    newest = newest_block()
    number, prev_hash = (newest.number, newest.hash) if newest else (0, hashes.NO_BLOCK)
    blocks = []
    for first in range(0, len(leaves), ENTRIES_PER_BLOCK):
        some = leaves[first : first + ENTRIES_PER_BLOCK]
        number += 1
        block = Block(
            number=number,
            prev_hash=prev_hash,
            merkle_root=hashes.merkle_root(some),
            count=len(some),
            sealed_at=timezone.now(),
        )
        block.hash = prev_hash = block.computed()
        blocks.append(block)
    Block.objects.bulk_create(blocks)
    for at, block in enumerate(blocks):
        first = at * ENTRIES_PER_BLOCK
        for position in range(block.count):
            yield (numbers[first + position], block.number, position, leaves[first + position])


def _add_up(table: type[Measures], first: int, first_block: int) -> None:
    """Add the entries of the new blocks to the table's cells, as `totals.count_in` does one by one.

    What others posted meanwhile has higher numbers too, but stands in none of these blocks, and was counted by them.
    """
    quote = connection.ops.quote_name
    cell, labels = cell_fields(table), label_fields(table)
    new = (
        with_periods(cell)
        .filter(pk__gte=first, seal__block__number__gte=first_block)
        .order_by()
        .values(*cell)
    )
    summed = new.annotate(**{f"a_{name}": Min(name) for name in labels}, **SUMS)
    told = summed.values_list(*cell, *(f"a_{name}" for name in labels), *SUMS)
    # in the order in which whoever posts meanwhile takes them too
    sql, values = told.order_by(*cell).query.sql_with_params()
    into = quote(table._meta.db_table)
    columns = ", ".join(map(quote, (*cell, *labels, *MEASURES)))
    sums = ", ".join(f"{name} = {into}.{name} + excluded.{name}" for name in map(quote, MEASURES))
    conflict = f"ON CONFLICT ({', '.join(map(quote, cell))}) DO UPDATE SET {sums}"
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {into} ({columns}) {sql} {conflict}", values)
