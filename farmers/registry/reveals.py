"""Who looked at a household's personal data in full: written before anything is shown, and never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.access.rules import Act, may

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from marketplace.access.models import User

# instead of names of fields: a copy of all that is kept was given out
EVERYTHING = "everything"
LABELS = {
    "phone": _("phone"),
    "id_number": _("identity number"),
    "bank_account": _("bank account"),
    EVERYTHING: _("a copy of all that is kept"),
}


class RevealQuerySet(models.QuerySet["Reveal"]):
    def visible_to(self, user: User | AnonymousUser) -> RevealQuerySet:
        """The looks this person may read of: the city's office all, an officer those at the own villages' people."""
        from .models import covered_by

        if not may(user, Act.READ_LOOKS):
            return self.none()
        return self if may(user, Act.SEE_CITY) else self.filter(covered_by(user, "household__"))  # type: ignore[arg-type]


class Reveal(models.Model):
    """One look: whose data, which of them, by whom, when and why. Triggers refuse to change or delete it."""

    class Why(models.TextChoices):
        GOODS = "goods", _("to fetch or check goods")
        PAYOUT = "payout", _("to pay the household")
        CARE = "care", _("to help or visit the family")
        REQUEST = "request", _("the household asked for it")
        ERROR = "error", _("to put a mistake right")

    household = models.ForeignKey(
        "registry.Household", models.PROTECT, related_name="reveals", verbose_name=_("household")
    )
    # the names of the fields, with commas between
    fields = models.CharField(_("what was shown"), max_length=80)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    why = models.CharField(_("reason"), max_length=10, choices=Why)
    words = models.CharField(_("in words"), max_length=200, blank=True, default="")
    at = models.DateTimeField(_("at"), default=timezone.now)

    objects = RevealQuerySet.as_manager()

    class Meta:
        verbose_name = _("look at personal data")
        verbose_name_plural = _("looks at personal data")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(why__in=["goods", "payout", "care", "request", "error"]),
                name="reveal_reason_known",
            ),
            models.CheckConstraint(condition=~Q(fields=""), name="reveal_shows_something"),
        ]
        indexes = [models.Index(fields=["household", "-id"], name="reveals_of_household")]

    @property
    def labels(self) -> list[str]:
        """What was shown, in words."""
        return [str(LABELS[name]) for name in self.fields.split(",") if name in LABELS]
