from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate, post_save
from django.utils.translation import gettext_lazy as _


class CmsConfig(AppConfig):
    name = "cms"
    label = "cms"
    verbose_name = _("site")

    def ready(self) -> None:
        from . import policies, roles

        policies.register()
        post_save.connect(roles.on_user_saved, sender="access.User", dispatch_uid="cms.roles")
        post_migrate.connect(roles.on_migrated, sender=self, dispatch_uid="cms.roles")
