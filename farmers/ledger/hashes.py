"""How the ledger is sealed: leaves, nodes and blocks as SHA-256 in hex. Pure functions, no database.

The Merkle tree is that of RFC 6962 section 2.1: a leaf is hashed behind a 0x00 byte and a node behind 0x01,
so that neither can pass for the other; a tree of n leaves splits at the largest power of two below n.
A path is checked as RFC 9162 section 2.1.3.2 says. A block's head is hashed behind 0x02.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
from collections.abc import Sequence

LEAF, NODE, BLOCK, POSTING, PRIVATE = b"\x00", b"\x01", b"\x02", b"\x03", b"\x04"
FORMAT = "dingzhou-ledger-1"
SALTED_FORMAT = "dingzhou-ledger-2"  # of leaves whose public facts can be shown without the others
LOG_FORMAT = "dingzhou-log-1"  # of the chain that seals who looked and who took what along
NO_BLOCK = "0" * 64  # what the first block names as the one before it

# what a leaf covers, by these names; `at` is UTC to the microsecond, `reverses` the original's key or null
FACTS = (
    "key", "kind", "at", "day", "household_id", "village_id", "town_id",
    "product_slug", "product_name", "product_name_en", "category_slug", "category_name", "category_name_en",
    "is_sapling", "measure", "quantity", "unit", "unit_size", "price_fen", "amount_fen",
    "channel", "buyer_kind", "buyer", "buyer_name", "order_number", "line", "reason", "by", "reverses",
)  # fmt: skip

# of these, what everybody may be shown where enough households share it
PUBLIC = (
    "kind", "day", "town_id", "category_slug", "is_sapling", "measure", "channel", "quantity", "amount_fen",
)  # fmt: skip

# and what the digest of a posting of the books covers
POSTED = (
    "key", "kind", "at", "day", "debit", "credit", "fen", "order_number", "household_id", "about", "by",
)  # fmt: skip


def moment(at: dt.datetime) -> str:
    """An aware moment as `2026-04-18T01:30:00.000000Z`."""
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


_one_text = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode


def _canonical(value: dict[str, object]) -> bytes:
    """JSON with sorted names and no spaces, as UTF-8: one text for one value."""
    return _one_text(value).encode()


def leaf(facts: Sequence[object], salt: str) -> str:
    """The digest of one entry, its facts in the order of FACTS.

    With a salt it covers the public facts and the digest of the others, which the salt keeps anybody from guessing.
    Entries from before have none.
    """
    named = _written(FACTS, facts)
    if not salt:
        return hashlib.sha256(LEAF + _canonical({"format": FORMAT, **named})).hexdigest()
    public = {name: named.pop(name) for name in PUBLIC}
    return salted_leaf(public, _private(named, salt))


def salted_leaf(public: dict[str, object], private: str) -> str:
    """What a stranger computes of an entry whose public facts are shown."""
    shown: dict[str, object] = {"format": SALTED_FORMAT, "private": private, "public": public}
    return hashlib.sha256(LEAF + _canonical(shown)).hexdigest()


def shown(facts: Sequence[object], salt: str) -> tuple[dict[str, object], str]:
    """An entry's public facts, and the digest that stands for all others. For a salted entry alone."""
    named = _written(FACTS, facts)
    public = {name: named.pop(name) for name in PUBLIC}
    return public, _private(named, salt)


def line(log: str, names: Sequence[str], facts: Sequence[object]) -> str:
    """The digest of one row of a log that is sealed, its facts in the order of their names."""
    named: dict[str, object] = {
        name: moment(value) if isinstance(value, dt.datetime) else value
        for name, value in zip(names, facts, strict=True)
    }
    return hashlib.sha256(LEAF + _canonical({"format": LOG_FORMAT, "log": log, **named})).hexdigest()


def new_salt() -> str:
    return secrets.token_hex(16)


def _private(named: dict[str, object], salt: str) -> str:
    return hashlib.sha256(PRIVATE + _canonical({"format": SALTED_FORMAT, "salt": salt, **named})).hexdigest()


def _written(names: Sequence[str], facts: Sequence[object]) -> dict[str, object]:
    named = dict(zip(names, facts, strict=True))
    for name in ("at", "day"):
        value = named[name]
        named[name] = moment(value) if isinstance(value, dt.datetime) else str(value)
    return named


def posting(facts: Sequence[object]) -> str:
    """The digest of one posting of the books, its facts in the order of POSTED."""
    named = _written(POSTED, facts)
    return hashlib.sha256(POSTING + _canonical({"format": FORMAT, **named})).hexdigest()


def node(left: str, right: str) -> str:
    return hashlib.sha256(NODE + bytes.fromhex(left) + bytes.fromhex(right)).hexdigest()


def block_hash(
    number: int, prev_hash: str, merkle_root: str, count: int, sealed_at: dt.datetime, form: str = FORMAT
) -> str:
    head = {
        "format": form,
        "number": number,
        "prev_hash": prev_hash,
        "merkle_root": merkle_root,
        "count": count,
        "sealed_at": moment(sealed_at),
    }
    return hashlib.sha256(BLOCK + _canonical(head)).hexdigest()


class Root:
    """A Merkle root grown leaf by leaf, holding no more than one digest for each level."""

    def __init__(self) -> None:
        self.count = 0
        self._peaks: list[str] = []  # roots of full subtrees, the largest first

    def add(self, digest: str) -> None:
        # a full pair closes for each trailing one-bit of the count before
        size = self.count
        while size & 1:
            digest = node(self._peaks.pop(), digest)
            size >>= 1
        self._peaks.append(digest)
        self.count += 1

    def digest(self) -> str:
        """The root so far. Raises ValueError while there is no leaf: an empty block is never made."""
        if not self._peaks:
            raise ValueError("a block has at least one entry")
        *rest, root = self._peaks
        for peak in reversed(rest):
            root = node(peak, root)
        return root


def merkle_root(leaves: Sequence[str]) -> str:
    root = Root()
    for digest in leaves:
        root.add(digest)
    return root.digest()


def merkle_path(leaves: Sequence[str], position: int) -> list[str]:
    """The siblings from the leaf at `position` up to the root (RFC 6962 section 2.1.1)."""
    if not 0 <= position < len(leaves):
        raise IndexError("no leaf at this position")
    if len(leaves) == 1:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    left, right = leaves[:split], leaves[split:]
    if position < split:
        return [*merkle_path(left, position), merkle_root(right)]
    return [*merkle_path(right, position - split), merkle_root(left)]


def leads_to(digest: str, position: int, count: int, path: Sequence[str], root: str) -> bool:
    """Whether the path proves that `digest` stands at `position` of the `count` leaves under `root`."""
    if not 0 <= position < count:
        return False
    at, last = position, count - 1
    for sibling in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            digest = node(sibling, digest)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            digest = node(digest, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and digest == root
