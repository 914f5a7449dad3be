from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.access.rules import Act, may
from marketplace.private_files import private_files

from .order import Consignment, OrderLine

if TYPE_CHECKING:
    from marketplace.access.models import User


class ComplaintQuerySet(models.QuerySet["Complaint"]):
    def visible_to(self, user: User, whole: bool) -> ComplaintQuerySet:
        """`whole`: this person sees all of the order. An officer sees what is said of the own villages' goods."""
        if whole:
            return self
        if may(user, Act.SERVE_VILLAGE):
            return self.filter(line__consignment__in=Consignment.objects.visible_to(user))
        return self.none()


class Complaint(models.Model):
    """Something was wrong with a line's goods. Made, answered and closed by `complain.py` alone."""

    class What(models.TextChoices):
        SHORT = "short", _("less than written")
        SPOILED = "spoiled", _("spoilt or damaged")
        WRONG = "wrong", _("not what was ordered")
        OTHER = "other", _("something else")

    class State(models.TextChoices):
        OPEN = "open", _("to be answered")
        ANSWERED = "answered", _("answered")
        CLOSED = "closed", _("closed")

    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="complaints", verbose_name=_("line"))
    # the buyer's form carries it, so that a form sent twice is one complaint
    key = models.UUIDField(editable=False)
    what = models.CharField(_("what is wrong"), max_length=8, choices=What)
    words = models.CharField(_("words"), max_length=500)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("made at"), default=timezone.now)
    answer = models.CharField(_("answer"), max_length=500, blank=True, default="")
    # grams or pieces that the answer took back; nothing: refused
    taken_back = models.BigIntegerField(_("taken back"), default=0)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        verbose_name = _("complaint")
        verbose_name_plural = _("complaints")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["by", "key"], name="complaint_once_per_form"),
            models.UniqueConstraint(
                fields=["line"], condition=Q(state="open"), name="complaint_open_once_per_line"
            ),
            models.CheckConstraint(
                condition=Q(what__in=["short", "spoiled", "wrong", "other"]), name="complaint_what_known"
            ),
            models.CheckConstraint(
                condition=Q(state="open", answered_at=None, taken_back=0)
                | (Q(state__in=["answered", "closed"], answered_at__isnull=False) & ~Q(answer="")),
                name="complaint_answered_has_answer",
            ),
            models.CheckConstraint(
                condition=Q(taken_back__gte=0), name="complaint_taken_back_not_below_nothing"
            ),
        ]


def complaint_photo_path(photo: ComplaintPhoto, filename: str) -> str:
    """Nothing of the sender's name for the file is kept."""
    return f"complaints/{photo.complaint_id}/{uuid.uuid4().hex}.jpg"


class ComplaintPhoto(models.Model):
    """A picture of what was wrong: our own re-encoding, handed out to those who see the complaint."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="photos")
    image = models.ImageField(
        _("picture"),
        storage=private_files,
        upload_to=complaint_photo_path,
        width_field="width",
        height_field="height",
    )
    width = models.PositiveIntegerField(editable=False, default=0)
    height = models.PositiveIntegerField(editable=False, default=0)

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ["pk"]
