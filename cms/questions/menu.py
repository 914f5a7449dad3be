"""Where questions stand in the admin: their addresses and their places in the menu."""

from __future__ import annotations

from typing import Any

from django.urls import include, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.menu import MenuItem

from marketplace.access.rules import Act

from ..reports import ActsItem
from .entries import Entries
from .reached import Households
from .shares import Shares
from .views import ASKING, Ask, Keep, Kept

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


def menu_item() -> MenuItem:
    return ActsItem(
        pgettext_lazy("menu", "Questions"),
        reverse_lazy("questions:ask"),
        acts=ASKING,
        name="questions",
        icon_name="table",
        order=140,
    )


def reached_item() -> MenuItem:
    return ActsItem(
        _("Households reached"),
        reverse_lazy("questions:households"),
        acts=ASKING,
        name="households-reached",
        icon_name="group",
        order=1100,
    )


def shares_item() -> MenuItem:
    return ActsItem(
        _("Reserved shares of units"),
        reverse_lazy("questions:shares"),
        acts=[Act.SEE_CITY],
        name="reserved-shares",
        icon_name="tasks",
        order=1110,
    )
