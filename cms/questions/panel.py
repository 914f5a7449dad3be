"""What is asked most, on the first page of the admin: one press from signing in to the answer."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from wagtail.admin.ui.components import Component

from marketplace.access.rules import Act, may

from .views import ASKING, ready_made


class ReadyPanel(Component):
    name = "questions"
    template_name = "cms/admin/ready_questions.html"
    order = 60

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        user = parent_context["request"].user
        return {"ready": ready_made(user), "briefs": may(user, Act.PUBLISH_BRIEFINGS)}


def add_panel(request: HttpRequest, panels: list[Any]) -> None:
    if any(may(request.user, act) for act in ASKING):
        panels.append(ReadyPanel())
