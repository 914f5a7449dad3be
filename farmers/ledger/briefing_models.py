"""What everybody may see of the ledger: years as they were counted, and briefings with the words editors chose."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from farmers.registry.models import Town
from marketplace.access.rules import Act, may

from .wording import CHINESE, ENGLISH, SENTENCES, Piece, faults, plain

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from marketplace.access.models import User


class PublicYear(models.Model):
    """A calendar year for everybody's eyes, as `public_year.py` counted it last, which alone writes it."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    told = models.JSONField()
    # of this year and the one before, when it was counted
    entries = models.BigIntegerField()
    counted_at = models.DateTimeField()


def _sentence(name: str) -> models.TextField[str, str]:
    return models.TextField(SENTENCES[name].label, blank=True, max_length=600)


class BriefingWords(models.Model):
    """A language's sentences as editors want them; one that is empty reads as `wording.py` has it."""

    class Language(models.TextChoices):
        CHINESE = CHINESE, _("Chinese")
        ENGLISH = ENGLISH, _("English")

    language = models.CharField(
        _("language"), max_length=8, choices=Language, unique=True, default=Language.CHINESE
    )
    sold = _sentence("sold")
    nothing = _sentence("nothing")
    produce = _sentence("produce")
    saplings = _sentence("saplings")
    others = _sentence("others")
    canteen = _sentence("canteen")
    online = _sentence("online")
    green = _sentence("green")
    up = _sentence("up")
    down = _sentence("down")
    level = _sentence("level")
    manifold = _sentence("manifold")
    first = _sentence("first")
    none = _sentence("none")

    class Meta:
        verbose_name = _("wording of briefings")
        verbose_name_plural = _("wording of briefings")
        ordering = ["-language"]
        constraints = [
            models.CheckConstraint(
                condition=Q(language__in=[CHINESE, ENGLISH]), name="wording_language_known"
            )
        ]

    def __str__(self) -> str:
        return str(self.get_language_display())

    def clean(self) -> None:
        super().clean()
        found = {name: wrong for name in SENTENCES if (wrong := faults(name, getattr(self, name)))}
        if found:
            raise ValidationError(found)


class BriefingQuerySet(models.QuerySet["Briefing"]):
    def visible_to(self, user: User | AnonymousUser) -> BriefingQuerySet:
        """All to whoever sees the city's figures; to everybody those in which no household is recognised."""
        return self if may(user, Act.SEE_CITY) else self.filter(is_public=True)


class Briefing(models.Model):
    """A published briefing 简报: figures and texts as of a block. Never changed, never deleted: triggers refuse it.

    Written by `publish_briefing.py` alone. `figures` has the keys of `briefing --json`; the texts are pieces, each
    with the key of the figure it tells or none.
    """

    once = models.UUIDField(unique=True)
    start = models.DateField(pgettext_lazy("period", "from"))
    end = models.DateField(pgettext_lazy("period", "to"))
    town = models.ForeignKey(Town, models.PROTECT, null=True, related_name="+", verbose_name=_("town"))
    figures = models.JSONField(_("figures"))
    chinese = models.JSONField(_("text in Chinese"))
    english = models.JSONField(_("text in English"))
    # without what would tell of fewer than five households; null where nothing of it is for everybody
    public_chinese = models.JSONField(null=True)
    public_english = models.JSONField(null=True)
    block = models.ForeignKey(
        "ledger.Block", models.PROTECT, related_name="+", db_index=False, verbose_name=_("newest block")
    )
    block_hash = models.CharField(_("hash of the block"), max_length=64)
    is_public = models.BooleanField(_("for everybody"))
    published_at = models.DateTimeField(_("published at"))
    by = models.CharField(_("published by"), max_length=150)
    digest = models.CharField(max_length=64)

    objects = BriefingQuerySet.as_manager()

    class Meta:
        verbose_name = _("briefing")
        verbose_name_plural = _("briefings")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(end__gte=F("start")), name="briefing_ends_after_start")
        ]
        indexes = [models.Index(fields=["-id"], condition=Q(is_public=True), name="briefing_for_everybody")]

    def __str__(self) -> str:
        return str(_("No. %(number)s") % {"number": self.pk})

    def get_absolute_url(self) -> str:
        return reverse("ledger:briefing", args=[self.pk])

    def told_to(self, user: User | AnonymousUser) -> list[Piece]:
        """The text in the reader's language, as far as it is for this person."""
        return self._pieces(self.chinese, self.english) if may(user, Act.SEE_CITY) else self.public_pieces

    @property
    def public_pieces(self) -> list[Piece]:
        return self._pieces(self.public_chinese, self.public_english)

    @property
    def public_text(self) -> str:
        return plain(self.public_pieces)

    @property
    def text(self) -> str:
        return plain(self._pieces(self.chinese, self.english))

    def _pieces(self, chinese: Any, english: Any) -> list[Piece]:
        reads_english = (get_language() or "").startswith("en")
        return [Piece(*piece) for piece in (english if reads_english else chinese) or ()]

    def seal(self) -> str:
        """What `digest` must be: the SHA-256 of everything that is told."""
        told = {
            "once": str(self.once),
            "start": str(self.start),
            "end": str(self.end),
            "town": self.town_id,
            "figures": self.figures,
            "chinese": self.chinese,
            "english": self.english,
            "public_chinese": self.public_chinese,
            "public_english": self.public_english,
            "block": self.block_id,
            "block_hash": self.block_hash,
            "published_at": self.published_at.astimezone(dt.UTC).isoformat(),
            "by": self.by,
        }
        return hashlib.sha256(_canonical(told)).hexdigest()


def _canonical(told: dict[str, Any]) -> bytes:
    return json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
