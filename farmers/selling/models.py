"""What a household began to list and has not sent yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from farmers.registry.models import Household

if TYPE_CHECKING:
    from marketplace.access.models import User


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
    updated_at = models.DateTimeField(default=timezone.now)

    objects = LotDraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft of a lot")
        verbose_name_plural = _("drafts of lots")
        ordering = ["-updated_at"]
        indexes = [models.Index(fields=["by", "-updated_at"], name="draft_of_person")]
