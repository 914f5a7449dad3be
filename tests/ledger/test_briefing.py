from __future__ import annotations

import datetime as dt
import json
import random
from collections import defaultdict
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from farmers.ledger.briefing import Figures, figures, same_period_last_year, text
from farmers.ledger.models import Entry
from farmers.ledger.post import CannotReverse, post_sales, reverse

from . import books
from .books import JIN, eggs, noon, potatoes, saplings

APRIL = (dt.date(2026, 4, 1), dt.date(2026, 4, 30))
CHANNELS = ("canteen", "online", "green")


def briefing(*args: str) -> Any:
    said = StringIO()
    call_command("briefing", *args, stdout=said)
    return json.loads(said.getvalue()) if "--json" in args else said.getvalue()


def told(**changed: Any) -> Figures:
    """Figures of a month in which everything sold went through the green channel and the canteens."""
    canteen = {"produce_grams": 600_000, "saplings": 0, "amount_fen": 144_050}
    green = {"produce_grams": 0, "saplings": 80, "amount_fen": 280_000}
    nothing = {"produce_grams": 0, "saplings": 0, "amount_fen": 0}
    whole: dict[str, Any] = {
        "produce_grams": 600_000,
        "saplings": 80,
        "amount_fen": 424_050,
        "households": 12,
        "buyers": 3,
        "by_channel": {"canteen": canteen, "online": nothing, "green": green},
        "saplings_same_period_last_year": 64,
        **changed,
    }
    return whole  # type: ignore[return-value]


# --- the figures -------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_figures_are_the_sums_of_the_entries_of_the_period() -> None:
    """Three years of sales and returns at random, told against the entries one by one, for many periods."""
    chance = random.Random(7)
    families = [*books.households(4), *books.households(4)]
    facts = [
        make(
            chance.choice(families),
            quantity=chance.randint(1, 5000),
            at=dt.datetime(2024, 1, 1, tzinfo=dt.UTC) + dt.timedelta(hours=chance.randint(0, 26_000)),
            channel=chance.choice(CHANNELS),
            buyer=f"person:{chance.randint(1, 9)}",
        )
        for make in chance.choices([potatoes, saplings, eggs], k=150)
    ]
    for number, sale in enumerate(chance.sample(post_sales(facts), 60)):
        at = sale.at + dt.timedelta(days=chance.choice([0, 3, 90, 400]))
        reverse(sale.key, key=f"r{number}", quantity=sale.quantity, at=at, reason="returned", by=None)
    entries = list(Entry.objects.all())
    periods = [
        APRIL,
        (dt.date(2024, 2, 1), dt.date(2024, 2, 29)),
        (dt.date(2024, 1, 1), dt.date(2027, 12, 31)),
    ]
    for _ in range(12):
        first = dt.date(2024, 1, 1) + dt.timedelta(days=chance.randint(0, 1000))
        periods.append((first, first + dt.timedelta(days=chance.randint(0, 200))))
    for start, end in periods:
        assert figures(start, end) == _from_entries(entries, start, end)


def _from_entries(entries: list[Entry], start: dt.date, end: dt.date) -> dict[str, Any]:
    def of(first: dt.date, last: dt.date) -> list[Entry]:
        shanghai = dt.timezone(dt.timedelta(hours=8))
        return [e for e in entries if first <= e.at.astimezone(shanghai).date() <= last]

    def produce(some: list[Entry]) -> int:
        return sum(e.quantity for e in some if e.measure == "g")

    def trees(some: list[Entry]) -> int:
        return sum(e.quantity for e in some if e.is_sapling)

    def parties(some: list[Entry], name: str) -> int:
        left: dict[Any, list[int]] = defaultdict(lambda: [0, 0, 0])
        for e in some:
            left[getattr(e, name)][0 if e.measure == "g" else 1 if e.is_sapling else 2] += e.quantity
        return sum(max(kinds) > 0 for kinds in left.values())

    here = of(start, end)
    by_channel = {
        channel: {
            "produce_grams": produce(some := [e for e in here if e.channel == channel]),
            "saplings": trees(some),
            "amount_fen": sum(e.amount_fen for e in some),
        }
        for channel in CHANNELS
    }
    return {
        "produce_grams": produce(here),
        "saplings": trees(here),
        "amount_fen": sum(e.amount_fen for e in here),
        "households": parties(here, "household_id"),
        "buyers": parties(here, "buyer"),
        "by_channel": by_channel,
        "saplings_same_period_last_year": trees(of(*same_period_last_year(start, end))),
    }


