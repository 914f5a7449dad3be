"""People who sign in, and the one role each comes here with."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.utils.translation import gettext_lazy as _


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

    objects: ClassVar[People] = People()

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="user_role_known"),
        ]
