"""A story that shows a household: submitted by an editor, asked for consent by the system, approved by an official."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import TaskState, Workflow, WorkflowState

from cms.models import HomePage, StoryApproval, StoryIndexPage, StoryPage
from farmers.registry.models import Household
from marketplace.access.models import Role
from marketplace.days import today
from tests.makers import a_household, a_person, signed_in

from .test_editing import add_story, story_form
from .test_first_pages import ZH, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> Client:
    return signed_in(Role.EDITOR)


@pytest.fixture
def official() -> Client:
    return signed_in(Role.OFFICIAL)


@pytest.fixture
def agreed() -> Household:
    return a_household(consent_on=today())


def submit(client: Client, household: Household | None, **facts: Any) -> StoryPage:
    """A new story, submitted at once."""
    add_story(client, household=str(household.pk) if household else "", **{"action-submit": "1"}, **facts)
    return StoryPage.objects.get()


def submit_again(client: Client, story: StoryPage, household: Household) -> Any:
    form = story_form(household=str(household.pk), **{"action-submit": "1"})
    return client.post(reverse("wagtailadmin_pages:edit", args=[story.pk]), form)


def decide(client: Client, story: StoryPage, action: str = "approve", comment: str = "") -> Any:
    """As the panel on the admin's home does it."""
    task = TaskState.objects.latest("pk")
    address = reverse("wagtailadmin_pages:workflow_action", args=[story.pk, action, task.pk])
    return client.post(address, {"comment": comment, "next": "/admin/"})


def status(story: StoryPage) -> str:
    return WorkflowState.objects.for_instance(story).latest("pk").status


def is_live(story: StoryPage) -> bool:
    return StoryPage.objects.get(pk=story.pk).live


def test_submitted_and_approved_a_story_is_published(
    editor: Client, official: Client, client: Client, agreed: Household
) -> None:
    story = submit(editor, agreed)
    assert status(story) == "in_progress"
    assert client.get("/stories/jidan/", headers=ZH).status_code == 404
    # the official finds it, looks at it, and approves
    home = official.get("/admin/").content.decode()
    assert f"/admin/pages/{story.pk}/edit/" in home
    form = official.get(f"/admin/pages/{story.pk}/edit/").content.decode()
    assert 'data-workflow-action-name="approve"' in form
    assert "action-publish" not in form
    draft = official.get(reverse("wagtailadmin_pages:view_draft", args=[story.pk]))
    assert "早上收的" in draft.content.decode()
    assert decide(official, story).status_code == 302
    assert status(story) == "approved"
    assert "早上收的" in text(client, "/stories/jidan/", ZH)


def test_an_administrator_may_approve_too(editor: Client, agreed: Household) -> None:
    story = submit(editor, agreed)
    decide(signed_in(Role.ADMIN), story)
    assert is_live(story)


def test_without_consent_the_system_sends_it_back_and_says_whose(editor: Client) -> None:
    silent = a_household()
    # an editor is offered nobody who has not agreed; here, consent was taken back after the draft
    silent.consent_on = today()
    silent.save()
    add_story(editor, household=str(silent.pk))
    story = StoryPage.objects.get()
    Household.objects.filter(pk=silent.pk).update(consent_on=None)
    answer = submit_again(editor, story, silent)
    assert answer.url == f"/admin/pages/{story.pk}/edit/"
    assert status(story) == "needs_changes"
    task = TaskState.objects.latest("pk")
    assert (task.status, task.finished_by) == ("rejected", None)
    assert not TaskState.objects.filter(task__in=StoryApproval.objects.all()).exists()
    beside_the_form = editor.get(answer.url)
    # it does not also claim to have been submitted
    assert len(beside_the_form.context["messages"]) == 1
    for page in (beside_the_form, editor.get("/admin/")):
        told = page.content.decode()
        assert silent.village.name in told
        assert str(silent.village.town) in told
        assert silent.head_name not in told


