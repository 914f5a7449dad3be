"""People who sign in, and the one role each comes here with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.personal import EncryptedTextField


class Role(models.TextChoices):
    """The people of DESIGN.md. What a role may do stands in `rules.py`."""

    CITIZEN = "citizen", _("citizen")
    CANTEEN = "canteen", _("canteen buyer")
    APPROVER = "approver", _("canteen approver")
    NURSERY = "nursery", _("nursery buyer")
    SELLER = "seller", _("seller")
    OFFICER = "officer", _("village officer")
    CASHIER = "cashier", _("cashier")
    OFFICIAL = "official", _("city official")
    EDITOR = "editor", _("editor")
    ADMIN = "admin", _("administrator")


class People(UserManager["User"]):
    def create_superuser(self, *args: Any, **extra_fields: Any) -> User:
        """The first account of a new site is its administrator's."""
        return super().create_superuser(*args, **{"role": Role.ADMIN, **extra_fields})


class User(AbstractUser):
    """Somebody with an account. Where the role reaches (town, household, unit) is told by the room that owns it."""

    role = models.CharField(_("role"), max_length=16, choices=Role, default=Role.CITIZEN)
    # set by `phones.set_phone`, both at once
    phone = EncryptedTextField(_("phone"), blank=True, default="", editable=False)
    phone_digest = models.CharField(max_length=64, unique=True, null=True, editable=False)

    # what people read; set by `language.py`, and empty until they chose or signed in
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, blank=True, default="", editable=False
    )

    # one more, and whoever is signed in as this person is so no longer
    signed_out = models.PositiveIntegerField(default=0, editable=False)

    # notices that wait to be read: counted where a request's account is read (`notices/signed_in.py`)
    unread = 0

    objects: ClassVar[People] = People()

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="user_role_known"),
        ]

    def get_session_auth_hash(self) -> str:
        return self._of_now(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        return map(self._of_now, super().get_session_auth_fallback_hash())

    def _of_now(self, known_by: str) -> str:
        return f"{known_by}.{self.signed_out}" if self.signed_out else known_by


class SignInCode(models.Model):
    """The one live code of a number: known by digests alone, for a few minutes and a few tries."""

    phone_digest = models.CharField(max_length=64, primary_key=True)
    code_digest = models.CharField(max_length=64)
    sent_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=0)


class SignInCard(models.Model):
    """A card with a code to scan, which an officer handed to a seller: what is on it is known by its digest alone."""

    user = models.OneToOneField(User, models.CASCADE, related_name="card", verbose_name=_("account"))
    token_digest = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField(_("handed out"), default=timezone.now)
    issued_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name=_("handed out by")
    )
    last_used_at = models.DateTimeField(_("last used"), null=True)

    class Meta:
        verbose_name = _("sign-in card")
        verbose_name_plural = _("sign-in cards")


class Tries(models.Model):
    """How often something was tried since when (see `limits.py`). The key holds no name, number or address."""

    key = models.CharField(max_length=120, primary_key=True)
    since = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)


# a table of this room in a file of its own
from .taken import Taken as Taken  # noqa: E402
