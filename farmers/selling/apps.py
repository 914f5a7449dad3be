from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SellingConfig(AppConfig):
    name = "farmers.selling"
    label = "selling"
    verbose_name = _("listing of goods")

    def ready(self) -> None:
        from farmers.stock.signals import lot_checked, stock_in_danger

        from .told import on_lot_checked, on_stock_in_danger

        lot_checked.connect(on_lot_checked, dispatch_uid="selling.checked")
        stock_in_danger.connect(on_stock_in_danger, dispatch_uid="selling.danger")
