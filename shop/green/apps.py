from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GreenConfig(AppConfig):
    name = "shop.green"
    label = "green"
    verbose_name = _("green channel")

    def ready(self) -> None:
        from farmers.stock.signals import stock_missed
        from shop.orders.signals import release_due

        from .lapse import on_release_due, on_stock_missed

        stock_missed.connect(on_stock_missed, dispatch_uid="green.release_holds")
        release_due.connect(on_release_due, dispatch_uid="green.release_due")
