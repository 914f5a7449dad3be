#!/usr/bin/env python3
"""Check a published ledger: nothing but Python 3.9 or newer, and the files that anybody may take from /ledger/.

    python3 verify_published.py EXPORT.jsonl.gz DIGEST.json [--kept FILE ...] [--key HEX]

--kept: digests or exports that you kept from earlier days; what they say must still be so.
--key: the site's public key as you know it from elsewhere, such as a newspaper; else the digest's own is used.
Exits 0 when all holds, 1 with the first thing that does not. What this proves, and what not: published.md.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import sys

EXPORT, DIGEST, LEAVES = "dingzhou-export-1", "dingzhou-digest-1", "dingzhou-ledger-2"
BLOCKS, LOGS = "dingzhou-ledger-1", "dingzhou-log-1"
SUMS = ("entries", "grams", "saplings", "pieces", "amount_fen")


class Changed(Exception):
    """What does not hold, in words."""


def canonical(value):
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def sha(prefix, content):
    return hashlib.sha256(prefix + content).digest()


# --- the Merkle tree (RFC 6962, section 2.1) -----------------------------------------------------


def merkle_root(leaves):
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return sha(b"\x01", merkle_root(leaves[:split]) + merkle_root(leaves[split:]))


# --- Ed25519 (RFC 8032, section 6) ---------------------------------------------------------------

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def add(a, b):
    x = (a[1] - a[0]) * (b[1] - b[0]) % P
    y = (a[1] + a[0]) * (b[1] + b[0]) % P
    z, t = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = y - x, t - z, t + z, y + x
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number, point):
    total = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = add(total, point)
        point, number = add(point, point), number >> 1
    return total


def same(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def point(text):
    y = int.from_bytes(text, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        raise ValueError
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        raise ValueError
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = point(BASE_Y.to_bytes(32, "little"))


def is_signed(key, text, signature):
    if len(key) != 32 or len(signature) != 64:
        return False
    try:
        whose, r = point(key), point(signature[:32])
    except ValueError:
        return False
    s = int.from_bytes(signature[32:], "little")
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + text).digest(), "little") % Q
    return s < Q and same(times(s, BASE), add(r, times(h, whose)))


# --- the files -----------------------------------------------------------------------------------


class Export:
    """An export, read once and checked as it is read; of each block and month its digest alone is kept."""

    def __init__(self, path):
        self.heads, self.logs, self.blocks, self.months = {}, {}, {}, {}
        self.entries = self.shown = self.withheld = 0
        self.sums = dict.fromkeys(SUMS, 0)
        closed, left_over, told = {}, 0, {}
        month = None
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            first = json.loads(next(lines, "{}"))
            if first.get("format") != EXPORT:
                raise Changed(f"{path} is no export that this program knows")
            for line in lines:
                value = json.loads(line)
                if isinstance(value, dict) and "log_block" in value:
                    self.head(value, value["log_block"], self.logs, LOGS, " of the logs")
                elif isinstance(value, dict) and "block" in value:
                    month = shanghai_month(value["sealed_at"])
                    if month in self.months:
                        raise Changed(f"block {value['block']} came into {month} after that month was over")
                    closed[month] = closed.get(month, 0) + self.block(value, lines)
                elif "month" in value:
                    told[value["month"]] = told.get(value["month"], 0) + value["entries"]
                    self.count(value)
                    self.keep_month(value["month"], line)
                elif "month_over" in value:
                    name = value["month_over"]
                    if closed.get(name, 0) + left_over != told.get(name, 0) + value["left_over"]:
                        raise Changed(f"the sums of {name} are not of the entries that were sealed in it")
                    left_over = value["left_over"]
                    self.keep_month(name, line)
                else:
                    raise Changed(f"there are more entries than block {len(self.heads)} was sealed with")
        if len(self.heads) != first["blocks"]:
            raise Changed(f"the export should have {first['blocks']} blocks and has {len(self.heads)}")

    def head(self, head, number, before, form, which=""):
        if number != len(before) + 1:
            raise Changed(f"block {len(before) + 1}{which} is missing")
        if head["prev_hash"] != before.get(number - 1, "0" * 64):
            raise Changed(f"block {number}{which} is not chained to the block before it")
        named = {name: head[name] for name in ("prev_hash", "merkle_root", "count", "sealed_at")}
        if sha(b"\x02", canonical({"format": form, "number": number, **named})).hex() != head["hash"]:
            raise Changed(f"block {number}{which} does not match its hash")
        before[number] = head["hash"]

    def block(self, head, lines):
        """Check one block; returns how many of its entries are not shown."""
        number = head["block"]
        self.head(head, number, self.heads, BLOCKS)
        self.entries += head["count"]
        content = hashlib.sha256(canonical(head))
        closed = head["count"]
        if head["leaves"]:
            leaves = []
            for _ in range(head["count"]):
                text = next(lines, "null")
                content.update(text.strip().encode())
                value = json.loads(text)
                if isinstance(value, dict) and "public" in value:
                    leaves.append(sha(b"\x00", canonical({"format": LEAVES, **value})))
                    self.count(measured(value["public"]))
                    self.shown += 1
                    closed -= 1
                elif isinstance(value, str):
                    leaves.append(bytes.fromhex(value))
                else:
                    raise Changed(f"an entry of block {number} is gone")
            if merkle_root(leaves).hex() != head["merkle_root"]:
                raise Changed(f"the entries of block {number} are not those that it was sealed with")
        else:
            self.withheld += head["count"]
        self.blocks[number] = content.hexdigest()
        return closed

    def count(self, more):
        for name in SUMS:
            # null: too few households have some of it
            self.sums[name] += more[name] or 0

    def keep_month(self, name, line):
        self.months[name] = hashlib.sha256((self.months.get(name, "") + line.strip()).encode()).hexdigest()

    def still_says(self, older):
        for number, content in older.blocks.items():
            if self.blocks.get(number) != content:
                raise Changed(f"block {number} is not what it was in the export that you kept")
        for number, content in older.logs.items():
            if self.logs.get(number) != content:
                raise Changed(f"block {number} of the logs is not what it was in the export that you kept")
        for name, content in older.months.items():
            if self.months.get(name) != content:
                raise Changed(f"the sums of {name} are not what they were in the export that you kept")


def shanghai_month(moment):
    """The month in Shanghai, eight hours before UTC, of a moment such as 2026-04-30T16:00:00.000000Z."""
    import datetime

    at = datetime.datetime.strptime(moment, "%Y-%m-%dT%H:%M:%S.%fZ") + datetime.timedelta(hours=8)
    return at.strftime("%Y-%m")


def measured(public):
    found = {**dict.fromkeys(SUMS, 0), "entries": 1, "amount_fen": public["amount_fen"]}
    kind = "grams" if public["measure"] == "g" else "saplings" if public["is_sapling"] else "pieces"
    found[kind] = public["quantity"]
    return found


def read_digest(path, key):
    with open(path, encoding="utf-8") as file:
        told = json.load(file)
    if told.get("format") != DIGEST:
        raise Changed(f"{path} is no digest that this program knows")
    signature, own = told.pop("signature", None), told.get("public_key")
    if key and own != key:
        raise Changed(f"{path} names another public key than you know")
    if not signature:
        if key or own:
            raise Changed(f"{path} is not signed")
        print(f"{path}: not signed; the site has no key")
    elif not own or not is_signed(bytes.fromhex(own), canonical(told), bytes.fromhex(signature)):
        raise Changed(f"the signature of {path} is not of what it says")
    return told


def head_stands(export, digest, path):
    number, hash_ = digest["block"]["number"], digest["block"]["hash"]
    if export.heads.get(number) != hash_:
        raise Changed(
            f"block {number} has not the hash that {path} published: it, or one before it, was rewritten"
        )
    if digest["log"] and export.logs.get(digest["log"]["number"]) != digest["log"]["hash"]:
        raise Changed(f"block {digest['log']['number']} of the logs has not the hash that {path} published")


def is_export(path):
    with open(path, "rb") as file:
        return file.read(2) == b"\x1f\x8b"


def check(asked):
    digest = read_digest(asked.digest, asked.key)
    with open(asked.export, "rb") as file:
        content = hashlib.sha256()
        for some in iter(lambda: file.read(1 << 20), b""):
            content.update(some)
    export = Export(asked.export)
    head_stands(export, digest, asked.digest)
    if len(export.heads) != digest["block"]["number"] or export.entries != digest["block"]["entries"]:
        raise Changed("the export has not as many blocks and entries as the digest says")
    for path in asked.kept:
        if is_export(path):
            export.still_says(Export(path))
        else:
            head_stands(export, read_digest(path, asked.key or digest["public_key"]), path)
        print(f"{path}: still so")
    if content.hexdigest() != digest["export_sha256"]:
        raise Changed("the export is not the file that the digest names")
    sums = export.sums
    print(f"{len(export.heads)} blocks, {export.entries} entries, newest {digest['block']['hash']}")
    print(f"{export.shown} entries shown and proved, {export.withheld} in blocks that show their head alone")
    print(
        f"shown or summed: {sums['entries']} entries, {sums['grams'] / 1000:.3f} kg, {sums['saplings']} saplings, "
        f"{sums['pieces']} pieces, {sums['amount_fen'] / 100:.2f} yuan"
    )
    print("IT HOLDS: nothing was changed since.")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("export")
    parser.add_argument("digest")
    parser.add_argument("--kept", nargs="+", default=[], metavar="FILE")
    parser.add_argument("--key", metavar="HEX")
    try:
        check(parser.parse_args())
    except Changed as found:
        print(f"IT DOES NOT HOLD: {found}")
        return 1
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        print(f"IT DOES NOT HOLD: a file cannot be read as it should: {type(error).__name__}: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
