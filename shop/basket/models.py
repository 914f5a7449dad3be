"""What somebody means to buy. It holds no stock: placing the order does."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from farmers.stock.models import MAX_QUANTITY, Lot


class Basket(models.Model):
    """One person's basket, or a guest's, known by the token in a cookie."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="basket"
    )
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("basket")
        verbose_name_plural = _("baskets")


class BasketLine(models.Model):
    """A lot in a basket: how much (grams or pieces), and the price (fen per unit) that the buyer last saw."""

    basket = models.ForeignKey(Basket, models.CASCADE, related_name="lines")
    lot = models.ForeignKey(Lot, models.CASCADE, related_name="+")
    quantity = models.BigIntegerField(_("quantity"))
    seen_price_fen = models.PositiveBigIntegerField()

    class Meta:
        verbose_name = _("basket line")
        verbose_name_plural = _("basket lines")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["basket", "lot"], name="basket_lot_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, quantity__lte=MAX_QUANTITY), name="basket_quantity_sane"
            ),
        ]
