"""What reports in the admin have in common: who may read them, where they stand, and how words go into a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from wagtail.admin.auth import permission_denied
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.reports import ReportView

from marketplace.access.rules import Act, may


def typed(text: Any) -> str:
    """Free words in a CSV: what begins like a formula would be one to whoever opens the file."""
    words = str(text)
    return f"'{words}" if words[:1] in "=+-@\t\r" and words else words


class CitysReport(ReportView):
    """For those whose office it is: who answers for the privacy of households, or where it says another act."""

    act = Act.KEEP_PRIVACY

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may(request.user, self.act):
            denied: HttpResponse = permission_denied(request)
            return denied
        answer: HttpResponse = super().dispatch(request, *args, **kwargs)
        return answer


def report_urls(report: type[CitysReport], address: str, name: str) -> list[Any]:
    """The report and, for its filters, its rows alone."""
    return [
        path(f"reports/{address}/", report.as_view(), name=name),
        path(f"reports/{address}/results/", report.as_view(results_only=True), name=f"{name}_results"),
    ]


class ActsItem(MenuItem):
    """An entry in the menu for whoever may do one of the `acts`."""

    def __init__(self, *args: Any, acts: Sequence[Act], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.acts = acts

    def is_shown(self, request: HttpRequest) -> bool:
        return any(may(request.user, act) for act in self.acts)
