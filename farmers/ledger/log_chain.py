"""The chain that seals who looked at personal data and who took files along, of the same make as the ledger's."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from . import hashes


class LogBlock(models.Model):
    """Lines of the logs put in order for good, chained to the block before. Written by `log_seal.py` alone."""

    number = models.PositiveBigIntegerField(_("number"), primary_key=True)
    prev_hash = models.CharField(max_length=64)
    merkle_root = models.CharField(max_length=64)
    count = models.PositiveIntegerField(_("lines"))
    sealed_at = models.DateTimeField(_("sealed at"))
    hash = models.CharField(_("hash"), max_length=64, unique=True)

    class Meta:
        verbose_name = _("block of the logs")
        verbose_name_plural = _("blocks of the logs")
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(condition=Q(number__gt=0), name="log_block_counts_from_one"),
            models.CheckConstraint(condition=Q(count__gt=0), name="log_block_is_not_empty"),
            models.UniqueConstraint(fields=["prev_hash"], name="log_block_follows_once"),
        ]

    def computed(self) -> str:
        """What `hash` must be."""
        return hashes.block_hash(
            self.number, self.prev_hash, self.merkle_root, self.count, self.sealed_at, hashes.LOG_FORMAT
        )


class LogSeal(models.Model):
    """A line's place in a block: which log and which row, with the digest it was sealed with. Never changed."""

    block = models.ForeignKey(LogBlock, models.PROTECT, related_name="seals", db_index=False)
    position = models.PositiveIntegerField(_("position"))
    log = models.CharField(max_length=8)
    row = models.BigIntegerField()
    leaf = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["block", "position"], name="log_seal_one_line_per_place"),
            models.UniqueConstraint(fields=["log", "row"], name="log_seal_once"),
        ]
