from __future__ import annotations

import json
import tracemalloc
from contextlib import suppress
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from farmers.ledger import books as account_books
from farmers.ledger import entries_hold, hashes, parts, verify
from farmers.ledger.models import Block, Entry, Seal
from farmers.ledger.post import post_sales, reverse
from farmers.ledger.seal import seal_all
from farmers.ledger.totals import TOTALS

from . import books
from .books import JIN, NOON, at_once, eggs, forged, on_postgresql, potatoes, saplings

pytestmark = pytest.mark.django_db


@pytest.fixture
def entries() -> list[Entry]:
    """Six entries: four of them sealed in two blocks, the last two waiting; one is a reversal."""
    one, two = books.households(2)
    first = post_sales([potatoes(one), saplings(two)])
    seal_all()
    reversal = reverse(first[0].key, key="return:1", quantity=JIN, at=NOON, reason="bruised", by=None)
    second = [*post_sales([eggs(one)]), reversal]
    seal_all()
    third = post_sales([potatoes(two, 7), saplings(one, 3)])
    return sorted([*first, *second, *third], key=lambda entry: entry.pk)


def verdict() -> dict[str, Any]:
    """What `verify_ledger --json` prints, once it was seen to exit as it must."""
    said = StringIO()
    try:
        call_command("verify_ledger", "--json", stdout=said)
        code: Any = 0
    except SystemExit as stopped:
        code = stopped.code
    told: dict[str, Any] = json.loads(said.getvalue())
    assert list(told) == ["ok", "entries", "head", "first_bad"]
    assert code == (0 if told["ok"] else 1)
    assert (told["first_bad"] is None) == told["ok"]
    return told


def test_an_empty_ledger_holds() -> None:
    assert verdict() == {"ok": True, "entries": 0, "head": None, "first_bad": None}
    said = StringIO()
    call_command("verify_ledger", stdout=said)
    assert said.getvalue() == "the ledger holds: 0 entries, nothing sealed yet\n"


def test_a_true_ledger_holds(entries: list[Entry]) -> None:
    newest = Block.objects.get(number=2)
    assert verdict() == {"ok": True, "entries": 6, "head": newest.hash, "first_bad": None}


def _a_second_later() -> str:
    return "at = at + interval '1 second'" if books.on_postgresql() else "at = datetime(at, '+1 second')"


ALTERATIONS = {
    "price": lambda: "unit_size = unit_size * 2, quantity = quantity * 2",
    "moment": _a_second_later,
    "household": lambda: f"household_id = {books.a_household().pk}",
    "buyer": lambda: "buyer = 'person:99'",
    "product": lambda: "product_name = '白菜'",
    "order": lambda: "order_number = 'D0'",
    "who": lambda: "\"by\" = 'user:99'",
    "digest": lambda: "digest = substr(digest, 2) || 'x'",
}


@pytest.mark.parametrize("at", range(6))
@pytest.mark.parametrize("what", ALTERATIONS)
def test_an_altered_entry_is_named_sealed_or_not(entries: list[Entry], at: int, what: str) -> None:
    entry = entries[at]
    with forged(f"UPDATE ledger_entry SET {ALTERATIONS[what]()} WHERE id = {entry.pk}"):
        told = verdict()
    assert not told["ok"]
    assert (told["first_bad"]["entry"], told["first_bad"]["key"]) == (entry.pk, entry.key)
    assert "changed after it was posted" in told["first_bad"]["reason"]


def test_the_sentence_names_the_entry_and_the_command_fails(entries: list[Entry]) -> None:
    said = StringIO()
    change = f"UPDATE ledger_entry SET product_name = '金' WHERE id = {entries[1].pk}"
    with forged(change), pytest.raises(SystemExit) as stopped:
        call_command("verify_ledger", stdout=said)
    assert stopped.value.code == 1
    assert f"entry {entries[1].pk} ({entries[1].key})" in said.getvalue()


def test_the_first_of_two_altered_entries_is_the_one_named(entries: list[Entry]) -> None:
    with forged(f"UPDATE ledger_entry SET product_name = '金' WHERE id >= {entries[3].pk}"):
        assert verdict()["first_bad"]["entry"] == entries[3].pk


def test_an_entry_altered_with_its_digest_betrays_itself_by_its_seal(entries: list[Entry]) -> None:
    entry = entries[2]
    entry.product_name = "金"
    change = f"product_name = '金', digest = '{entry.leaf()}'"
    with forged(f"UPDATE ledger_entry SET {change} WHERE id = {entry.pk}"):
        told = verdict()["first_bad"]
    assert told["entry"] == entry.pk
    assert "sealed with" in told["reason"]


