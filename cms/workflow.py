"""How a story that shows a household is published: the system asks for its consent, then somebody in charge approves."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.messages import get_messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.models import AbstractGroupApprovalTask, Page, Task, TaskState, WorkflowState

from farmers.registry.models import Household
from marketplace.access.models import User


class ConsentTask(Task):
    """Decided by the system, at once: the household shown has agreed, or the story goes back to its author."""

    def start(self, workflow_state: WorkflowState, user: User | None = None) -> TaskState:
        task_state = super().start(workflow_state, user)
        if missing := missing_consent(workflow_state):
            return task_state.reject(update=False, comment=missing)
        return task_state.approve(update=False, comment=_("Consent is there, or no household is shown."))

    @classmethod
    def get_description(cls) -> str:
        return _("The system lets a story pass when the household it shows has agreed.")

    class Meta:
        verbose_name = gettext_lazy("check of consent")
        verbose_name_plural = gettext_lazy("checks of consent")


class StoryApproval(AbstractGroupApprovalTask):
    """Approved by one of its groups. What is sent here again, or approved, is asked for consent once more."""

    def start(self, workflow_state: WorkflowState, user: User | None = None) -> TaskState:
        task_state = super().start(workflow_state, user=user)
        # a story that was sent back comes straight here when its author submits it again
        if missing := missing_consent(workflow_state):
            return task_state.reject(update=False, comment=missing)
        return task_state

    @transaction.atomic
    def on_action(self, task_state: TaskState, user: User, action_name: str, **kwargs: Any) -> None:
        missing = missing_consent(task_state.workflow_state) if action_name == "approve" else ""
        if missing:
            task_state.reject(comment=missing)
        else:
            super().on_action(task_state, user, action_name, **kwargs)

    class Meta:
        verbose_name = gettext_lazy("approval of a story")
        verbose_name_plural = gettext_lazy("approvals of stories")


def missing_consent(workflow_state: WorkflowState) -> str:
    """Whose consent the newest words of the page lack, for its author to read; empty when nobody's."""
    newest: Page = workflow_state.content_object.get_latest_revision().as_object()
    household: Household | None = getattr(newest, "household", None)
    if household is None or household.consent_on is not None:
        return ""
    return _(
        "The household no. %(number)d of %(village)s, %(town)s, has not agreed to be shown. "
        "Ask its village officer, or choose another household; then submit the story again."
    ) % {
        "number": household.pk,
        "village": household.village.name,
        "town": household.village.town.name,
    }


def may_approve(user: User | AnonymousUser) -> bool:
    """Whether this person belongs to a group that approves stories. Asked once for each request's user."""
    if not user.is_authenticated or not user.is_active:
        return False
    if user.is_superuser:
        return True
    if not hasattr(user, "_approves_stories"):
        approves = StoryApproval.objects.filter(active=True, groups__user=user).exists()
        user._approves_stories = approves  # type: ignore[attr-defined]
    return bool(user._approves_stories)  # type: ignore[attr-defined]


def waiting_for_approval() -> QuerySet[TaskState]:
    """Stories that wait for somebody to approve them."""
    return TaskState.objects.filter(
        task__in=StoryApproval.objects.filter(active=True), status=TaskState.STATUS_IN_PROGRESS
    )


# --- what its author is told, beside the form ---------------------------------------------------


def say_why_it_came_back(request: HttpRequest, page: Page) -> None:
    """Whoever opens a page that was sent back reads what has to change."""
    state = page.current_workflow_state
    if request.method == "GET" and state and state.status == WorkflowState.STATUS_NEEDS_CHANGES:
        comment = state.current_task_state.get_comment() or _("changes requested")
        messages.warning(request, _("Sent back: %(comment)s") % {"comment": comment})


def approve_rather_than_publish(items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """While a page waits to be approved, publishing it past the workflow is not offered."""
    page = context.get("page")
    if page is not None and page.workflow_in_progress:
        items[:] = [item for item in items if item.name != "action-publish"]


def stay_with_what_came_back(request: HttpRequest, page: Page) -> HttpResponse | None:
    """A story that the system sent back at once was not submitted: its author stays, and reads why."""
    state = page.current_workflow_state
    sent = any(name in request.POST for name in ("action-submit", "action-restart-workflow"))
    approved = request.POST.get("workflow-action-name") == "approve"
    if not (sent or approved) or state is None or state.status != WorkflowState.STATUS_NEEDS_CHANGES:
        return None
    # "has been submitted" is not what happened
    list(get_messages(request))
    return redirect("wagtailadmin_pages:edit", page.pk)
