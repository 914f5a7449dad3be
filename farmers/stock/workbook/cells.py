"""One cell's text as a value. What cannot be read without a doubt is refused, with words for the officer."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _
from openpyxl.utils.datetime import from_excel

from farmers.registry.models import MarkKind
from farmers.stock.models import MAX_PRICE_FEN, MAX_QUANTITY
from marketplace.quantity import BY_WORD, UNITS, Unit

from .sheets import Cell, Kind
from .words import AMOUNT, amount, fold, has_odd_digits, tight, without_grouping_spaces

LONGEST_FIGURE = 60
# what people put where there is nothing to say
NOTHING = frozenset({"", "-", "--", "---", "/", "\\", "无", "没有", "n/a", "none", "null", "暂无", "空"})
DITTO = frozenset({"同上", "〃", '"', '""', "''", "″", "′′", "“", "”", "同", "同前", "´´", "..", "∥"})

_UNIT_WORDS = "|".join(sorted((re.escape(word) for word in BY_WORD), key=len, reverse=True))
_TERM = re.compile(rf"(?P<number>{AMOUNT}|半)(?P<unit>{_UNIT_WORDS})?(?P<half>半)?整?")
_ABOUT = re.compile(
    r"约|大概|左右|上下|差不多|估|近|来|余|多|几|数|不到|不足|超|以上|以下|以内|至少|最多|起|一些|若干|适量|少许|少量|≈|±|≥|≤|>|<|\+|\?"
)
_RANGE = re.compile(r"[0-9十百千万半][^0-9]{0,4}(?:-|~|至|到|或|,|、)[^0-9]{0,2}[0-9一二两三四五六七八九十]")
_TO_BE_AGREED = re.compile(r"面议|面谈|协商|商议|电议|待定|再议|议价|随行|市场价|市价|行情|不定|另议|待议")


class Refusal(Exception):
    """Why one cell's value is not taken. The message is for people."""


class Amount(NamedTuple):
    """`number` of `unit`; the unit is None when the cell does not say it."""

    number: Decimal
    unit: Unit | None


class Price(NamedTuple):
    """`fen` may be broken here; `unit` is None when the cell does not say per what."""

    fen: Decimal
    unit: Unit | None


def said(cell: Cell | None) -> str:
    """What the cell says, one line. Raises Refusal for a formula without its result, or an error."""
    if cell is None:
        return ""
    if cell.kind is Kind.ERROR:
        raise Refusal(_("The cell holds the error %s. Type the value itself.") % cell.text)
    if cell.kind is Kind.UNCOUNTED:
        raise Refusal(_("The cell holds a formula whose result is not in the file. Type the value itself."))
    if cell.kind is Kind.BOOLEAN:
        raise Refusal(_("The cell holds %s. Type the value itself.") % cell.text)
    text = fold(cell.text)
    return "" if text.replace(" ", "") in NOTHING else text


def _figure(cell: Cell | None) -> str:
    """A cell that should hold a number, without its spaces; never a date that the program made of one."""
    text = said(cell)
    if cell is not None and cell.kind is Kind.DATE:
        raise Refusal(_("The cell holds a date, not a number. Type the number anew."))
    if cell is not None and has_odd_digits(cell.text):
        raise Refusal(_("“%s” cannot be read. Write plain digits.") % cell.text.strip()[:LONGEST_FIGURE])
    if len(text) > LONGEST_FIGURE:
        raise Refusal(_("“%s” is not a number.") % f"{text[:20]}…")
    grouped = without_grouping_spaces(text)
    if re.search(r"[0-9.] +[0-9.]", grouped):
        raise Refusal(_("“%s” has a gap inside the number. Write it without.") % text)
    return grouped.replace(" ", "").rstrip("。;,、.")


def quantity(cell: Cell | None) -> Amount:
    """`800`, `1,200斤`, `1.5吨`, `3千斤`, `八百公斤`, `2吨半`. Raises Refusal."""
    text = _figure(cell)
    if not text:
        raise Refusal(_("The quantity is missing."))
    found = _terms(re.sub(r"^(?:共计?|总共|一共|现有|库存|剩余|数量:)", "", text))
    if found is None:
        raise Refusal(_no_quantity(text))
    if found.number <= 0:
        raise Refusal(_("The quantity must be more than zero."))
    return found


