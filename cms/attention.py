"""What needs attention today: the first thing on the admin's home, for each person as far as their role may act on it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin.ui.components import Component
from wagtail.models import WorkflowState

from farmers.ledger.models import Unsealed
from farmers.monitoring.models import Problem, Warning
from farmers.registry.models import Erasure, Household
from farmers.stock.models import Lot
from marketplace.access.models import User
from marketplace.access.rules import Act, may
from marketplace.days import today
from marketplace.money import yuan
from shop.buyers.models import CanteenBudget
from shop.payments.books import books

from .letters import Letter
from .models import StoryIndexPage, StoryPage
from .workflow import may_approve, waiting_for_approval

DAYS_BEFORE_SPOILING = 3
DAYS_UNSEALED = 1


class Need(NamedTuple):
    """`address` is empty where the person can only know of it."""

    words: str
    address: str


def needs(user: User) -> list[Need]:
    """Most urgent first. What waits for nobody costs a query and no line."""
    found = [need for acts, find in FINDERS if any(may(user, act) for act in acts) for need in find()]
    if may(user, Act.KEEP_PRIVACY):
        found += _to_erase(user)
    approves, edits = may_approve(user), may(user, Act.EDIT_SITE)
    if approves:
        found += _to_approve()
    if approves or edits:
        found += _sent_back(edits)
    return found


def _money() -> Iterator[Need]:
    if difference := books().difference:
        words = _("The books differ by ¥%(yuan)s: money came in that stands nowhere") % {
            "yuan": yuan(difference)
        }
        yield Need(words, reverse("cashier"))


def _ledger() -> Iterator[Need]:
    old = timezone.now() - dt.timedelta(days=DAYS_UNSEALED)
    if count := Unsealed.objects.filter(entry__at__lt=old).count():
        words = ngettext(
            "%(count)d ledger entry is not sealed since yesterday",
            "%(count)d ledger entries are not sealed since yesterday",
            count,
        )
        yield Need(words % {"count": count}, reverse("ledger:public"))


def _spoiling() -> Iterator[Need]:
    day = today()
    last = day + dt.timedelta(days=DAYS_BEFORE_SPOILING)
    if count := Lot.objects.on_sale(day).in_stock().filter(good_until__lte=last).count():
        words = ngettext(
            "%(count)d lot spoils within %(days)d days", "%(count)d lots spoil within %(days)d days", count
        )
        asked = urlencode(
            {"state": Lot.State.LISTED, "in_stock": "true", "good_until_from": day, "good_until_to": last}
        )
        yield Need(words % {"count": count, "days": DAYS_BEFORE_SPOILING}, f"{reverse('lot:index')}?{asked}")


def _unasked() -> Iterator[Need]:
    on_sale = Lot.objects.on_sale(today()).in_stock().filter(household=OuterRef("pk"))
    if count := Household.objects.filter(Exists(on_sale), consent_on=None).count():
        words = ngettext(
            "%(count)d household sells without having agreed to be shown",
            "%(count)d households sell without having agreed to be shown",
            count,
        )
        asked = urlencode({"agreed": "false", "selling": "true"})
        yield Need(words % {"count": count}, f"{reverse('household:index')}?{asked}")


def _budgets() -> Iterator[Need]:
    if count := CanteenBudget.objects.filter(state=CanteenBudget.State.WAITING).count():
        words = ngettext(
            "%(count)d canteen budget is to be checked", "%(count)d canteen budgets are to be checked", count
        )
        yield Need(words % {"count": count}, reverse("canteen-progress"))


def _problems() -> Iterator[Need]:
    if count := Problem.objects.overdue(today()).count():
        words = ngettext("%(count)d problem is overdue", "%(count)d problems are overdue", count)
        yield Need(words % {"count": count}, f"{reverse('problem:index')}?overdue=true")


def _warnings() -> Iterator[Need]:
    if count := Warning.objects.overdue(today()).count():
        words = ngettext(
            "%(count)d warning about a household is overdue",
            "%(count)d warnings about households are overdue",
            count,
        )
        yield Need(words % {"count": count}, f"{reverse('warning:index')}?overdue=true")


def _to_erase(user: User) -> Iterator[Need]:
    """Asked for by somebody else: it takes two."""
    waiting = Erasure.objects.filter(outcome=Erasure.Outcome.WAITING).exclude(asked_by=user)
    if count := waiting.count():
        words = ngettext(
            "%(count)d household is to be erased", "%(count)d households are to be erased", count
        )
        yield Need(words % {"count": count}, f"{reverse('household:index')}?to_erase=true")


def _letters() -> Iterator[Need]:
    if count := Letter.objects.filter(done=False).count():
        words = ngettext(
            "%(count)d message is to be answered", "%(count)d messages are to be answered", count
        )
        yield Need(words % {"count": count}, f"{reverse('letter:index')}?done=false")


def _stories() -> Iterator[Need]:
    # those in the workflow have their own lines
    submitted = [int(key) for key in WorkflowState.objects.active().values_list("object_id", flat=True)]
    waiting = StoryPage.objects.filter(has_unpublished_changes=True).exclude(pk__in=submitted)
    if count := waiting.count():
        words = ngettext(
            "%(count)d story waits to be published", "%(count)d stories wait to be published", count
        )
        index = StoryIndexPage.objects.ancestor_of(waiting[0]).first()
        yield Need(words % {"count": count}, reverse("wagtailadmin_explore", args=[index.pk if index else 1]))


def _taken_back() -> Iterator[Need]:
    """Nobody sees these stories any more; each is to be taken down, or told without the household."""
    for story in StoryPage.objects.live().filter(household__isnull=False, household__consent_on=None):
        words = _("The household of the story “%(title)s” has taken its consent back: the story is hidden")
        yield Need(words % {"title": story.title}, reverse("wagtailadmin_pages:edit", args=[story.pk]))


def _sent_back(edits: bool) -> Iterator[Need]:
    """For its author to mend, and for who approved it and was told nothing of the system's own no."""
    back = WorkflowState.objects.filter(status=WorkflowState.STATUS_NEEDS_CHANGES)
    for state in back.select_related("current_task_state"):
        story = state.content_object
        words = _("“%(title)s” was sent back: %(comment)s") % {
            "title": story.get_admin_display_title(),
            "comment": state.current_task_state.comment or _("changes requested"),
        }
        yield Need(words, reverse("wagtailadmin_pages:edit", args=[story.pk]) if edits else "")


