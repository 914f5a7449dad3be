"""Which files who works here took along, and whose particulars they saw on a page: written before it is given out.

In one place for every view there is. Looks at a household's own numbers have a log of their own (`registry.Reveal`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from .models import User

FILES = (
    "text/csv",
    "application/pdf",
    "application/zip",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)
# numbers, days and words of ours; what somebody typed to search for may name a person
OURS = re.compile(r"[A-Za-z0-9_.,:-]{1,40}")
TYPED = frozenset({"q", "csrfmiddlewaretoken"})


class Taken(models.Model):
    """One file, or page with a buyer's address and number: by whom, as what, by which address and filters, and when. Triggers refuse to change or delete it."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    role = models.CharField(_("role"), max_length=16)
    what = models.CharField(_("what"), max_length=80)  # the view's name
    about = models.CharField(_("of what"), max_length=300, blank=True)
    kind = models.CharField(_("kind of file"), max_length=80)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("file taken along")
        verbose_name_plural = _("files taken along")
        ordering = ["-id"]
        indexes = [models.Index(fields=["what", "about"], name="taken_by_what")]

    @property
    def is_page(self) -> bool:
        return self.kind == "text/html"

    @property
    def form(self) -> str:
        """The short name of the file's kind, such as csv."""
        return "xlsx" if self.kind == FILES[-1] else self.kind.rpartition("/")[2]


def taken(view: str, **named: object) -> models.QuerySet[Taken]:
    """Who took what one address gives, whatever was filtered there, in the order in which it was taken."""
    about = _said(named.items())
    same = models.Q(about=about) | models.Q(about__startswith=f"{about}; ")
    return Taken.objects.filter(same, what=view).select_related("by").order_by("pk")


def note_files(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Write down what is given to somebody who works here. What cannot be written down is not given out."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if is_logged(response) and request.method != "HEAD" and works_here(request.user):  # type: ignore[arg-type]
            try:
                note(request, response)
            except BaseException:
                response.close()
                raise
        return response

    return middleware


def shows_a_person(response: HttpResponseBase) -> None:
    """Say of a page that it shows a buyer's particulars to who works here."""
    response.shows_a_person = True  # type: ignore[attr-defined]


def is_logged(response: HttpResponseBase) -> bool:
    if getattr(response, "shows_a_person", False):
        return True
    if response.status_code != 200:
        return False
    kind = response.headers.get("Content-Type", "").partition(";")[0]
    return kind in FILES or response.headers.get("Content-Disposition", "").startswith("attachment")


def works_here(user: User) -> bool:
    from .models import Role

    return user.is_authenticated and user.role in {
        Role.OFFICER,
        Role.CASHIER,
        Role.OFFICIAL,
        Role.EDITOR,
        Role.ADMIN,
    }


def note(request: HttpRequest, response: HttpResponseBase) -> Taken:
    match = request.resolver_match
    named = [*match.kwargs.items(), *((str(n), value) for n, value in enumerate(match.args))] if match else []
    asked = [(name, value) for name, value in request.GET.items() if value]
    return Taken.objects.create(
        by=request.user,  # type: ignore[misc]
        role=request.user.role,  # type: ignore[union-attr]
        what=(match.view_name if match else request.path)[:80],
        about=_said((*named, *asked)),
        kind=response.headers.get("Content-Type", "").partition(";")[0][:80],
    )


def _said(named: Iterable[tuple[str, object]]) -> str:
    return "; ".join(f"{name}={_ours(name, str(value))}" for name, value in named)[:300]


def _ours(name: str, value: str) -> str:
    return value if name not in TYPED and OURS.fullmatch(value) else "…"