def test_an_entry_altered_with_digest_and_seal_betrays_itself_by_its_block(entries: list[Entry]) -> None:
    entry = entries[0]
    entry.product_name = "金"
    with forged(
        f"UPDATE ledger_entry SET product_name = '金', digest = '{entry.leaf()}' WHERE id = {entry.pk}",
        f"UPDATE ledger_seal SET leaf = '{entry.leaf()}' WHERE entry_id = {entry.pk}",
    ):
        told = verdict()["first_bad"]
    assert told["entry"] == entry.pk
    assert "Merkle root" in told["reason"]


def test_a_block_rewritten_with_its_entries_breaks_the_chain(entries: list[Entry]) -> None:
    """Whoever computes the first block anew must compute all that follow, and the noted hash is not among them."""
    entry = entries[0]
    entry.product_name = "金"
    block = Block.objects.get(number=1)
    leaves = [entry.leaf(), Seal.objects.get(block=1, position=1).leaf]
    root = hashes.merkle_root(leaves)
    own = hashes.block_hash(1, block.prev_hash, root, block.count, block.sealed_at)
    with forged(
        f"UPDATE ledger_entry SET product_name = '金', digest = '{entry.leaf()}' WHERE id = {entry.pk}",
        f"UPDATE ledger_seal SET leaf = '{entry.leaf()}' WHERE entry_id = {entry.pk}",
        f"UPDATE ledger_block SET merkle_root = '{root}', hash = '{own}' WHERE number = 1",
    ):
        told = verdict()["first_bad"]
    assert told["entry"] == Seal.objects.get(block=2, position=0).entry_id
    assert "not chained" in told["reason"]


def test_an_unsealed_entry_altered_with_its_digest_betrays_itself_by_the_totals(entries: list[Entry]) -> None:
    entry = entries[4]
    entry.quantity, entry.amount_fen = 8 * JIN, 960
    change = f"quantity = {8 * JIN}, amount_fen = 960, digest = '{entry.leaf()}'"
    with forged(f"UPDATE ledger_entry SET {change} WHERE id = {entry.pk}"):
        told = verdict()["first_bad"]
    assert "householdtotal" in told["reason"]
    assert f"household_id {entry.household_id}" in told["reason"]


@pytest.mark.parametrize("at", [0, 3, 4])
def test_a_deleted_entry_is_named_by_its_number(entries: list[Entry], at: int) -> None:
    with forged(f"DELETE FROM ledger_entry WHERE id = {entries[at].pk}"):
        told = verdict()
    assert told["entries"] == 5
    assert told["first_bad"]["entry"] == entries[at].pk
    assert "gone" in told["first_bad"]["reason"]


def test_an_entry_deleted_with_its_place_in_the_queue_is_missed_by_the_totals(entries: list[Entry]) -> None:
    gone = entries[5].pk
    with forged(
        f"DELETE FROM ledger_unsealed WHERE entry_id = {gone}", f"DELETE FROM ledger_entry WHERE id = {gone}"
    ):
        assert "householdtotal" in verdict()["first_bad"]["reason"]


def test_an_entry_deleted_with_its_seal_leaves_a_hole_in_its_block(entries: list[Entry]) -> None:
    gone = entries[2].pk
    with forged(
        f"DELETE FROM ledger_seal WHERE entry_id = {gone}", f"DELETE FROM ledger_entry WHERE id = {gone}"
    ):
        told = verdict()["first_bad"]
    assert "block 2" in told["reason"]


def test_an_entry_slipped_in_is_named(entries: list[Entry]) -> None:
    twin = Entry.objects.get(pk=entries[0].pk)
    twin.pk, twin.key = None, "accept:forged"
    twin.digest = twin.leaf()
    twin.save(force_insert=True)
    told = verdict()["first_bad"]
    assert (told["entry"], told["key"]) == (twin.pk, "accept:forged")


def test_an_entry_slipped_in_with_a_place_in_the_queue_is_named_by_the_totals(entries: list[Entry]) -> None:
    twin = Entry.objects.get(pk=entries[0].pk)
    twin.pk, twin.key = None, "accept:forged"
    twin.digest = twin.leaf()
    twin.save(force_insert=True)
    with forged(f"INSERT INTO ledger_unsealed (entry_id) VALUES ({twin.pk})"):
        told = verdict()["first_bad"]
    assert (told["entry"], told["key"]) == (twin.pk, "accept:forged")
    assert "not counted" in told["reason"]


def test_a_sealed_entry_put_back_in_the_queue_is_named(entries: list[Entry]) -> None:
    with forged(f"INSERT INTO ledger_unsealed (entry_id) VALUES ({entries[1].pk})"):
        assert verdict()["first_bad"]["entry"] == entries[1].pk


