"""The parts of an .xlsx file, opened with distrust: it comes by e-mail from anybody's computer.

An .xlsx is a zip of XML. Sizes are bounded while unpacking, and a document type (the door to external
entities and to entity bombs) is refused.
"""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import IO
from xml.parsers import expat

from django.utils.translation import gettext as _

MAX_FILE_BYTES = 20_000_000
MAX_PART_BYTES = 100_000_000
MAX_UNPACKED_BYTES = 250_000_000
MAX_PARTS = 2_000
_CHUNK = 1 << 16
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str, str], None]


class WorkbookError(Exception):
    """The file as a whole cannot be read; the message tells a person why and what to do."""


class Parts:
    """The zip, and a way to walk the XML of one part."""

    def __init__(self, file: IO[bytes]) -> None:
        file.seek(0, 2)
        if file.tell() > MAX_FILE_BYTES:
            raise WorkbookError(_("The file is larger than 20 MB. Split it and load the parts one by one."))
        file.seek(0)
        if file.read(4) == _OLD_OFFICE:
            raise WorkbookError(
                _("This is an old .xls file or one with a password. Save it as .xlsx without a password.")
            )
        file.seek(0)
        try:
            self._zip = zipfile.ZipFile(file)
            entries = self._zip.infolist()
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error) as error:
            raise _not_a_workbook() from error
        if len(entries) > MAX_PARTS:
            raise _too_much()
        # part names are told apart without regard to case
        self._unpacked = 0
        self._entries = {entry.filename.lstrip("/").lower(): entry for entry in entries}

    def __contains__(self, name: str) -> bool:
        return name.lstrip("/").lower() in self._entries

    def walk(self, name: str, start: Start, end: End) -> None:
        """Call `start(tag, attributes)` and `end(tag, text)` for each element, tags without namespace.

        `text` is what stands directly in the element. Raises WorkbookError.
        """
        entry = self._entries.get(name.lstrip("/").lower())
        if entry is None:
            raise _not_a_workbook()
        if entry.flag_bits & 1:
            raise WorkbookError(_("The file has a password. Save it without one and try again."))
        parser = _parser(start, end)
        seen = 0
        try:
            with self._zip.open(entry) as source:
                while chunk := source.read(_CHUNK):
                    seen += len(chunk)
                    self._unpacked += len(chunk)
                    if seen > MAX_PART_BYTES or self._unpacked > MAX_UNPACKED_BYTES:
                        raise _too_much()
                    parser.Parse(chunk, False)
            parser.Parse(b"", True)
        except (
            zipfile.BadZipFile,
            zlib.error,
            lzma.LZMAError,
            EOFError,
            OSError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise WorkbookError(
                _("The file is damaged or was cut short. Open and save it anew, then try again.")
            ) from error
        except (expat.ExpatError, ValueError, KeyError, IndexError, OverflowError) as error:
            raise WorkbookError(
                _("The inside of the file is damaged. Open it in a spreadsheet program and save it anew.")
            ) from error


def _parser(start: Start, end: End) -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    texts: list[list[str]] = []

    def started(tag: str, attributes: dict[str, str]) -> None:
        texts.append([])
        start(tag.rpartition(" ")[2], attributes)

    def ended(tag: str) -> None:
        end(tag.rpartition(" ")[2], "".join(texts.pop()))

    def refuse(*args: object) -> None:
        raise WorkbookError(_("The file asks to read other files. Such a workbook is not opened."))

    parser.StartElementHandler = started
    parser.EndElementHandler = ended
    parser.CharacterDataHandler = lambda text: texts[-1].append(text)
    parser.StartDoctypeDeclHandler = refuse
    return parser


def relations(parts: Parts, of: str) -> dict[str, tuple[str, str]]:
    """What the part `of` refers to: identity -> (kind, name of the part)."""
    path = PurePosixPath(of)
    found: dict[str, tuple[str, str]] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag != "Relationship" or attributes.get("TargetMode") == "External":
            return
        target = attributes["Target"]
        name = target if target.startswith("/") else str(path.parent / target)
        found[attributes["Id"]] = (attributes["Type"].rpartition("/")[2], _straight(name))

    listing = str(path.parent / "_rels" / f"{path.name}.rels")
    if listing in parts:
        parts.walk(listing, start, lambda tag, text: None)
    return found


def _straight(name: str) -> str:
    """A part's name without `.` and `..`."""
    steps: list[str] = []
    for step in name.split("/"):
        if step == "..":
            steps = steps[:-1]
        elif step not in {"", "."}:
            steps.append(step)
    return "/".join(steps)


def _not_a_workbook() -> WorkbookError:
    return WorkbookError(_("This is not an Excel workbook (.xlsx). Save the table as .xlsx and try again."))


def _too_much() -> WorkbookError:
    return WorkbookError(_("The file unpacks to far more than a table of produce needs. It is not opened."))