def _to_approve() -> Iterator[Need]:
    for waiting in waiting_for_approval().select_related("workflow_state"):
        story = waiting.workflow_state.content_object
        words = _("“%(title)s” waits for your approval") % {"title": story.get_admin_display_title()}
        yield Need(words, reverse("wagtailadmin_pages:edit", args=[story.pk]))


FINDERS: tuple[tuple[tuple[Act, ...], Callable[[], Iterator[Need]]], ...] = (
    ((Act.SETTLE,), _money),
    ((Act.SEE_CITY,), _ledger),
    ((Act.EDIT_SITE, Act.SEE_CITY), _spoiling),
    ((Act.SEE_CITY,), _unasked),
    ((Act.KEEP_WATCH,), _problems),
    ((Act.KEEP_WATCH,), _warnings),
    ((Act.KEEP_UNITS,), _budgets),
    ((Act.EDIT_SITE,), _letters),
    ((Act.EDIT_SITE,), _taken_back),
    ((Act.EDIT_SITE,), _stories),
)


class AttentionPanel(Component):
    name = "attention"
    template_name = "cms/admin/attention.html"
    order = 50

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"needs": needs(parent_context["request"].user)}


def add_panel(request: HttpRequest, panels: list[Any]) -> None:
    panels.append(AttentionPanel())
