"""QR codes, as SVG: for pages and for PDF papers."""

from __future__ import annotations

import segno
from django.utils.safestring import SafeString, mark_safe


def qr_svg(address: str) -> SafeString:
    """A square that a telephone reads `address` from. It has no size of its own: whoever shows it says how large."""
    # paper gets wet: 15 % may be lost; one mask for all, for choosing the best takes three times as long
    code = segno.make_qr(address, error="m", mask=2)
    return mark_safe(code.svg_inline(omitsize=True, border=2))  # drawn of squares alone
