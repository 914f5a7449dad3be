"""What is published of the ledger, checked as a stranger does: by `docs/verify_published.py`, in a process of its own."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
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
    post_sales([potatoes(household, 10 + n) for n, household in enumerate(many)])
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
    # of the first block, six households with potatoes
    assert "3 blocks, 9 entries" in said
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
        "entries": 9,
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


def test_what_is_told_leaves_no_sum_of_the_page_with_a_few(db: None, tmp_path: Path) -> None:
    """The page tells what the town sold: taking six households' potatoes from it would tell one family's saplings."""
    many = books.households(6, books.a_village())
    post_sales([potatoes(household) for household in many] + [saplings(many[0])])
    export, digest = _published(tmp_path / "export")
    assert not [line for line in _lines(export) if isinstance(line, dict) and "public" in line]
    assert "0 entries shown" in check(export, digest)[1]


def _an_entry(household: int, place: tuple[Any, ...], day: dt.date, quantity: int, fen: int) -> groups.Shared:
    grams, planted = (quantity, 0) if place[1] == "roots" else (0, quantity)
    return groups.Shared(household, place, day, (1, grams, planted, 0, fen))


def _entries(towns: int, fewest: int) -> st.SearchStrategy[list[groups.Shared]]:
    entry = st.builds(
        _an_entry,
        st.integers(1, 12),
        st.tuples(
            st.integers(1, towns), st.sampled_from(["roots", "trees"]), st.sampled_from(["online", "canteen"])
        ),
        st.sampled_from([dt.date(2026, 1, 2), dt.date(2025, 12, 30)]),
        st.integers(-5, 9).filter(bool),
        st.integers(-50, 100),
    )
    return st.lists(entry, min_size=fewest, max_size=50)


ENTRIES = _entries(2, 0)
BLOCKS = st.lists(ENTRIES.filter(bool), max_size=3)


def _those_of_the_page(entries: list[groups.Shared]) -> dict[Any, set[int]]:
    whose = defaultdict(set)
    for entry in entries:
        for each in entry.on_page():
            whose[each].add(entry.household)
    return whose


@given(st.lists(BLOCKS, max_size=4))
def test_no_sum_is_of_fewer_than_five_households_and_none_is_lost(months: list[list[list[Any]]]) -> None:
    told, waiting = groups.Told(5), list[groups.Shared]()
    due, said = [0] * 5, [0] * 5
    for blocks in months:
        for entries in blocks:
            is_open = told.block(entries)
            for entry, shown in zip(entries, is_open, strict=True):
                due = _plus(due, entry.sums)
                if not shown:
                    waiting.append(entry)
                else:
                    said = _plus(said, entry.sums)
                    sharing = {other.household for other in entries if other.place == entry.place}
                    assert len(sharing) >= 5
        for cell in told.month_over():
            place = tuple(cell[name] for name in groups.PLACES if cell[name] is not None)
            of_cell = [entry for entry in waiting if entry.place[: len(place)] == place]
            if not place:
                # the measures that are not told of all together are not lost from the entries' number
                of_cell = waiting[:]
            assert len({entry.household for entry in of_cell}) >= 5
            said = _plus(said, [cell[name] or 0 for name in groups.MEASURES])
        waits = told.left_over
        paid = {one for each, whose in waits.parts.items() if each[0] == "amount_fen" for one in whose}
        # of five and more, only money of a few keeps it back
        assert len(waits.households) < 5 or 0 < len(paid) < 5
    left = told.left_over.sums
    assert said[0] + left[0] == due[0]
    assert said[4] + left[4] == due[4]


def _plus(some: list[int], more: Iterable[int]) -> list[int]:
    return [one + other for one, other in zip(some, more, strict=True)]


@given(st.lists(_entries(1, 25), min_size=1, max_size=3))
def test_whoever_takes_the_shown_entries_from_a_sum_of_the_page_is_left_with_five_or_nothing(
    blocks: list[list[groups.Shared]],
) -> None:
    told, rest = groups.Told(5), list[groups.Shared]()
    for entries in blocks:
        before = _those_of_the_page(rest + entries)
        is_open = told.block(entries)
        rest += [entry for entry, shown in zip(entries, is_open, strict=True) if not shown]
        after = _those_of_the_page(rest)
        for entry, shown in zip(entries, is_open, strict=True):
            for each in entry.on_page() if shown else ():
                assert not after.get(each) or len(after[each]) >= 5, (each, before[each], after[each])


@given(ENTRIES)
def test_a_month_told_at_once_tells_each_measure_of_five_households_alone(entries: list[Any]) -> None:
    told = groups.Told(5)
    told.block(entries, can_open=False)
    # of which cell each entry is: the narrowest that was told, as cells come from the narrowest to the widest
    waiting = list(entries)
    for cell in told.month_over():
        place = tuple(cell[name] for name in groups.PLACES if cell[name] is not None)
        inside = [entry for entry in waiting if entry.place[: len(place)] == place]
        waiting = [entry for entry in waiting if entry not in inside]
        sums = [0] * 5
        for entry in inside:
            sums = _plus(sums, entry.sums)
        for at, measure in enumerate(groups.MEASURES):
            whose = {entry.household for entry in inside if entry.sums[at]}
            if measure not in groups.TOLD_ON_PAGE:
                assert cell[measure] == sums[at]
            elif cell[measure] is not None:
                assert cell[measure] == sums[at]
                assert not whose or len(whose) >= 5
    assert len(waiting) == told.left_over.sums[0]
