"""What visitors write to the market by the contact form. Who they are is encrypted, and so is what they wrote."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.personal import EncryptedTextField


class Letter(models.Model):
    class Subject(models.TextChoices):
        ORDER = "order", _("an order")
        GOODS = "goods", _("goods and quality")
        SELLING = "selling", _("selling here")
        SITE = "site", _("the site itself")
        OTHER = "other", _("something else")

    subject = models.CharField(_("about"), max_length=10, choices=Subject)
    name = EncryptedTextField(_("name"))
    phone = EncryptedTextField(_("phone"), blank=True, default="")
    text = EncryptedTextField(_("message"))
    at = models.DateTimeField(_("written at"), default=timezone.now)
    done = models.BooleanField(_("dealt with"), default=False)
    note = EncryptedTextField(_("what was done"), blank=True, default="")

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["done", "-at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(subject__in=["order", "goods", "selling", "site", "other"]),
                name="letter_subject_known",
            )
        ]
        indexes = [models.Index(fields=["done", "-at"], name="letter_waiting")]

    def __str__(self) -> str:
        # nothing of the writer: this stands in lists and in the admin's log
        return f"{self.Subject(self.subject).label} {timezone.localtime(self.at):%Y-%m-%d %H:%M}"
