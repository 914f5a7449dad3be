from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_delete
from django.utils.translation import gettext_lazy as _


class StockConfig(AppConfig):
    name = "farmers.stock"
    label = "stock"
    verbose_name = _("stock")

    def ready(self) -> None:
        from .models import LotPhoto
        from .photos import follow_deletion

        post_delete.connect(follow_deletion, sender=LotPhoto, dispatch_uid="stock.photos")
