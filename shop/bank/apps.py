from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BankConfig(AppConfig):
    name = "shop.bank"
    label = "bank"
    verbose_name = _("bank files")
