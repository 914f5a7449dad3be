from __future__ import annotations

import datetime as dt
import hashlib
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from farmers.ledger import hashes, seal
from farmers.ledger.models import Block, Entry, Seal, Unsealed
from farmers.ledger.post import post_sales, reverse
from farmers.ledger.seal import holds, newest_block, proof, seal_all, seal_next
from farmers.ledger.verify import verify

from . import books
from .books import JIN, NOON, at_once, forged, on_postgresql, potatoes

LEAVES = st.lists(st.binary(min_size=32, max_size=32).map(bytes.hex), min_size=1, max_size=40)


@given(LEAVES, st.data())
def test_a_path_proves_its_leaf_at_its_place_and_no_other(leaves: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(leaves) - 1))
    root, path = hashes.merkle_root(leaves), hashes.merkle_path(leaves, at)
    assert hashes.leads_to(leaves[at], at, len(leaves), path, root)
    assert len(path) <= (len(leaves) - 1).bit_length()
    assert not hashes.leads_to("e" * 64, at, len(leaves), path, root)
    assert not hashes.leads_to(leaves[at], at, len(leaves), [*path, "0" * 64], root)
    assert not hashes.leads_to(leaves[at], len(leaves), len(leaves), path, root)


def test_the_tree_is_that_of_rfc_6962() -> None:
    """A known answer: the roots of the Certificate Transparency test vectors, leaves hashed there as here."""
    inputs = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
    leaves = [hashlib.sha256(hashes.LEAF + bytes.fromhex(each)).hexdigest() for each in inputs]
    assert (
        hashes.merkle_root(leaves[:1]) == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    )
    assert (
        hashes.merkle_root(leaves[:3]) == "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"
    )
    assert hashes.merkle_root(leaves) == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


@pytest.mark.django_db
def test_blocks_chain_and_every_entry_proves_its_place() -> None:
    households = books.households(3)
    post_sales([potatoes(household) for household in households])
    (first,) = seal_all()
    post_sales([potatoes(household) for household in households for _ in range(3)])
    (second,) = seal_all()
    assert (first.number, first.prev_hash, first.count) == (1, hashes.NO_BLOCK, 3)
    assert (second.number, second.prev_hash, second.count) == (2, first.hash, 9)
    for entry in Entry.objects.all():
        assert holds(entry, proof(entry))
    assert not Unsealed.objects.exists()
    assert verify()[:4] == (True, 12, second.hash, None)


@pytest.mark.django_db
def test_a_proof_is_worth_nothing_for_another_or_a_changed_entry() -> None:
    household = books.a_household()
    post_sales([potatoes(household) for _ in range(5)])
    seal_all()
    first, second, *_rest = Entry.objects.all()
    assert not holds(second, proof(first))
    first.price_fen += 1
    assert not holds(first, proof(first))


@pytest.mark.django_db
def test_what_waits_has_no_proof_yet() -> None:
    (entry,) = post_sales([potatoes(books.a_household())])
    with pytest.raises(Seal.DoesNotExist):
        proof(entry)


@pytest.mark.django_db
def test_nothing_new_makes_no_block() -> None:
    assert seal_all() == []
    post_sales([potatoes(books.a_household())])
    assert len(seal_all()) == 1
    assert seal_all() == []
    assert Block.objects.count() == 1


@pytest.mark.django_db
def test_a_long_queue_is_worked_off_in_several_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seal, "ENTRIES_PER_BLOCK", 4)
    household = books.a_household()
    sales = post_sales([potatoes(household) for _ in range(9)])
    reverse(sales[0].key, key="return", quantity=JIN, at=NOON, reason="bruised", by=None)
    assert [block.count for block in seal_all()] == [4, 4, 2]
    assert verify().ok


@pytest.mark.django_db(transaction=True)
def test_two_sealers_at_once_seal_each_entry_once() -> None:
    household = books.a_household()
    for _round in range(4):
        post_sales([potatoes(household) for _ in range(6)])
        answers = at_once([lambda: len(seal_all())] * (6 if on_postgresql() else 3))
        assert sum(answers) == 1, answers
    assert Seal.objects.count() == Entry.objects.count() == 24
    assert verify().ok


@pytest.mark.django_db(transaction=True)
def test_sealing_and_posting_at_once_do_not_stop_each_other() -> None:
    households = books.households(4)

    def post() -> None:
        for _ in range(6):
            post_sales([potatoes(household) for household in households])

    def seal_often() -> None:
        for _ in range(6):
            seal_all()

    assert at_once([post, post, seal_often, seal_often]) == [None] * 4
    seal_all()
    assert verify().entries == 48
    assert verify().ok


@pytest.mark.django_db
def test_a_changed_entry_is_not_sealed() -> None:
    (entry,) = post_sales([potatoes(books.a_household())])
    with forged("UPDATE ledger_entry SET quantity = quantity * 2, amount_fen = amount_fen * 2"):
        with pytest.raises(CommandError, match=entry.key):
            call_command("seal_ledger", stdout=StringIO())
        assert newest_block() is None


@pytest.mark.django_db
def test_the_command_tells_what_it_sealed() -> None:
    said = StringIO()
    call_command("seal_ledger", stdout=said)
    post_sales([potatoes(books.a_household())])
    call_command("seal_ledger", stdout=said)
    block = Block.objects.get()
    assert said.getvalue() == f"nothing to seal\nblock 1: 1 entries, {block.hash}\n"


@pytest.mark.django_db
def test_a_digest_is_the_same_on_every_machine() -> None:
    """What an auditor computes with a tool of their own, from the facts alone."""
    facts = dict.fromkeys(hashes.FACTS, "x")
    facts |= {"at": dt.datetime(2026, 4, 18, 4, tzinfo=dt.UTC), "day": dt.date(2026, 4, 18), "reverses": None}
    text = (
        '{"amount_fen":"x","at":"2026-04-18T04:00:00.000000Z","buyer":"x","buyer_kind":"x","buyer_name":"x",'
        '"by":"x","category_name":"x","category_name_en":"x","category_slug":"x","channel":"x",'
        '"day":"2026-04-18","format":"dingzhou-ledger-1","household_id":"x","is_sapling":"x","key":"x",'
        '"kind":"x","line":"x","measure":"x","order_number":"x","price_fen":"x","product_name":"x",'
        '"product_name_en":"x","product_slug":"x","quantity":"x","reason":"x","reverses":null,"town_id":"x",'
        '"unit":"x","unit_size":"x","village_id":"x"}'
    )
    assert hashes.leaf(list(facts.values()), "") == hashlib.sha256(b"\x00" + text.encode()).hexdigest()


@pytest.mark.django_db
def test_sealing_costs_the_same_queries_for_few_and_many() -> None:
    household = books.a_household()
    costs = []
    for size in (2, 200):
        post_sales([potatoes(household) for _ in range(size)])
        with CaptureQueriesContext(connection) as queries:
            seal_next()
        # without the savepoints, and the look whether a connection is still good
        costs.append([query["sql"][:40] for query in queries if "ledger_" in query["sql"]])
    assert costs[0] == costs[1]
    assert len(costs[0]) <= 6
