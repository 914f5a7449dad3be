"""Who buys: people with their addresses, wishes and notices, units that buy on account, and pick-up points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from farmers.ledger.kinds import BuyerKind, Channel
from farmers.registry.models import Town, Village
from farmers.stock.models import Product
from marketplace.personal import EncryptedTextField

from .filings import CanteenBudget as CanteenBudget
from .filings import CreditedOrder as CreditedOrder

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from marketplace.access.models import User


class BuyerOrganisation(models.Model):
    """A unit that buys 采购单位: a public body's canteen, a nursery firm, a paired enterprise."""

    class Kind(models.TextChoices):
        CANTEEN = BuyerKind.CANTEEN.value, BuyerKind.CANTEEN.label
        NURSERY = BuyerKind.NURSERY.value, BuyerKind.NURSERY.label
        ENTERPRISE = BuyerKind.ENTERPRISE.value, BuyerKind.ENTERPRISE.label

    class Canteen(models.TextChoices):
        """Whose canteen a public body eats at. Firms have none that owes a reserved share."""

        OWN = "own", _("its own")
        SHARED = "shared", _("shared, another unit files")
        CONTRACTED = "contracted", _("run by an operator")
        NONE = "none", _("none")

    name = models.CharField(_("name"), max_length=80, unique=True)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    address = models.CharField(_("delivery address"), max_length=200)
    contact = models.CharField(_("contact"), max_length=40, blank=True)
    phone = EncryptedTextField(_("phone"), blank=True, default="")
    on_account = models.BooleanField(_("may buy on account"), default=True)
    canteen = models.CharField(_("canteen"), max_length=10, choices=Canteen, default=Canteen.NONE)
    files_through = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="files_for",
        verbose_name=_("unit that files for all who share"),
    )
    # whoever cooks there may buy for the unit
    operator = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cooks_for",
        verbose_name=_("operator of the canteen"),
    )
    # a bulk request of less needs nobody's approval; from the second limit on, two people's
    approval_from_fen = models.PositiveBigIntegerField(_("approval needed from, in fen"), default=100_000)
    two_approvals_from_fen = models.PositiveBigIntegerField(
        _("two approvals needed from, in fen"), default=1_000_000
    )

    class Meta:
        verbose_name = _("buyer organisation")
        verbose_name_plural = _("buyer organisations")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["canteen", "nursery", "enterprise"]), name="organisation_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(canteen__in=["own", "shared", "contracted", "none"]),
                name="organisation_canteen_known",
            ),
            models.CheckConstraint(
                condition=Q(kind="canteen") | Q(canteen="none"), name="organisation_firm_without_canteen"
            ),
            models.CheckConstraint(
                condition=Q(canteen="shared", files_through__isnull=False)
                | (~Q(canteen="shared") & Q(files_through=None)),
                name="organisation_shared_canteen_filed_by_one",
            ),
            models.CheckConstraint(
                condition=Q(canteen="contracted", operator__isnull=False)
                | (~Q(canteen="contracted") & Q(operator=None)),
                name="organisation_contracted_canteen_has_operator",
            ),
            models.CheckConstraint(
                condition=(Q(files_through=None) | ~Q(files_through=F("pk")))
                & (Q(operator=None) | ~Q(operator=F("pk"))),
                name="organisation_is_not_its_own_other",
            ),
            models.CheckConstraint(
                condition=Q(two_approvals_from_fen__gte=F("approval_from_fen")),
                name="organisation_second_limit_not_below_first",
            ),
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

    @property
    def owes_share(self) -> bool:
        """Whether it files a budget of its own and owes a reserved share of it."""
        return self.canteen in {self.Canteen.OWN, self.Canteen.CONTRACTED}

    def clean(self) -> None:
        """What no single row can tell: the unit that files for others files for itself."""
        if self.files_through is not None and not self.files_through.owes_share:
            raise ValidationError(
                {"files_through": _("This unit files no budget itself: choose one that does.")}
            )
        if self.pk and not self.owes_share and self.files_for.exists():
            raise ValidationError({"canteen": _("Other units file through this one: it has to file itself.")})


class Pairing(models.Model):
    """An enterprise and a village that it helps 村企结对."""

    organisation = models.ForeignKey(
        BuyerOrganisation, models.CASCADE, related_name="pairings", verbose_name=_("enterprise")
    )
    village = models.ForeignKey(Village, models.PROTECT, related_name="pairings", verbose_name=_("village"))
    since = models.DateField(_("since"), null=True, blank=True)

    class Meta:
        verbose_name = _("pairing")
        verbose_name_plural = _("pairings")
        ordering = ["organisation", "village"]
        constraints = [models.UniqueConstraint(fields=["organisation", "village"], name="pairing_once")]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.village}"

    def clean(self) -> None:
        if self.organisation_id and self.organisation.kind != BuyerOrganisation.Kind.ENTERPRISE:
            raise ValidationError({"organisation": _("Villages are paired with enterprises.")})


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


# what an operator's people do for the units they cook for; approval and the books stay with the unit
OPERATORS_DUTIES = (Duty.Kind.REQUESTER, Duty.Kind.RECEIVER)


def has_duty(user: User | AnonymousUser, organisation: BuyerOrganisation, duty: Duty.Kind) -> bool:
    """Whether this person does that for this unit: the one place that decides it."""
    if not (user.is_authenticated and user.is_active):
        return False
    acts_for = Q(member__organisation=organisation)
    if duty in OPERATORS_DUTIES and organisation.operator_id:
        acts_for |= Q(member__organisation=organisation.operator_id)
    return Duty.objects.filter(acts_for, kind=duty, member__user=user).exists()


def locked_unit(unit_id: int) -> BuyerOrganisation:
    """The unit with its row lock: its filings, statements and transfers are written one after another."""
    return BuyerOrganisation.objects.select_for_update(of=("self",), no_key=True).get(pk=unit_id)


def organisation_of(user: User | AnonymousUser) -> BuyerOrganisation | None:
    """The unit this person belongs to, or None."""
    if not user.is_authenticated:
        return None
    return BuyerOrganisation.objects.filter(members__user=user).first()


def organisations_of(user: User | AnonymousUser) -> list[BuyerOrganisation]:
    """The units this person may buy for: the own one first, then those that it cooks for. One query."""
    if not user.is_authenticated:
        return []
    own = Q(members__user=user)
    found = BuyerOrganisation.objects.filter(own | Q(operator__members__user=user)).distinct()
    mine = Exists(Member.objects.filter(organisation=OuterRef("pk"), user=user))
    return list(found.annotate(is_own=mine).order_by("-is_own", "name"))


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
