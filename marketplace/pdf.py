"""PDF papers: a Typst template of ours and plain data give the same bytes on every machine.

The typesetter and the Chinese fonts come as wheels, so that nothing of the system is asked for. Data is handed over
as JSON and set as text: no name or note of anybody's is ever read as markup.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import get_language


def pdf(template: str, data: Mapping[str, Any], *, at: dt.datetime | None = None) -> bytes:
    """The paper that `template` (a .typ file, from the project's folder on) makes of `data` (what JSON can say).

    In the template: `#import "/marketplace/typst/paper.typ": *` and `#let data = given()`; `data.lang` is the
    reader's language. Words to show come translated in `data`: Typst knows no gettext. `at` is the moment written
    into the file, now unless told: with the same one, the same data gives the same bytes.
    """
    import typst  # 30 MB that only who prints has to load

    return typst.compile(  # bytes, when no output file is named
        str(settings.BASE_DIR / template),
        root=str(settings.BASE_DIR),
        font_paths=_fonts(),
        sys_inputs={"data": json.dumps({"lang": get_language() or settings.LANGUAGE_CODE, **data})},
        format="pdf",
        timestamp=int((at or timezone.now()).timestamp()),
    )


@cache
def _fonts() -> Any:
    """Noto Sans and Serif of the wheel, and no font of this machine."""
    import typst
    from pylopdf_fonts_zh_cn import sans_path

    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(sans_path().parent)]
    )


def pdf_response(content: bytes, filename: str) -> HttpResponse:
    """Shown in the browser, under a name for those who keep it."""
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{filename}"'},
    )
