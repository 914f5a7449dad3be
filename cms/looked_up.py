"""Tables in the admin that are looked up there, and changed by other ways alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Count, Exists, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django_filters import BooleanFilter
from wagtail.admin.active_filters import ActiveFilter, BaseFilterAdapter, register_filter_adapter_class
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import CreateView, IndexView, InspectView
from wagtail.admin.viewsets.model import ModelViewSet

from farmers.ledger.models import Entry
from farmers.monitoring.models import Problem, Warning
from farmers.registry.models import Household
from farmers.stock.models import Lot
from marketplace.days import today

NO_WAY_TO_CHANGE = {
    f"{view}_url_name": None for view in ("add", "edit", "delete", "copy", "history", "usage")
}
LOOKING = {"index", "index_results", "inspect"}


class JoinedIndex(IndexView):
    """A list that asks once for all that its columns tell: rows `joined`, and by `counts` how much hangs on each."""

    joined: tuple[str, ...] = ()
    counts: dict[str, Callable[[], Any]] = {}

    def get_base_queryset(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_base_queryset().select_related(*self.joined)
        return rows.annotate(**{name: count() for name, count in self.counts.items()})


class LookUpIndex(JoinedIndex):
    """Rows that the person's role covers, without any way to add one."""

    def get_base_queryset(self) -> QuerySet[Any]:
        return covered(super().get_base_queryset(), self.request)


class LookUpInspect(InspectView):
    def get_object(self, queryset: QuerySet[Any] | None = None) -> Model:
        rows = covered(self.model._default_manager.all(), self.request)
        found: Model = get_object_or_404(rows, pk=self.pk)
        return found

    def get_field_display_value(self, field_name: str, field: Any) -> Any:
        value = super().get_field_display_value(field_name, field)
        if isinstance(value, dt.datetime):
            return timezone.localtime(value)
        return "–" if value in (None, "") else value


def covered(rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
    """What is about households as far as `visible_to` lets this person look; the rest is public anyway."""
    if rows.model in (Household, Entry, Warning, Problem):
        return rows.filter(pk__in=rows.model._default_manager.visible_to(request.user).values("pk"))
    return rows


class EnterOnly(CreateView):
    """What is entered is never edited: no way to an edit page is offered."""

    def get_success_buttons(self) -> list[Any]:
        return []


class Listed(ModelViewSet):
    """Fifty rows a page, found by what they contain."""

    index_view_class = JoinedIndex
    copy_view_enabled = False
    list_per_page = 50
    search_backend_name = None
    joined: tuple[str, ...] = ()
    counts: dict[str, Callable[[], Any]] = {}

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_index_view_kwargs(joined=self.joined, counts=self.counts, **kwargs)


class LookedUp(Listed):
    """A list with a page for each row, and no address at all under which a row could be changed."""

    inspect_view_enabled = True
    add_to_reference_index = False
    form_fields: list[str] = []
    index_view_class = LookUpIndex
    inspect_view_class = LookUpInspect

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_common_view_kwargs(**NO_WAY_TO_CHANGE, **kwargs)

    def get_urlpatterns(self) -> list[Any]:
        return [pattern for pattern in super().get_urlpatterns() if pattern.name in LOOKING]

    def register_admin_url_finder(self) -> None:
        """There is no edit page to find."""


class YesOrNo(BaseFilterAdapter):
    """A filter in force, in words, where Wagtail would write True or False."""

    def get_active_filters(self) -> Iterator[ActiveFilter]:
        for found in super().get_active_filters():
            yield found._replace(value=_("Yes") if self.value else _("No"))


register_filter_adapter_class(BooleanFilter, YesOrNo)


def a_column(name: str, label: Any, show: Any, order: str | None = None) -> Column:
    column = Column(name, label=label, accessor=show)
    column.sort_key = order
    return column


def lots_on_sale(field: str) -> Any:
    """How many lots on sale a row has, which these name by `field`."""
    return count_of(Lot.objects.on_sale(today()).in_stock(), field)


def has_lots_on_sale(field: str) -> Exists:
    return Exists(Lot.objects.on_sale(today()).in_stock().filter(**{field: OuterRef("pk")}))


def count_of(rows: QuerySet[Any], field: str) -> Any:
    counted = rows.filter(**{field: OuterRef("pk")}).order_by().values(field).annotate(count=Count("pk"))
    return Coalesce(Subquery(counted.values("count")), 0)
