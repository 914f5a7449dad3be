"""What officers saw of a lot, and what became of lots that were about to spoil."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class LotCheck(models.Model):
    """An officer has looked at what a household listed, and let it on sale or sent it back."""

    lot = models.ForeignKey("stock.Lot", models.CASCADE, related_name="checks", verbose_name=_("lot"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"), default=timezone.now)
    approved = models.BooleanField(_("let on sale"))
    stock_seen = models.BooleanField(_("stock seen"), default=False)
    photo_true = models.BooleanField(_("the photo shows these goods"), default=False)
    grade_true = models.BooleanField(_("the grade is right"), default=False)
    why = models.CharField(_("reason"), max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("check of a lot")
        verbose_name_plural = _("checks of lots")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved=True, stock_seen=True) | (Q(approved=False) & ~Q(why="")),
                name="check_sees_or_says_why",
            ),
        ]


class Rescue(models.Model):
    """A lot that came close to its last day: what was at risk that day, and what was saved or lost when it ended.

    Quantities in grams or pieces. Open while `ended_on` is null.
    """

    lot = models.OneToOneField("stock.Lot", models.PROTECT, related_name="rescue", verbose_name=_("lot"))
    since = models.DateField(_("in danger since"))
    at_risk = models.BigIntegerField(_("at risk"))
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    saved = models.BigIntegerField(_("saved"), default=0)
    lost = models.BigIntegerField(_("lost"), default=0)

    class Meta:
        verbose_name = _("lot in danger")
        verbose_name_plural = _("lots in danger")
        ordering = ["since", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(at_risk__gt=0, saved__gte=0, lost__gte=0, at_risk__gte=F("saved") + F("lost")),
                name="rescue_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("since")), name="rescue_ends_after_it_began"
            ),
        ]
        indexes = [models.Index(fields=["ended_on", "since"], name="rescue_by_end")]
