from __future__ import annotations

import datetime as dt
import json
from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from django.core.management.base import BaseCommand, CommandError

from shop.bulk.allocate import Candidate, Line, allocate
from shop.bulk.reasons import sentence

# so that no product of two of them leaves what a computer counts with ease
Row = TypeVar("Row")
MOST = 10**15


class Command(BaseCommand):
    help = "Allocate a bulk request from a JSON file, and print shares, what is unmet, and why, as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("request", metavar="REQUEST.json", help="lines and lots; see docs/allocation.md")

    def handle(self, *args: Any, **options: Any) -> None:
        asked = _read(options["request"])
        try:
            result = allocate(_rows(asked, "lines", _line), _rows(asked, "lots", _lot))
        except ValueError as wrong:
            raise CommandError(str(wrong)) from None
        if len({str(lot) for lot in result.reasons}) < len(result.reasons):
            raise CommandError('two lots are told apart by nothing but number and word, such as 7 and "7"')
        self.stdout.write(
            json.dumps(
                {
                    "shares": [share._asdict() for share in result.shares],
                    "unmet": [unmet._asdict() for unmet in result.unmet],
                    "reasons": {
                        lot: " ".join(
                            sentence(each) if len(why) == 1 else f"{each.line}: {sentence(each)}"
                            for each in why
                        )
                        for lot, why in result.reasons.items()
                    },
                },
                ensure_ascii=False,
            )
        )


def _read(name: str) -> Mapping[str, Any]:
    try:
        asked = json.loads(Path(name).read_text(encoding="utf-8-sig"))
    except OSError as wrong:
        raise CommandError(f"{name}: {wrong.strerror}") from None
    except (ValueError, RecursionError) as wrong:
        raise CommandError(f"{name} is no JSON: {wrong}") from None
    if not isinstance(asked, dict):
        raise CommandError(f'{name}: an object with "lines" and "lots" is wanted')
    return asked


def _rows(asked: Mapping[str, Any], name: str, read: Callable[[Mapping[str, Any]], Row]) -> list[Row]:
    rows = asked.get(name)
    if not isinstance(rows, list):
        raise CommandError(f'"{name}" is missing, or no list')
    found = []
    for place, row in enumerate(rows):
        if not isinstance(row, dict):
            raise CommandError(f"{name}[{place}] is no object")
        try:
            found.append(read(row))
        except KeyError as missing:
            raise CommandError(f"{name}[{place}]: {missing} is missing") from None
        except (TypeError, ValueError) as wrong:
            raise CommandError(f"{name}[{place}]: {wrong}") from None
    return found


def _line(row: Mapping[str, Any]) -> Line:
    return Line(
        id=_id(row, "id"),
        product=_id(row, "product"),
        quantity=_whole(row, "quantity"),
        unit_size=_whole(row, "unit_size", least=1),
        max_price_fen=None if row.get("max_price_fen") is None else _whole(row, "max_price_fen"),
        wanted=_day(row, "wanted"),
    )


def _lot(row: Mapping[str, Any]) -> Candidate:
    return Candidate(
        id=_id(row, "id"),
        household=_id(row, "household"),
        rank=_whole(row, "rank"),
        village=_id(row, "village"),
        product=_id(row, "product"),
        available=_whole(row, "available"),
        price_fen=_whole(row, "price_fen"),
        good_until=None if row.get("good_until") is None else _day(row, "good_until"),
    )


def _id(row: Mapping[str, Any], name: str) -> int | str:
    value = row[name]
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError(f'"{name}" is neither a whole number nor a word')
    try:
        str(value).encode()
    except UnicodeEncodeError:
        raise ValueError(f'"{name}" is no text that can be written') from None
    return value


def _day(row: Mapping[str, Any], name: str) -> dt.date:
    try:
        return dt.date.fromisoformat(row[name])
    except (TypeError, ValueError):
        raise ValueError(f'"{name}" is {row[name]!r}, no day such as 2026-12-01') from None


def _whole(row: Mapping[str, Any], name: str, least: int = 0) -> int:
    value = row[name]
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= MOST:
        raise ValueError(f'"{name}" is {value!r}, no whole number from {least} to {MOST}')
    return value
