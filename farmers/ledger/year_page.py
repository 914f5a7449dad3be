"""The public year of the ledger as its page draws it: names in the reader's language, lengths of bars."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from typing import Any, NamedTuple

from marketplace.days import today
from marketplace.money import yuan
from marketplace.quantity import UNITS, Unit, in_units

from .chart import Chart, monthly
from .kinds import Channel
from .models import PublicYear
from .public_year import Told

FIRST_YEAR = 2000
JIN = UNITS[Unit.JIN].size


class Row(NamedTuple):
    """A line of a table. A sum that is None would tell of too few households."""

    name: str
    name_en: str
    households: int
    amount_fen: int | None
    produce_grams: int | None
    saplings: int | None
    # of the largest row's amount, in percent: the length of its bar
    share: int
    is_rest: bool  # groups too small to stand alone


class Month(NamedTuple):
    first: dt.date
    amount_fen: int | None
    produce_grams: int | None
    saplings: int | None
    last_year_fen: int | None
    is_over_or_running: bool


class YearPage(NamedTuple):
    year: int
    years: list[int]  # that can be chosen, newest first
    counted_at: dt.datetime
    total: Told
    last_year: Told
    months: list[Month]
    towns: list[Row]
    channels: list[Row]
    chart: Chart

    @property
    def year_before(self) -> int:
        return self.year - 1

    @property
    def yuan(self) -> int:
        """Whole yuan, for a large figure; the tables tell the fen."""
        return int(self.total["amount_fen"] or 0) // 100

    @property
    def yuan_last_year(self) -> int:
        return int(self.last_year["amount_fen"] or 0) // 100

    @property
    def is_empty(self) -> bool:
        return self.total["households"] == 0 and self.total["amount_fen"] == 0

    @property
    def is_of_a_few(self) -> bool:
        """Too few households sold for any figure to be told."""
        return self.total["households"] is None

    @property
    def hides_some(self) -> bool:
        """Whether a figure is blank, so that the page says why."""
        cells = [(cell.amount_fen, cell.produce_grams, cell.saplings) for cell in self.months]
        cells += [(cell.amount_fen, cell.produce_grams, cell.saplings) for cell in self.towns + self.channels]
        return None in self.total.values() or any(None in cell for cell in cells)


def chosen_year(asked: str | None) -> int:
    """The year that was asked for; this one for whatever is no year that the ledger could hold."""
    now = today().year
    if asked and asked.isascii() and asked.isdigit() and len(asked) == 4 and FIRST_YEAR <= int(asked) <= now:
        return int(asked)
    return now


def year_page(kept: PublicYear) -> YearPage:
    told = kept.told
    months = [_month(month) for month in told["months"]]
    return YearPage(
        year=kept.year,
        # a new year begins without being counted
        years=sorted({*told["years"], today().year}, reverse=True),
        counted_at=kept.counted_at,
        total=told["total"],
        last_year=told["last_year"],
        months=months,
        towns=_rows(told["towns"], [(row.get("name", ""), row.get("name_en", "")) for row in told["towns"]]),
        channels=_rows(told["channels"], [_channel(row["key"]) for row in told["channels"]]),
        chart=monthly(
            [month.amount_fen or 0 for month in months], [month.last_year_fen or 0 for month in months]
        ),
    )


def _month(told: Told) -> Month:
    year, number = map(int, told["month"].split("-"))
    first = dt.date(year, number, 1)
    sums = (told["amount_fen"], told["produce_grams"], told["saplings"], told["last_year_fen"])
    return Month(first, *sums, first <= today())


def _channel(key: str) -> tuple[str, str]:
    label = str(Channel(key).label) if key else ""
    return label, label


def _rows(told: Sequence[Told], names: Sequence[tuple[str, str]]) -> list[Row]:
    most = max((row["amount_fen"] or 0 for row in told), default=0)
    return [
        Row(
            *name,
            row["households"],
            row["amount_fen"],
            row["produce_grams"],
            row["saplings"],
            _share(row["amount_fen"] or 0, most),
            not row["key"],
        )
        for row, name in zip(told, names, strict=True)
    ]


def _share(amount_fen: int, most: int) -> int:
    return max(0, 100 * amount_fen // most) if most > 0 else 0


def as_csv(told: Told) -> str:
    """The same figures as a table for anybody's program or spreadsheet, in jin and yuan."""
    out = io.StringIO()
    write = csv.writer(out).writerow
    write(["table", "name", "households", "produce_jin", "saplings", "amount_yuan"])
    write(["year", told["year"], told["total"]["households"], *_cells(told["total"])])
    for row in told["months"]:
        write(["month", row["month"], "", *_cells(row)])
    for table in ("towns", "channels"):
        for row in told[table]:
            name = row.get("name") or row["key"] or "others"
            write([table[:-1], name, row["households"], *_cells(row)])
    return out.getvalue()


def _cells(row: Any) -> list[str | int]:
    grams, fen, saplings = row["produce_grams"], row["amount_fen"], row["saplings"]
    return [
        "" if grams is None else in_units(grams, JIN).replace(",", ""),
        "" if saplings is None else saplings,
        "" if fen is None else yuan(fen).replace(",", ""),
    ]
