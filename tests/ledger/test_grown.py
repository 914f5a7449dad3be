"""The ledger of a benchmark, which PostgreSQL copies in past the ledger's own door, is one like any other."""

from __future__ import annotations

import pytest

from farmers.ledger.accounts import Account
from farmers.ledger.models import Block, Entry
from farmers.ledger.post import post_sales
from farmers.ledger.postings import balances
from farmers.ledger.verify import verify
from marketplace.demo import copied, grow

from . import books
from .books import potatoes

pytestmark = pytest.mark.django_db


def test_a_grown_ledger_verifies_and_its_totals_are_those_of_its_entries(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(grow, "COPIED_AT_ONCE", 60)
    monkeypatch.setattr(grow, "ENTRIES_AT_ONCE", 60)
    monkeypatch.setattr(copied, "ENTRIES_PER_BLOCK", 25)
    households = [household for _village in range(3) for household in books.households(4)]
    before = post_sales([potatoes(household) for household in households])
    grow.entries(150, lambda step: None)
    post_sales([potatoes(household) for household in households])
    verdict = verify()
    assert verdict.ok, verdict.first_bad
    assert verdict.entries == Entry.objects.count() == 150 + len(before)
    assert sum(Block.objects.values_list("count", flat=True)) == 150
    assert books.totals_kept() == books.totals_due()
    accounts = balances()
    assert accounts[Account.RECEIVABLE] == -accounts[Account.PAYABLE]
    assert accounts[Account.RECEIVABLE] == sum(Entry.objects.values_list("amount_fen", flat=True))
