from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    name = "shop.orders"
    label = "orders"
    verbose_name = _("orders")

    def ready(self) -> None:
        from farmers.stock.signals import stock_missed
        from shop.catalogue.kept import watch

        from .cancel import on_stock_missed
        from .models import Review

        # a review stands on offers' pages
        watch(Review)
        stock_missed.connect(on_stock_missed, dispatch_uid="orders.release_lapsed")
