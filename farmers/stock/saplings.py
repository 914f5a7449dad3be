"""Measures of nursery saplings, by which buyers of plants choose."""

from __future__ import annotations

from typing import NamedTuple

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Range(NamedTuple):
    """A measure that a batch has from one plant to another. `unit` is what people say; the table keeps millimetres."""

    name: str
    unit_mm: int


# what the table keeps in millimetres, and the size of the unit that people say it in
RANGES = (Range("trunk", 10), Range("height", 10), Range("crown", 10))


class SaplingMeasures(models.Model):
    """How large the plants of a lot are. Every measure is in millimetres, from the smallest plant to the largest.

    Terms: trunk at breast height 胸径 (1.3 m above ground) or at the ground 地径, height 苗高, crown 冠幅, age 苗龄,
    ball 土球 (its diameter) or container 容器 (its calibre); grade by GB 6000-1999, 主要造林树种苗木质量分级.
    """

    class TrunkAt(models.TextChoices):
        BREAST = "breast", _("at breast height")
        GROUND = "ground", _("at the ground")

    class Roots(models.TextChoices):
        BARE = "bare", _("bare roots")
        BALL = "ball", _("root ball")
        CONTAINER = "container", _("container")

    class Grade(models.TextChoices):
        FIRST = "1", _("grade I")
        SECOND = "2", _("grade II")

    lot = models.OneToOneField(
        "stock.Lot", models.CASCADE, primary_key=True, related_name="measures", verbose_name=_("lot")
    )
    trunk_at = models.CharField(_("trunk measured"), max_length=6, choices=TrunkAt, blank=True, default="")
    trunk_from = models.PositiveIntegerField(_("trunk from"), null=True, blank=True)
    trunk_to = models.PositiveIntegerField(_("trunk to"), null=True, blank=True)
    height_from = models.PositiveIntegerField(_("height from"), null=True, blank=True)
    height_to = models.PositiveIntegerField(_("height to"), null=True, blank=True)
    crown_from = models.PositiveIntegerField(_("crown from"), null=True, blank=True)
    crown_to = models.PositiveIntegerField(_("crown to"), null=True, blank=True)
    age_years = models.PositiveSmallIntegerField(_("age in years"), null=True, blank=True)
    roots = models.CharField(_("roots"), max_length=9, choices=Roots, blank=True, default="")
    # of the ball or the container
    ball = models.PositiveIntegerField(_("ball or container"), null=True, blank=True)
    grade = models.CharField(_("grade by GB 6000"), max_length=1, choices=Grade, blank=True, default="")

    class Meta:
        verbose_name = _("measures of saplings")
        verbose_name_plural = _("measures of saplings")
        constraints = [
            *(
                models.CheckConstraint(
                    # both ends or neither, the smaller first
                    condition=Q(**{f"{one.name}_from": None, f"{one.name}_to": None})
                    | Q(**{f"{one.name}_from__gt": 0, f"{one.name}_to__gte": F(f"{one.name}_from")}),
                    name=f"measures_{one.name}_is_a_range",
                )
                for one in RANGES
            ),
            models.CheckConstraint(
                condition=Q(trunk_from=None, trunk_at="")
                | Q(trunk_from__isnull=False, trunk_at__in=["breast", "ground"]),
                name="measures_trunk_is_measured_somewhere",
            ),
            models.CheckConstraint(
                condition=Q(roots__in=["", "bare"], ball=None) | Q(roots__in=["ball", "container"]),
                name="measures_ball_is_of_something",
            ),
            models.CheckConstraint(condition=Q(grade__in=["", "1", "2"]), name="measures_grade_known"),
        ]
        indexes = [
            models.Index(fields=["trunk_at", "trunk_from", "trunk_to"], name="measures_by_trunk"),
            models.Index(fields=["height_from", "height_to"], name="measures_by_height"),
        ]
