"""The language that a person reads: chosen by the switch of every page, and kept, as messages go out without a page."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import get_language
from django.views.i18n import set_language

from .models import User


def reads(user: User) -> str:
    """The language to write to this person in; the site's own until there is another."""
    return user.language or settings.LANGUAGE_CODE


def choose(request: HttpRequest) -> HttpResponseBase:
    """The switch: for this browser, as Django has it, and for all that is written to whoever is signed in."""
    wanted = request.POST.get("language", "")
    if request.method == "POST" and wanted in dict(settings.LANGUAGES) and request.user.is_authenticated:
        User.objects.filter(pk=request.user.pk).update(language=wanted)
    return set_language(request)


def on_signed_in(sender: Any, request: HttpRequest | None, user: User, **kwargs: Any) -> None:
    """Whoever has chosen none reads the language they signed in in."""
    now = get_language()
    if request is not None and not user.language and now in dict(settings.LANGUAGES):
        User.objects.filter(pk=user.pk, language="").update(language=now)
