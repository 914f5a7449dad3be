"""What is published of the ledger, checked as a stranger does: by `docs/verify_published.py`, in a process of its own."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from farmers.ledger import groups, hashes
from farmers.ledger.models import Block, Digest, Entry
from farmers.ledger.post import post_sales, reverse
from farmers.ledger.published import publish
from farmers.ledger.seal import seal_all

from . import books
from .books import JIN, NOON, forged, potatoes, saplings

SCRIPT = Path(__file__).parents[2] / "docs" / "verify_published.py"
KEY = "07" * 32


@pytest.fixture(autouse=True)
def _places(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.LEDGER_SIGNING_KEY = KEY


@pytest.fixture
def published(db: None, tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """A ledger of three blocks: one that many households share, one of few, and one with a return."""
    village = books.a_village()
    many = books.households(6, village)
    post_sales([potatoes(household, 10 + n) for n, household in enumerate(many)] + [saplings(many[0])])
    seal_all()
    few = post_sales([potatoes(household) for household in many[:2]])
    seal_all()
    reverse(few[0].key, key="return:1", quantity=JIN, at=NOON, reason="bruised", by=None)
    yield _published(tmp_path / "first")


def _published(folder: Path) -> tuple[Path, Path]:
    publish()
    return _taken(folder)


def _taken(folder: Path) -> tuple[Path, Path]:
    """The export and the digest as anybody gets them from the site."""
    folder.mkdir()
    client = Client()
    files = folder / "export.jsonl.gz", folder / "digest.json"
    for file, address in zip(files, ("/ledger/export.jsonl.gz", "/ledger/digest.json"), strict=True):
        answer: Any = client.get(address)
        assert answer.status_code == 200
        file.write_bytes(answer.getvalue())
    return files


def check(export: Path, digest: Path, *more: object) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-I", SCRIPT, export, digest, *map(str, more)], capture_output=True, text=True
    )
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout


def _lines(export: Path) -> list[Any]:
    return [json.loads(line) for line in gzip.decompress(export.read_bytes()).splitlines()]


def _altered(export: Path, lines: list[Any]) -> Path:
    other = export.with_name("altered.jsonl.gz")
    other.write_bytes(gzip.compress(b"\n".join(json.dumps(line).encode() for line in lines)))
    return other


def _is_leaf(line: Any) -> bool:
    return isinstance(line, str) or "public" in line


def test_a_stranger_finds_that_it_holds(published: tuple[Path, Path]) -> None:
    code, said = check(*published)
    assert code == 0, said
    # of the first block's, six households with potatoes are shown, and the saplings of one are not
    assert "3 blocks, 10 entries" in said
    assert "6 entries shown and proved" in said
    assert "IT HOLDS" in said


def test_nothing_published_tells_of_a_person(published: tuple[Path, Path]) -> None:
    export, digest = published
    text = gzip.decompress(export.read_bytes()).decode() + digest.read_text()
    for entry in Entry.objects.select_related("household"):
        for secret in (entry.household.head_name, entry.key, entry.order_number, entry.salt):
            assert secret not in text
    assert "household_id" not in text
    assert '"buyer' not in text
    shown = [line["public"] for line in _lines(export) if isinstance(line, dict) and "public" in line]
    assert {tuple(sorted(public)) for public in shown} == {tuple(sorted(hashes.PUBLIC))}


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("swapped", "the entries of block 1 are not those"),
        ("removed", "an entry of block 1 is gone"),
        ("removed and counted", "block 1 does not match its hash"),
        ("amount", "the entries of block 1 are not those"),
        ("town", "the entries of block 1 are not those"),
        ("block", "block 2 is missing"),
        ("moment", "block 1 does not match its hash"),
        ("slipped in", "more entries than block 3"),
        ("cut off", "should have 3 blocks and has 2"),
    ],
)
def test_an_altered_export_is_found(published: tuple[Path, Path], what: str, said: str) -> None:
    export, digest = published
    lines = _lines(export)
    leaves = [at for at, line in enumerate(lines) if _is_leaf(line)]
    heads = [at for at, line in enumerate(lines) if isinstance(line, dict) and "block" in line]
    match what:
        case "swapped":
            lines[leaves[0]], lines[leaves[1]] = lines[leaves[1]], lines[leaves[0]]
        case "removed":
            del lines[leaves[2]]
        case "removed and counted":
            del lines[leaves[2]]
            lines[heads[0]]["count"] -= 1
        case "amount":
            lines[leaves[0]]["public"]["amount_fen"] += 1
        case "town":
            lines[leaves[0]]["public"]["town_id"] += 1
        case "block":
            del lines[heads[1] : heads[2]]
        case "moment":
            lines[heads[0]]["sealed_at"] = (
                lines[heads[0]]["sealed_at"].replace("Z", "").replace("20", "19", 1) + "Z"
            )
        case "slipped in":
            lines.append("0" * 64)
        case "cut off":
            del lines[heads[2] :]
    code, told = check(_altered(export, lines), digest)
    assert code == 1
    assert said in told


def test_a_tail_rewritten_in_the_database_is_found_against_a_kept_digest_and_a_kept_export(
    published: tuple[Path, Path], tmp_path: Path
) -> None:
    """Whoever holds the database, and the key, seals block 2 and what follows anew: all of it fits, but for what was kept."""
    export, digest = published
    entry = Entry.objects.filter(seal__block=2)[0]
    entry.reason, entry.buyer_name = "", "金"
    with forged(
        "DELETE FROM ledger_seal WHERE block_id >= 2",
        "DELETE FROM ledger_block WHERE number >= 2",
        f"UPDATE ledger_entry SET buyer_name = '金', digest = '{entry.leaf()}' WHERE id = {entry.pk}",
        *(
            f"INSERT INTO ledger_unsealed (entry_id) VALUES ({pk})"
            for pk in Entry.objects.filter(seal__block__gte=2).values_list("pk", flat=True)
        ),
    ):
        publish()
        later = _taken(tmp_path / "later")
        assert check(*later)[0] == 0
        code, said = check(*later, "--kept", digest)
        assert code == 1
        assert "block 3 has not the hash" in said
        code, said = check(*later, "--kept", export)
        assert (code, "block 2 is not what it was" in said) == (1, True)


def test_what_was_kept_is_still_so_after_more_was_sold(published: tuple[Path, Path], tmp_path: Path) -> None:
    post_sales([potatoes(household) for household in books.households(6)])
    later = _published(tmp_path / "later")
    code, said = check(*later, "--kept", *published)
    assert code == 0, said
    assert said.count("still so") == 2


def test_a_digest_that_is_not_the_sites_is_found(published: tuple[Path, Path], tmp_path: Path) -> None:
    export, digest = published
    told = json.loads(digest.read_text())
    assert check(export, digest, "--key", told["public_key"])[0] == 0
    assert "another public key" in check(export, digest, "--key", "aa" * 32)[1]
    other = tmp_path / "other.json"
    for changed in (
        {"made_at": "2020-01-01T00:00:00.000000Z"},
        {"signature": "00" * 64},
        {"signature": None},
    ):
        other.write_text(json.dumps({**told, **changed}))
        code, said = check(export, other)
        assert (code, "sign" in said) == (1, True)


def test_without_a_key_the_digest_says_that_it_is_not_signed(
    settings: Any, published: tuple[Path, Path], tmp_path: Path
) -> None:
    settings.LEDGER_SIGNING_KEY = ""
    said = StringIO()
    call_command("publish_ledger", stdout=said)
    assert "not signed" in said.getvalue()
    code, told = check(*_taken(tmp_path / "unsigned"))
    assert (code, "not signed" in told) == (0, True)


def test_entries_from_before_there_were_salts_show_their_blocks_head_alone(
    published: tuple[Path, Path], tmp_path: Path
) -> None:
    entry, _other = post_sales([potatoes(household) for household in books.households(2)])
    entry.salt = ""
    with forged(f"UPDATE ledger_entry SET salt = '', digest = '{entry.leaf()}' WHERE id = {entry.pk}"):
        export, digest = _published(tmp_path / "later")
        assert entry.leaf() not in gzip.decompress(export.read_bytes()).decode()
        assert "2 in blocks that show their head alone" in check(export, digest)[1]


def test_the_page_shows_the_digest_and_where_to_get_it(published: tuple[Path, Path]) -> None:
    page = Client().get("/ledger/").content.decode()
    digest = Digest.objects.get()
    assert digest.hash in page
    assert json.loads(digest.text)["public_key"] in page
    for address in ("/ledger/digest.json", "/ledger/export.jsonl.gz", "/ledger/verify_published.py"):
        assert f'href="{address}"' in page
    program: Any = Client().get("/ledger/verify_published.py")
    assert program.getvalue() == SCRIPT.read_bytes()
    of_the_day = Client().get(f"/ledger/digests/{digest.day}.json")
    assert of_the_day.json()["block"] == {
        **of_the_day.json()["block"],
        "hash": Block.objects.get(number=3).hash,
        "entries": 10,
    }


@pytest.mark.django_db
def test_before_anything_is_published_there_is_nothing_to_get() -> None:
    said = StringIO()
    call_command("publish_ledger", stdout=said)
    assert said.getvalue() == "nothing is sealed yet\n"
    for address in ("/ledger/digest.json", "/ledger/export.jsonl.gz", "/ledger/digests/2026-01-01.json"):
        assert Client().get(address).status_code == 404


def test_old_exports_do_not_pile_up(published: tuple[Path, Path]) -> None:
    for _day in range(3):
        post_sales([potatoes(books.a_household())])
        publish()
    assert len(default_storage.listdir("ledger")[1]) == 1


# --- no group under five -----------------------------------------------------------------------

ENTRIES = st.lists(
    st.builds(
        lambda household, town, goods, channel, fen: groups.Shared(
            household, (town, goods, channel), (1, 0, 0, 0, fen)
        ),
        st.integers(1, 9),
        st.integers(1, 3),
        st.sampled_from(["roots", "eggs"]),
        st.sampled_from(["online", "canteen"]),
        st.integers(-50, 100),
    ),
    max_size=40,
)


@given(st.lists(ENTRIES, max_size=5))
def test_no_sum_is_of_fewer_than_five_households_and_none_is_lost(months: list[list[groups.Shared]]) -> None:
    left_over, told, due = groups.Cell(), [0] * 5, [0] * 5
    for entries in months:
        month = groups.Month(left_over)
        there: dict[Any, set[int]] = defaultdict(set)
        for entry in entries:
            month.add(entry)
            there[entry.place].add(entry.household)
            due = [more + before for more, before in zip(entry.sums, due, strict=True)]
        waited = set(left_over.households)
        everybody = {entry.household for entry in entries} | waited
        for cell in month.told(5):
            place = tuple(cell[name] for name in groups.PLACES)
            if None not in place:
                assert len(there[place]) >= 5
            assert len(everybody) >= 5
            told = [
                more + before for more, before in zip((cell[n] for n in groups.MEASURES), told, strict=True)
            ]
        left_over = month.left_over
        assert len(left_over.households) < 5
    assert [more + before for more, before in zip(left_over.sums, told, strict=True)] == due


@given(ENTRIES)
def test_an_entry_is_open_only_where_five_households_share_all_that_is_shown(
    entries: list[groups.Shared],
) -> None:
    for entry, is_open in zip(entries, groups.open_of_block(entries, 5), strict=True):
        sharing = {other.household for other in entries if other.place == entry.place}
        assert is_open == (len(sharing) >= 5)
