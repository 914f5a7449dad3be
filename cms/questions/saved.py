"""Questions kept under a name, by whoever asks them again, and shared with colleagues."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from marketplace.access.models import User


class SavedQuestionQuerySet(models.QuerySet["SavedQuestion"]):
    def visible_to(self, user: User) -> SavedQuestionQuerySet:
        """The own, and what colleagues share. It is the words of a question: its figures are asked for anew."""
        return self.filter(models.Q(owner=user) | models.Q(shared=True))


class SavedQuestion(models.Model):
    """`asked` holds what stands in the address of the question, by name."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("kept by")
    )
    name = models.CharField(_("name"), max_length=60)
    asked = models.JSONField(_("question"))
    shared = models.BooleanField(_("shared with colleagues"), default=False)

    objects = SavedQuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved question")
        verbose_name_plural = _("saved questions")
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="saved_question_name_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def query(self) -> str:
        return urlencode(self.asked)


def keep(owner: User, name: str, asked: Mapping[str, str], shared: bool) -> SavedQuestion:
    """Keep a question under a name; the same name again keeps the new one in its place."""
    question, _new = SavedQuestion.objects.update_or_create(
        owner=owner, name=name, defaults={"asked": dict(asked), "shared": shared}
    )
    return question
