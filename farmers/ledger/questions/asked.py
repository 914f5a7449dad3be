"""What can be asked of the ledger: plain values, without a database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.days import month_end

from ..briefing import same_period_last_year


class Dimension(models.TextChoices):
    """What rows and columns are told apart by."""

    TOWN = "town", _("town")
    VILLAGE = "village", _("village")
    PRODUCT = "product", _("product")
    CATEGORY = "category", _("category")
    CHANNEL = "channel", _("channel")
    BUYER_KIND = "buyer_kind", _("kind of buyer")
    BUYER = "buyer", _("buying unit")
    MARK = "mark", _("household's mark")
    MONTH = "month", _("month")


class Figure(models.TextChoices):
    """What is told of each cell. Net: what was taken back in the period is off, whenever it was sold."""

    AMOUNT = "amount", _("amount in yuan")
    GOODS_AMOUNT = "goods_amount", _("amount without saplings, in yuan")
    SAPLING_AMOUNT = "sapling_amount", _("amount of saplings, in yuan")
    GRAMS = "grams", _("produce in jin")
    SAPLINGS = "saplings", _("saplings in plants")
    PIECES = "pieces", _("other goods in pieces")
    HOUSEHOLDS = "households", _("number of households that sold")
    BUYERS = "buyers", _("number of buyers")
    PRICE = "price", _("average price in yuan")
    ENTRIES = "entries", _("number of entries")


class Goods(models.TextChoices):
    PRODUCE = "produce", _("all but saplings")
    SAPLINGS = "saplings", _("saplings alone")


# of these, the answer counts each once, however often it sold or bought
PARTIES = {Figure.HOUSEHOLDS: "household", Figure.BUYERS: "buyer"}

# a cell for households without any mark on the day; and one for all buyers that are persons
UNMARKED, PEOPLE = "none", "people"

Key = str | int


@dataclass(frozen=True)
class Question:
    """`filters` by dimension: a town's or village's id, else the word that entries keep; besides, `goods`.

    Days are Shanghai days, both included.
    """

    rows: Dimension
    first: dt.date
    last: dt.date
    cols: Dimension | None = None
    measure: Figure = Figure.AMOUNT
    filters: Mapping[str, Key] = field(default_factory=dict)

    @property
    def dimensions(self) -> list[Dimension]:
        return [self.rows, self.cols] if self.cols else [self.rows]

    @property
    def year_before(self) -> tuple[dt.date, dt.date]:
        return same_period_last_year(self.first, self.last)

    def turned(self) -> Question:
        """Rows for columns. Only of a question with both."""
        return replace(self, rows=self.cols, cols=self.rows) if self.cols else self

    @property
    def tells_price(self) -> bool:
        """Whether each row or column, or the whole, is of one product: of several, an average says nothing."""
        return Dimension.PRODUCT in self.dimensions or Dimension.PRODUCT.value in self.filters


def month_key(day: dt.date) -> int:
    """A month as one number, so that both databases group and shift it alike."""
    return day.year * 12 + day.month


def month_of(key: int) -> dt.date:
    year, month = divmod(key - 1, 12)
    return dt.date(year, month + 1, 1)


def days_of(key: int, question: Question) -> tuple[dt.date, dt.date]:
    """The days of a month that belong to the question's period."""
    first = month_of(key)
    return max(first, question.first), min(month_end(first), question.last)
