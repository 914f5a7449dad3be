from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    name = "shop.payments"
    label = "payments"
    verbose_name = _("payments")

    def ready(self) -> None:
        from shop.orders.signals import order_cancelled

        from .stripe.checkout import on_order_cancelled

        order_cancelled.connect(on_order_cancelled, dispatch_uid="payments.close_session")
