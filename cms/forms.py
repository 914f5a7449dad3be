from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm


class StoryForm(WagtailAdminPageForm):
    """A story may be drafted for any household; publishing it asks for consent, beside the field that lacks it."""

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        household = data.get("household")
        publishing = "action-publish" in self.data or self.instance.live
        if publishing and household is not None and household.consent_on is None:
            self.add_error("household", _("This household has not agreed to be shown."))
        return data
