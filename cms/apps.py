from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate, post_save
from django.utils.translation import gettext_lazy as _
from wagtail.users.apps import WagtailUsersAppConfig


class CmsConfig(AppConfig):
    default = True
    name = "cms"
    label = "cms"
    verbose_name = _("site")

    def ready(self) -> None:
        # pictures listen to what they keep, also where no page is ever served
        from . import front, pictures, policies, roles  # noqa: F401

        front.watch_pages()
        policies.register()
        post_save.connect(roles.on_user_saved, sender="access.User", dispatch_uid="cms.roles")
        post_migrate.connect(roles.on_migrated, sender=self, dispatch_uid="cms.roles")


class UsersConfig(WagtailUsersAppConfig):
    """Wagtail's users, each with a role."""

    user_viewset = "cms.users.UserViewSet"
