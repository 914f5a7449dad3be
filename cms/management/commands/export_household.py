from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from cms.privacy.copy import export_household
from marketplace.access.models import User


class Command(BaseCommand):
    help = (
        "Writes a copy of all that is kept on a household (JSON, workbook, files) as a zip, once it is written down"
        " who had it. Numbers stand in it whole: hand it over, and delete it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("household", type=int, help="the number at the end of its address in the admin")
        parser.add_argument("--by", required=True, help="the account name of the official who gives it out")
        parser.add_argument("--words", default="", help="kept in the log beside it")
        parser.add_argument("--to", default=".", help="the folder that it is written to")
        parser.add_argument("--language", default="zh-hans", help="of the workbook")

    def handle(self, *args: Any, **options: Any) -> None:
        by = User.objects.filter(username=options["by"]).first()
        if by is None:
            raise CommandError(f"No account has the name {options['by']}.")
        folder = Path(options["to"])
        if not folder.is_dir():
            raise CommandError(f"{folder} is no folder.")
        try:
            with translation.override(options["language"]):
                name, content = export_household(options["household"], by, options["words"])
        except PermissionDenied:
            raise CommandError(
                "Only the city's office gives copies out, of a household that is there."
            ) from None
        path = folder / name
        path.touch(mode=0o600)
        path.write_bytes(content)
        self.stdout.write(str(path))
