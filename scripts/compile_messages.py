"""Compiles the translations, without gettext's own programs: locale/*/LC_MESSAGES/*.po to .mo."""

from __future__ import annotations

import sys
from pathlib import Path

import polib

for po in sorted((Path(__file__).parent.parent / "locale").glob("*/LC_MESSAGES/*.po")):
    try:
        polib.pofile(str(po)).save_as_mofile(str(po.with_suffix(".mo")))
    except (OSError, ValueError) as problem:
        sys.exit(f"{po}: {problem}")
