"""Files that those who work here took along, and buyers' particulars they saw, as a report in the admin."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter, DateFromToRangeFilter, ModelChoiceFilter
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn

from marketplace.access.models import Role, Taken, User
from marketplace.access.rules import Act

from ..reports import ActsItem, CitysReport, report_urls


def who_took(request: HttpRequest) -> QuerySet[User]:
    return User.objects.filter(pk__in=Taken.objects.order_by().values("by")).order_by("username")


class TakenFilter(WagtailFilterSet):
    at = DateFromToRangeFilter(label=_("when"), widget=DateRangePickerWidget)
    by = ModelChoiceFilter(label=_("who"), queryset=who_took)
    role = ChoiceFilter(label=_("role"), choices=Role.choices)

    class Meta:
        model = Taken
        fields = ["at", "by", "role"]


def kind(one: Taken) -> str:
    """The short name of the file's kind, such as csv; or that it was a page."""
    return str(_("page with a buyer's address")) if one.is_page else one.form


class FilesTaken(CitysReport):
    """Who took which file along, when, and of what: numbers and filters, never what was searched for."""

    model = Taken
    page_title = _("Files taken along, addresses seen")
    header_icon = "download"
    index_url_name = "privacy_taken"
    index_results_url_name = "privacy_taken_results"
    filterset_class = TakenFilter
    default_ordering = "-pk"
    columns = [
        DateColumn("at", label=_("when")),
        Column("by", label=_("who"), accessor=lambda one: f"{one.by} · {Role(one.role).label}"),
        Column("what", label=_("what"), accessor=lambda one: one.what),
        Column("about", label=_("of what"), accessor=lambda one: one.about),
        Column("kind", label=_("kind of file"), accessor=kind),
    ]
    list_export = ["at", "by.username", "role", "what", "about", "kind"]
    export_headings = {
        "at": _("when"),
        "by.username": _("who"),
        "role": _("role"),
        "what": _("what"),
        "about": _("of what"),
        "kind": _("kind of file"),
    }

    def get_base_queryset(self) -> QuerySet[Taken]:
        return Taken.objects.select_related("by")

    def get_queryset(self) -> QuerySet[Taken]:
        return self.get_base_queryset().order_by("-pk")

    def get_filename(self) -> str:
        return f"files-taken-{timezone.localdate():%Y-%m-%d}"


def urls() -> list[Any]:
    return report_urls(FilesTaken, "files-taken", "privacy_taken")


def menu_item() -> ActsItem:
    return ActsItem(
        _("Files taken along, addresses seen"),
        reverse("privacy_taken"),
        acts=[Act.KEEP_PRIVACY],
        name="files-taken",
        icon_name="download",
        order=1210,
    )
