"""The log of looks at personal data as a report in the admin."""

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

from farmers.registry.models import Reveal, Town, encrypted
from marketplace.access.models import User
from marketplace.access.rules import Act

from ..reports import ActsItem, CitysReport, report_urls, typed


def who_looks(request: HttpRequest) -> QuerySet[User]:
    return User.objects.filter(pk__in=Reveal.objects.order_by().values("by")).order_by("username")


class LookFilter(WagtailFilterSet):
    at = DateFromToRangeFilter(label=_("when"), widget=DateRangePickerWidget)
    by = ModelChoiceFilter(label=_("who"), queryset=who_looks)
    town = ModelChoiceFilter(
        label=_("town"), field_name="household__village__town", queryset=Town.objects.all()
    )
    why = ChoiceFilter(label=_("reason"), choices=Reveal.Why.choices)

    class Meta:
        model = Reveal
        fields = ["at", "by", "town", "why"]


def said(look: Reveal) -> str:
    return f"{look.get_why_display()} {look.words}".strip()


def shown(look: Reveal) -> str:
    return ", ".join(look.labels)


class Looks(CitysReport):
    """Who looked at whom, when and why; of what was shown, its name alone."""

    model = Reveal
    page_title = _("Looks at personal data")
    header_icon = "view"
    index_url_name = "privacy_looks"
    index_results_url_name = "privacy_looks_results"
    filterset_class = LookFilter
    default_ordering = "-pk"
    columns = [
        DateColumn("at", label=_("when")),
        Column("by", label=_("who"), accessor=lambda look: f"{look.by} · {look.by.get_role_display()}"),
        Column("household", label=_("household"), accessor=lambda look: look.household.head_name),
        Column(
            "place",
            label=_("village"),
            accessor=lambda look: f"{look.household.village.town} {look.household.village}",
        ),
        Column("shown", label=_("what was shown"), accessor=shown),
        Column("said", label=_("reason"), accessor=said),
    ]
    list_export = [
        "at", "by.username", "by.get_role_display", "household_id", "household.village.town.name",
        "household.village.name", "labels", "get_why_display", "words",
    ]  # fmt: skip
    export_headings = {
        "at": _("when"),
        "by.username": _("who"),
        "by.get_role_display": _("role"),
        "household_id": _("household"),
        "household.village.town.name": _("town"),
        "household.village.name": _("village"),
        "labels": _("what was shown"),
        "get_why_display": _("reason"),
        "words": _("in words"),
    }
    custom_field_preprocess = {"words": {"csv": typed, "xlsx": str}}

    def get_base_queryset(self) -> QuerySet[Reveal]:
        rows = Reveal.objects.visible_to(self.request.user)
        return rows.select_related("by", "household__village__town").defer(*encrypted("household__"))

    def get_queryset(self) -> QuerySet[Reveal]:
        return self.get_base_queryset().order_by("-pk")

    def get_filename(self) -> str:
        return f"looks-{timezone.localdate():%Y-%m-%d}"


def urls() -> list[Any]:
    return report_urls(Looks, "looks", "privacy_looks")


def menu_item() -> ActsItem:
    return ActsItem(
        _("Looks at personal data"),
        reverse("privacy_looks"),
        acts=[Act.KEEP_PRIVACY],
        name="looks",
        icon_name="view",
        order=1200,
    )
