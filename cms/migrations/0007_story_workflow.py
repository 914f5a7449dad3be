"""The steps of a story that shows a household: the system checks consent, somebody in charge approves."""

import django.db.models.deletion
from django.db import migrations, models


def _task_table(name, one, many, *fields):
    task = models.OneToOneField(
        auto_created=True,
        on_delete=django.db.models.deletion.CASCADE,
        parent_link=True,
        primary_key=True,
        serialize=False,
        to="wagtailcore.task",
    )
    return migrations.CreateModel(
        name=name,
        fields=[("task_ptr", task), *fields],
        options={"verbose_name": one, "verbose_name_plural": many},
        bases=("wagtailcore.task",),
    )


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("cms", "0006_help_and_season"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [
        _task_table("ConsentTask", "check of consent", "checks of consent"),
        _task_table(
            "StoryApproval",
            "approval of a story",
            "approvals of stories",
            (
                "groups",
                models.ManyToManyField(
                    help_text="Pages/snippets at this step in a workflow will be moderated or approved by these groups of users",
                    to="auth.group",
                    verbose_name="groups",
                ),
            ),
        ),
    ]
