from __future__ import annotations

import datetime as dt
import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from farmers.ledger.briefing import edited, text
from farmers.ledger.briefing_check import Unsound, sound_figures
from farmers.registry.models import Town


class Command(BaseCommand):
    help = (
        "The consumption-aid paragraph of a period and its figures, both days included, once every figure is "
        "found to be what its entries say and every entry what it was posted and sealed as."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="start", required=True, metavar="DATE", help="as 2026-04-01")
        parser.add_argument("--to", dest="end", required=True, metavar="DATE", help="as 2026-04-30")
        parser.add_argument("--town", metavar="SLUG", help="of one town alone, as gaopeng")
        parser.add_argument(
            "--json", action="store_true", help="print the figures and the text as JSON alone"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        start, end = _day(options["start"], "--from"), _day(options["end"], "--to")
        if end < start:
            raise CommandError(f"--to {end} is before --from {start}")
        town = _town(options.get("town"))
        try:
            told = sound_figures(start, end, town)
        except Unsound as error:
            raise CommandError(f"not printed, {error}. Run verify_ledger.") from error
        paragraph = text(told, start, end, town, edited())
        if options["json"]:
            self.stdout.write(json.dumps({**told, "text": paragraph}, ensure_ascii=False))
        else:
            self.stdout.write(paragraph)


def _day(written: str | dt.date, option: str) -> dt.date:
    if isinstance(written, dt.date):
        return written
    try:
        return dt.date.fromisoformat(written.strip())
    except ValueError:
        raise CommandError(f"{option}: {written!r} is no day such as 2026-04-30") from None


def _town(slug: str | None) -> Town | None:
    if not slug:
        return None
    town = Town.objects.filter(slug=slug).first()
    if town is None:
        raise CommandError(f"--town: there is no town {slug!r}")
    return town
