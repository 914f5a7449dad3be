from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BasketConfig(AppConfig):
    name = "shop.basket"
    label = "basket"
    verbose_name = _("basket")
