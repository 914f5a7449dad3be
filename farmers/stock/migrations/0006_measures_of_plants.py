"""Plants say how they are measured; a size has both of its ends; who measured, and when."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("stock", "0005_checks_rescues_and_saplings"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="saplingmeasures",
            name="measures_trunk_is_a_range",
        ),
        migrations.RemoveConstraint(
            model_name="saplingmeasures",
            name="measures_height_is_a_range",
        ),
        migrations.RemoveConstraint(
            model_name="saplingmeasures",
            name="measures_crown_is_a_range",
        ),
        migrations.RemoveConstraint(
            model_name="saplingmeasures",
            name="measures_trunk_is_measured_somewhere",
        ),
        migrations.AddField(
            model_name="product",
            name="plant",
            field=models.CharField(
                blank=True,
                choices=[
                    ("tree", "tree, by its trunk at breast height"),
                    ("small", "small tree, by its trunk at the ground"),
                    ("conifer", "conifer, by its height"),
                    ("shrub", "shrub, by height and crown"),
                    ("seedling", "young plant, by grade"),
                    ("potted", "in a pot, by the pot"),
                ],
                default="",
                max_length=8,
                verbose_name="measured as",
            ),
        ),
        migrations.AddField(
            model_name="saplingmeasures",
            name="at",
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="at"),
        ),
        migrations.AddField(
            model_name="saplingmeasures",
            name="by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="measured by",
            ),
        ),
        migrations.AlterField(
            model_name="saplingmeasures",
            name="trunk_at",
            field=models.CharField(
                blank=True,
                choices=[
                    ("breast", "at breast height"),
                    ("metre", "at one metre"),
                    ("ground", "at the ground"),
                ],
                default="",
                max_length=6,
                verbose_name="trunk measured",
            ),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("plant__in", ["", "tree", "small", "conifer", "shrub", "seedling", "potted"])
                ),
                name="product_plant_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="saplingmeasures",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("trunk_from", None), ("trunk_to", None)),
                    models.Q(
                        ("trunk_from__gt", 0),
                        ("trunk_to__gte", models.F("trunk_from")),
                        ("trunk_to__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="measures_trunk_is_a_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="saplingmeasures",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("height_from", None), ("height_to", None)),
                    models.Q(
                        ("height_from__gt", 0),
                        ("height_to__gte", models.F("height_from")),
                        ("height_to__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="measures_height_is_a_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="saplingmeasures",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("crown_from", None), ("crown_to", None)),
                    models.Q(
                        ("crown_from__gt", 0),
                        ("crown_to__gte", models.F("crown_from")),
                        ("crown_to__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="measures_crown_is_a_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="saplingmeasures",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("trunk_at", ""), ("trunk_from", None)),
                    models.Q(("trunk_at__in", ["breast", "metre", "ground"]), ("trunk_from__isnull", False)),
                    _connector="OR",
                ),
                name="measures_trunk_is_measured_somewhere",
            ),
        ),
    ]
