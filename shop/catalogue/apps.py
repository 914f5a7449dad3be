from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogueConfig(AppConfig):
    name = "shop.catalogue"
    label = "catalogue"
    verbose_name = _("catalogue")

    def ready(self) -> None:
        from farmers.registry.models import Household, HouseholdMark, Town, Village
        from farmers.stock.models import Category, Lot, LotPhoto, Product, ProductAlias

        from .kept import watch
        from .search import watch_names

        watch_names()
        watch(Town, Village, Household, HouseholdMark, Category, Product, ProductAlias, Lot, LotPhoto)
