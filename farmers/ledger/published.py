"""What anybody may take along and check: the sealed ledger without a person in it, and each day's signed digest.

What it proves and what it does not stands in docs/published.md; `docs/verify_published.py` checks it.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import json
import tempfile
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import IO, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone

from farmers.registry.models import Town
from marketplace.days import shanghai_day

from . import groups, hashes
from .log_seal import newest_log_block, seal_logs
from .models import Block, Digest, Entry, LogBlock, MonthTotal, Seal
from .queries import FEWEST_HOUSEHOLDS
from .seal import newest_block, seal_all
from .snapshot import one_moment
from .totals import measures_of

EXPORT_FORMAT, DIGEST_FORMAT = "dingzhou-export-1", "dingzhou-digest-1"
FOLDER = "ledger"
ROWS_AT_ONCE = 2000


class NothingToPublish(Exception):
    """No entry is sealed yet."""


# --- the export --------------------------------------------------------------------------------


def export_lines(newest: Block, now: dt.datetime) -> Iterator[Any]:
    """The values of the export's lines: blocks with their leaves, and the sums of each month that is over."""
    yield {
        "format": EXPORT_FORMAT,
        "blocks": newest.number,
        "fewest_households": FEWEST_HOUSEHOLDS,
        "towns": {town.pk: [town.name, town.name_en] for town in Town.objects.order_by("pk")},
        "categories": dict(
            MonthTotal.objects.order_by("category_slug", "month").values_list(
                "category_slug", "category_name"
            )
        ),
    }
    # the logs of looks and files show their heads alone
    for log_block in LogBlock.objects.order_by("number").iterator(ROWS_AT_ONCE):
        yield {"log_block": log_block.number, **_head(log_block)}
    rows = groupby(_sealed(newest.number), itemgetter(0))
    month, told = "", groups.Told(FEWEST_HOUSEHOLDS)
    for block in Block.objects.filter(number__lte=newest.number).order_by("number").iterator(ROWS_AT_ONCE):
        _number, of_block = next(rows)
        entries = list(of_block)
        sealed_in = f"{shanghai_day(block.sealed_at):%Y-%m}"
        if month and sealed_in != month:
            yield from _month(month, told)
        month = sealed_in
        salted = all(salt for _block, _leaf, salt, *_facts in entries)
        yield {
            "block": block.number,
            **_head(block),
            # those of entries from before they were salted could be guessed
            "leaves": salted,
        }
        shared = [_shared(facts) for _block, _leaf, _salt, *facts in entries]
        is_open = told.block(shared, can_open=salted)
        if not salted:
            continue
        for (_block, leaf, salt, *facts), is_shown in zip(entries, is_open, strict=True):
            if is_shown:
                public, private = hashes.shown(facts, salt)
                yield {"public": public, "private": private}
            else:
                yield leaf
    if month < f"{shanghai_day(now):%Y-%m}":
        yield from _month(month, told)


def _head(block: Block | LogBlock) -> dict[str, Any]:
    return {
        "prev_hash": block.prev_hash,
        "merkle_root": block.merkle_root,
        "count": block.count,
        "sealed_at": hashes.moment(block.sealed_at),
        "hash": block.hash,
    }


def _sealed(last: int) -> Iterator[tuple[Any, ...]]:
    rows = Seal.objects.filter(block__number__lte=last).order_by("block_id", "position")
    facts = (f"entry__{name}" for name in hashes.FACTS[:-1])
    told = rows.annotate(of=F("entry__reverses__key")).values_list(
        "block_id", "leaf", "entry__salt", *facts, "of"
    )
    return told.iterator(ROWS_AT_ONCE)


def _shared(facts: list[Any]) -> groups.Shared:
    named = dict(zip(hashes.FACTS, facts, strict=True))
    counted = ("measure", "quantity", "is_sapling", "amount_fen")
    grams, saplings, pieces, amount_fen, _sapling_fen, entries = measures_of(
        Entry(**{name: named[name] for name in counted})
    )
    place = tuple(named[name] for name in groups.PLACES)
    sums = (entries, grams, saplings, pieces, amount_fen)
    return groups.Shared(named["household_id"], place, named["day"], sums)


def _month(month: str, told: groups.Told) -> Iterator[Any]:
    for cell in told.month_over():
        yield {"month": month, **cell}
    yield {"month_over": month, "left_over": told.left_over.sums[0]}


# --- the digest --------------------------------------------------------------------------------


def signing_key() -> Ed25519PrivateKey | None:
    """Of LEDGER_SIGNING_KEY, 32 bytes in hex; None where none is set. Raises ImproperlyConfigured for another text."""
    if not settings.LEDGER_SIGNING_KEY:
        return None
    try:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(settings.LEDGER_SIGNING_KEY))
    except ValueError:
        raise ImproperlyConfigured("LEDGER_SIGNING_KEY must be 32 bytes in hex") from None


def public_key() -> str:
    """In hex, empty where nothing is signed."""
    key = signing_key()
    return key.public_key().public_bytes_raw().hex() if key else ""


def publish(now: dt.datetime | None = None) -> Digest:
    """Seal what waits, write the export, and publish the day's digest; once more on the same day replaces it.

    Raises NothingToPublish.
    """
    now = now or timezone.now()
    key = signing_key()
    seal_all()
    seal_logs()
    with tempfile.TemporaryFile() as file:
        with one_moment():
            newest = newest_block()
            if newest is None:
                raise NothingToPublish
            _write(file, newest, now)
            log = newest_log_block()
            entries = Block.objects.aggregate(all=Sum("count"))["all"]
        file.seek(0)
        export_sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        told: dict[str, Any] = {
            "format": DIGEST_FORMAT,
            "site": settings.SITE_URL,
            "made_at": hashes.moment(now),
            "block": {
                "number": newest.number,
                "hash": newest.hash,
                "sealed_at": hashes.moment(newest.sealed_at),
                "entries": entries,
            },
            "log": {"number": log.number, "hash": log.hash} if log else None,
            "export_sha256": export_sha256,
            "public_key": public_key() or None,
        }
        signature = key.sign(signed_text(told)).hex() if key else None
        file.seek(0)
        name = f"{FOLDER}/export-{newest.number}-{export_sha256[:12]}.jsonl.gz"
        if not default_storage.exists(name):
            default_storage.save(name, File(file))
    day = shanghai_day(now)
    with transaction.atomic():
        digest, _made = Digest.objects.update_or_create(
            day=day,
            defaults={
                "number": newest.number,
                "hash": newest.hash,
                "text": json.dumps({**told, "signature": signature}, indent=1),
                "export": name,
            },
        )
    _forget_all_but(name)
    return digest


def signed_text(told: dict[str, Any]) -> bytes:
    """What is signed: the digest without its signature, names sorted and no spaces, as UTF-8."""
    return json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _write(file: IO[bytes], newest: Block, now: dt.datetime) -> None:
    # without a time of its own: one ledger, one file
    with gzip.GzipFile("", "wb", 6, file, mtime=0) as zipped:
        for line in export_lines(newest, now):
            zipped.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")


def _forget_all_but(name: str) -> None:
    """Each export has all that the ones before had. The one before stays for whoever is about to take it along."""
    before = Digest.objects.exclude(export=name).order_by("-day").values_list("export", flat=True).first()
    for other in default_storage.listdir(FOLDER)[1]:
        if f"{FOLDER}/{other}" not in (name, before):
            default_storage.delete(f"{FOLDER}/{other}")
