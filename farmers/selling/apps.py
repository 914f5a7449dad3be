from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_delete
from django.utils.translation import gettext_lazy as _


class SellingConfig(AppConfig):
    name = "farmers.selling"
    label = "selling"
    verbose_name = _("listing of goods")

    def ready(self) -> None:
        from farmers.stock.signals import lot_checked, lot_waits_again, stock_in_danger

        from .models import LotDraft
        from .send import follow_deletion
        from .told import on_lot_checked, on_lot_waits_again, on_stock_in_danger

        lot_checked.connect(on_lot_checked, dispatch_uid="selling.checked")
        lot_waits_again.connect(on_lot_waits_again, dispatch_uid="selling.waits_again")
        stock_in_danger.connect(on_stock_in_danger, dispatch_uid="selling.danger")
        post_delete.connect(follow_deletion, sender=LotDraft, dispatch_uid="selling.draft_photos")
