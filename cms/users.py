"""Accounts in `/admin/`: an administrator gives each person the one role that says what they may do here."""

from __future__ import annotations

from typing import Any

from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.users import UserViewSet as WagtailUserViewSet

from .roles import sync_user


class _RoleForm:
    """Whatever groups were ticked, those of the role hold. Many people here have no e-mail address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("email", "first_name", "last_name"):
            self.fields[name].required = False  # type: ignore[attr-defined]

    def _save_m2m(self) -> None:
        super()._save_m2m()  # type: ignore[misc]
        sync_user(self.instance)  # type: ignore[attr-defined]


class CreationForm(_RoleForm, UserCreationForm):
    class Meta(UserCreationForm.Meta):
        fields = {*UserCreationForm.Meta.fields, "role"}


class EditForm(_RoleForm, UserEditForm):
    class Meta(UserEditForm.Meta):
        fields = {*UserEditForm.Meta.fields, "role"}


class UserViewSet(WagtailUserViewSet):
    def get_form_class(self, for_update: bool = False) -> type[UserCreationForm | UserEditForm]:
        return EditForm if for_update else CreationForm
