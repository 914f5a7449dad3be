"""Problems 问题 by the "four ones": one problem, one leader in charge, one lead department, one team.

Each has four lists (problem, duty, mending, result), whose items are ticked off one by one.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from farmers.registry.models import Town
from marketplace.access.rules import Act, may

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from marketplace.access.models import User


class ProblemQuerySet(models.QuerySet["Problem"]):
    def visible_to(self, user: User | AnonymousUser) -> ProblemQuerySet:
        """The city's office reads all; an officer those in which an item is the officer's own to tick."""
        if may(user, Act.KEEP_WATCH):
            return self
        if not user.is_authenticated or not may(user, Act.WATCH):
            return self.none()
        return self.filter(pk__in=Item.objects.filter(whose=user).values("problem"))

    def open(self) -> ProblemQuerySet:
        return self.filter(state=Problem.State.OPEN)

    def overdue(self, day: dt.date) -> ProblemQuerySet:
        """Open ones whose day is over, or in which an item's is that nobody ticked."""
        late = Item.objects.filter(ticked_at=None, due_on__lt=day).values("problem")
        return self.open().filter(Q(due_on__lt=day) | Q(pk__in=late))


class Problem(models.Model):
    """One problem and who answers for it. Opened, closed and re-opened by `problems.py` alone."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("problem", "open")
        CLOSED = "closed", pgettext_lazy("problem", "closed")

    title = models.CharField(_("problem"), max_length=80)
    words = models.CharField(_("in words"), max_length=500, blank=True, default="")
    town = models.ForeignKey(
        Town, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("town")
    )
    # what it came of; null: of something else, or of a household that is erased
    warning = models.ForeignKey(
        "monitoring.Warning", models.SET_NULL, null=True, related_name="problems", verbose_name=_("warning")
    )
    leader = models.CharField(_("leader in charge"), max_length=40)
    department = models.CharField(_("lead department"), max_length=60)
    team = models.CharField(_("team"), max_length=200)
    due_on = models.DateField(_("due on"))
    state = models.CharField(_("state"), max_length=6, choices=State, default=State.OPEN)
    result = models.CharField(_("result"), max_length=500, blank=True, default="")
    opened_at = models.DateTimeField(_("opened at"), default=timezone.now)
    # the form carries it, so that a form sent twice is one problem
    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    objects = ProblemQuerySet.as_manager()

    class Meta:
        verbose_name = _("problem")
        verbose_name_plural = _("problems")
        ordering = ["-state", "due_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(leader="") & ~Q(department="") & ~Q(team=""),
                name="problem_has_its_four_ones",
            ),
            models.CheckConstraint(
                condition=Q(state="open") | (Q(state="closed") & ~Q(result="")),
                name="problem_closed_with_a_result",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("monitoring:problem", args=[self.pk])


class ListKind(models.TextChoices):
    """The four lists 四个清单, in their order."""

    PROBLEM = "problem", _("list of problems")
    DUTY = "duty", _("list of duties")
    MENDING = "mending", _("list of mending")
    RESULT = "result", _("list of results")


class Item(models.Model):
    """A line of one of the lists, ticked off by whose it is, or by the city's office."""

    problem = models.ForeignKey(Problem, models.CASCADE, related_name="items", verbose_name=_("problem"))
    list = models.CharField(_("list"), max_length=8, choices=ListKind)
    words = models.CharField(_("what is to be done"), max_length=200)
    whose = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("whose"),
    )
    due_on = models.DateField(_("due on"), null=True, blank=True)
    ticked_at = models.DateTimeField(_("ticked off at"), null=True)
    ticked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("ticked off by")
    )
    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    class Meta:
        verbose_name = _("item of a problem")
        verbose_name_plural = _("items of problems")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ticked_at=None, ticked_by=None)
                | Q(ticked_at__isnull=False, ticked_by__isnull=False),
                name="item_ticked_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(list__in=["problem", "duty", "mending", "result"]) & ~Q(words=""),
                name="item_list_known",
            ),
        ]

    def is_overdue(self, day: dt.date) -> bool:
        return self.ticked_at is None and self.due_on is not None and self.due_on < day


class ProblemStep(models.Model):
    """What was done with a problem: by whom, when, in which words. Never changed or deleted."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("opened")
        ADDED = "added", _("item added")
        TICKED = "ticked", _("item ticked off")
        UNTICKED = "unticked", _("tick taken back")
        CLOSED = "closed", pgettext_lazy("problem", "closed")
        REOPENED = "reopened", _("re-opened")

    problem = models.ForeignKey(Problem, models.PROTECT, related_name="steps", verbose_name=_("problem"))
    kind = models.CharField(_("step"), max_length=8, choices=Kind)
    item = models.ForeignKey(
        Item, models.PROTECT, null=True, related_name="steps", verbose_name=_("item of a problem")
    )
    words = models.CharField(_("in words"), max_length=500, blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("step of a problem")
        verbose_name_plural = _("steps of problems")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["opened", "closed", "reopened"], item=None)
                | Q(kind__in=["added", "ticked", "unticked"], item__isnull=False),
                name="problem_step_is_of_an_item_or_not",
            )
        ]
