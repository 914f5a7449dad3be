from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GreenConfig(AppConfig):
    name = "shop.green"
    label = "green"
    verbose_name = _("green channel")
