"""The steps of a story that shows a household: the system checks consent, somebody in charge approves."""

from django.db import migrations

WORKFLOW = "农户故事审核 Household stories"
CONSENT = "系统核对农户同意 Consent"
APPROVAL = "主管审核 Approval"
APPROVERS = ("role: official", "role: admin")


def start(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    Page = apps.get_model("wagtailcore", "Page")
    Workflow = apps.get_model("wagtailcore", "Workflow")
    WorkflowPage = apps.get_model("wagtailcore", "WorkflowPage")
    WorkflowTask = apps.get_model("wagtailcore", "WorkflowTask")
    # Wagtail's own covers every page, by a group that nobody here is in: other pages editors publish alone
    WorkflowPage.objects.filter(page__depth=1).delete()
    workflow = Workflow.objects.create(name=WORKFLOW)
    approval = _task(apps, "StoryApproval", APPROVAL)
    approval.groups.set([Group.objects.get_or_create(name=name)[0] for name in APPROVERS])
    for place, task in enumerate((_task(apps, "ConsentTask", CONSENT), approval)):
        WorkflowTask.objects.create(workflow=workflow, task_id=task.pk, sort_order=place)
    for index in Page.objects.filter(content_type__app_label="cms", content_type__model="storyindexpage"):
        WorkflowPage.objects.create(workflow=workflow, page=index)


def stop(apps, schema_editor):
    Page = apps.get_model("wagtailcore", "Page")
    Task = apps.get_model("wagtailcore", "Task")
    Workflow = apps.get_model("wagtailcore", "Workflow")
    WorkflowPage = apps.get_model("wagtailcore", "WorkflowPage")
    ours = Task.objects.filter(content_type__app_label="cms")
    Workflow.objects.filter(workflow_tasks__task__in=ours).delete()
    ours.delete()
    wagtails = Workflow.objects.filter(workflow_tasks__task__content_type__model="groupapprovaltask").first()
    if wagtails is not None:
        WorkflowPage.objects.get_or_create(page=Page.objects.get(depth=1), defaults={"workflow": wagtails})


def _task(apps, kind, name):
    ContentType = apps.get_model("contenttypes", "ContentType")
    content_type, _ = ContentType.objects.get_or_create(app_label="cms", model=kind.lower())
    return apps.get_model("cms", kind).objects.create(name=name, content_type=content_type)


class Migration(migrations.Migration):
    dependencies = [
        ("cms", "0002_start_pages"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(start, stop)]
