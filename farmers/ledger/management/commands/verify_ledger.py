from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from farmers.ledger.briefing_check import check_briefing
from farmers.ledger.models import Briefing
from farmers.ledger.verify import OneDatabaseOnly, Published, Verdict, verify

# where nobody watches a terminal, progress is a line now and then
SECONDS_A_LINE = 10


class Command(BaseCommand):
    help = "Recomputes entries, blocks and totals. Exits 0 if they hold, 1 with the first bad entry."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the verdict as JSON alone")
        parser.add_argument("--progress", action="store_true", help="tell how far it is, to stderr")
        parser.add_argument("--workers", type=int, default=1, metavar="N", help="processes, on PostgreSQL")
        parser.add_argument("--head", metavar="HASH", help="a published head that must still be in the chain")
        parser.add_argument(
            "--from-block",
            type=int,
            metavar="N",
            help="with --head: what blocks up to N sealed is trusted if block N has that hash, and not looked at",
        )
        parser.add_argument(
            "--briefing", type=int, metavar="NUMBER", help="check this published briefing, as of its block"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["briefing"] is not None:
            self.tell_briefing(options["briefing"], options["json"])
            return
        head, number, workers = options["head"], options["from_block"], options["workers"]
        if number is not None and not head:
            raise CommandError("--from-block needs the hash of that block: --head")
        if workers < 1 or (number is not None and number < 1):
            raise CommandError("--workers and --from-block count from 1")
        published = Published(head.strip().lower(), number, trusted=number is not None) if head else None
        watched = sys.stderr.isatty() and not options["json"]
        progress = Progress(self.stderr, watched) if watched or options["progress"] else None
        try:
            verdict = verify(published, workers=workers, tell=progress)
        except OneDatabaseOnly:
            raise CommandError("several workers need PostgreSQL") from None
        if progress:
            progress.end()
        if options["json"]:
            told = verdict._asdict()
            told["first_bad"] = verdict.first_bad.as_json() if verdict.first_bad else None
            if number is None:
                del told["trusted"]
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            self.stdout.write(_sentence(verdict))
            if number is not None and verdict.ok:
                self.stdout.write(
                    f"not looked at, because block {number} has the trusted hash: the {verdict.trusted} entries "
                    f"sealed up to it, and their postings; the totals were compared with all entries"
                )
        if not verdict.ok:
            sys.exit(1)

    def tell_briefing(self, number: int, as_json: bool) -> None:
        briefing = Briefing.objects.select_related("town").filter(pk=number).first()
        if briefing is None:
            raise CommandError(f"there is no briefing {number}")
        found = check_briefing(briefing)
        if as_json:
            bad = found.first_bad.as_json() if found.first_bad else None
            self.stdout.write(json.dumps({**found._asdict(), "first_bad": bad}, ensure_ascii=False))
        else:
            self.stdout.write(found.sentence())
        if not found.ok:
            sys.exit(1)


class Progress:
    """Tells how far it is: on one line of a terminal, else as a line every few seconds."""

    def __init__(self, out: Any, terminal: bool) -> None:
        self.out, self.terminal = out, terminal
        self.began = self.told = time.monotonic()

    def __call__(self, done: int, total: int, what: str) -> None:
        now = time.monotonic()
        if not self.terminal and now - self.told < SECONDS_A_LINE and done < total:
            return
        self.told = now
        line = f"{100 * done // max(total, 1):3} %  {now - self.began:6.0f} s  {what}"
        self.out.write(f"\r{line:40}" if self.terminal else line, ending="" if self.terminal else "\n")
        self.out.flush()

    def end(self) -> None:
        if self.terminal:
            self.out.write("")


def _sentence(verdict: Verdict) -> str:
    bad = verdict.first_bad
    if bad is None:
        head = f"newest block {verdict.head}" if verdict.head else "nothing sealed yet"
        return f"the ledger holds: {verdict.entries} entries, {head}"
    if bad.entry:
        who = f"entry {bad.entry} ({bad.key})" if bad.key else f"entry {bad.entry}"
    else:
        who = bad.key or "the ledger"
    return f"THE LEDGER DOES NOT HOLD: {who}: {bad.reason}"
