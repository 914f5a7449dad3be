from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BulkConfig(AppConfig):
    name = "shop.bulk"
    label = "bulk"
    verbose_name = _("bulk requests")

    def ready(self) -> None:
        from shop.orders.signals import order_lapsed

        from .approve import on_order_lapsed

        order_lapsed.connect(on_order_lapsed, dispatch_uid="bulk.lapse")
