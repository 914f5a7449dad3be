"""A question as an address writes it: whatever is wrong is told at its field."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from farmers.ledger.questions.asked import Dimension, Figure, Goods, Question
from marketplace.days import today

from .names import Names

FIRST_DAY, LAST_DAY = dt.date(2000, 1, 1), dt.date(2100, 12, 31)


class Period(models.TextChoices):
    """Periods that move with the calendar, so that a question kept today asks the right thing next month."""

    THIS_YEAR = "this_year", gettext_lazy("this year up to today")
    THIS_QUARTER = "this_quarter", gettext_lazy("this quarter up to today")
    THIS_MONTH = "this_month", gettext_lazy("this month up to today")
    LAST_MONTH = "last_month", gettext_lazy("last month")
    LAST_QUARTER = "last_quarter", gettext_lazy("last quarter")
    LAST_YEAR = "last_year", gettext_lazy("last year")


def days_in(period: str, day: dt.date) -> tuple[dt.date, dt.date]:
    """The first and last day of a period as seen from `day`."""
    months = 1 if "month" in period else 3 if "quarter" in period else 12
    first = day.replace(month=(day.month - 1) // months * months + 1, day=1)
    if period.startswith("this"):
        return first, day
    last = first - dt.timedelta(1)
    return last.replace(month=last.month - months + 1, day=1), last


class QuestionForm(forms.Form):
    """Sent by GET, so that a question is an address."""

    FILTERS: tuple[Dimension, ...] = (
        *(Dimension.TOWN, Dimension.VILLAGE, Dimension.PRODUCT, Dimension.CATEGORY, Dimension.CHANNEL),
        *(Dimension.BUYER_KIND, Dimension.BUYER, Dimension.MARK),
    )

    def __init__(self, data: Mapping[str, Any], names: Names) -> None:
        asked = {name: data.get(name, "") for name in data}
        asked.setdefault("rows", Dimension.TOWN.value)
        asked.setdefault("measure", Figure.AMOUNT.value)
        if not (asked.get("from") or asked.get("to")):
            asked["period"] = asked.get("period") or Period.THIS_YEAR.value
        super().__init__(asked)
        self.names = names
        self.fields["rows"] = forms.ChoiceField(
            label=pgettext_lazy("table", "Rows"), choices=Dimension.choices
        )
        self.fields["cols"] = forms.ChoiceField(
            label=pgettext_lazy("table", "Columns"),
            choices=[("", _("none, but last year beside it")), *Dimension.choices],
            required=False,
        )
        self.fields["measure"] = forms.ChoiceField(label=gettext_lazy("Figure"), choices=Figure.choices)
        self.fields["period"] = forms.ChoiceField(
            label=gettext_lazy("Period"),
            choices=[("", _("by the days below")), *Period.choices],
            required=False,
        )
        for name, label in (("from", pgettext_lazy("period", "From")), ("to", pgettext_lazy("period", "To"))):
            self.fields[name] = forms.DateField(
                label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            )
        for dimension in self.FILTERS:
            under = asked.get("town", "") if dimension == Dimension.VILLAGE else ""
            choices = names.choices(dimension, under)
            self.fields[dimension.value] = forms.ChoiceField(
                label=str(dimension.label), choices=[("", _("all")), *choices], required=False
            )
        self.fields["goods"] = forms.ChoiceField(
            label=gettext_lazy("goods"), choices=[("", _("all")), *Goods.choices], required=False
        )

    @property
    def narrowing(self) -> list[str]:
        return [*(dimension.value for dimension in self.FILTERS), "goods"]

    @property
    def is_narrowed(self) -> bool:
        return any(self.data.get(name) for name in self.narrowing)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        first, last = data.get("from"), data.get("to")
        if not first and not last and not {"from", "to"} & self.errors.keys():
            first, last = days_in(data.get("period") or Period.THIS_YEAR, today())
        else:
            # one of them alone: from then up to today, or from the beginning of that year
            last = last or max(today(), first) if first else last
            first = first or (last.replace(month=1, day=1) if last else None)
        for name, day in (("from", first), ("to", last)):
            if day and not FIRST_DAY <= day <= LAST_DAY:
                self.add_error(name, _("Choose a day between 2000 and 2100."))
        if first and last and last < first:
            self.add_error("to", _("The last day is before the first."))
        if data.get("cols") and data.get("cols") == data.get("rows"):
            self.add_error("cols", _("Rows and columns are the same. Choose something else for one of them."))
        data["first"], data["last"] = first, last
        if not self.errors and data["measure"] == Figure.PRICE and not self._question(data).tells_price:
            self.add_error(
                "measure",
                _(
                    "An average price is told for one product: choose products as rows or columns, or one product."
                ),
            )
        return data

    def question(self) -> Question:
        """Of a form without errors."""
        return self._question(self.cleaned_data)

    def _question(self, data: dict[str, Any]) -> Question:
        filters: dict[str, str | int] = {
            dimension.value: self.names.key(dimension, data[dimension.value])
            for dimension in self.FILTERS
            if data.get(dimension.value)
        }
        if data.get("goods"):
            filters["goods"] = data["goods"]
        return Question(
            rows=Dimension(data["rows"]),
            cols=Dimension(data["cols"]) if data.get("cols") else None,
            first=data["first"],
            last=data["last"],
            measure=Figure(data["measure"]),
            filters=filters,
        )

    def kept(self) -> dict[str, str]:
        """What to keep of it: the period as it was chosen, so that it moves on with the calendar."""
        asked = {name: str(self.data.get(name) or "") for name in self.fields}
        if asked["from"] or asked["to"]:
            asked["period"] = ""
        return {name: value for name, value in asked.items() if value}


def address(question: Question, names: Names, **more: str | None) -> str:
    """The question as the part of an address after `?`. `more` is added, or left out where it is None."""
    asked: dict[str, str | None] = {
        "rows": question.rows.value,
        "cols": question.cols.value if question.cols else None,
        "measure": question.measure.value,
        "from": question.first.isoformat(),
        "to": question.last.isoformat(),
    }
    for name, key in question.filters.items():
        asked[name] = str(key) if name == "goods" else names.word(Dimension(name), key)
    return urlencode({name: value for name, value in {**asked, **more}.items() if value is not None})
