"""The share of each unit's reserved budget, as `shop.buyers.progress` measures it; its own pages open each figure."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.auth import permission_denied

from marketplace.access.rules import Act, may
from marketplace.days import today
from marketplace.percent import percent
from marketplace.templatetags.market import in_language
from shop.buyers.progress import Standing, UnitYear, city_of, city_year

from .drawing import drawing
from .sheets import taken_along
from .told import Form, Row, Table, Told
from .views import Asked

FIRST_YEAR = 2020


class YearForm(forms.Form):
    year = forms.TypedChoiceField(label=gettext_lazy("Year"), coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = range(today().year, FIRST_YEAR - 1, -1)
        self.fields["year"].choices = [(year, str(year)) for year in years]  # type: ignore[attr-defined]


class Shares(Asked):
    template_name = "cms/admin/question_shares.html"
    page_title = gettext_lazy("Reserved shares of units")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # units belong to the city, not to a town
        if not may(request.user, Act.SEE_CITY):
            denied: HttpResponse = permission_denied(request)
            return denied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = YearForm({"year": request.GET.get("year") or today().year})
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        year = form.cleaned_data["year"]
        told = shares(year)
        heading = _("Reserved shares of units in %(year)s") % {"year": year}
        kind = request.GET.get("export")
        if kind in ("csv", "xlsx"):
            return taken_along(kind, f"reserved-shares-{year}", heading, [], told)
        here = reverse("questions:shares")
        context = self.get_context_data(
            form=form,
            title=heading,
            about=[],
            table=told,
            drawing=drawing(told),
            nothing=_(
                "No unit owes a share yet. Units are entered under Units, and file their budgets themselves."
            ),
            export={kind: f"{here}?year={year}&export={kind}" for kind in ("xlsx", "csv")},
        )
        return self.render_to_response(context)


STANDINGS = {
    Standing.BEHIND: gettext_lazy("behind"),
    Standing.NOT_FILED: gettext_lazy("budget not filed"),
    Standing.ON_PACE: gettext_lazy("on pace"),
    Standing.REACHED: gettext_lazy("reached"),
}


def shares(year: int) -> Table:
    """The units that owe a share, those behind first."""
    units = city_year(year)
    rows = [_row(each, year) for each in units if each.standing != Standing.OWES_NOTHING]
    whole = city_of(units, year)
    city = whole.progress
    total = Row(
        _("All with a checked budget"),
        [
            Told(city.reserved, Form.YUAN),
            Told(city.bought, Form.YUAN),
            Told(None, Form.WORD, word=percent(city.bought, city.reserved)),
            Told(whole.missing, Form.YUAN),
            Told(None, Form.WORD),
        ],
        [],
        None,
    )
    return Table(
        head=_("buying unit"),
        columns=[
            _("reserved in yuan"),
            _("bought in yuan"),
            _("share of it"),
            _("missing at this pace, in yuan"),
            _("state"),
        ],
        rows=rows,
        total=total if rows else None,
        form=Form.YUAN,
        drawn=[_("bought in yuan"), _("reserved in yuan")],
    )


def _row(each: UnitYear, year: int) -> Row:
    url = f"{reverse('canteen-unit-progress', args=[each.unit.pk])}?year={year}"
    reserved = each.progress.reserved if each.progress else None
    missing = each.progress.missing if each.progress else None
    told = [
        Told(reserved, Form.YUAN, url if reserved else ""),
        Told(each.bought, Form.YUAN, url),
        Told(None, Form.WORD, word=percent(each.bought, reserved or 0)),
        Told(missing, Form.YUAN),
        Told(None, Form.WORD, word=str(STANDINGS[each.standing])),
    ]
    return Row(in_language(each.unit.name, each.unit.name_en), told, [each.bought, reserved or 0], None)
