"""Reading a nurseryman's words: `胸径5-6公分 高2.5米 3年生 土球40`, `Φ8 H350 P200`, `地径0.8cm以上 苗高60~80cm 一级苗`.

Nothing is refused here: what is not understood is left out, and what is beyond sense is not believed.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from .saplings import MOST_MM, MOST_YEARS, Grade, Roots, Size, TrunkAt

_UNITS = {"mm": 1, "cm": 10, "m": 1000}
_UNIT_WORDS = (("毫米", "mm"), ("厘米", "cm"), ("公分", "cm"), ("㎝", "cm"), ("公尺", "m"))
_NAMES: tuple[tuple[str, str], ...] = (
    ("breast", r"胸径|胸|φ|ф|dbh"),
    ("metre", r"米径"),
    ("ground", r"地径|基径|地|d"),
    ("crown", r"冠幅|冠径|蓬径|蓬幅|冠|蓬|p|w"),
    ("ball", r"土球直径|土球|球径|泥球|带球"),
    ("container", r"容器直径|容器苗|容器|营养钵|营养杯|杯径|杯|盆径|盆|钵"),
    ("height", r"树高|苗高|株高|高度|高|h"),
)
_NUMBER = r"\d{1,6}(?:\.\d{1,4})?"
# a name, then one size or two, each with its unit or the last with that of both
_SIZE = re.compile(
    "(?:" + "|".join(f"(?P<{name}>(?<![a-z])(?:{words}))" for name, words in _NAMES) + ")?"
    r"[\s::=约为在]*"
    rf"(?P<low>{_NUMBER})\s*(?P<low_unit>mm|cm|m(?!m))?"
    rf"(?:\s*-\s*(?P<high>{_NUMBER}))?\s*(?P<unit>mm|cm|m(?!m))?(?![\d年])"
)
_NUMERALS = dict(zip("一二三四五六七八九十", range(1, 11), strict=True))
_AGE_IN_WORDS = re.compile(rf"(?P<years>[{''.join(_NUMERALS)}])年生")
_AGE = re.compile(rf"(?P<from>{_NUMBER})(?:\s*-\s*{_NUMBER})?\s*年(?:生|苗|龄)?")
# 2-1: two years where it was sown, one since it was moved
_KIND_OF_AGE = re.compile(r"苗龄[\s::]*(?P<years>\d{1,2}(?:-\d{1,2}){0,3})(?![\d.])")
_BALL = re.compile(r"带土球|带球|土球|泥球|球径")
_BARE = re.compile(r"裸根")
_CONTAINER = re.compile(r"容器|营养钵|营养杯|盆径|盆|杯苗")
_GRADE = re.compile(r"(?<![\da-z])(?P<grade>一|二|iii|ii|i|1|2)\s*级")
_DASHES = re.compile(r"[~～—–−―‐至到]|--+")


def read(words: str, trunk_at: str) -> dict[str, Any]:
    """The fields of `Measures` that `words` tell."""
    text = _plain(words)
    found: dict[str, Any] = {}
    text = _taken(_KIND_OF_AGE, text, lambda hit: _set_age(found, sum(map(int, hit["years"].split("-")))))
    text = _taken(_AGE_IN_WORDS, text, lambda hit: _set_age(found, _NUMERALS[hit["years"]]))
    text = _taken(_AGE, text, lambda hit: _set_age(found, int(Decimal(hit["from"]))))
    text = _taken(_GRADE, text, lambda hit: _set_grade(found, hit["grade"]))
    for hit in _SIZE.finditer(text):
        _set_size(found, hit, trunk_at)
    if "roots" not in found:
        for pattern, roots in ((_BALL, Roots.BALL), (_CONTAINER, Roots.CONTAINER), (_BARE, Roots.BARE)):
            if pattern.search(text):
                found["roots"] = roots
                break
    return found


def read_size(words: str, kind: str) -> Size:
    """One size, as it is typed beside its name: `5-6`, `2.5米`. Raises ValueError."""
    hit = _SIZE.fullmatch(_plain(words).strip())
    found: dict[str, Any] = {}
    if hit is not None and not any(hit[name] for name, _words in _NAMES):
        _set_size(found, hit, kind, named=kind)
    if kind not in found:
        raise ValueError("no size, or beyond sense")
    size = found[kind]
    return Size(size, size) if kind == "ball" else size


def _plain(words: str) -> str:
    """One way to write digits, dashes and units."""
    text = unicodedata.normalize("NFKC", words).lower()
    for word, unit in _UNIT_WORDS:
        text = text.replace(word, unit)
    return re.sub(r"米(?!径)", "m", _DASHES.sub("-", text))


def _taken(pattern: re.Pattern[str], text: str, tell: Any) -> str:
    """`text` without the first hit, which was told."""
    hit = pattern.search(text)
    if hit is None:
        return text
    tell(hit)
    return f"{text[: hit.start()]} {text[hit.end() :]}"


def _set_age(found: dict[str, Any], years: int) -> None:
    if 0 < years <= MOST_YEARS:
        found.setdefault("age", years)


def _set_grade(found: dict[str, Any], word: str) -> None:
    grade = {"一": Grade.FIRST, "1": Grade.FIRST, "i": Grade.FIRST}
    grade |= {"二": Grade.SECOND, "2": Grade.SECOND, "ii": Grade.SECOND}
    if word in grade:
        found["grade"] = str(grade[word])


def _set_size(found: dict[str, Any], hit: re.Match[str], trunk_at: str, named: str = "") -> None:
    name = named or next((name for name, _words in _NAMES if hit[name]), "")
    unit = hit["unit"] or hit["low_unit"]
    if not name:
        # 5公分 alone is a trunk; a number alone may be anything
        if not unit or unit == "m":
            return
        name = trunk_at
    kind = "trunk" if name in TrunkAt.values else "ball" if name in ("ball", "container") else name
    low = Decimal(hit["low"])
    high = Decimal(hit["high"] or hit["low"])
    ends = sorted((_mm(low, hit["low_unit"] or unit, kind, high), _mm(high, unit, kind, high)))
    size = Size(*ends)
    if not 0 < size.smallest <= size.largest <= MOST_MM[kind] or kind in found:
        return
    if kind == "ball":
        found |= {"ball": size.largest, "roots": str(Roots.BALL if name == "ball" else Roots.CONTAINER)}
    else:
        found[kind] = size
        if kind == "trunk":
            found["trunk_at"] = str(name)


def _mm(number: Decimal, unit: str | None, kind: str, high: Decimal) -> int:
    """Trunks, balls and pots are said in centimetres; heights and crowns in metres, but nobody means 15 m without saying."""
    factor = _UNITS[unit] if unit else 1000 if kind in ("height", "crown") and high < 15 else 10
    return int((number * factor).quantize(Decimal(1), ROUND_HALF_UP))
