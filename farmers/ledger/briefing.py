"""The consumption-aid briefing 消费帮扶简报: a period's figures and the paragraph that officials cite."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any, TypedDict

from django.db.models import Aggregate, Q, QuerySet, Sum
from django.utils.translation import get_language

from farmers.registry.models import Town
from marketplace.days import month_end
from marketplace.money import yuan
from marketplace.percent import tenths
from marketplace.quantity import UNITS, Measure, Unit, in_units

from .kinds import Channel
from .models import BriefingWords, BuyerDay, DayTotal, Entry, HouseholdDay
from .queries import year_before
from .totals import SUMS
from .wording import CHINESE, ENGLISH, SENTENCES, Piece, between, filled, joined_up, plain

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


# --- the figures -------------------------------------------------------------------------------


def figures(start: dt.date, end: dt.date, town: Town | None = None) -> Figures:
    """What the ledger holds of the Shanghai days from `start` to `end`, both included. Three queries on totals.

    All figures are net: what was taken back in the period is off, whenever it was sold. A household is
    reached, and a buyer counted, once, when any produce, saplings or pieces are left to it net of the
    period's returns: one whose sales were all reversed is not. `amount_fen` holds everything sold, also
    goods counted in pieces that are neither produce by weight nor saplings (eggs, honey, live animals).
    Of one town alone, households and buyers are counted from the town's entries.
    """
    this, last = Q(day__range=(start, end)), Q(day__range=same_period_last_year(start, end))
    rows = DayTotal.objects.filter(town=town) if town else DayTotal.objects.all()
    sums = (
        rows.filter(this | last)
        .order_by()
        .values_list("channel")
        .annotate(
            produce=Sum("grams", filter=this, default=0),
            plants=Sum("saplings", filter=this, default=0),
            fen=Sum("amount_fen", filter=this, default=0),
            plants_last=Sum("saplings", filter=last, default=0),
        )
    )
    if town:
        entries = Entry.objects.filter(this, town=town)
        households, buyers = (_parties(entries, who, OF_ENTRIES) for who in ("household", "buyer"))
    else:
        households, buyers = (
            _parties(table._default_manager.filter(this), who, OF_CELLS)
            for table, who in ((HouseholdDay, "household"), (BuyerDay, "buyer"))
        )
    return _figures({channel: rest for channel, *rest in sums}, households, buyers)


def figures_of_entries(
    start: dt.date, end: dt.date, town: Town | None = None, up_to_block: int | None = None
) -> Figures:
    """The same, summed from the entries one by one; with a block, from those that it and the ones before seal."""
    this, last = Q(day__range=(start, end)), Q(day__range=same_period_last_year(start, end))
    entries = Entry.objects.filter(this | last)
    if town:
        entries = entries.filter(town=town)
    if up_to_block is not None:
        entries = entries.filter(seal__block__lte=up_to_block)
    weighed, plants = Q(measure=Measure.GRAM), Q(measure=Measure.COUNT, is_sapling=True)
    sums = (
        entries.order_by()
        .values_list("channel")
        .annotate(
            produce=Sum("quantity", filter=this & weighed, default=0),
            plants=Sum("quantity", filter=this & plants, default=0),
            fen=Sum("amount_fen", filter=this, default=0),
            plants_last=Sum("quantity", filter=last & plants, default=0),
        )
    )
    here = entries.filter(this)
    households, buyers = (_parties(here, who, OF_ENTRIES) for who in ("household", "buyer"))
    return _figures({channel: rest for channel, *rest in sums}, households, buyers)


# what is left to a party, by its entries and by its cells of totals
OF_ENTRIES = {name: SUMS[name] for name in ("sum_grams", "sum_saplings", "sum_pieces")}
OF_CELLS = {"sum_grams": Sum("grams"), "sum_saplings": Sum("saplings"), "sum_pieces": Sum("pieces")}


def _parties(rows: QuerySet[Any], who: str, sums: Mapping[str, Aggregate]) -> int:
    """How many have something left of the period."""
    left = Q(sum_grams__gt=0) | Q(sum_saplings__gt=0) | Q(sum_pieces__gt=0)
    return rows.order_by().values(who).annotate(**sums).filter(left).count()


def _figures(sums: Mapping[str, list[int]], households: int, buyers: int) -> Figures:
    """`sums` by channel: grams, saplings and fen of the period, and the saplings of last year's."""
    by_channel = {
        channel.value: dict(
            zip(
                ("produce_grams", "saplings", "amount_fen"),
                sums.get(channel.value, [0, 0, 0, 0])[:3],
                strict=True,
            )
        )
        for channel in Channel
    }
    return {
        "produce_grams": sum(part["produce_grams"] for part in by_channel.values()),
        "saplings": sum(part["saplings"] for part in by_channel.values()),
        "amount_fen": sum(part["amount_fen"] for part in by_channel.values()),
        "households": households,
        "buyers": buyers,
        "by_channel": by_channel,
        "saplings_same_period_last_year": sum(row[3] for row in sums.values()),
    }


def same_period_last_year(start: dt.date, end: dt.date) -> tuple[dt.date, dt.date]:
    """A year earlier; a period that ends with its month ends with that month then too (28 or 29 February)."""
    first, last = year_before(start), year_before(end)
    if end == month_end(end):
        last = month_end(last)
    return first, last


# --- one figure --------------------------------------------------------------------------------

# the keys by which pieces of a text name the figures they tell; a channel's are `canteen.amount_fen` and so on
PERCENT = "percent"


