"""Warnings in the admin: the whole city's, filtered, taken along as a file; and how many each town has in which state."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import BooleanFilter, DateFromToRangeFilter, ModelChoiceFilter
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.widgets.button import HeaderButton

from farmers.monitoring.models import State, Warning
from farmers.monitoring.shown import entries, facts, stuck_lots
from farmers.registry.models import Household, Town, encrypted
from marketplace.access.rules import Act
from marketplace.days import today

from ..looked_up import LookedUp, LookUpIndex, LookUpInspect, a_column
from ..reports import ActsItem, CitysReport, report_urls, typed

# --- one by one ---------------------------------------------------------------------------------


class WarningFilter(WagtailFilterSet):
    raised_at = DateFromToRangeFilter(label=gettext_lazy("raised at"), widget=DateRangePickerWidget)
    town = ModelChoiceFilter(
        label=gettext_lazy("town"), field_name="household__village__town", queryset=Town.objects.all()
    )
    is_open = BooleanFilter(method="stands_open", label=gettext_lazy("not closed"))
    overdue = BooleanFilter(method="is_late", label=gettext_lazy("overdue"))

    class Meta:
        model = Warning
        fields = ["raised_at", "town", "rule", "kind", "state"]

    def stands_open(self, rows: QuerySet[Warning], name: str, value: bool) -> QuerySet[Warning]:
        return rows.exclude(state=State.CLOSED) if value else rows.filter(state=State.CLOSED)

    def is_late(self, rows: QuerySet[Warning], name: str, value: bool) -> QuerySet[Warning]:
        late = Q(due_on__lt=today())
        return rows.filter(late) if value else rows.exclude(late)


class WarningIndex(LookUpIndex):
    custom_field_preprocess = {
        name: {"csv": typed, "xlsx": str} for name in ("household.head_name", "household.village.name")
    }

    def get_base_queryset(self) -> QuerySet[Any]:
        return super().get_base_queryset().defer(*encrypted("household__"))


class WarningInspect(LookUpInspect):
    """The evidence and the steps; handled on the page that officers use."""

    template_name = "cms/admin/warning.html"

    def get_object(self, queryset: QuerySet[Any] | None = None) -> Warning:
        one = cast(Warning, super().get_object(queryset))
        whose = Household.objects.select_related("village__town").defer(*encrypted())
        one.household = whose.get(pk=one.household_id)
        return one

    @cached_property
    def header_buttons(self) -> list[Any]:
        handle = HeaderButton(_("Handle it"), url=self.object.get_absolute_url(), icon_name="edit")
        problem = f"{reverse('problem:add')}?warning={self.object.pk}"
        return [
            handle,
            HeaderButton(_("Make a problem of it"), url=problem, icon_name="warning", priority=10),
        ]

    def get_due_on_display_value(self) -> str:
        return due(self.object) or "–"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        told = {"facts": facts(self.object), "lots": stuck_lots(self.object), "entries": entries(self.object)}
        steps = self.object.steps.select_related("by")
        return {**super().get_context_data(**kwargs), **told, "steps": steps}


class Warnings(LookedUp):
    model = Warning
    icon = "warning"
    index_view_class = WarningIndex
    inspect_view_class = WarningInspect
    inspect_template_name = "cms/admin/warning.html"
    list_display = [
        TitleColumn(
            "head",
            label=gettext_lazy("household"),
            accessor=lambda row: row.household.head_name,
            get_url=lambda row: reverse("warning:inspect", args=[row.pk]),
        ),
        a_column(
            "place",
            gettext_lazy("village"),
            lambda row: f"{row.household.village.town} {row.household.village}",
            "household__village__town",
        ),
        "kind",
        a_column("found", gettext_lazy("what was found"), lambda row: row.found),
        "state",
        a_column("due", gettext_lazy("due on"), lambda row: due(row), "due_on"),
        "raised_at",
    ]
    filterset_class = WarningFilter
    # no names: what is searched for stands in the address
    search_fields = ["household__village__name", "household__village__town__name"]
    joined = ("household__village__town", "rule")
    inspect_view_fields = ["kind", "state", "due_on", "raised_at", "moved_at"]
    list_export = [
        *("pk", "raised_at", "get_kind_display", "get_state_display", "due_on", "household_id"),
        *("household.head_name", "household.village.town.name", "household.village.name", "found"),
    ]
    export_headings = {
        "pk": gettext_lazy("number"),
        "get_kind_display": gettext_lazy("kind"),
        "get_state_display": gettext_lazy("state"),
        "household_id": gettext_lazy("number of the household"),
        "household.head_name": gettext_lazy("household"),
        "household.village.town.name": gettext_lazy("town"),
        "household.village.name": gettext_lazy("village"),
        "found": gettext_lazy("what was found"),
    }
    export_filename = "warnings"


def due(warning: Warning) -> str:
    if warning.due_on is None:
        return ""
    day = f"{warning.due_on:%Y-%m-%d}"
    return _("%(day)s, overdue") % {"day": day} if warning.is_overdue(today()) else day


# --- by town ------------------------------------------------------------------------------------


def _of(condition: Q) -> Any:
    return Count("villages__households__warnings", filter=condition)


def _in(state: str) -> Any:
    return _of(Q(villages__households__warnings__state=state))


class WarningsByTown(CitysReport):
    """How many warnings each town has in which state, and how many of them are overdue."""

    act = Act.KEEP_WATCH
    model = Town
    page_title = gettext_lazy("Warnings by town")
    header_icon = "warning"
    index_url_name = "warnings_by_town"
    index_results_url_name = "warnings_by_town_results"
    default_ordering = "position"
    columns = [
        TitleColumn(
            "name",
            label=gettext_lazy("town"),
            get_url=lambda town: f"{reverse('warning:index')}?town={town.pk}&is_open=true",
        ),
        *(Column(state.value, label=state.label) for state in State),
        Column("late", label=gettext_lazy("overdue")),
    ]
    list_export = ["name", *State.values, "late"]
    export_headings = {
        "name": gettext_lazy("town"),
        **{state.value: state.label for state in State},
        "late": gettext_lazy("overdue"),
    }

    def get_base_queryset(self) -> QuerySet[Town]:
        counts = {state.value: _in(state.value) for state in State}
        late = _of(Q(villages__households__warnings__due_on__lt=today()))
        return Town.objects.annotate(**counts, late=late).order_by("position", "pk")

    def get_queryset(self) -> QuerySet[Town]:
        return self.get_base_queryset()

    def get_filename(self) -> str:
        return f"warnings-by-town-{timezone.localdate():%Y-%m-%d}"


def urls() -> list[Any]:
    return report_urls(WarningsByTown, "warnings", "warnings_by_town")


def menu_item() -> ActsItem:
    return ActsItem(
        gettext_lazy("Warnings by town"),
        reverse("warnings_by_town"),
        acts=[Act.KEEP_WATCH],
        name="warnings-by-town",
        icon_name="warning",
        order=1100,
    )