def test_what_was_sent_back_goes_on_when_the_household_agrees(editor: Client, official: Client) -> None:
    household = a_household(consent_on=today())
    add_story(editor, household=str(household.pk))
    story = StoryPage.objects.get()
    Household.objects.filter(pk=household.pk).update(consent_on=None)
    submit_again(editor, story, household)
    Household.objects.filter(pk=household.pk).update(consent_on=today())
    submit_again(editor, story, household)
    assert status(story) == "in_progress"
    decide(official, story)
    assert is_live(story)


def test_consent_taken_back_while_it_waits_stops_the_approval(
    editor: Client, official: Client, agreed: Household
) -> None:
    story = submit(editor, agreed)
    Household.objects.filter(pk=agreed.pk).update(consent_on=None)
    assert agreed.village.name in official.get(decide(official, story).url).content.decode()
    assert status(story) == "needs_changes"
    assert not is_live(story)


def test_another_household_put_in_after_changes_were_asked_for_is_asked_too(
    editor: Client, official: Client, agreed: Household
) -> None:
    story = submit(editor, agreed)
    decide(official, story, "reject", "换一张照片")
    assert status(story) == "needs_changes"
    assert "换一张照片" in editor.get(f"/admin/pages/{story.pk}/edit/").content.decode()
    Household.objects.filter(pk=agreed.pk).update(consent_on=None)
    submit_again(editor, story, agreed)
    assert status(story) == "needs_changes"
    assert TaskState.objects.latest("pk").finished_by is None


@pytest.mark.parametrize("role", [Role.EDITOR, Role.CASHIER, Role.OFFICER, Role.CITIZEN])
def test_the_wrong_person_cannot_approve(role: Role, editor: Client, agreed: Household) -> None:
    story = submit(editor, agreed)
    decide(signed_in(role), story)
    assert status(story) == "in_progress"
    assert not is_live(story)


def test_an_editor_cannot_go_round_the_workflow(editor: Client, agreed: Household) -> None:
    publish = {"household": str(agreed.pk), "action-publish": "1"}
    assert add_story(editor, **publish).status_code == 200
    assert not StoryPage.objects.exists()
    # first without the household, then with it
    add_story(editor)
    story = StoryPage.objects.get()
    edit = reverse("wagtailadmin_pages:edit", args=[story.pk])
    editor.post(edit, story_form(**publish))
    assert not is_live(story)
    editor.post(edit, story_form(household=str(agreed.pk)))
    bulk = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    editor.post(f"{bulk}?id={story.pk}&next=/admin/")
    assert not is_live(story)


def test_a_story_without_a_household_needs_nobody_s_approval_but_may_ask_for_it(
    editor: Client, official: Client
) -> None:
    story = submit(editor, None)
    assert status(story) == "in_progress"
    decide(official, story)
    assert is_live(story)


def test_other_pages_are_published_by_editors_alone(editor: Client) -> None:
    home = HomePage.objects.get(locale__language_code="zh-hans")
    assert home.get_workflow() is None
    indexes = StoryIndexPage.objects.all()
    assert {index.get_workflow() for index in indexes} == {Workflow.objects.get(name__contains="Household")}
    page = editor.get(reverse("wagtailadmin_pages:edit", args=[home.pk])).content.decode()
    assert "action-publish" in page
    assert "action-submit" not in page


def test_a_published_story_whose_household_takes_its_consent_back_is_hidden_and_named(
    editor: Client, official: Client, client: Client, agreed: Household
) -> None:
    story = submit(editor, agreed)
    decide(official, story)
    assert "一筐鸡蛋" in text(client, "/stories/", ZH)
    agreed.consent_on = None
    agreed.save()
    assert client.get("/stories/jidan/", headers=ZH).status_code == 404
    home = editor.get("/admin/").content.decode()
    panel = home[home.index('id="attention-section"') :].partition("</section>")[0]
    assert "一筐鸡蛋" in panel
    assert f"/admin/pages/{story.pk}/edit/" in panel


def test_who_joins_the_approvers_may_approve(editor: Client, agreed: Household) -> None:
    story = submit(editor, agreed)
    somebody = a_person(Role.EDITOR)
    somebody.groups.add(StoryApproval.objects.get().groups.first())
    decide(signed_in(somebody), story)
    assert is_live(story)
