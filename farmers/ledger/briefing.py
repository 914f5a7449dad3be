"""The consumption-aid briefing 消费帮扶简报: a period's figures and the paragraph that officials cite."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import TypedDict

from django.db.models import Q, Sum
from django.utils.translation import get_language

from marketplace.days import month_end
from marketplace.money import yuan
from marketplace.quantity import UNITS, Unit, in_units

from .kinds import Channel
from .models import BuyerDay, DayTotal, HouseholdDay
from .queries import year_before

JIN = UNITS[Unit.JIN].size
# growth beyond that (+300 %) is told by the two figures alone
MOST_TIMES = 4


class Figures(TypedDict):
    """The keys of `briefing --json` but for its text. Grams, pieces and fen."""

    produce_grams: int
    saplings: int
    amount_fen: int
    households: int
    buyers: int
    by_channel: dict[str, dict[str, int]]
    saplings_same_period_last_year: int


def figures(start: dt.date, end: dt.date) -> Figures:
    """What the ledger holds of the Shanghai days from `start` to `end`, both included. Three queries.

    All figures are net: what was taken back in the period is off, whenever it was sold. A household is
    reached, and a buyer counted, once, when any produce, saplings or pieces are left to it net of the
    period's returns: one whose sales were all reversed is not. `amount_fen` holds everything sold, also
    goods counted in pieces that are neither produce by weight nor saplings (eggs, honey, live animals).
    """
    this, last = Q(day__range=(start, end)), Q(day__range=same_period_last_year(start, end))
    by_channel = {channel.value: {"produce_grams": 0, "saplings": 0, "amount_fen": 0} for channel in Channel}
    saplings_last = 0
    sums = (
        DayTotal.objects.filter(this | last)
        .order_by()
        .values("channel")
        .annotate(
            produce_grams=Sum("grams", filter=this, default=0),
            sum_saplings=Sum("saplings", filter=this, default=0),
            sum_fen=Sum("amount_fen", filter=this, default=0),
            saplings_last=Sum("saplings", filter=last, default=0),
        )
    )
    for row in sums:
        by_channel[row["channel"]] = {
            "produce_grams": row["produce_grams"],
            "saplings": row["sum_saplings"],
            "amount_fen": row["sum_fen"],
        }
        saplings_last += row["saplings_last"]
    return {
        "produce_grams": sum(part["produce_grams"] for part in by_channel.values()),
        "saplings": sum(part["saplings"] for part in by_channel.values()),
        "amount_fen": sum(part["amount_fen"] for part in by_channel.values()),
        "households": _parties(HouseholdDay, "household", this),
        "buyers": _parties(BuyerDay, "buyer", this),
        "by_channel": by_channel,
        "saplings_same_period_last_year": saplings_last,
    }


def _parties(table: type[HouseholdDay | BuyerDay], who: str, period: Q) -> int:
    """How many have something left of the period."""
    net = {"net_grams": Sum("grams"), "net_saplings": Sum("saplings"), "net_pieces": Sum("pieces")}
    left = Q(net_grams__gt=0) | Q(net_saplings__gt=0) | Q(net_pieces__gt=0)
    return table._default_manager.filter(period).order_by().values(who).annotate(**net).filter(left).count()


def same_period_last_year(start: dt.date, end: dt.date) -> tuple[dt.date, dt.date]:
    """A year earlier; a period that ends with its month ends with that month then too (28 or 29 February)."""
    first, last = year_before(start), year_before(end)
    if end == month_end(end):
        last = month_end(last)
    return first, last


def text(told: Figures, start: dt.date, end: dt.date) -> str:
    """The paragraph, in Chinese as officials write it, or in English where that is the active language.

    The change on last year is in percent up to +300 %; of more, the two figures are told and no percentage.
    """
    english = (get_language() or "").startswith("en")
    return _english(told, start, end) if english else _chinese(told, start, end)


# Not in the catalogue of translations: the two are different sentences, not one with other words.

_CHINESE_CHANNELS = {
    Channel.CANTEEN: "机关单位食堂采购",
    Channel.ONLINE: "电商平台销售",
    Channel.GREEN: "苗木绿色通道销售",
}
_ENGLISH_CHANNELS = {
    Channel.CANTEEN: "public canteens bought",
    Channel.ONLINE: "the online shop sold",
    Channel.GREEN: "the green channel sold",
}


def _chinese(told: Figures, start: dt.date, end: dt.date) -> str:
    period = _chinese_period(start, end)
    if not _anything(told):
        return f"{period}，台账中没有消费帮扶销售记录。{_chinese_year_on_year(told)}"
    goods = _chinese_goods(told["produce_grams"], told["saplings"])
    channels = "；".join(
        f"{_CHINESE_CHANNELS[channel]}{_chinese_goods(part['produce_grams'], part['saplings'])}"
        f"{yuan(part['amount_fen'])}元"
        for channel in Channel
        if any((part := told["by_channel"][channel.value]).values())
    )
    return (
        f"{period}，全市通过消费帮扶共销售{goods}销售额{yuan(told['amount_fen'])}元，"
        f"惠及农户{told['households']:,}户，参与采购的单位和个人{told['buyers']:,}个。"
        f"其中，{channels}。{_chinese_year_on_year(told)}"
    )


def _chinese_period(start: dt.date, end: dt.date) -> str:
    first = f"{start.year}年{start.month}月{start.day}日"
    if start == end:
        return first
    year = f"{end.year}年" if end.year != start.year else ""
    month = f"{end.month}月" if year or end.month != start.month else ""
    return f"{first}至{year}{month}{end.day}日"


def _chinese_goods(grams: int, saplings: int) -> str:
    """`农产品1,200斤、苗木80株，`; what is nothing goes unsaid."""
    parts = [f"农产品{in_units(grams, JIN)}斤"] if grams else []
    parts += [f"苗木{saplings:,}株"] if saplings else []
    return "、".join(parts) + "，" if parts else ""


def _chinese_year_on_year(told: Figures) -> str:
    now, before = told["saplings"], told["saplings_same_period_last_year"]
    if before <= 0:
        return "苗木销售实现从无到有，上年同期无销售记录。" if now > 0 else ""
    against = f"上年同期{before:,}株"
    if now == before:
        return f"苗木销售与{against}持平。"
    if now <= 0:
        return f"本期无苗木销售，{against}。"
    if _many_times(now, before):
        return f"苗木销售{now:,}株，{against}。"
    word = "增长" if now > before else "下降"
    return f"苗木销售同比{word}{_percent(now, before)}%（{against}）。"


def _english(told: Figures, start: dt.date, end: dt.date) -> str:
    period = (
        f"On {_english_day(start)}" if start == end else f"From {_english_day(start)} to {_english_day(end)}"
    )
    if not _anything(told):
        return " ".join(filter(None, (f"{period} the ledger holds no sales.", _english_year_on_year(told))))
    channels = "; ".join(
        f"{_ENGLISH_CHANNELS[channel]} {_english_goods(part['produce_grams'], part['saplings'])}"
        f"{yuan(part['amount_fen'])} yuan"
        for channel in Channel
        if any((part := told["by_channel"][channel.value]).values())
    )
    households, buyers = told["households"], told["buyers"]
    sentences = (
        f"{period} the city sold {_english_goods(told['produce_grams'], told['saplings'])}"
        f"{yuan(told['amount_fen'])} yuan in all, from {households:,} household{_s(households)}"
        f" to {buyers:,} buyer{_s(buyers)}.",
        f"Of this, {channels}.",
        _english_year_on_year(told),
    )
    return " ".join(filter(None, sentences))


def _english_day(day: dt.date) -> str:
    return f"{day.day} {calendar.month_name[day.month]} {day.year}"


def _english_goods(grams: int, saplings: int) -> str:
    parts = [f"{in_units(grams, JIN)} jin of produce"] if grams else []
    parts += [f"{saplings:,} sapling{_s(saplings)}"] if saplings else []
    return " and ".join(parts) + " for " if parts else "goods for "


def _english_year_on_year(told: Figures) -> str:
    now, before = told["saplings"], told["saplings_same_period_last_year"]
    if before <= 0:
        return "No saplings were sold in the same period last year." if now > 0 else ""
    against = f"{before:,} in the same period last year"
    if now == before:
        return f"Sapling sales are level with the {against}."
    if now <= 0:
        return f"No saplings were sold, against {against}."
    if _many_times(now, before):
        return f"Saplings sold: {now:,}, against {against}."
    word = "up" if now > before else "down"
    return f"Sapling sales are {word} {_percent(now, before)}% on the {against}."


def _anything(told: Figures) -> bool:
    return any(any(part.values()) for part in told["by_channel"].values())


def _many_times(now: int, before: int) -> bool:
    """Whether a percentage would say nothing: next to nothing was sold then, or the ledger had only just begun."""
    return now > MOST_TIMES * before


def _percent(now: int, before: int) -> str:
    """The change in percent with one decimal, rounded half up, without its sign."""
    tenths = (2000 * abs(now - before) + before) // (2 * before)
    return f"{tenths // 10}.{tenths % 10}" if tenths % 10 else f"{tenths // 10}"


def _s(count: int) -> str:
    return "" if count == 1 else "s"
