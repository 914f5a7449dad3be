"""That a household was to be erased, and was: asked by one person, ended by another, and never rewritten."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Erasure(models.Model):
    """One asking and its end. Triggers refuse to delete it, or to change anything of it but the end, once."""

    class Why(models.TextChoices):
        REQUEST = "request", _("the household asks for it")
        MOVED = "moved", _("the family has moved away")
        DIED = "died", _("nobody of the household is left")
        MISTAKE = "mistake", _("it was entered by mistake")

    class Outcome(models.TextChoices):
        WAITING = "", _("waits for a second person")
        ERASED = "erased", _("erased")
        DROPPED = "dropped", _("not erased")

    household = models.ForeignKey(
        "registry.Household", models.PROTECT, related_name="erasures", verbose_name=_("household")
    )
    why = models.CharField(_("reason"), max_length=8, choices=Why)
    words = models.CharField(_("in words"), max_length=200, blank=True, default="")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    outcome = models.CharField(
        _("outcome"), max_length=8, choices=Outcome, blank=True, default=Outcome.WAITING
    )
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    ended_at = models.DateTimeField(_("decided at"), null=True)
    # the account that was the household's: of its own orders some words may go only later
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("account")
    )

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["household"], condition=~Q(outcome="dropped"), name="erasure_once"
            ),
            models.CheckConstraint(
                condition=Q(why__in=["request", "moved", "died", "mistake"]), name="erasure_reason_known"
            ),
            models.CheckConstraint(
                condition=Q(outcome="", ended_by=None, ended_at=None)
                | Q(outcome__in=["erased", "dropped"], ended_by__isnull=False, ended_at__isnull=False),
                name="erasure_ended_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="erased") | ~Q(ended_by=F("asked_by")), name="erasure_takes_two_people"
            ),
        ]
