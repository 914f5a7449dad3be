"""Towns, villages, households and the officers who answer for them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q
from django.utils.translation import gettext_lazy as _

from marketplace.access.rules import Act, may
from marketplace.personal import EncryptedTextField, digest, masked_name, masked_phone
from marketplace.pinyin import Sounded

from .erasures import Erasure as Erasure
from .reveals import Reveal as Reveal

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from marketplace.access.models import User


class Town(Sounded):
    """One of the 25 township-level units of Dingzhou."""

    class Kind(models.TextChoices):
        SUBDISTRICT = "subdistrict", _("subdistrict")
        TOWN = "town", _("town")
        TOWNSHIP = "township", _("township")

    slug = models.SlugField(_("slug"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=40, unique=True)
    name_en = models.CharField(_("name in English"), max_length=60)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    pinyin = models.CharField(max_length=80, editable=False, default="")
    initials = models.CharField(max_length=20, editable=False, default="")
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("town")
        verbose_name_plural = _("towns")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class Village(Sounded):
    """A village of one town. Demo villages say that they are invented."""

    town = models.ForeignKey(Town, models.PROTECT, related_name="villages", verbose_name=_("town"))
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)
    pinyin = models.CharField(max_length=120, editable=False, default="")
    initials = models.CharField(max_length=30, editable=False, default="")
    invented = models.BooleanField(_("invented for the demo"), default=False)

    class Meta:
        verbose_name = _("village")
        verbose_name_plural = _("villages")
        ordering = ["town", "name"]
        constraints = [models.UniqueConstraint(fields=["town", "name"], name="village_once_per_town")]

    def __str__(self) -> str:
        return self.name


class OfficerQuerySet(models.QuerySet["Officer"]):
    def for_user(self, user: User) -> OfficerQuerySet:
        return self.filter(user=user)


class Officer(models.Model):
    """A person in charge of helping 帮扶责任人: covers one village, or the whole town when none is named."""

    name = models.CharField(_("name"), max_length=40)
    phone = EncryptedTextField(_("phone"), blank=True, default="")
    town = models.ForeignKey(Town, models.PROTECT, related_name="officers", verbose_name=_("town"))
    village = models.ForeignKey(
        Village, models.PROTECT, null=True, blank=True, related_name="officers", verbose_name=_("village")
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="officer",
        verbose_name=_("account"),
    )

    objects = OfficerQuerySet.as_manager()

    class Meta:
        verbose_name = _("village officer")
        verbose_name_plural = _("village officers")
        constraints = [
            models.UniqueConstraint(fields=["town", "village", "name"], name="officer_once_per_village"),
            # a second one, for SQLite cannot be told that one missing village is like another
            models.UniqueConstraint(
                fields=["town", "name"], condition=Q(village=None), name="officer_once_per_town"
            ),
        ]

    def __str__(self) -> str:
        return self.name


# of a household, what stands encrypted in the table: no list and no page has it opened
ENCRYPTED = ("phone", "id_number", "bank_account")


def encrypted(through: str = "") -> tuple[str, ...]:
    """The same for `defer`, of a household reached through `household__` or the like."""
    return tuple(f"{through}{name}" for name in ENCRYPTED)


class HouseholdQuerySet(models.QuerySet["Household"]):
    def visible_to(self, user: User | AnonymousUser) -> HouseholdQuerySet:
        """The households this person may open: the one decision on whose people are whose."""
        if not user.is_authenticated:
            return self.none()
        if may(user, Act.SEE_CITY):
            return self
        # of who was erased the city keeps the figures; nobody serves it any more
        if may(user, Act.SERVE_VILLAGE):
            return self.filter(covered_by(user), erased_on=None)
        if may(user, Act.SELL):
            return self.filter(user=user)
        return self.none()

    def there(self) -> HouseholdQuerySet:
        """Those that were not erased."""
        return self.filter(erased_on=None)


def covered_by(user: User, prefix: str = "") -> Q:
    """The condition on a household (reached through `prefix`) that an officer's post covers it."""
    officer = Officer.objects.for_user(user).first()
    if officer is None:
        return Q(pk__in=[])
    if officer.village_id:
        return Q(**{f"{prefix}village": officer.village_id})
    return Q(**{f"{prefix}village__town": officer.town_id})


def about_households_of(user: User | AnonymousUser) -> Q:
    """The condition on a row with a `household` that this person may read it.

    The city reads all, an officer what the own villages' households have, a seller the own; nobody else anything.
    """
    if not user.is_authenticated:
        return Q(pk__in=[])
    if may(user, Act.SEE_CITY):
        return Q()
    if may(user, Act.SERVE_VILLAGE):
        return covered_by(user, "household__")
    return Q(household__user=user) if may(user, Act.SELL) else Q(pk__in=[])


