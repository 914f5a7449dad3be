from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BasketConfig(AppConfig):
    name = "shop.basket"
    label = "basket"
    verbose_name = _("basket")

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in, user_logged_out

        from .hold import on_signed_in, on_signed_out

        user_logged_in.connect(on_signed_in, dispatch_uid="basket.merge")
        user_logged_out.connect(on_signed_out, dispatch_uid="basket.forget")
