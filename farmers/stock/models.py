"""What is grown: kinds of thing, and one household's batch of each, with every change of its stock."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from farmers.registry.models import Household, HouseholdMark, Town, Village, about_households_of
from marketplace.pinyin import Sounded
from marketplace.quantity import Measure, Unit

from .saplings import Plant
from .saplings import SaplingMeasures as SaplingMeasures
from .watched import LotCheck as LotCheck
from .watched import Rescue as Rescue

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from marketplace.access.models import User


# bounds of sense, so that no product of the two can leave 64 bits: 100,000 yuan a unit, 100,000 tonnes a lot
MAX_PRICE_FEN = 10_000_000
MAX_QUANTITY = 100_000_000_000


# an unknown day of harvest counts as the oldest, so that one index gives the latest harvest first on both databases
HARVEST = Coalesce("harvested_on", Value(dt.date.min))


class Category(Sounded):
    slug = models.SlugField(_("slug"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=40, unique=True)
    name_en = models.CharField(_("name in English"), max_length=60)
    is_sapling = models.BooleanField(_("nursery saplings"), default=False)
    pinyin = models.CharField(max_length=80, editable=False, default="")
    initials = models.CharField(max_length=20, editable=False, default="")
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class Product(Sounded):
    """A kind of thing 品类: potato, pagoda-tree sapling."""

    category = models.ForeignKey(
        Category, models.PROTECT, related_name="products", verbose_name=_("category")
    )
    slug = models.SlugField(_("slug"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=60, unique=True)
    name_en = models.CharField(_("name in English"), max_length=80)
    pinyin = models.CharField(max_length=160, editable=False, default="")
    initials = models.CharField(max_length=40, editable=False, default="")
    measure = models.CharField(_("measure"), max_length=5, choices=Measure)
    unit = models.CharField(_("usual unit"), max_length=8, choices=Unit)
    shelf_life_days = models.PositiveSmallIntegerField(_("shelf life in days"), null=True, blank=True)
    reference_price_fen = models.PositiveIntegerField(
        _("reference price in fen per usual unit"), null=True, blank=True
    )
    illustration = models.CharField(_("illustration"), max_length=60)
    # one bit a month, January the lowest; none when nobody said
    months = models.PositiveSmallIntegerField(_("months of harvest"), default=0)
    # by which measures its lots are sold; blank for what is no plant
    plant = models.CharField(_("measured as"), max_length=8, choices=Plant, blank=True, default="")

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["category", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(measure__in=Measure.values), name="product_measure_known"),
            models.CheckConstraint(condition=Q(unit__in=Unit.values), name="product_unit_known"),
            models.CheckConstraint(condition=Q(months__lt=1 << 12), name="product_months_of_one_year"),
            models.CheckConstraint(condition=Q(plant__in=["", *Plant.values]), name="product_plant_known"),
        ]

    def __str__(self) -> str:
        return self.name


class ProductAlias(Sounded):
    """Another word people write for a product. One word means one product."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="aliases", verbose_name=_("product"))
    name = models.CharField(_("name"), max_length=60, unique=True)
    pinyin = models.CharField(max_length=160, editable=False, default="")
    initials = models.CharField(max_length=40, editable=False, default="")

    class Meta:
        verbose_name = _("alias")
        verbose_name_plural = _("aliases")

    def __str__(self) -> str:
        return self.name


def on_sale_on(day: dt.date) -> Q:
    """The condition on a lot that every buyer may have it on `day`."""
    return for_green_channel_on(day) & for_everybody_on(day)


def for_everybody_on(day: dt.date) -> Q:
    """The condition on a lot that nursery firms' first days are over on `day`, or were never given."""
    return Q(public_on=None) | Q(public_on__lte=day)


def for_green_channel_on(day: dt.date) -> Q:
    """The condition on a lot that a nursery firm may have it on `day`: listed and still good."""
    return Q(state=Lot.State.LISTED) & (Q(good_until=None) | Q(good_until__gte=day))


