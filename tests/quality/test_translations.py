from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest

from .tracked import ROOMS, ROOT, files, name

CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"


@pytest.fixture(scope="module")
def catalogue() -> polib.POFile:
    assert CATALOGUE.exists(), f"{name(CATALOGUE)} is missing: `make messages` begins it"
    return polib.pofile(str(CATALOGUE))


def listed(entries: list[polib.POEntry]) -> str:
    return "\n".join(entry.msgid for entry in entries)


def test_every_string_has_its_chinese(catalogue: polib.POFile) -> None:
    waiting = catalogue.untranslated_entries() + catalogue.fuzzy_entries()
    assert not waiting, f"{len(waiting)} to translate:\n{listed(waiting)}"


def test_placeholders_survive_translation(catalogue: polib.POFile) -> None:
    checked = subprocess.run(
        ["msgfmt", "--check-format", "--output-file=/dev/null", CATALOGUE], capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stderr


def test_catalogue_holds_what_the_code_says(catalogue: polib.POFile, tmp_path: Path) -> None:
    """Gathers the strings anew from a copy of the sources."""
    for path in files("manage.py", *(f"{room}/*" for room in ROOMS)):
        if path.suffix in {".py", ".html", ".txt"}:
            copy = tmp_path / name(path)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
    (tmp_path / "locale").mkdir()
    gathered = subprocess.run(
        [sys.executable, "manage.py", "makemessages", "--locale", "zh_Hans"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert gathered.returncode == 0, gathered.stderr
    said = polib.pofile(str(tmp_path / CATALOGUE.relative_to(ROOT)))
    known = {(entry.msgctxt, entry.msgid) for entry in catalogue if not entry.obsolete}
    missing = [entry for entry in said if (entry.msgctxt, entry.msgid) not in known]
    assert not missing, f"run `make messages`; not in the catalogue yet:\n{listed(missing)}"
