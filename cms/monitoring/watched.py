"""The households that are watched, of the three kinds, as a report: what each has per head and year beside the line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import ChoiceFilter
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn

from farmers.monitoring.incomes import line_of, year_of
from farmers.monitoring.models import Warning
from farmers.registry.models import WATCHED_KINDS, Household, MarkKind, encrypted
from farmers.stock.models import current_marks
from marketplace.access.rules import Act
from marketplace.days import today
from marketplace.money import yuan

from ..looked_up import count_of
from ..reports import ActsItem, CitysReport, report_urls, typed


def marked(kinds: Iterable[str]) -> Exists:
    """The condition on a household that one of these marks is in force."""
    return Exists(current_marks(today()).filter(household=OuterRef("pk"), kind__in=list(kinds)))


class WatchedFilter(WagtailFilterSet):
    kind = ChoiceFilter(
        method="is_marked",
        label=gettext_lazy("mark"),
        choices=[(kind.value, kind.label) for kind in MarkKind if kind in WATCHED_KINDS],
    )

    class Meta:
        model = Household
        fields = ["village__town"]

    def is_marked(self, rows: QuerySet[Household], name: str, value: str) -> QuerySet[Household]:
        return rows.filter(marked([value]))


class Watched(CitysReport):
    """Of each household the last twelve whole months: sales here, what else is entered, per head and year."""

    act = Act.KEEP_WATCH
    model = Household
    page_title = gettext_lazy("Watched households")
    header_icon = "view"
    index_url_name = "watched_households"
    index_results_url_name = "watched_households_results"
    filterset_class = WatchedFilter
    default_ordering = "pk"
    columns = [
        TitleColumn(
            "head_name",
            label=gettext_lazy("household"),
            get_url=lambda one: reverse("monitoring:income", args=[one.pk]),
        ),
        Column(
            "place", label=gettext_lazy("village"), accessor=lambda one: f"{one.village.town} {one.village}"
        ),
        Column("marks", label=gettext_lazy("marks"), accessor=lambda one: marks_of(one)),
        Column("members", label=gettext_lazy("members")),
        Column("sales", label=gettext_lazy("sales here"), accessor=lambda one: yuan(one.year.sales_fen)),
        Column("other", label=gettext_lazy("other income less costs"), accessor=lambda one: other_of(one)),
        Column("head", label=gettext_lazy("per head and year"), accessor=lambda one: head_of(one)),
        Column("open_warnings", label=gettext_lazy("open warnings")),
    ]
    list_export = [
        *("pk", "village.town.name", "village.name", "head_name", "told_marks", "members", "told_sales"),
        *("told_other", "told_head", "open_warnings"),
    ]
    export_headings = {
        "pk": gettext_lazy("number of the household"),
        "village.town.name": gettext_lazy("town"),
        "village.name": gettext_lazy("village"),
        "told_marks": gettext_lazy("marks"),
        "told_sales": gettext_lazy("sales here"),
        "told_other": gettext_lazy("other income less costs"),
        "told_head": gettext_lazy("per head and year"),
        "open_warnings": gettext_lazy("open warnings"),
    }
    custom_field_preprocess = {"head_name": {"csv": typed, "xlsx": str}}

    def get_base_queryset(self) -> QuerySet[Household]:
        marks = Prefetch("marks", current_marks(today()).filter(kind__in=WATCHED_KINDS), to_attr="watched_as")
        return (
            Household.objects.visible_to(self.request.user)
            .there()
            .filter(marked(WATCHED_KINDS))
            .select_related("village__town")
            .prefetch_related(marks)
            .defer(*encrypted())
            .annotate(open_warnings=count_of(Warning.objects.open(), "household"))
            .order_by("village__town__position", "village__name", "pk")
        )

    def get_queryset(self) -> QuerySet[Household]:
        return self.get_base_queryset()

    def get_table(self, object_list: Any, **kwargs: Any) -> Any:
        return super().get_table(with_years(object_list), **kwargs)

    def as_spreadsheet(self, queryset: Any, spreadsheet_format: str) -> HttpResponse:
        rows = with_years(queryset)
        for one in rows:
            one.told_marks, one.told_other, one.told_head = marks_of(one), other_of(one), head_of(one)
            one.told_sales = yuan(one.year.sales_fen)
        answer: HttpResponse = super().as_spreadsheet(rows, spreadsheet_format)
        return answer

    def get_page_subtitle(self) -> str:
        line = line_of(today())
        if line is None:
            return _("no yearly line is entered")
        return _("yearly line ¥%(line)s (%(year)s)") % {"line": yuan(line.line_fen), "year": line.year}

    def get_filename(self) -> str:
        return f"watched-{timezone.localdate():%Y-%m-%d}"


def with_years(households: Iterable[Household]) -> list[Any]:
    """Each with what it lived on in the last twelve whole months, as `year`."""
    rows: list[Any] = list(households)
    years = year_of(rows, today())
    for one in rows:
        one.year = years[one.pk]
    return rows


def marks_of(household: Any) -> str:
    return ", ".join(str(mark.get_kind_display()) for mark in household.watched_as)


def other_of(household: Any) -> str:
    fen = household.year.other_fen
    return _("not known") if fen is None else yuan(fen)


def head_of(household: Any) -> str:
    fen = household.year.per_head_fen
    return _("not known") if fen is None else yuan(fen)


def urls() -> list[Any]:
    return report_urls(Watched, "watched", "watched_households")


def menu_item() -> ActsItem:
    return ActsItem(
        gettext_lazy("Watched households"),
        reverse("watched_households"),
        acts=[Act.KEEP_WATCH],
        name="watched-households",
        icon_name="view",
        order=1110,
    )
