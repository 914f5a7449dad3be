"""What goes with saplings on their way: certificates, and what was measured of a sample when they came."""

from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from farmers.stock.models import Lot
from farmers.stock.saplings import TrunkAt
from marketplace.private_files import private_files
from shop.orders.models import Consignment, OrderLine


def paper_path(paper: Paper, filename: str) -> str:
    """Nothing of the sender's name for the file is kept but what kind of file it is."""
    return f"papers/{uuid.uuid4().hex}.{'pdf' if filename.lower().endswith('.pdf') else 'jpg'}"


class Paper(models.Model):
    """A certificate for a lot, or for one consignment of it. Saplings that leave the county need the quarantine one.

    《植物检疫条例》: plants for planting are inspected before they are moved out of the county, whatever they are.
    """

    class Kind(models.TextChoices):
        QUARANTINE = "quarantine", _("plant quarantine certificate")  # 植物检疫证书
        ORIGIN = "origin", _("certificate of origin")  # 产地检疫合格证, 产地证明

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, related_name="papers", verbose_name=_("lot"))
    consignment = models.ForeignKey(
        Consignment, models.PROTECT, null=True, related_name="papers", verbose_name=_("consignment")
    )
    number = models.CharField(_("number"), max_length=40)
    issuer = models.CharField(_("issued by"), max_length=80)
    valid_until = models.DateField(_("valid until"))
    file = models.FileField(
        _("photo or PDF"), storage=private_files, upload_to=paper_path, blank=True, default=""
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    # entered by mistake: kept, and no longer shown to buyers
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["quarantine", "origin"]), name="paper_kind_known"),
            models.CheckConstraint(
                condition=Q(lot__isnull=False, consignment=None) | Q(lot=None, consignment__isnull=False),
                name="paper_of_lot_or_consignment",
            ),
            models.CheckConstraint(condition=~Q(number="") & ~Q(issuer=""), name="paper_says_who_and_which"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="paper_withdrawn_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["lot", "kind", "number"],
                condition=Q(lot__isnull=False, withdrawn_at=None),
                name="paper_once_per_lot",
            ),
            models.UniqueConstraint(
                fields=["consignment", "kind", "number"],
                condition=Q(consignment__isnull=False, withdrawn_at=None),
                name="paper_once_per_consignment",
            ),
        ]

    @property
    def is_pdf(self) -> bool:
        return str(self.file.name).endswith(".pdf")

    def holds_on(self, day: dt.date) -> bool:
        return self.withdrawn_at is None and day <= self.valid_until


class Sample(models.Model):
    """What the buyer measured of some plants of a line when they came. Sizes in millimetres.

    Of each measure the smallest and the mean; what was promised stands in the line's own grade.
    """

    TrunkAt = TrunkAt

    line = models.OneToOneField(OrderLine, models.PROTECT, related_name="sample", verbose_name=_("line"))
    plants = models.PositiveIntegerField(_("plants measured"))
    trunk_at = models.CharField(_("trunk measured"), max_length=6, choices=TrunkAt, blank=True, default="")
    trunk_least = models.PositiveIntegerField(null=True)
    trunk_mean = models.PositiveIntegerField(null=True)
    height_least = models.PositiveIntegerField(null=True)
    height_mean = models.PositiveIntegerField(null=True)
    crown_least = models.PositiveIntegerField(null=True)
    crown_mean = models.PositiveIntegerField(null=True)
    note = models.CharField(_("note"), max_length=200, blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("measured sample")
        verbose_name_plural = _("measured samples")
        constraints = [
            models.CheckConstraint(condition=Q(plants__gt=0), name="sample_of_something"),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{one}_least": None, f"{one}_mean": None})
                    | Q(
                        **{
                            f"{one}_least__gt": 0,
                            f"{one}_mean__gte": models.F(f"{one}_least"),
                            f"{one}_mean__isnull": False,
                        }
                    ),
                    name=f"sample_{one}_mean_not_below_least",
                )
                for one in ("trunk", "height", "crown")
            ),
            models.CheckConstraint(
                condition=Q(trunk_least=None, trunk_at="")
                | Q(trunk_least__isnull=False, trunk_at__in=["breast", "metre", "ground"]),
                name="sample_trunk_is_measured_somewhere",
            ),
            models.CheckConstraint(
                condition=Q(trunk_least__isnull=False)
                | Q(height_least__isnull=False)
                | Q(crown_least__isnull=False),
                name="sample_measures_something",
            ),
        ]
