from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SellingConfig(AppConfig):
    name = "farmers.selling"
    label = "selling"
    verbose_name = _("listing of goods")
