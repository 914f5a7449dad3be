from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    name = "shop.payments"
    label = "payments"
    verbose_name = _("payments")

    def ready(self) -> None:
        from farmers.ledger.parts import MORE_CHECKS
        from shop.orders.signals import charge_fell, order_cancelled

        from . import agree, journal
        from .providers import on_order_cancelled
        from .refunds import on_charge_fell

        order_cancelled.connect(on_order_cancelled, dispatch_uid="payments.stop")
        charge_fell.connect(journal.on_charge_fell, dispatch_uid="payments.journal")
        charge_fell.connect(on_charge_fell, dispatch_uid="payments.give_back")
        MORE_CHECKS.extend([agree.orders_hold, agree.hand_ins_hold, agree.sums_hold, agree.months_hold])
