"""Where questions stand in the admin: their addresses and their places in the menu."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import include, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.menu import MenuItem

from marketplace.access.rules import Act, may

from .entries import Entries
from .reached import Households
from .shares import Shares
from .views import Ask, Keep, Kept

patterns = [
    path("", Ask.as_view(), name="ask"),
    path("entries/", Entries.as_view(), name="entries"),
    path("households/", Households.as_view(), name="households"),
    path("shares/", Shares.as_view(), name="shares"),
    path("keep/", Keep.as_view(), name="keep"),
    path("kept/<int:pk>/", Kept.as_view(), name="kept"),
]


def urls() -> list[Any]:
    return [path("questions/", include((patterns, "questions")))]


class QuestionsItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may(request.user, Act.SEE_CITY) or may(request.user, Act.SERVE_VILLAGE)


class CityItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may(request.user, Act.SEE_CITY)


def menu_item() -> MenuItem:
    return QuestionsItem(
        pgettext_lazy("menu", "Questions"),
        reverse_lazy("questions:ask"),
        name="questions",
        icon_name="table",
        order=140,
    )


def reached_item() -> MenuItem:
    return QuestionsItem(
        _("Households reached"),
        reverse_lazy("questions:households"),
        name="households-reached",
        icon_name="group",
        order=1100,
    )


def shares_item() -> MenuItem:
    return CityItem(
        _("Reserved shares of units"),
        reverse_lazy("questions:shares"),
        name="reserved-shares",
        icon_name="tasks",
        order=1110,
    )
