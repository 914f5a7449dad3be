"""Who buys: people with their addresses, wishes and notices, units that buy on account, and pick-up points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from farmers.ledger.kinds import BuyerKind, Channel
from farmers.registry.models import Town
from farmers.stock.models import Product
from marketplace.personal import EncryptedTextField

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from marketplace.access.models import User


class BuyerOrganisation(models.Model):
    """A unit that buys 采购单位: a public body's canteen, a nursery firm, a paired enterprise."""

    class Kind(models.TextChoices):
        CANTEEN = BuyerKind.CANTEEN.value, BuyerKind.CANTEEN.label
        NURSERY = BuyerKind.NURSERY.value, BuyerKind.NURSERY.label
        ENTERPRISE = BuyerKind.ENTERPRISE.value, BuyerKind.ENTERPRISE.label

    name = models.CharField(_("name"), max_length=80, unique=True)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    address = models.CharField(_("delivery address"), max_length=200)
    contact = models.CharField(_("contact"), max_length=40, blank=True)
    phone = EncryptedTextField(_("phone"), blank=True, default="")
    on_account = models.BooleanField(_("may buy on account"), default=True)

    class Meta:
        verbose_name = _("buyer organisation")
        verbose_name_plural = _("buyer organisations")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["canteen", "nursery", "enterprise"]), name="organisation_kind_known"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def channel(self) -> Channel:
        """The ledger's channel for what this unit buys."""
        return {
            self.Kind.CANTEEN: Channel.CANTEEN,
            self.Kind.NURSERY: Channel.GREEN,
        }.get(self.Kind(self.kind), Channel.ONLINE)


class Member(models.Model):
    """A person who acts for a unit."""

    organisation = models.ForeignKey(
        BuyerOrganisation, models.CASCADE, related_name="members", verbose_name=_("organisation")
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="membership", verbose_name=_("account")
    )

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")

    def __str__(self) -> str:
        return str(self.user)


class Duty(models.Model):
    """What a member does for the unit; one person may have several."""

    class Kind(models.TextChoices):
        REQUESTER = "requester", _("states what is needed")
        APPROVER = "approver", _("approves")
        RECEIVER = "receiver", _("weighs and accepts")
        BOOKKEEPER = "bookkeeper", _("checks statements")

    member = models.ForeignKey(Member, models.CASCADE, related_name="duties", verbose_name=_("member"))
    kind = models.CharField(_("duty"), max_length=12, choices=Kind)

    class Meta:
        verbose_name = _("duty")
        verbose_name_plural = _("duties")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["member", "kind"], name="duty_once_each"),
            models.CheckConstraint(
                condition=Q(kind__in=["requester", "approver", "receiver", "bookkeeper"]),
                name="duty_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


def has_duty(user: User | AnonymousUser, organisation: BuyerOrganisation, duty: Duty.Kind) -> bool:
    """Whether this person does that for this unit: the one place that decides it."""
    return bool(
        user.is_authenticated
        and user.is_active
        and Duty.objects.filter(kind=duty, member__user=user, member__organisation=organisation).exists()
    )


def organisation_of(user: User | AnonymousUser) -> BuyerOrganisation | None:
    """The unit this person acts for, or None."""
    if not user.is_authenticated:
        return None
    return BuyerOrganisation.objects.filter(members__user=user).first()


class Address(models.Model):
    """Where a person has goods brought: kept, so that nobody types it twice. Written by `addresses.py` alone."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="addresses", verbose_name=_("account")
    )
    recipient = EncryptedTextField(_("recipient"))
    phone = EncryptedTextField(_("phone"))
    address = EncryptedTextField(_("address"))
    is_default = models.BooleanField(_("the usual one"), default=False)

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        ordering = ["-is_default", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(is_default=True), name="address_one_usual_each"
            )
        ]


class Favourite(models.Model):
    """A product that somebody likes: lots come and go, the wish stays."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="favourites")
    product = models.ForeignKey(Product, models.CASCADE, related_name="+", verbose_name=_("product"))
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("favourite")
        verbose_name_plural = _("favourites")
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["user", "product"], name="favourite_once")]


class BackAlert(models.Model):
    """Somebody waits for a product, in one town or anywhere: told once, when there is some (see `wishes.py`)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="alerts")
    product = models.ForeignKey(Product, models.CASCADE, related_name="+", verbose_name=_("product"))
    town = models.ForeignKey(
        Town, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("town")
    )
    created_at = models.DateTimeField(default=timezone.now)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("wait for goods")
        verbose_name_plural = _("waits for goods")
        ordering = ["-created_at", "-pk"]
        constraints = [
            # a town that is null equals no other, so it takes two
            models.UniqueConstraint(
                fields=["user", "product"],
                condition=Q(told_at=None, town=None),
                name="alert_once_anywhere",
            ),
            models.UniqueConstraint(
                fields=["user", "product", "town"],
                condition=Q(told_at=None, town__isnull=False),
                name="alert_once_in_town",
            ),
        ]
        indexes = [models.Index(fields=["product"], condition=Q(told_at=None), name="alert_waiting")]


class Notice(models.Model):
    """A line of somebody's inbox: plain facts, put into words in the reader's language."""

    class Kind(models.TextChoices):
        BACK = "back", _("goods are back")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    # what it tells of, so that it is told once
    key = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=12, choices=Kind)
    facts = models.JSONField(default=dict)
    link = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("notice to a person")
        verbose_name_plural = _("notices to people")
        ordering = ["-created_at", "-pk"]
        constraints = [models.CheckConstraint(condition=Q(kind__in=["back"]), name="notice_kind_known")]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="notice_of_user"),
            models.Index(fields=["user"], condition=Q(read_at=None), name="notice_unread"),
        ]


class PickupPoint(models.Model):
    """A place where buyers fetch their goods, such as a town's service hall."""

    town = models.ForeignKey(Town, models.PROTECT, related_name="pickup_points", verbose_name=_("town"))
    name = models.CharField(_("name"), max_length=80, unique=True)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    address = models.CharField(_("address"), max_length=200)
    hours = models.CharField(_("opening hours"), max_length=80)
    open = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("pick-up point")
        verbose_name_plural = _("pick-up points")
        ordering = ["town", "name"]

    def __str__(self) -> str:
        return self.name