def value_of(told: Figures, figure: str) -> int:
    """A figure by its key; of `percent`, the tenths of a percent that saplings rose or fell."""
    if figure == PERCENT:
        return _tenths(told["saplings"], told["saplings_same_period_last_year"])
    channel, _dot, name = figure.rpartition(".")
    return told["by_channel"][channel][name] if channel else told[name]  # type: ignore[literal-required]


def printed(told: Figures, figure: str, language: str) -> str:
    """The figure as a text in that language tells it; whatever is counted has its noun with it in English."""
    value = value_of(told, figure)
    name = figure.rpartition(".")[2]
    if name == "amount_fen":
        return yuan(value)
    if name == "produce_grams":
        return in_units(value, JIN)
    if figure == PERCENT:
        return f"{value // 10}.{value % 10}" if value % 10 else f"{value // 10}"
    noun = {"households": "household", "buyers": "buyer", "saplings": "sapling"}.get(name)
    if language == ENGLISH and noun:
        return f"{value:,} {noun}{'' if value == 1 else 's'}"
    return f"{value:,}"


# --- the text ----------------------------------------------------------------------------------


def text(
    told: Figures,
    start: dt.date,
    end: dt.date,
    town: Town | None = None,
    sentences: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
) -> str:
    """The paragraph, in Chinese as officials write it, or in English where that is the active language.

    `sentences` are the editors', as `edited` has them.

    The change on last year is in percent up to +300 %; of more, the two figures are told and no percentage.
    """
    language = ENGLISH if (get_language() or "").startswith("en") else CHINESE
    return plain(pieces(told, start, end, town, language, sentences.get(language, {})))


def edited() -> dict[str, dict[str, str]]:
    """What editors made of the sentences, by language. One query."""
    return {
        words.language: {name: written for name in SENTENCES if (written := getattr(words, name).strip())}
        for words in BriefingWords.objects.all()
    }


def pieces(
    told: Figures,
    start: dt.date,
    end: dt.date,
    town: Town | None,
    language: str,
    sentences: Mapping[str, str],
    withheld: Collection[str] = (),
) -> list[Piece]:
    """The paragraph with each figure apart, in the editors' `sentences` and, of what they left, the default ones.

    Of the figures that are `withheld` nothing is said but that there are other goods.
    """
    english = language == ENGLISH

    def said(name: str, **values: Any) -> list[Piece]:
        return filled(sentences.get(name) or SENTENCES[name].default(language), values)

    def figure(key: str) -> Piece:
        return Piece(printed(told, key, language), key)

    def goods(prefix: str = "") -> list[Piece]:
        sold = {"produce": ("jin", f"{prefix}produce_grams"), "saplings": ("saplings", f"{prefix}saplings")}
        there = {name: place for name, place in sold.items() if value_of(told, place[1])}
        parts = [
            said(name, **{place: figure(key)}) for name, (place, key) in there.items() if key not in withheld
        ]
        if not parts:
            return [Piece("goods" if english else "货物")]
        if len(parts) < len(there):
            parts.append(said("others"))
        return between(parts, " and " if english else "、")

    def compared() -> list[Piece]:
        now, before = told["saplings"], told["saplings_same_period_last_year"]
        values = {"now": Piece(f"{now:,}", "saplings"), "before": figure("saplings_same_period_last_year")}
        if values["before"].figure in withheld:
            return []
        if before <= 0:
            return said("first", **values) if now > 0 else []
        if now == before:
            return said("level", **values)
        if now <= 0:
            return said("none", **values)
        # next to nothing was sold then, or the ledger had only just begun: a percentage would say nothing
        if now > MOST_TIMES * before:
            return said("manifold", **values)
        return said("up" if now > before else "down", percent=figure(PERCENT), **values)

    here: dict[str, Any] = {
        "period": _english_period(start, end) if english else _chinese_period(start, end),
        "place": _place(town, english),
        "compared": compared(),
    }
    if not any(any(part.values()) for part in told["by_channel"].values()):
        return _trimmed(said("nothing", **here))
    channels = [
        said(channel.value, goods=goods(f"{channel.value}."), amount=figure(f"{channel.value}.amount_fen"))
        for channel in Channel
        if any(told["by_channel"][channel.value].values()) and f"{channel.value}.amount_fen" not in withheld
    ]
    whole = said(
        "sold",
        goods=goods(),
        amount=figure("amount_fen"),
        households=figure("households"),
        buyers=figure("buyers"),
        channels=between(channels, "; " if english else "；"),
        **here,
    )
    return _trimmed(whole)


def _trimmed(whole: list[Piece]) -> list[Piece]:
    """Without the blank that stood before what there was not to say."""
    if whole and not whole[-1].figure:
        whole[-1] = Piece(whole[-1].words.rstrip())
    return joined_up(whole)


def _place(town: Town | None, english: bool) -> str:
    if town is None:
        return "the city" if english else "全市"
    return town.name_en if english else town.name


def _chinese_period(start: dt.date, end: dt.date) -> str:
    first = f"{start.year}年{start.month}月{start.day}日"
    if start == end:
        return first
    year = f"{end.year}年" if end.year != start.year else ""
    month = f"{end.month}月" if year or end.month != start.month else ""
    return f"{first}至{year}{month}{end.day}日"


def _english_period(start: dt.date, end: dt.date) -> str:
    return (
        f"On {_english_day(start)}" if start == end else f"From {_english_day(start)} to {_english_day(end)}"
    )


def _english_day(day: dt.date) -> str:
    return f"{day.day} {calendar.month_name[day.month]} {day.year}"


def _tenths(now: int, before: int) -> int:
    """The change in tenths of a percent, rounded half up, without its sign."""
    return tenths(abs(now - before), before) if before else 0