class LotQuerySet(models.QuerySet["Lot"]):
    def on_sale(self, day: dt.date) -> LotQuerySet:
        """Lots every buyer may meet on `day`: listed, still good, and not kept for the green channel first."""
        return self.filter(on_sale_on(day))

    def in_stock(self) -> LotQuerySet:
        return self.filter(available__gt=0)

    def visible_to(self, user: User | AnonymousUser) -> LotQuerySet:
        """The lots whose stock and people this person may see (buyers meet offers instead)."""
        return self.filter(about_households_of(user))


class Consent(models.TextChoices):
    """How a household told whoever lists for it that it wants to sell."""

    IN_PERSON = "person", _("said it in person")
    BY_PHONE = "phone", _("said it on the phone")
    WRITTEN = "written", _("signed for it")


class Lot(models.Model):
    """One household's batch of one product 批次. All counters are in the product's base measure (grams, pieces).

    The counters change only through `movements.py`: one conditional UPDATE and one movement together.
    """

    class State(models.TextChoices):
        # a household's own listing, until the officer has seen the goods
        WAITING = "waiting", _("to be checked")
        SENT_BACK = "sent_back", _("sent back")
        LISTED = "listed", _("on sale")
        WITHDRAWN = "withdrawn", _("withdrawn")

    slug = models.SlugField(_("slug"), max_length=120, unique=True)
    household = models.ForeignKey(Household, models.PROTECT, related_name="lots", verbose_name=_("household"))
    product = models.ForeignKey(Product, models.PROTECT, related_name="lots", verbose_name=_("product"))
    # copies of what household and product say, so that a listing filters one table
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", editable=False)
    town = models.ForeignKey(Town, models.PROTECT, related_name="+", editable=False)
    category = models.ForeignKey(Category, models.PROTECT, related_name="+", editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.LISTED)
    listed = models.BigIntegerField(_("listed"), default=0, editable=False)
    reserved = models.BigIntegerField(_("reserved"), default=0, editable=False)
    sold = models.BigIntegerField(_("sold"), default=0, editable=False)
    available = models.GeneratedField(
        expression=F("listed") - F("reserved") - F("sold"),
        output_field=models.BigIntegerField(_("available")),
        db_persist=True,
    )
    unit = models.CharField(_("unit"), max_length=8, choices=Unit)
    unit_size = models.PositiveIntegerField(_("grams or pieces per unit"))
    price_fen = models.PositiveBigIntegerField(_("price in fen per unit"))
    # what two units can be compared by: fen per tonne for weight, fen per thousand pieces for counts
    comparable_price = models.GeneratedField(
        expression=F("price_fen") * 1_000_000 / F("unit_size"),
        output_field=models.BigIntegerField(_("comparable price")),
        db_persist=True,
    )
    harvested_on = models.DateField(_("harvested on"), null=True, blank=True)
    good_until = models.DateField(_("good until"), null=True, blank=True)
    grade = models.CharField(_("grade or size"), max_length=80, blank=True, default="")
    note = models.CharField(_("note"), max_length=300, blank=True, default="")
    # the small picture of its first photo, so that a list of lots need not ask for photos
    cover = models.CharField(max_length=100, blank=True, default="", editable=False)
    listed_at = models.DateTimeField(_("listed at"), default=timezone.now)
    # before this day nursery firms alone may have it; null: everybody, at once
    public_on = models.DateField(_("for everybody from"), null=True, blank=True)
    listed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("listed by"),
    )
    # how the household agreed, where somebody listed for it; blank: it listed itself, or came by a workbook
    consent = models.CharField(
        _("how the household agreed"), max_length=8, choices=Consent, blank=True, default=""
    )
    import_key = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)

    objects = LotQuerySet.as_manager()

    class Meta:
        verbose_name = _("lot")
        verbose_name_plural = _("lots")
        ordering = ["-listed_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(sold__gte=0) & Q(reserved__gte=0) & Q(listed__gte=F("sold") + F("reserved")),
                name="lot_never_oversold",
            ),
            models.CheckConstraint(
                condition=Q(price_fen__gt=0, price_fen__lte=MAX_PRICE_FEN), name="lot_price_sane"
            ),
            models.CheckConstraint(condition=Q(listed__lte=MAX_QUANTITY), name="lot_quantity_sane"),
            models.CheckConstraint(condition=Q(unit_size__gt=0), name="lot_unit_size_positive"),
            models.CheckConstraint(condition=Q(unit__in=Unit.values), name="lot_unit_known"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "sent_back", "listed", "withdrawn"]), name="lot_state_known"
            ),
            models.CheckConstraint(
                condition=Q(consent__in=["", "person", "phone", "written"]), name="lot_consent_known"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-listed_at", "-id"], name="lot_newest"),
            models.Index(fields=["state", "category", "-listed_at"], name="lot_by_category"),
            models.Index(fields=["state", "town", "-listed_at"], name="lot_by_town"),
            models.Index(fields=["state", "comparable_price"], name="lot_by_price"),
            models.Index(fields=["state", "good_until"], name="lot_by_freshness"),
            models.Index("state", HARVEST.desc(), F("id").desc(), name="lot_by_harvest"),
        ]

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        return reverse("shop:offer", args=[self.slug])

    def is_on_sale(self, day: dt.date) -> bool:
        """Whether every buyer may have it on `day`: what `on_sale_on` says of many."""
        return self.is_for_green_channel(day) and (self.public_on is None or self.public_on <= day)

    def is_for_green_channel(self, day: dt.date) -> bool:
        """Whether a nursery firm may have it on `day`: what `for_green_channel_on` says of many."""
        return self.state == self.State.LISTED and (self.good_until is None or self.good_until >= day)


