from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    name = "marketplace.access"
    label = "access"
    verbose_name = _("people and roles")

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from .language import on_signed_in

        user_logged_in.connect(on_signed_in, dispatch_uid="access.language")
