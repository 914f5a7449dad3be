"""Webhooks twice, late, out of order and never, and a site that is killed again and again: no fen is lost."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


# on PostgreSQL alone
@pytest.mark.e2e
def test_no_fen_is_lost_while_the_site_is_killed_again_and_again(another_database: str) -> None:
    asked = ["--orders", "30", "--seed", "7", "--database", another_database, "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults", *asked],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.stdout, done.stderr[-3000:]
    told = json.loads(done.stdout)
    assert told["wrong"] == []
    assert done.returncode == 0
    assert told["received"] == told["paid orders"] + told["given back"] + told["to give back"] > 0
    assert told["killed"]["site"] > 0
    assert told["events answered"] < told["events"], "some were dropped"
