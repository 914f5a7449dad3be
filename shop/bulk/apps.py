from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BulkConfig(AppConfig):
    name = "shop.bulk"
    label = "bulk"
    verbose_name = _("bulk requests")

    def ready(self) -> None:
        from farmers.stock.signals import stock_in_danger
        from shop.orders.signals import order_lapsed

        from .approve import on_order_lapsed
        from .told import on_stock_in_danger

        order_lapsed.connect(on_order_lapsed, dispatch_uid="bulk.lapse")
        stock_in_danger.connect(on_stock_in_danger, dispatch_uid="bulk.clearance")
