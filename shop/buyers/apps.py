from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BuyersConfig(AppConfig):
    name = "shop.buyers"
    label = "buyers"
    verbose_name = _("buyers")

    def ready(self) -> None:
        from farmers.stock.signals import stock_listed

        from .wishes import on_stock_listed

        stock_listed.connect(on_stock_listed, dispatch_uid="buyers.back_alerts")
