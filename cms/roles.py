"""How a role becomes access to Wagtail: one group for each role that works in `/admin/`, joined and left by role.

What a group may do is written here and put into the tables after every migrate. Market data (products, lots,
households, the ledger) is not granted by group at all: `policies.py` asks the rules of `marketplace.access`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import connections
from django.db.models import Q
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from marketplace.access.models import Role, User

from .models import HomePage


class Grant(NamedTuple):
    """`pages` and `files` hold from the roots of their trees downwards; the rest are plain permissions."""

    pages: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


_ENTER = "wagtailadmin.access_admin"
_FILES = tuple(
    f"{app}.{act}_{model}"
    for app, model in (("wagtailimages", "image"), ("wagtaildocs", "document"))
    for act in ("add", "change", "choose")
)
_REDIRECTS = tuple(f"wagtailredirects.{act}_redirect" for act in ("add", "change", "delete"))
_EDITOR = Grant(
    pages=("wagtailcore.add_page", "wagtailcore.change_page", "wagtailcore.publish_page"),
    files=_FILES,
    others=(_ENTER, "cms.change_siteinfo", "simple_translation.submit_translation", *_REDIRECTS),
)
GRANTS: dict[str, Grant] = {
    Role.EDITOR: _EDITOR,
    Role.OFFICIAL: Grant(others=(_ENTER,)),
    # the administrator is a superuser besides; the group remembers that the role made it so
    Role.ADMIN: _EDITOR,
}


def group_name(role: str) -> str:
    return f"role: {role}"


def sync_user(user: User) -> None:
    """Give the groups, and the superuser's mark, that the user's role brings, and take away what another brought."""
    ours = {group_name(role): role for role in GRANTS}
    had = {ours[name] for name in user.groups.filter(name__in=ours).values_list("name", flat=True)}
    has = {user.role} & GRANTS.keys()
    if had - has:
        user.groups.remove(*Group.objects.filter(name__in=map(group_name, had - has)))
    if has - had:
        user.groups.add(*Group.objects.filter(name__in=map(group_name, has - had)))
    # who was made superuser by hand, without the role, stays so
    if (Role.ADMIN in has) != (Role.ADMIN in had) or (Role.ADMIN in has and not user.is_superuser):
        user.is_superuser = Role.ADMIN in has
        User.objects.filter(pk=user.pk).update(is_superuser=user.is_superuser)


def on_user_saved(
    instance: User, raw: bool = False, update_fields: frozenset[str] | None = None, **kwargs: Any
) -> None:
    if not raw and (update_fields is None or "role" in update_fields):
        sync_user(instance)


def on_migrated(using: str, **kwargs: Any) -> None:
    with connections[using].cursor() as cursor:
        tables = connections[using].introspection.table_names(cursor)
    # only when it got as far as our pages, which stand on all of Wagtail's tables
    if HomePage._meta.db_table in tables:
        grant_all(using)


def grant_all(using: str = "default") -> None:
    """Make groups and permissions what GRANTS says."""
    words = {word for grant in GRANTS.values() for word in (*grant.pages, *grant.files, *grant.others)}
    for app in sorted({word.partition(".")[0] for word in words}):
        create_permissions(installed.get_app_config(app), verbosity=0, using=using)
    root, files = Page.objects.get(depth=1), Collection.get_first_root_node()
    for role, grant in GRANTS.items():
        group, _new = Group.objects.get_or_create(name=group_name(role))
        group.permissions.set(_permissions(grant.others))
        for permission in _permissions(grant.pages):
            GroupPagePermission.objects.get_or_create(group=group, page=root, permission=permission)
        for permission in _permissions(grant.files):
            GroupCollectionPermission.objects.get_or_create(
                group=group, collection=files, permission=permission
            )
    for user in User.objects.filter(role__in=GRANTS):
        sync_user(user)


def _permissions(words: Iterable[str]) -> list[Permission]:
    wanted = Q(pk__in=[])
    for word in words:
        app, _dot, codename = word.partition(".")
        wanted |= Q(content_type__app_label=app, codename=codename)
    return list(Permission.objects.filter(wanted))
