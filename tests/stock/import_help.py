"""What the tests of the import share: running the command, and holding its answer against a truth."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

DATA = Path(__file__).with_name("data")
SAMPLE = DATA / "unsold-ledger-2020-04.xlsx"
SAMPLE_TRUTH = DATA / "unsold-ledger-2020-04.truth.json"


def run(path: Path, *options: str) -> tuple[int, str]:
    """The command's exit status and what it wrote to standard output."""
    out = io.StringIO()
    try:
        call_command("import_stock", str(path), *options, stdout=out)
    except CommandError as error:
        return error.returncode, out.getvalue()
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


def run_json(path: Path, *options: str) -> tuple[int, dict[str, Any]]:
    code, out = run(path, "--json", *options)
    answer = json.loads(out)
    assert isinstance(answer, dict)
    return code, answer


def refusal(path: Path, *options: str) -> str:
    """What the command says of a file that it cannot read."""
    with pytest.raises(CommandError) as caught:
        call_command("import_stock", str(path), *options, stdout=io.StringIO())
    assert caught.value.returncode == 2
    return str(caught.value)


FACTS = ("town", "product", "measure", "base_quantity", "price_fen", "unit")


def disagreements(answer: dict[str, Any], truth: list[dict[str, Any]]) -> list[object]:
    """Rows on which the answer and the truth differ, either way."""
    accepted = {row["row"]: row for row in answer["accepted"]}
    refused = {row["row"]: row for row in answer["refused"]}
    found: list[object] = []
    for row in truth:
        mine = accepted.get(row["row"])
        if row["verdict"] == "reject" or (row["verdict"] == "ok_or_ask" and mine is None):
            if row["row"] not in refused:
                found.append((row, "not refused"))
        elif mine is None:
            found.append((row, refused.get(row["row"], "lost")))
        elif mine["household"] != row["name"] or any(mine[fact] != row[fact] for fact in FACTS):
            found.append((row, mine))
    strangers = (accepted.keys() | refused.keys()) - {row["row"] for row in truth}
    return [*found, *(("no goods there", number) for number in sorted(strangers))]
