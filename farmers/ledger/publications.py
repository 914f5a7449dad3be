"""What was published of the ledger, day by day."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Digest(models.Model):
    """A day's digest as it was published: the newest block's number and hash, and the signed text. See `published.py`."""

    day = models.DateField(_("day"), primary_key=True)
    number = models.PositiveBigIntegerField(_("newest block"))
    hash = models.CharField(_("hash"), max_length=64)
    text = models.TextField()
    # of the file that can be had with it; the days before have none any more
    export = models.CharField(max_length=100)

    class Meta:
        verbose_name = _("published digest")
        verbose_name_plural = _("published digests")
        ordering = ["-day"]