def _terms(text: str) -> Amount | None:
    """`800斤`; `1吨500公斤` as 1.5 吨."""
    grams = Decimal(0)
    first: Unit | None = None
    bare: Decimal | None = None
    position = 0
    while position < len(text):
        match = _TERM.match(text, position)
        if match is None or bare is not None:
            return None
        position = match.end()
        number = Decimal("0.5") if match["number"] == "半" else amount(match["number"])
        if number is None or (match["half"] and (not match["unit"] or "." in match["number"])):
            return None
        number += Decimal("0.5") if match["half"] else 0
        if not match["unit"]:
            if first is not None or match["number"] == "半":
                return None
            bare = number
            continue
        unit = BY_WORD[match["unit"]]
        if first is not None and (UNITS[unit].measure != UNITS[first].measure or UNITS[unit].size == 1):
            return None
        if first is not None and number * UNITS[unit].size >= UNITS[first].size:
            return None  # `1斤500公斤` is two amounts rather than one
        first = first or unit
        grams += number * UNITS[unit].size
    if bare is not None:
        return Amount(bare, None)
    return Amount(grams / UNITS[first].size, first) if first else None


def _no_quantity(text: str) -> str:
    if text.startswith("-") and re.match(r"-[0-9]", text):
        return _("The quantity must be more than zero.")
    if _RANGE.search(text):
        return _("“%s” is a range. Give one amount.") % text
    if _ABOUT.search(text):
        return _("“%s” is not exact. Give the exact amount.") % text
    match = re.fullmatch(rf"(?:{AMOUNT})([^0-9零一二两三四五六七八九十百千万]+)", text)
    if match and match.group(1) not in BY_WORD:
        return unknown_unit(match.group(1))
    return _("“%s” is not an amount.") % text


def unknown_unit(word: str) -> str:
    return _("The unit “%(word)s” is not known here. Use %(units)s.") % {
        "word": word,
        "units": " ".join(fact.words[0] for fact in UNITS.values()),
    }


def base_quantity(found: Amount, unit: Unit) -> int:
    """Grams or pieces. Raises Refusal for parts of a gram or a piece, and for more than can be."""
    exact = found.number * UNITS[unit].size
    if exact > MAX_QUANTITY:
        raise Refusal(_("The quantity is larger than can be."))
    if exact != exact.to_integral_value():
        raise Refusal(_("The quantity is finer than a gram or a piece."))
    return int(exact)


_MONEY = r"[¥￥$]|rmb|cny|人民币"
_NUMBER = r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?"
_CN = "[零一二两三四五六七八九十百千半]+"
_PER = rf"(?:/|每|一|1)(?P<per>{_UNIT_WORDS})"
_PRICE = re.compile(
    rf"(?:(?:/|每|一|1)(?P<before>{_UNIT_WORDS}):?)?(?:{_MONEY})?"
    rf"(?:(?P<yuan>{_NUMBER}|{_CN})(?:(?:元|块钱?|圆|yuan)(?:(?P<jiao>[0-9一二两三四五六七八九])(?:毛|角)?"
    r"(?:(?P<fen>[0-9一二两三四五六七八九])分?)?)?钱?整?)?"
    rf"|(?P<only_jiao>{_NUMBER}|{_CN})(?:毛|角)(?:(?P<then_fen>[0-9一二两三四五六七八九])分?)?钱?"
    rf"|(?P<only_fen>{_NUMBER}|{_CN})分钱?)"
    rf"(?:rmb|cny)?(?:{_PER})?"
)


def price(cell: Cell | None, scale: int = 100) -> Price:
    """`2.4`, `¥2.40`, `2.4元/公斤`, `8毛`, `1块2`. A bare number counts `scale` fen. Raises Refusal."""
    text = _figure(cell)
    if not text:
        raise Refusal(_("The price is missing."))
    match = _PRICE.fullmatch(text)
    fen = _fen(match, scale, text) if match else None
    if match is None or fen is None:
        raise Refusal(_no_price(text))
    if fen <= 0:
        raise Refusal(_("The price must be more than zero."))
    word = match["per"] or match["before"]
    return Price(fen, BY_WORD[word] if word else None)