class Household(models.Model):
    """A family that sells. The public meets it as town, village and a masked name, and only by its consent."""

    village = models.ForeignKey(Village, models.PROTECT, related_name="households", verbose_name=_("village"))
    head_name = models.CharField(_("head of household"), max_length=40)
    members = models.PositiveSmallIntegerField(_("members"), null=True, blank=True)
    phone = EncryptedTextField(_("phone"), blank=True, default="")
    phone_digest = models.CharField(max_length=64, editable=False, default="", db_index=True)
    id_number = EncryptedTextField(_("identity number"), blank=True, default="")
    bank_account = EncryptedTextField(_("bank account"), blank=True, default="")
    officer = models.ForeignKey(
        Officer,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="households",
        verbose_name=_("officer"),
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="household",
        verbose_name=_("account"),
    )
    consent_on = models.DateField(_("agreed to be shown on"), null=True, blank=True)
    # since then a village and a masked name, to which the ledger's figures belong (`erasure.py`)
    erased_on = models.DateField(_("erased on"), null=True, editable=False)

    objects = HouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = _("household")
        verbose_name_plural = _("households")
        constraints = [
            # two families of one name in a village are told apart by their phone
            models.UniqueConstraint(
                fields=["village", "head_name", "phone_digest"],
                condition=Q(erased_on=None),
                name="household_once",
            ),
            models.CheckConstraint(
                condition=Q(erased_on=None)
                | Q(
                    phone="",
                    phone_digest="",
                    id_number="",
                    bank_account="",
                    members=None,
                    officer=None,
                    user=None,
                    consent_on=None,
                ),
                name="household_erased_holds_nothing",
            ),
        ]

    def __str__(self) -> str:
        return self.public_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.phone_digest = digest(self.phone)
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "phone_digest"}
        super().save(*args, **kwargs)

    @property
    def public_name(self) -> str:
        """`李**` with consent, else nothing but a word for household (see the templates)."""
        return masked_name(self.head_name) if self.consent_on else ""

    def masked_in(self, words: str) -> str:
        """Words that are written down for good, without the name and numbers that somebody may have put in them."""
        if len(self.head_name) > 1:
            words = words.replace(self.head_name, masked_name(self.head_name))
        for number in filter(None, (self.phone, self.id_number, self.bank_account)):
            words = words.replace(number, f"****{number[-4:]}")
        return words

    @property
    def masked_phone(self) -> str:
        return masked_phone(self.phone) if self.phone else ""


class MarkKind(models.TextChoices):
    """What a household is marked as. Watched kinds: Ministry of Finance and rural revival notices, 2021 on."""

    LIFTED = "lifted", _("lifted from poverty")  # 脱贫户
    REGISTERED = "registered", _("registered poor")  # 建档立卡户, the word of older papers
    WATCHED = "watched", _("watched")  # 监测户, kind not stated
    UNSTABLE = "unstable", _("lifted but unstable")  # 脱贫不稳定户
    EDGE = "edge", _("on the edge of poverty")  # 边缘易致贫户
    HARDSHIP = "hardship", _("struck by sudden hardship")  # 突发严重困难户
    LOW_INCOME = "low_income", _("on subsistence allowance")  # 低保户
    EXTREME = "extreme", _("in extreme hardship")  # 特困户


WATCHED_KINDS = (MarkKind.WATCHED, MarkKind.UNSTABLE, MarkKind.EDGE, MarkKind.HARDSHIP)


class HouseholdMarkQuerySet(models.QuerySet["HouseholdMark"]):
    def on(self, day: dt.date | OuterRef) -> HouseholdMarkQuerySet:
        """Those that hold on a day."""
        return self.filter(Q(until=None) | Q(until__gte=day), since__lte=day)


class HouseholdMark(models.Model):
    """One mark of a household, with its dates; it can bear several."""

    household = models.ForeignKey(
        Household, models.CASCADE, related_name="marks", verbose_name=_("household")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=MarkKind)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)

    objects = HouseholdMarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("mark")
        verbose_name_plural = _("marks")
        ordering = ["-since"]
        constraints = [
            models.UniqueConstraint(
                fields=["household", "kind"], condition=Q(until=None), name="mark_open_once"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=models.F("since")), name="mark_ends_after_it_starts"
            ),
            models.CheckConstraint(condition=Q(kind__in=MarkKind.values), name="mark_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.since:%Y-%m-%d}"

    def holds_on(self, day: dt.date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)