@pytest.mark.django_db
def test_a_day_is_a_day_in_shanghai() -> None:
    household = books.a_household()
    for moment in (
        "2026-03-31T15:59:59",
        "2026-03-31T16:00:00",
        "2026-04-30T15:59:59",
        "2026-04-30T16:00:00",
    ):
        post_sales([potatoes(household, 1, at=dt.datetime.fromisoformat(f"{moment}+00:00"))])
    assert figures(*APRIL)["produce_grams"] == 2 * JIN
    assert figures(dt.date(2026, 3, 31), dt.date(2026, 3, 31))["produce_grams"] == JIN
    assert figures(dt.date(2026, 5, 1), dt.date(2026, 5, 1))["produce_grams"] == JIN


@pytest.mark.django_db
def test_a_household_whose_sales_all_came_back_is_not_reached() -> None:
    kept, returned = books.households(2)
    post_sales([potatoes(kept, buyer="person:1")])
    (sale,) = post_sales([potatoes(returned, buyer="person:2")])
    assert (figures(*APRIL)["households"], figures(*APRIL)["buyers"]) == (2, 2)
    reverse(sale.key, key="r", quantity=sale.quantity, at=noon(2026, 4, 30), reason="mouldy", by=None)
    assert (figures(*APRIL)["households"], figures(*APRIL)["buyers"]) == (1, 1)


@pytest.mark.django_db
def test_a_return_counts_in_its_own_period_and_leaves_the_sale_s_alone() -> None:
    (sale,) = post_sales([potatoes(books.a_household(), 10)])
    reverse(sale.key, key="r", quantity=4 * JIN, at=noon(2026, 5, 2), reason="mouldy", by=None)
    assert figures(*APRIL)["amount_fen"] == 1200
    may = figures(dt.date(2026, 5, 1), dt.date(2026, 5, 31))
    assert (may["amount_fen"], may["produce_grams"], may["households"]) == (-480, -4 * JIN, 0)
    assert figures(dt.date(2026, 4, 1), dt.date(2026, 5, 31))["amount_fen"] == 720
    with pytest.raises(CannotReverse):
        reverse(sale.key, key="r2", quantity=7 * JIN, at=noon(2026, 6, 1), reason="mouldy", by=None)


@pytest.mark.django_db
def test_figures_cost_three_queries_for_a_day_and_for_years(query_budget: Any) -> None:
    post_sales([saplings(household) for household in books.households(8)])
    for period in (APRIL, (dt.date(1, 1, 1), dt.date(9999, 12, 31))):
        with query_budget(3):
            assert figures(*period)["saplings"] == 160


@pytest.mark.parametrize(
    ("start", "end", "first", "last"),
    [
        ("2026-04-01", "2026-04-30", "2025-04-01", "2025-04-30"),
        ("2024-02-01", "2024-02-29", "2023-02-01", "2023-02-28"),
        ("2025-02-01", "2025-02-28", "2024-02-01", "2024-02-29"),
        ("2024-02-29", "2024-03-03", "2023-02-28", "2023-03-03"),
        ("2026-01-01", "2026-04-18", "2025-01-01", "2025-04-18"),
        ("0001-01-01", "0001-12-31", "0001-01-01", "0001-12-31"),
    ],
)
def test_the_same_period_last_year_ends_with_its_month(start: str, end: str, first: str, last: str) -> None:
    found = same_period_last_year(dt.date.fromisoformat(start), dt.date.fromisoformat(end))
    assert [day.isoformat() for day in found] == [first, last]


# --- the paragraph -----------------------------------------------------------------------------


def test_the_paragraph_says_every_figure_as_officials_do() -> None:
    with translation.override("zh-hans"):
        assert text(told(), *APRIL) == (
            "2026年4月1日至30日，全市通过消费帮扶共销售农产品1,200斤、苗木80株，销售额4,240.50元，"
            "惠及农户12户，参与采购的单位和个人3个。"
            "其中，机关单位食堂采购农产品1,200斤，1,440.50元；苗木绿色通道销售苗木80株，2,800.00元。"
            "苗木销售同比增长25%（上年同期64株）。"
        )


def test_the_paragraph_reads_in_english() -> None:
    with translation.override("en"):
        assert text(told(buyers=1), *APRIL) == (
            "From 1 April 2026 to 30 April 2026 the city sold 1,200 jin of produce and 80 saplings for 4,240.50"
            " yuan in all, from 12 households to 1 buyer. Of this, public canteens bought 1,200 jin of produce"
            " for 1,440.50 yuan; the green channel sold 80 saplings for 2,800.00 yuan."
            " Sapling sales are up 25% on the 64 in the same period last year."
        )