def _fen(match: re.Match[str], scale: int, text: str) -> Decimal | None:
    if match["only_fen"]:
        return amount(match["only_fen"])
    if match["only_jiao"]:
        jiao = amount(match["only_jiao"])
        return None if jiao is None else jiao * 10 + _digit(match["then_fen"])
    yuan = amount(match["yuan"])
    if yuan is None or (match["jiao"] and yuan != yuan.to_integral_value()):
        return None
    in_yuan = re.search(rf"元|块|圆|yuan|{_MONEY}", text)
    return yuan * (100 if in_yuan else scale) + _digit(match["jiao"]) * 10 + _digit(match["fen"])


def _digit(text: str | None) -> Decimal:
    return (amount(text) or Decimal(0)) if text else Decimal(0)


def _no_price(text: str) -> str:
    if _TO_BE_AGREED.search(text):
        return _("“%s” is no price. Give one.") % text
    if re.match(r"-[0-9]", text):
        return _("The price must be more than zero.")
    if re.search(r"[0-9][^0-9]{0,4}(?:-|~|至|到|或|、)[^0-9]{0,2}[0-9]", text):
        return _("“%s” is a range. Give one price.") % text
    if _ABOUT.search(text):
        return _("“%s” is not exact. Give the exact price.") % text
    if match := re.search(r"(?:/|每)([^0-9/]+)$", text):
        return unknown_unit(match.group(1))
    return _("“%s” is not a price.") % text


def whole_fen(fen: Decimal) -> int:
    """Raises Refusal for parts of a fen and for a price past all sense."""
    if fen != fen.to_integral_value():
        raise Refusal(_("The price is finer than one fen."))
    if fen > MAX_PRICE_FEN:
        raise Refusal(_("The price is higher than can be."))
    return int(fen)


class When(NamedTuple):
    """A day, or, where the officer only said roughly when, the words."""

    day: dt.date | None
    words: str = ""


_YMD = re.compile(r"(\d{4}|\d{2})年(\d{1,2})月(\d{1,2})[日号]?")
_DASHED = re.compile(r"(\d{4})([-./,])(\d{1,2})\2(\d{1,2})[-./]?")
_MD = re.compile(r"(\d{1,2})月(\d{1,2})[日号]?")
_SHORT = re.compile(r"(\d{1,2})[./-](\d{1,2})")
_CLOCK = re.compile(
    r"(?:t|(?<=\d) ?|日|号)\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?$|\([^)]*\)$|(?:星期|周)[一二三四五六日天]$"
)


def date(cell: Cell | None, year: int) -> When:
    """A day in any usual hand; `4月15日` is in `year`. Raises Refusal for a day that is in no calendar."""
    text = said(cell)
    if cell is None or not text:
        return When(None)
    if cell.kind is Kind.DATE and isinstance(cell.raw, dt.date):
        return When(_sane(cell.raw))
    if cell.kind is Kind.NUMBER and isinstance(cell.raw, int | float) and 30_000 <= cell.raw < 80_000:
        return When(_sane(from_excel(int(cell.raw)).date()))
    compact = _CLOCK.sub("", _CLOCK.sub("", text).strip()).replace(" ", "")
    if re.fullmatch(r"[零〇一二三四五六七八九十年月日号]+", compact) and "月" in compact:
        compact = _chinese_day(compact)
    if re.fullmatch(r"(19|20)\d{6}", compact):
        return When(_day(compact[:4], compact[4:6], compact[6:]))
    if match := _YMD.fullmatch(compact):
        return When(_day(match[1] if len(match[1]) == 4 else f"20{match[1]}", match[2], match[3]))
    if match := _DASHED.fullmatch(compact):
        return When(_day(match[1], match[3], match[4]))
    if match := _MD.fullmatch(compact):
        return When(_day(year, match[1], match[2]))
    # a number such as 4.1 may be the 1st or the 10th
    if cell.kind is Kind.TEXT and (match := _SHORT.fullmatch(compact)):
        return When(_day(year, match[1], match[2]))
    return When(None, text)


