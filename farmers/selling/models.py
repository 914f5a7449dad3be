"""What a household began to list and has not sent yet."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from farmers.registry.models import Household
from marketplace.private_files import private_files

if TYPE_CHECKING:
    from marketplace.access.models import User


def draft_photo_path(draft: LotDraft, filename: str) -> str:
    """Nothing of the sender's name for the file is kept."""
    return f"drafts/{uuid.uuid4().hex}.jpg"


class LotDraftQuerySet(models.QuerySet["LotDraft"]):
    def of(self, user: User) -> LotDraftQuerySet:
        """The drafts this person wrote. Nobody else meets them."""
        return self.filter(by=user)


class LotDraft(models.Model):
    """A listing as it is typed. Its key becomes the lot's, so that whatever is sent again is the same lot.

    `revision` counts up on the writer's side: of two saves that overtake each other the later one stays.
    """

    key = models.UUIDField(primary_key=True)
    household = models.ForeignKey(
        Household, models.CASCADE, related_name="drafts", verbose_name=_("household")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("written by")
    )
    cells = models.JSONField(default=dict)
    revision = models.PositiveBigIntegerField(default=0)
    # our own re-encoding, handed out to whoever wrote the draft alone
    photo = models.ImageField(_("picture"), storage=private_files, upload_to=draft_photo_path, blank=True)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = LotDraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft of a lot")
        verbose_name_plural = _("drafts of lots")
        ordering = ["-updated_at"]
        indexes = [models.Index(fields=["by", "-updated_at"], name="draft_of_person")]
