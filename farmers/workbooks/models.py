"""A workbook that an officer sent, what was mended in it, and what became of it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from farmers.stock.models import Lot
from marketplace.access.rules import Act, may
from marketplace.personal import EncryptedTextField
from marketplace.private_files import private_files

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from marketplace.access.models import User

# how long a workbook waits to be mended and loaded
KEPT_DAYS = 14


class WorkbookQuerySet(models.QuerySet["WorkbookUpload"]):
    def visible_to(self, user: User | AnonymousUser) -> WorkbookQuerySet:
        """The own ones alone: a workbook names people whom another officer need not know."""
        if not user.is_authenticated or not may(user, Act.LOAD_STOCK):
            return self.none()
        return self.filter(by=user)

    def forgotten_on(self, day: dt.date) -> WorkbookQuerySet:
        """Those that waited their days and are to be thrown away."""
        return self.exclude(file="").filter(created__date__lt=day - dt.timedelta(days=KEPT_DAYS))


def upload_path(upload: WorkbookUpload, filename: str) -> str:
    """Nothing of the sender's name for the file is kept on the disk."""
    return f"workbooks/{upload.uuid.hex}"


class WorkbookUpload(models.Model):
    """One workbook. Its file is kept encrypted until all of it is loaded, or it is thrown away."""

    class State(models.TextChoices):
        OPEN = "open", _("to be loaded")
        PARTLY = "partly", _("loaded in part")
        LOADED = "loaded", _("loaded")

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="workbooks",
        verbose_name=_("sent by"),
    )
    name = models.CharField(_("file name"), max_length=120)
    file = models.FileField(_("file"), storage=private_files, upload_to=upload_path, blank=True)
    # a keyed fingerprint of the file: the same one sent again leads to the one that is there
    fingerprint = models.CharField(max_length=64, editable=False)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    # counts each change of what is mended; the reading is of one of them, in one language
    revision = models.PositiveIntegerField(default=1, editable=False)
    read_revision = models.PositiveIntegerField(default=0, editable=False)
    read_language = models.CharField(max_length=12, default="", editable=False)
    # every row's fate (see fates.py), so that a page does not read the file again; it names people
    reading = EncryptedTextField(default="", editable=False)
    # how many rows there are of each fate, and what they come to: no names
    numbers = models.JSONField(default=dict, editable=False)
    created = models.DateTimeField(_("sent at"), auto_now_add=True)
    loaded = models.DateTimeField(_("loaded at"), null=True, blank=True)
    lots = models.ManyToManyField(Lot, related_name="workbooks", verbose_name=_("lots"))

    objects = WorkbookQuerySet.as_manager()

    class Meta:
        verbose_name = _("workbook")
        verbose_name_plural = _("workbooks")
        ordering = ["-created", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "partly", "loaded"]), name="workbook_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="loaded") | Q(file="", reading=""), name="workbook_loaded_keeps_no_file"
            ),
            models.UniqueConstraint(
                fields=["by", "fingerprint"], condition=~Q(state="loaded"), name="workbook_waits_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        page = "workbooks:loaded" if self.state == self.State.LOADED else "workbooks:preview"
        return reverse(page, args=[self.uuid])


class MendedRow(models.Model):
    """What was typed anew in one row, kept apart from the file: the reader lays it over the sheet each time."""

    upload = models.ForeignKey(WorkbookUpload, models.CASCADE, related_name="mended")
    sheet = models.CharField(max_length=100)
    row = models.PositiveIntegerField()
    # column -> text, as JSON; it may hold a name or a phone number
    cells = EncryptedTextField(default="")
    left_out = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("mended row")
        verbose_name_plural = _("mended rows")
        ordering = ["sheet", "row"]
        constraints = [
            models.UniqueConstraint(fields=["upload", "sheet", "row"], name="mended_row_once"),
        ]