def _day(year: str | int, month: str, day: str) -> dt.date:
    try:
        return _sane(dt.date(int(year), int(month), int(day)))
    except ValueError:
        raise Refusal(_("There is no such day: %s.") % f"{year}-{month}-{day}") from None


def _sane(day: dt.date) -> dt.date:
    if not 2000 <= day.year < 2100:
        raise Refusal(_("The year %d cannot be.") % day.year)
    return day


def _chinese_day(text: str) -> str:
    year = "".join(
        str("零一二三四五六七八九".find(char.replace("〇", "零"))) for char in text.partition("年")[0]
    )
    rest = re.sub("[一二三四五六七八九十]+", lambda m: str(amount(m.group()) or ""), text.rpartition("年")[2])
    return f"{year}年{rest}" if "年" in text else rest


def name(cell: Cell | None) -> str:
    """A head of household. `张 三` is 张三; a foreign name keeps its spaces. Raises Refusal."""
    text = said(cell)
    if cell is None or not text:
        raise Refusal(_("The name is missing."))
    foreign = re.search("[A-Za-z]", cell.text)
    text = " ".join(cell.text.split()) if foreign else text.replace(" ", "")
    text = re.sub(r"\([^)]*\)$", "", text).strip("*、,.;:") or text
    if len(text) > 40 or re.search("[0-9=<>]", text) or not re.search(r"\w", text):
        raise Refusal(_("“%s” is not a name.") % text[:40])
    return text


def phone(cell: Cell | None) -> str:
    """Digits alone, or nothing. A number kept back in part (139****1234) is none. Raises Refusal."""
    text = said(cell)
    if not re.search("[0-9]", text) or "*" in text or "x" in text:
        return ""
    first = tight(re.split(r"[/、,;]| (?=1\d{10})", text)[0])
    digits = re.sub(r"^(?:\+|00)?86(?=1\d{10}$)", "", re.sub(r"[()\-]|^\D+", "", first))
    mobile = re.fullmatch(r"1\d{10}", digits)
    fixed = re.fullmatch(r"(?:0\d{2,3})?[2-9]\d{6,7}", digits)
    if not (mobile or fixed):
        raise Refusal(_("The phone number does not have the right number of digits."))
    return digits


def members(cell: Cell | None) -> int | None:
    """How many the household is; None where the cell does not say it plainly. Never a reason to refuse."""
    if cell is None or cell.kind not in {Kind.NUMBER, Kind.TEXT}:
        return None
    number = amount(re.sub("[人口]+$", "", tight(cell.text)))
    return int(number) if number is not None and number == int(number) and 0 < number < 100 else None


_MARKS: tuple[tuple[str, MarkKind], ...] = (
    ("脱贫不稳定", MarkKind.UNSTABLE),
    ("边缘", MarkKind.EDGE),
    ("突发严重", MarkKind.HARDSHIP),
    ("低保", MarkKind.LOW_INCOME),
    ("特困", MarkKind.EXTREME),
    ("五保", MarkKind.EXTREME),
    ("监测", MarkKind.WATCHED),
    ("建档立卡", MarkKind.REGISTERED),
    ("脱贫", MarkKind.LIFTED),
    ("贫困", MarkKind.REGISTERED),
)


def marks(cell: Cell | None) -> tuple[MarkKind, ...]:
    """`低保户、监测户` as two marks. Words that are none (一般户, 非贫困户) give none."""
    found: list[MarkKind] = []
    for piece in re.split(r"[、,;/+和及 ]", fold(cell.text) if cell and cell.kind is Kind.TEXT else ""):
        if not piece.startswith(("非", "一般", "未")):
            found += [kind for word, kind in _MARKS if word in piece][:1]
    return tuple(dict.fromkeys(found))


def words(cell: Cell | None, longest: int) -> str:
    """Free text, as typed. Raises Refusal when the column cannot hold it."""
    text = " ".join(cell.text.split()) if cell is not None and said(cell) else ""
    if len(text) > longest:
        raise Refusal(_("The text has more than %d characters.") % longest)
    return text


def is_ditto(cell: Cell | None) -> bool:
    return cell is not None and tight(cell.text) in DITTO


def is_nothing(cell: Cell | None, also: Collection[str] = ()) -> bool:
    return cell is None or tight(cell.text) in NOTHING or tight(cell.text) in also
