"""The ledger's words for how goods were sold and to whom."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    CANTEEN = "canteen", _("public canteens")  # 机关食堂
    ONLINE = "online", _("online shop")  # 电商
    GREEN = "green", _("green channel")  # 绿色通道


class BuyerKind(models.TextChoices):
    CITIZEN = "citizen", _("citizen")
    CANTEEN = "canteen", _("canteen")
    NURSERY = "nursery", _("nursery firm")
    ENTERPRISE = "enterprise", _("paired enterprise")
