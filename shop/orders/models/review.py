from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from farmers.ledger.kinds import BuyerKind
from farmers.registry.models import Household
from farmers.stock.models import Product

from .order import OrderLine


class Review(models.Model):
    """What a buyer says of goods that were accepted and kept. Written and hidden by `reviews.py` alone."""

    line = models.OneToOneField(OrderLine, models.PROTECT, related_name="review")
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name=_("product"))
    household = models.ForeignKey(Household, models.PROTECT, related_name="+", verbose_name=_("household"))
    buyer_kind = models.CharField(_("kind of buyer"), max_length=12, choices=BuyerKind)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    stars = models.PositiveSmallIntegerField(_("stars"))
    words = models.CharField(_("words"), max_length=500, blank=True, default="")
    created_at = models.DateTimeField(_("written at"), default=timezone.now)
    hidden_at = models.DateTimeField(_("hidden at"), null=True, blank=True)
    hidden_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    hidden_reason = models.CharField(_("why it is hidden"), max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="review_stars_known"),
            models.CheckConstraint(condition=Q(buyer_kind__in=BuyerKind.values), name="review_buyer_known"),
            models.CheckConstraint(
                condition=Q(hidden_at=None) | ~Q(hidden_reason=""), name="review_hidden_has_reason"
            ),
        ]
        indexes = [
            models.Index(
                fields=["product", "-created_at"], condition=Q(hidden_at=None), name="review_of_product"
            )
        ]

    def __str__(self) -> str:
        return self.words or str(self.stars)
