"""Text as people type it, folded to one form; amounts written in digits, in Chinese, or in both."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad\x00-\x08\x0e-\x1f]")
_DIGITS = r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?"
_CHINESE_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_STEPS = {"千": 1000, "百": 100, "十": 10}
_MYRIADS = {"亿": 100_000_000, "万": 10_000}
_MIXED = re.compile(rf"({_DIGITS})([十百千万亿]?)")
# longer than any amount of produce
_MAX_DIGITS = 15
# a number as one of the two hands writes it; 千 before 克 belongs to the unit
AMOUNT = (
    r"[0-9][0-9,.]*(?:(?:[十百万亿]|千(?!克))[0-9,.]*)*"
    r"|(?:[零〇一二两三四五六七八九十百万亿]|千(?!克))+(?:点[零〇一二三四五六七八九]+)?"
)


def fold(text: str) -> str:
    """One form for what looks alike: full width, capitals, odd spaces. Spaces inside stay, single."""
    folded = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
    # a dash is a dash, wherever it was typed
    folded = re.sub("[‐-―−─➖]", "-", folded)
    return " ".join(folded.lower().split())


def tight(text: str) -> str:
    """Folded, without any space: `土 豆` as `土豆`."""
    return fold(text).replace(" ", "")


def has_odd_digits(text: str) -> bool:
    """Whether it holds ², ½ or ①, which folding would turn into another amount."""
    return any(unicodedata.category(char) == "No" for char in text)


def without_grouping_spaces(text: str) -> str:
    """`1 200` as `1200`; a space anywhere else between digits stays, and so is not taken for a number."""
    return re.sub(
        r"(?<![0-9.,])[0-9]{1,3}(?: [0-9]{3})+(?![0-9])", lambda match: match.group().replace(" ", ""), text
    )


def amount(text: str) -> Decimal | None:
    """A plain amount, `1,200`, `1.5万`, `3千5百`, `八百`, as a number. None for anything else.

    What leaves a doubt is not read: `1,20` (a comma out of place), `八百五` (850 to some, 805 to others).
    """
    if re.fullmatch(_DIGITS, text):
        digits = text.replace(",", "")
        return Decimal(digits) if len(digits) <= _MAX_DIGITS else None
    if text[:1] in _CHINESE_DIGITS or text[:1] in _STEPS:
        return _chinese(text)
    return _mixed(text)


def _mixed(text: str) -> Decimal | None:
    """`1.5万` and `2万3千`: digits with a step behind each, steps falling."""
    pieces = _MIXED.findall(text)
    if not pieces or "".join(number + step for number, step in pieces) != text:
        return None
    total, ceiling = Decimal(0), Decimal(10) ** 12
    for number, step in pieces:
        if not step or len(number) > _MAX_DIGITS:
            return None
        size = _STEPS.get(step) or _MYRIADS[step]
        value = Decimal(number.replace(",", "")) * size
        if value >= ceiling:
            return None
        total, ceiling = total + value, Decimal(size)
    return total


def _chinese(text: str) -> Decimal | None:
    whole, point, decimals = text.partition("点")
    value = _chinese_whole(whole)
    if value is None or not point:
        return None if value is None else Decimal(value)
    if not decimals or len(decimals) > 6 or any(char not in _CHINESE_DIGITS for char in decimals):
        return None
    return Decimal(f"{value}." + "".join(str(_CHINESE_DIGITS[char]) for char in decimals))


def _chinese_whole(text: str) -> int | None:
    for char, size in _MYRIADS.items():
        if char in text:
            high, _char, low = text.partition(char)
            upper = _chinese_whole(high)
            lower = _below_myriad(low, gap=size) if low else 0
            if upper is None or lower is None or upper == 0 or (char == "亿" and "万" in low):
                return None
            return upper * size + lower
    return _below_myriad(text, gap=0)


def _below_myriad(text: str, gap: int) -> int | None:
    """`一千零五十` below 10,000. `gap` is the step before, below which a bare digit needs its 零."""
    if text in {"零", "〇"}:
        return None if gap else 0
    total, rest, last = 0, text, gap
    while rest:
        zero = rest[0] in "零〇"
        if zero:
            if not last:
                return None
            rest = rest[1:]
        if rest[:1] == "十" and (not last or zero):
            digit, step, rest = 1, 10, rest[1:]
        elif rest and _CHINESE_DIGITS.get(rest[0], 0) > 0:
            digit = _CHINESE_DIGITS[rest[0]]
            step = _STEPS.get(rest[1:2], 1)
            rest = rest[2:] if step > 1 else rest[1:]
        else:
            return None
        # a skipped step is said by 零 (一千零五十), or else the bare digit's worth is a guess (八百五)
        skipped = bool(last) and step * 10 < last
        if last and (step >= last or (skipped and not zero)):
            return None
        if step == 1 and rest:
            return None
        total, last = total + digit * step, step
    return total or None
