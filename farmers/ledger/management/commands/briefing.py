from __future__ import annotations

import datetime as dt
import json
import uuid
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from farmers.ledger.briefing import edited, text
from farmers.ledger.briefing_check import Unsound, sound_figures
from farmers.ledger.publish_briefing import NothingSealed, publish
from farmers.registry.models import Town
from marketplace.access.models import User
from marketplace.access.rules import Act, may


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
            "--publish",
            metavar="WHO",
            help="publish it as this person, who may publish briefings: for periods that are too long for the page",
        )
        parser.add_argument(
            "--json", action="store_true", help="print the figures and the text as JSON alone"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        start, end = _day(options["start"], "--from"), _day(options["end"], "--to")
        if end < start:
            raise CommandError(f"--to {end} is before --from {start}")
        town = _town(options.get("town"))
        by = _who(options.get("publish"))
        try:
            told: Any
            if by:
                briefing = publish(start, end, town, by=by.get_username(), once=uuid.uuid4())
                told, paragraph = briefing.figures, "".join(words for words, _figure in briefing.chinese)
                self.stderr.write(f"published: {briefing}")
            else:
                told = sound_figures(start, end, town)
                paragraph = text(told, start, end, town, edited())
        except Unsound as error:
            raise CommandError(f"not printed, {error}. Run verify_ledger.") from error
        except NothingSealed:
            raise CommandError("not published: the ledger is empty") from None
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


def _who(name: str | None) -> User | None:
    if not name:
        return None
    person = User.objects.filter(username=name).first()
    if person is None or not may(person, Act.PUBLISH_BRIEFINGS):
        raise CommandError(f"--publish: {name!r} may not publish briefings")
    return person
