from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkbooksConfig(AppConfig):
    name = "farmers.workbooks"
    label = "workbooks"
    verbose_name = _("officers' workbooks")
