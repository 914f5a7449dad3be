"""What the scales said 过秤: for each line what left the village, what arrived and what of it was refused.

One row a line, written by `dispatch.py` (what was handed over) and `weigh.py` (the rest) alone.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.personal import EncryptedTextField
from marketplace.private_files import private_files

from .order import OrderLine


class Weighing(models.Model):
    """Quantities in grams or pieces. The order line itself keeps what was accepted, for everybody's sums."""

    line = models.OneToOneField(OrderLine, models.PROTECT, related_name="weighing", verbose_name=_("line"))
    # what the officer wrote down when the goods left, if anything
    handed_over = models.BigIntegerField(_("handed over"), null=True, blank=True)
    weighed = models.BigIntegerField(_("weighed"), null=True, blank=True)
    refused = models.BigIntegerField(_("refused"), default=0)
    reason = models.CharField(_("why"), max_length=200, blank=True, default="")
    # who stood at the scale; `by` is the account that wrote it down
    receiver = EncryptedTextField(_("received by"), blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("weighed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("weighing")
        verbose_name_plural = _("weighings")
        constraints = [
            models.CheckConstraint(
                condition=Q(handed_over=None) | Q(handed_over__gte=0),
                name="weighing_handed_not_below_nothing",
            ),
            models.CheckConstraint(
                condition=Q(weighed=None, refused=0, by=None, at=None)
                | Q(weighed__gte=F("refused"), refused__gte=0, by__isnull=False, at__isnull=False),
                name="weighing_refused_within_weighed",
            ),
            models.CheckConstraint(
                condition=Q(refused=0) | ~Q(reason=""), name="weighing_refused_has_reason"
            ),
        ]


def weighing_photo_path(photo: WeighingPhoto, filename: str) -> str:
    """Nothing of the sender's name for the file is kept."""
    return f"weighings/{photo.weighing_id}/{uuid.uuid4().hex}.jpg"


class WeighingPhoto(models.Model):
    """A picture of the goods on the scale: our own re-encoding, handed out to those who see the line."""

    weighing = models.ForeignKey(Weighing, models.PROTECT, related_name="photos")
    image = models.ImageField(
        _("picture"),
        storage=private_files,
        upload_to=weighing_photo_path,
        width_field="width",
        height_field="height",
    )
    width = models.PositiveIntegerField(editable=False, default=0)
    height = models.PositiveIntegerField(editable=False, default=0)

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ["pk"]