@pytest.mark.parametrize("table", [table._meta.db_table for table in TOTALS])
@pytest.mark.parametrize("column", ["grams", "saplings", "pieces", "amount_fen", "sapling_fen", "entries"])
def test_an_altered_total_is_named(entries: list[Entry], table: str, column: str) -> None:
    with forged(f"UPDATE {table} SET {column} = {column} + 1"):
        told = verdict()["first_bad"]
    assert table.removeprefix("ledger_") in told["reason"]


@pytest.mark.parametrize("table", [table._meta.db_table for table in TOTALS])
def test_a_deleted_total_is_named(entries: list[Entry], table: str) -> None:
    with forged(f"DELETE FROM {table}"):
        told = verdict()["first_bad"]
    assert table.removeprefix("ledger_") in told["reason"]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ledger_block SET hash = 'f' || substr(hash, 2, 62) || 'x' WHERE number = 1",
        "UPDATE ledger_block SET sealed_at = '2020-01-01 00:00:00' WHERE number = 1",
        "UPDATE ledger_block SET count = 3 WHERE number = 1",
        "UPDATE ledger_block SET prev_hash = 'x' WHERE number = 1",
        "UPDATE ledger_block SET merkle_root = hash WHERE number = 1",
        "UPDATE ledger_block SET number = 9 WHERE number = 2",
        "DELETE FROM ledger_block WHERE number = 1",
        "DELETE FROM ledger_block WHERE number = 2",
        "UPDATE ledger_seal SET position = position + 5 WHERE block_id = 2",
    ],
)
def test_an_altered_block_is_named(entries: list[Entry], change: str) -> None:
    with forged(change):
        told = verdict()
    assert not told["ok"]
    assert "block" in told["first_bad"]["reason"]


def test_sealed_entries_that_change_places_are_noticed(entries: list[Entry]) -> None:
    with forged(
        "UPDATE ledger_seal SET position = position + 10 WHERE block_id = 1",
        "UPDATE ledger_seal SET position = 11 - position WHERE block_id = 1",
    ):
        assert "block 1" in verdict()["first_bad"]["reason"]


def test_a_reversal_of_more_than_was_sold_is_noticed(entries: list[Entry]) -> None:
    """Slipped past `reverse` by raw SQL, with right digest, totals and queue: arithmetic still tells."""
    sale = entries[1]
    forged_entry = Entry.objects.get(key="return:1")
    for name in entries_hold.COPIED:
        setattr(forged_entry, name, getattr(sale, name))
    forged_entry.pk, forged_entry.key, forged_entry.reverses = None, "return:forged", sale
    forged_entry.quantity, forged_entry.amount_fen = -sale.quantity - 1, -sale.amount_fen - sale.price_fen
    forged_entry.digest = forged_entry.leaf()
    forged_entry.save(force_insert=True)
    with forged(f"INSERT INTO ledger_unsealed (entry_id) VALUES ({forged_entry.pk})"):
        told = verdict()["first_bad"]
    assert told["entry"] == sale.pk
    assert "more was taken back" in told["reason"]


@pytest.mark.django_db(transaction=True)
def test_one_byte_of_one_entry_changed_on_disk_is_found_and_named(entries: list[Entry]) -> None:
    """Past every trigger: in the file itself, while nobody has it open."""
    if on_postgresql():
        # its pages are the server's own; there, the same is done to the row
        with books.unguarded() as altered:
            altered(
                [
                    f"UPDATE ledger_entry SET order_number = 'E' || substr(order_number, 2) WHERE id = {entries[3].pk}"
                ]
            )
            told = verdict()
    else:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.execute("SELECT file FROM pragma_database_list WHERE name = 'main'")
            (path,) = cursor.fetchone()
        connection.close()
        whole = Path(path).read_bytes()
        # the order's number stands between the buyer and the line; elsewhere it has other neighbours
        marked = f"{entries[3].buyer}{entries[3].buyer_name}{entries[3].order_number}".encode()
        assert whole.count(marked) == 1
        with Path(path).open("r+b") as file:
            file.seek(whole.index(marked) + len(marked) - 1)
            last = marked[-1]
            file.write(bytes([last ^ 1]))
        told = verdict()
    assert (told["first_bad"]["entry"], told["first_bad"]["key"]) == (entries[3].pk, entries[3].key)
    assert "changed after it was posted" in told["first_bad"]["reason"]


def _published(*asked: str) -> dict[str, Any]:
    said = StringIO()
    with suppress(SystemExit):
        call_command("verify_ledger", "--json", *asked, stdout=said)
    told: dict[str, Any] = json.loads(said.getvalue())
    return told


