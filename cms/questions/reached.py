"""Households reached and not for 90 days, by town, village or mark; first where most were not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from farmers.ledger.questions.asked import Dimension, Figure, Key, Question
from farmers.ledger.questions.reached import QUIET_DAYS, Reached, reached
from farmers.registry.models import Household
from marketplace.access.rules import Act, may
from marketplace.percent import percent

from .drawing import drawing
from .forms import QuestionForm, address
from .names import Names, names
from .sheets import taken_along
from .told import Form, Row, Table, Told
from .views import Asked

BY = (Dimension.TOWN, Dimension.VILLAGE, Dimension.MARK)


class ReachedForm(QuestionForm):
    FILTERS = (Dimension.TOWN,)

    def __init__(self, data: Mapping[str, Any], names: Names) -> None:
        super().__init__({**{name: data[name] for name in data}, "measure": Figure.HOUSEHOLDS.value}, names)
        choices = [(by.value, by.label) for by in BY]
        self.fields["rows"] = forms.ChoiceField(label=pgettext_lazy("table", "Rows"), choices=choices)
        self.fields["measure"].widget = forms.HiddenInput()
        for name in ("cols", "goods"):
            del self.fields[name]


class Households(Asked):
    """`?rows=town|village|mark&from=&to=&town=`; `export=csv` or `xlsx`."""

    template_name = "cms/admin/question_households.html"
    page_title = gettext_lazy("Households reached")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        known = names()
        form = ReachedForm(request.GET, known)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        question = form.question()
        rows = Household.objects.visible_to(self.request.user).there()
        if "town" in question.filters:
            rows = rows.filter(village__town=int(question.filters["town"]))
        by_key, total = reached(rows, question.rows, question.first, question.last)
        links = may(self.request.user, Act.SEE_CITY)
        told = _table(question, known, by_key, total, links)
        said = [
            _("Households on the registry today, where they live today.")
            + " "
            + _("Reached: something that they sold from %(first)s to %(last)s was kept by its buyer.")
            % {"first": f"{question.first:%Y-%m-%d}", "last": f"{question.last:%Y-%m-%d}"},
            _("Not for %(days)s days: nothing sold in the %(days)s days up to %(last)s.")
            % {"days": QUIET_DAYS, "last": f"{question.last:%Y-%m-%d}"},
        ]
        kind = request.GET.get("export")
        heading = _("Households reached by %(rows)s") % {"rows": question.rows.label}
        if kind in ("csv", "xlsx"):
            name = f"households-by-{question.rows}-{question.first:%Y%m%d}-{question.last:%Y%m%d}"
            return taken_along(kind, name, heading, said, told)
        asked = address(question, known, cols=None, measure=None)
        here = reverse("questions:households")
        context = self.get_context_data(
            form=form,
            title=heading,
            about=said,
            table=told,
            drawing=drawing(told),
            nothing=_(
                "No household is on the registry there yet. Officers enter them, or the workbook brings them."
            ),
            question=question,
            overlaps=question.rows == Dimension.MARK,
            export={kind: f"{here}?{asked}&export={kind}" for kind in ("xlsx", "csv")},
        )
        return self.render_to_response(context)


def _table(
    question: Question, known: Names, by_key: dict[Key, Reached], total: Reached, links: bool
) -> Table:
    columns = [
        _("households on the registry"),
        _("number of households that sold"),
        _("share reached"),
        _("not for 90 days"),
    ]
    order = {named.key: at for at, named in enumerate(known.known[question.rows].values())}
    rows = [
        _row(known.label(question.rows, key), counts, question, known, key, links)
        for key, counts in sorted(
            by_key.items(), key=lambda item: (-item[1].quiet, order.get(item[0], len(order)))
        )
    ]
    return Table(
        head=str(question.rows.label),
        columns=columns,
        rows=rows,
        total=_row(_("Total"), total, question, known, None, links) if rows else None,
        form=Form.COUNT,
        drawn=[_("number of households that sold"), _("not for 90 days")],
    )


def _row(label: str, counts: Reached, question: Question, known: Names, key: Key | None, links: bool) -> Row:
    own = {"village__town": "", "village": "", "mark": ""}
    sold: dict[str, str | None] = {"rows": None, "measure": Figure.HOUSEHOLDS.value}
    if question.rows == Dimension.TOWN or "town" in question.filters:
        own["village__town"] = str(
            key if question.rows == Dimension.TOWN and key else question.filters.get("town", "")
        )
    if key is not None:
        sold[question.rows.value] = known.word(question.rows, key)
        if question.rows == Dimension.MARK:
            own["mark"] = str(key)
        elif question.rows == Dimension.VILLAGE:
            own["village"] = str(key)

    def households(**more: str) -> str:
        asked = {name: value for name, value in {**own, **more}.items() if value}
        return f"{reverse('household:index')}?{urlencode(asked)}" if links else ""

    told = [
        Told(counts.households, Form.COUNT, households(erased="false")),
        Told(
            counts.reached,
            Form.COUNT,
            f"{reverse('questions:entries')}?{address(question, known, **sold)}" if counts.reached else "",
        ),
        Told(None, Form.WORD, word=percent(counts.reached, counts.households)),
        Told(
            counts.quiet,
            Form.COUNT,
            households(erased="false", quiet=question.last.isoformat()) if counts.quiet else "",
        ),
    ]
    return Row(label, told, [counts.reached, counts.quiet], None)
