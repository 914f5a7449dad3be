from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PayoutsConfig(AppConfig):
    name = "farmers.payouts"
    label = "payouts"
    verbose_name = _("payouts")

    def ready(self) -> None:
        from farmers.ledger.parts import MORE_CHECKS

        from .agree import payouts_hold

        MORE_CHECKS.append(payouts_hold)