def test_a_published_head_must_still_be_in_the_chain(entries: list[Entry]) -> None:
    first, second = Block.objects.order_by("number")
    for head in (first.hash, second.hash):
        assert _published("--head", head)["ok"]
    # the tail sealed anew, as whoever holds the database could: by itself it holds
    with forged(
        "DELETE FROM ledger_seal WHERE block_id = 2",
        "DELETE FROM ledger_block WHERE number = 2",
        f"INSERT INTO ledger_unsealed (entry_id) VALUES ({entries[2].pk})",
        f"INSERT INTO ledger_unsealed (entry_id) VALUES ({entries[3].pk})",
    ):
        assert verdict()["ok"]
        told = _published("--head", second.hash)
        assert second.hash in told["first_bad"]["reason"]
        assert not told["ok"]
        assert _published("--head", first.hash)["ok"]
        seal_all()
        assert verdict()["ok"]
        told = _published("--head", second.hash, "--from-block", "2")
        assert told["first_bad"]["entry"] == entries[2].pk
        assert "block 2 has the hash" in told["first_bad"]["reason"]


def test_what_a_trusted_block_sealed_is_not_looked_at_again_and_the_verdict_says_so(
    entries: list[Entry],
) -> None:
    first = Block.objects.get(number=1)
    asked = ("--head", first.hash, "--from-block", "1")
    assert _published(*asked) == {
        "ok": True,
        "entries": 6,
        "head": Block.objects.get(number=2).hash,
        "first_bad": None,
        "trusted": 2,
    }
    said = StringIO()
    call_command("verify_ledger", *asked, stdout=said)
    assert "not looked at, because block 1 has the trusted hash: the 2 entries" in said.getvalue()
    of_the_first, later = (entries[1], entries[3])
    with forged(f"UPDATE ledger_entry SET buyer_name = 'x' WHERE id = {of_the_first.pk}"):
        assert _published(*asked)["ok"]
        assert not verdict()["ok"]
    # but the totals are compared with all entries
    with forged(
        f"UPDATE ledger_entry SET quantity = quantity * 2, amount_fen = amount_fen * 2 WHERE id = {of_the_first.pk}"
    ):
        assert not _published(*asked)["ok"]
    with forged(f"UPDATE ledger_entry SET buyer_name = 'x' WHERE id = {later.pk}"):
        assert _published(*asked)["first_bad"]["entry"] == later.pk


@pytest.mark.parametrize(
    "asked", [("--from-block", "1"), ("--workers", "0"), ("--head", "x", "--from-block", "0")]
)
def test_what_cannot_be_asked_is_said(asked: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        call_command("verify_ledger", *asked)


def test_progress_is_told_beside_the_verdict(entries: list[Entry]) -> None:
    said, progress = StringIO(), StringIO()
    call_command("verify_ledger", "--progress", "--json", stdout=said, stderr=progress)
    assert json.loads(said.getvalue())["ok"]
    assert progress.getvalue().startswith("100 %")


@pytest.mark.django_db(transaction=True)
def test_several_workers_see_one_moment_and_name_the_first_bad_entry(
    entries: list[Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    if not on_postgresql():
        with pytest.raises(CommandError, match="PostgreSQL"):
            call_command("verify_ledger", "--workers", "2")
        return
    monkeypatch.setattr(parts, "ROWS_A_PART", 2)
    wanted = [
        f"UPDATE ledger_entry SET buyer_name = 'x' WHERE id = {entry.pk}"
        for entry in (entries[3], entries[1])
    ]
    with books.unguarded() as altered:
        altered(wanted)
        assert _published("--workers", "2")["first_bad"]["entry"] == entries[1].pk


def test_checking_takes_no_more_memory_for_a_longer_ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries_hold, "ROWS_AT_ONCE", 100)
    monkeypatch.setattr(account_books, "ROWS_AT_ONCE", 100)
    household = books.a_household()
    peaks = []
    for more in (300, 1200):
        post_sales([potatoes(household) for _ in range(more)])
        seal_all()
        verify.verify()
        tracemalloc.start()
        assert verify.verify().ok
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]


def test_checking_leaves_the_connection_as_it_was() -> None:
    assert verdict()["ok"]
    post_sales([potatoes(books.a_household())])
    assert connection.in_atomic_block


@pytest.mark.django_db(transaction=True)
def test_checking_while_others_post_and_seal_sees_one_moment() -> None:
    households = books.households(3)

    def post() -> None:
        for _ in range(15):
            post_sales([potatoes(household) for household in households])

    def seal_often() -> None:
        for _ in range(5):
            seal_all()

    def check_often() -> set[bool]:
        return {verify.verify().ok for _ in range(10)}

    assert at_once([post, post, seal_often, check_often]) == [None, None, None, {True}]