@pytest.mark.parametrize(
    ("now", "before", "chinese", "english"),
    [
        (80, 0, "从无到有", "No saplings were sold in the same period last year."),
        (80, 80, "与上年同期80株持平", "level with the 80"),
        (80, 96, "同比下降16.7%（上年同期96株）", "down 16.7% on the 96"),
        (80, 20, "同比增长300%（上年同期20株）", "up 300% on the 20"),
        # a percentage of next to nothing is no figure to cite
        (81, 20, "苗木销售81株，上年同期20株。", "Saplings sold: 81, against 20 in the same"),
        (8000, 1, "苗木销售8,000株，上年同期1株。", "Saplings sold: 8,000, against 1 in the same"),
        (0, 64, "本期无苗木销售，上年同期64株", "No saplings were sold, against 64"),
    ],
)
def test_saplings_are_compared_with_the_year_before(
    now: int, before: int, chinese: str, english: str
) -> None:
    figures = told(saplings=now, saplings_same_period_last_year=before)
    with translation.override("zh-hans"):
        assert chinese in text(figures, *APRIL)
    with translation.override("en"):
        assert english in text(figures, *APRIL)


def test_without_saplings_in_either_year_nothing_is_said_of_them() -> None:
    without = told(saplings=0, saplings_same_period_last_year=0)
    assert "苗木销售同比" not in text(without, *APRIL)


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2026-04-18", "2026-04-18", "2026年4月18日，"),
        ("2026-03-28", "2026-04-18", "2026年3月28日至4月18日，"),
        ("2025-12-28", "2026-01-18", "2025年12月28日至2026年1月18日，"),
    ],
)
def test_a_period_is_said_without_repeating_itself(start: str, end: str, words: str) -> None:
    said = text(told(), dt.date.fromisoformat(start), dt.date.fromisoformat(end))
    assert said.startswith(words)


# --- the command -------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_command_prints_figures_and_text() -> None:
    post_sales([potatoes(books.a_household(), 10), saplings(books.a_household(), at=noon(2025, 4, 30))])
    answer = briefing("--from", "2026-04-01", "--to", "2026-04-30", "--json")
    assert list(answer) == [
        "produce_grams", "saplings", "amount_fen", "households", "buyers", "by_channel",
        "saplings_same_period_last_year", "text",
    ]  # fmt: skip
    assert answer["by_channel"]["online"] == {"produce_grams": 5000, "saplings": 0, "amount_fen": 1200}
    assert list(answer["by_channel"]) == list(CHANNELS)
    assert answer["saplings_same_period_last_year"] == 20
    assert answer["text"] == briefing("--from", "2026-04-01", "--to", "2026-04-30").strip()


@pytest.mark.django_db
def test_an_empty_period_says_so() -> None:
    assert briefing("--from", "2026-04-01", "--to", "2026-04-30") == (
        "2026年4月1日至30日，全市台账中没有消费帮扶销售记录。\n"
    )
    with translation.override("en"):
        assert "the ledger holds no sales" in text(figures(*APRIL), *APRIL)
    answer = briefing("--from", "2026-04-01", "--to", "2026-04-30", "--json")
    assert (answer["amount_fen"], answer["households"], answer["buyers"]) == (0, 0, 0)
    assert set(answer["by_channel"]) == set(CHANNELS)


@pytest.mark.django_db
def test_goods_counted_in_pieces_are_sold_goods_too() -> None:
    post_sales([eggs(books.a_household(), 3)])
    said = briefing("--from", "2026-04-01", "--to", "2026-04-30")
    assert "销售额180.00元" in said
    assert "没有消费帮扶销售记录" not in said


@pytest.mark.parametrize(
    ("start", "end", "complaint"),
    [
        ("2026-04-31", "2026-05-01", "--from"),
        ("2026-04-01", "april", "--to"),
        ("", "2026-04-01", "--from"),
        ("2026-05-01", "2026-04-30", "before"),
    ],
)
def test_bad_days_are_refused_in_one_line(start: str, end: str, complaint: str) -> None:
    with pytest.raises(CommandError) as refused:
        briefing("--from", start, "--to", end)
    assert complaint in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("args", [(), ("--from", "2026-04-01"), ("--to", "2026-04-01")])
def test_both_days_are_asked_for(args: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        briefing(*args)
