"""Measures of nursery saplings, by which buyers of plants choose."""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# bounds of sense in millimetres; the thickest trunk, the tallest tree and the widest crown of Hebei are within
MOST_MM = {"trunk": 5_000, "height": 60_000, "crown": 40_000, "ball": 6_000}
MOST_YEARS = 500


class Size(NamedTuple):
    """A measure that a batch has from its smallest plant to its largest, in millimetres."""

    smallest: int
    largest: int


RANGES = ("trunk", "height", "crown")


class TrunkAt(models.TextChoices):
    """Where a trunk's diameter is taken."""

    BREAST = "breast", _("at breast height")
    METRE = "metre", _("at one metre")
    GROUND = "ground", _("at the ground")


class Roots(models.TextChoices):
    BARE = "bare", _("bare roots")
    BALL = "ball", _("root ball")
    CONTAINER = "container", _("container")


class Grade(models.TextChoices):
    """What GB 6000-1999 lets out of a nursery; what is below grade II is no goods."""

    FIRST = "1", _("grade I")
    SECOND = "2", _("grade II")


class Plant(models.TextChoices):
    """By which measures a product is sold: CJ/T 24 groups plants in this way."""

    TREE = "tree", _("tree, by its trunk at breast height")
    SMALL_TREE = "small", _("small tree, by its trunk at the ground")
    CONIFER = "conifer", _("conifer, by its height")
    SHRUB = "shrub", _("shrub, by height and crown")
    SEEDLING = "seedling", _("young plant, by grade")
    POTTED = "potted", _("in a pot, by the pot")


# in the order that they are asked for
MEASURED_BY: dict[str, tuple[str, ...]] = {
    Plant.TREE: ("trunk", "height", "crown", "roots", "ball", "age"),
    Plant.SMALL_TREE: ("trunk", "height", "crown", "roots", "ball", "age"),
    Plant.CONIFER: ("height", "crown", "roots", "ball", "age"),
    Plant.SHRUB: ("height", "crown", "roots", "ball", "age"),
    Plant.SEEDLING: ("trunk", "height", "age", "roots", "ball", "grade"),
    Plant.POTTED: ("ball", "height", "crown"),
}


def trunk_of(plant: str) -> str:
    """Where the trunk of such a plant is measured, unless somebody says otherwise."""
    return TrunkAt.BREAST if plant == Plant.TREE else TrunkAt.GROUND


class SaplingMeasures(models.Model):
    """How large the plants of a lot are. Every measure is in millimetres, from the smallest plant to the largest.

    The terms are the trade's, as CJ/T 24 (woody plants for landscaping) has them: trunk at breast height 胸径 (1.3 m
    above ground), at one metre 米径, or at the ground 地径 (where the stem meets the soil); height 苗高 or 株高; crown
    冠幅 (mean of its widest and its narrowest diameter); root ball 土球 and container 容器 (their diameters).
    Age 苗龄 counts years of growth since sowing, cutting or grafting. Grades I and II are those of GB 6000-1999,
    which judges young plants from open ground, by trunk at the ground, height and roots, each species by its table.
    """

    TrunkAt, Roots, Grade = TrunkAt, Roots, Grade

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
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("measured by"),
    )
    at = models.DateTimeField(_("at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("measures of saplings")
        verbose_name_plural = _("measures of saplings")
        constraints = [
            *(
                models.CheckConstraint(
                    # both ends or neither, the smaller first
                    condition=Q(**{f"{one}_from": None, f"{one}_to": None})
                    | Q(
                        **{
                            f"{one}_to__isnull": False,
                            f"{one}_from__gt": 0,
                            f"{one}_to__gte": F(f"{one}_from"),
                        }
                    ),
                    name=f"measures_{one}_is_a_range",
                )
                for one in RANGES
            ),
            models.CheckConstraint(
                condition=Q(trunk_from=None, trunk_at="")
                | Q(trunk_from__isnull=False, trunk_at__in=["breast", "metre", "ground"]),
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
