"""What stands in a cell of a bank's file, understood or refused: amounts to the fen, days, and which way money went.

Plain functions on text. Each raises ValueError for what has more than one meaning, or none.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

# more than all that was ever bought here; a longer number is a serial number in the wrong column
MOST_FEN = 10**15
_MONEY = re.compile(r"([+-]?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d*))?")
_SIGN = re.compile(r"^(?:rmb|cny|人民币|¥|元)+|元(?:整)?$")
_DAY = re.compile(
    r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|\.(\d{1,2})\.(\d{1,2})|年(\d{1,2})月(\d{1,2})日|(\d{2})(\d{2}))"
    r"(?:[-\st]+(\d.*))?"
)
# 20260603102033
_RUN_ON = re.compile(r"(\d{8})(\d{6})")
_TIME = re.compile(r"(\d{1,2})[:.时]?(\d{2})(?:[:.分]?(\d{2})秒?(?:[.,]\d+)?)?")
_IN = frozenset(
    (
        "贷",
        "贷方",
        "贷记",
        "收",
        "收入",
        "收款",
        "来账",
        "转入",
        "入账",
        "存入",
        "进",
        "c",
        "cr",
        "credit",
        "in",
        "+",
    )
)
_OUT = frozenset(
    (
        "借",
        "借方",
        "借记",
        "付",
        "支",
        "支出",
        "付款",
        "往账",
        "转出",
        "取出",
        "支取",
        "出",
        "d",
        "dr",
        "debit",
        "out",
        "-",
    )
)
_YUAN = frozenset(("", "人民币", "人民币元", "cny", "rmb", "01", "1", "001", "156", "元"))


def folded(text: str) -> str:
    """Full-width letters and digits as narrow ones, in lower case, without space at the ends."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def fen(text: str) -> int | None:
    """`¥1,234.50` as 123450; None for an empty cell or a dash. Raises ValueError."""
    shown = re.sub(r"\s", "", folded(text)).replace("−", "-")
    if shown in {"", "-", "--", "—", "/"}:
        return None
    sign = ""
    if shown[0] in "+-":
        sign, shown = shown[0], shown[1:]
    found = _MONEY.fullmatch(sign + _SIGN.sub("", shown))
    if found is None:
        raise ValueError(text)
    part = (found[3] or "").ljust(2, "0")
    if part[2:].strip("0"):
        raise ValueError(text)
    amount = int(found[2].replace(",", "")) * 100 + int(part[:2])
    if amount > MOST_FEN:
        raise ValueError(text)
    return -amount if found[1] == "-" else amount


def day_and_time(text: str) -> tuple[dt.date, str]:
    """The day, and the time of it as `102033` (empty where none is told): 2026-06-03, 20260603102033, 2026年6月3日 …

    Raises ValueError for a day that could be another: 26-6-3, 6/3/2026.
    """
    found = _DAY.fullmatch(_RUN_ON.sub(r"\1 \2", folded(text), count=1))
    if found is None:
        raise ValueError(text)
    year, *rest, after = found.groups()
    month, day = (part for part in rest if part)
    return dt.date(int(year), int(month), int(day)), time(after or "")


def time(text: str) -> str:
    """`10:20:33` or `102033` as `102033`; empty for what is no time."""
    found = _TIME.fullmatch(folded(text))
    return "".join((part or "00").zfill(2) for part in found.groups()) if found else ""


def came_in(text: str) -> bool:
    """Whether the word says that money came. Raises ValueError for a word that says neither."""
    word = re.sub(r"\s|[()]", "", folded(text))
    if word in _IN:
        return True
    if word in _OUT:
        return False
    raise ValueError(text)


def is_yuan(text: str) -> bool:
    return re.sub(r"\s", "", folded(text)) in _YUAN


def name_key(name: str) -> str:
    """A payer's name as banks and people may write it: without spaces, brackets and dots, full-width or not."""
    return re.sub(r"[\W_]", "", folded(name))
