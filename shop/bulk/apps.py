from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BulkConfig(AppConfig):
    name = "shop.bulk"
    label = "bulk"
    verbose_name = _("bulk requests")