def photo_path(photo: LotPhoto, filename: str) -> str:
    return f"lots/{photo.lot_id}/{filename}"


class LotPhoto(models.Model):
    """A picture of a lot, always our own re-encoding: upright, without location or device."""

    lot = models.ForeignKey(Lot, models.CASCADE, related_name="photos", verbose_name=_("lot"))
    image = models.ImageField(_("picture"), upload_to=photo_path, width_field="width", height_field="height")
    width = models.PositiveIntegerField(editable=False, default=0)
    height = models.PositiveIntegerField(editable=False, default=0)
    # the same, small enough for a card
    small = models.ImageField(_("small picture"), upload_to=photo_path, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ["position", "id"]

    @property
    def small_url(self) -> str:
        """Where the small picture is."""
        return str((self.small or self.image).url)


class StockMovement(models.Model):
    """One change of a lot's counters 库存流水, in base units. The counters are the sum of these."""

    class Kind(models.TextChoices):
        LIST = "list", _("listed")
        RESERVE = "reserve", _("reserved for an order")
        RELEASE = "release", _("reservation released")
        SELL = "sell", _("accepted by the buyer")
        SHORTFALL = "shortfall", _("missing at acceptance")
        RETURN = "return", _("returned")
        ADJUST = "adjust", _("stock corrected")
        SPOIL = "spoil", _("spoiled unsold")

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="movements", verbose_name=_("lot"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    listed = models.BigIntegerField(_("listed"), default=0)
    reserved = models.BigIntegerField(_("reserved"), default=0)
    sold = models.BigIntegerField(_("sold"), default=0)
    reference = models.CharField(_("reference"), max_length=80, blank=True, default="")
    key = models.CharField(
        max_length=120, null=True, unique=True, help_text=_("what makes the movement happen once")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("stock movement")
        verbose_name_plural = _("stock movements")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=["list", "reserve", "release", "sell", "shortfall", "return", "adjust", "spoil"]
                ),
                name="movement_kind_known",
            ),
            models.CheckConstraint(
                condition=~Q(listed=0, reserved=0, sold=0), name="movement_moves_something"
            ),
        ]
        indexes = [models.Index(fields=["lot", "id"], name="movement_of_lot")]


class LotTransition(models.Model):
    """A lot taken off sale, or put on sale again: by whom, when and why."""

    lot = models.ForeignKey(Lot, models.CASCADE, related_name="transitions", verbose_name=_("lot"))
    to_state = models.CharField(_("state"), max_length=10, choices=Lot.State)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"), default=timezone.now)
    why = models.CharField(_("reason"), max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("change of a lot's state")
        verbose_name_plural = _("changes of lots' states")
        ordering = ["id"]


def current_marks(day: dt.date) -> models.QuerySet[HouseholdMark]:
    """Marks that hold on `day`, for a prefetch beside lots."""
    return HouseholdMark.objects.filter(since__lte=day).filter(Q(until=None) | Q(until__gte=day))
