from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from farmers.stock.models import Lot
from farmers.stock.workbook.load import load, loaded_before
from farmers.stock.workbook.notices import listed_already
from farmers.stock.workbook.parts import WorkbookError
from farmers.stock.workbook.read import read_workbook
from farmers.stock.workbook.refused import write_refused
from farmers.stock.workbook.report import Report
from marketplace.days import today

HELP = """Loads an officers' workbook of unsold produce: each row of goods becomes a lot.

One bad row stops the load and nothing is saved, unless --accept-good: then the good rows are loaded, and the
bad ones go, each with its reason, into FILE-to-mend.xlsx beside the workbook, which can be mended and loaded.
Loading the same workbook twice adds nothing. A row that was changed since is another lot beside the first; the
notices name those whose household has the same product listed already.

Exit status: 0 all that was asked is done; 1 rows are refused and nothing was saved; 2 the file cannot be read.
"""


class Command(BaseCommand):
    help = HELP

    def create_parser(self, *args: Any, **kwargs: Any) -> Any:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.xlsx", help="the workbook")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, and save nothing")
        parser.add_argument("--accept-good", action="store_true", help="load the good rows despite bad ones")
        parser.add_argument("--json", action="store_true", help="print what became of each row as JSON alone")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        self.as_json: bool = options["json"]
        self.mend: Path | None = None
        try:
            with path.open("rb") as file:
                report = read_workbook(file, path.name)
        except WorkbookError as error:
            self._unreadable(str(error), error)
        except OSError as error:
            self._unreadable(_("The file %s cannot be opened.") % path, error)
        stopped = bool(report.refused) and not options["accept_good"]
        notices = [] if stopped else listed_already(report)
        said = self._stopped(report) if stopped else self._load(report, path, dry_run=options["dry_run"])
        if self.as_json:
            answer: dict[str, Any] = report.as_json()
            if notices:
                answer["notices"] = notices
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
            if self.mend:
                # JSON alone goes to standard output
                self.stderr.write(_("Rows to mend: %s") % self.mend)
        else:
            self._print(report, [*notices, *said])
        if stopped:
            sys.exit(1)

    def _unreadable(self, message: str, error: Exception) -> None:
        if self.as_json:
            self.stdout.write(json.dumps({**Report().as_json(), "error": message}, ensure_ascii=False))
        raise CommandError(message, returncode=2) from error

    def _stopped(self, report: Report) -> list[str]:
        return [
            ngettext("%d row is refused: nothing was saved.", "%d rows are refused: nothing was saved.", n)
            % n
            for n in [len(report.refused)]
        ]

    def _load(self, report: Report, path: Path, *, dry_run: bool) -> list[str]:
        if dry_run:
            already = len(loaded_before(report.accepted))
            return [
                _("Nothing was saved (dry run). To add: %(new)d. Loaded before: %(already)d.")
                % {"new": len(report.accepted) - already, "already": already}
            ]
        mend = _free_name(path) if report.refused else None
        try:
            # the workbook to mend is written before the rows are final: without it, nothing is saved
            with transaction.atomic():
                loaded = load(report, None, accept_good=True)
                if mend:
                    with mend.open("xb") as file:
                        write_refused(report, file)
        except BaseException as error:
            if mend:
                mend.unlink(missing_ok=True)
            if isinstance(error, OSError):
                self._unreadable(_("The workbook to mend cannot be written: %s") % mend, error)
            raise
        said = [
            _("Added: %(new)d. Loaded before: %(already)d.")
            % {"new": len(loaded.lots), "already": len(loaded.already)}
        ]
        if stale := [lot for lot in loaded.lots if not lot.is_on_sale(today())]:
            said.append(_past_their_days(stale))
        if mend:
            self.mend = mend
            said.append(_("Rows to mend: %s") % mend)
        return said

    def _print(self, report: Report, said: list[str]) -> None:
        for sheet in report.leaves_out:
            self.stdout.write(_("The sheet “%s” holds no table of produce and was left out.") % sheet)
        if not report.accepted and not report.refused:
            self.stdout.write(_("The table has a header but no rows of goods."))
        several = len(report.sheets) > 1
        for one in report.refused:
            where = f"{one.sheet} " if several else ""
            self.stdout.write(
                _("%(sheet)srow %(row)d, %(column)s: %(reason)s")
                % {"sheet": where, "row": one.row, "column": one.column, "reason": one.reason}
            )
        self.stdout.write(
            _("Rows accepted: %(accepted)d, refused: %(refused)d, skipped: %(skipped)d.")
            % {
                "accepted": len(report.accepted),
                "refused": len(report.refused),
                "skipped": len(report.skipped),
            }
        )
        for line in said:
            self.stdout.write(line)


def _past_their_days(lots: list[Lot]) -> str:
    return ngettext(
        "%d lot is past its days already, and buyers will not see it.",
        "%d lots are past their days already, and buyers will not see them.",
        len(lots),
    ) % len(lots)


def _free_name(path: Path) -> Path:
    """A name beside the workbook that nobody's half-mended work has taken."""
    stem = path.stem if path.stem.endswith("-to-mend") else f"{path.stem}-to-mend"
    number = 1
    while True:
        mend = path.with_name(f"{stem}.xlsx" if number == 1 else f"{stem}-{number}.xlsx")
        if not mend.exists():
            return mend
        number += 1
