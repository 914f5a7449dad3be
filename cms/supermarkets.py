"""Warm-heart supermarkets 励志暖心超市: where points of a village meeting buy donated goods."""

from __future__ import annotations

from django.core.cache import cache
from django.db import models
from django.db.models.signals import post_delete, post_save
from django.utils.translation import gettext_lazy as _

from farmers.registry.models import Town

_KEY = "cms.supermarkets"
_SECONDS = 60  # other processes hear of an editor's change within this


class WarmHeartShop(models.Model):
    name = models.CharField(_("name"), max_length=40)
    name_en = models.CharField(_("name in English"), max_length=80)
    town = models.ForeignKey(Town, models.PROTECT, related_name="+", verbose_name=_("town"))
    address = models.CharField(_("address"), max_length=120)
    address_en = models.CharField(_("address in English"), max_length=160, blank=True)
    hours = models.CharField(_("opening hours"), max_length=60)
    hours_en = models.CharField(_("opening hours in English"), max_length=80, blank=True)
    goods = models.CharField(
        _("what points buy"),
        max_length=200,
        help_text=_("A point is worth one yuan in goods, never in cash."),
    )
    goods_en = models.CharField(_("what points buy, in English"), max_length=300, blank=True)
    invented = models.BooleanField(_("invented for the demo"), default=False)

    class Meta:
        verbose_name = _("warm-heart supermarket")
        verbose_name_plural = _("warm-heart supermarkets")
        ordering = ["town__position", "id"]

    def __str__(self) -> str:
        return self.name


def supermarkets() -> list[WarmHeartShop]:
    """All of them, by town; kept, as there are few and they hardly change."""
    known: list[WarmHeartShop] | None = cache.get(_KEY)
    if known is None:
        known = list(WarmHeartShop.objects.select_related("town"))
        cache.set(_KEY, known, _SECONDS)
    return known


def forget_supermarkets(**kwargs: object) -> None:
    cache.delete(_KEY)


for _sender in (WarmHeartShop, Town):
    for _signal in (post_save, post_delete):
        _signal.connect(forget_supermarkets, sender=_sender, dispatch_uid=f"cms.supermarkets.{id(_signal)}")
