"""Talks 洽谈 between a nursery firm and a household over one lot of saplings, step by step, and what hangs on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from farmers.registry.models import covered_by
from farmers.stock.models import MAX_PRICE_FEN, MAX_QUANTITY, Consent, Lot
from marketplace.access.models import Role
from marketplace.access.rules import Act, may
from marketplace.personal import EncryptedTextField
from shop.buyers.models import BuyerOrganisation, organisations_of
from shop.orders.models import Order

from .papers_models import Paper as Paper
from .papers_models import Sample as Sample

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from marketplace.access.models import User


class State(models.TextChoices):
    """Where a talk stands. The allowed steps are in `steps.py`."""

    ASKED = "asked", _("asked to look")
    VISIT = "visit", _("day to look is set")
    SEEN = "seen", _("looked at")
    OFFERED = "offered", _("an offer waits")
    AGREED = "agreed", pgettext_lazy("talk", "agreed")
    DECLINED = "declined", _("the household ended it")
    WITHDRAWN = "withdrawn", _("the firm ended it")
    LAPSED = "lapsed", _("over without a word")


OPEN = (State.ASKED, State.VISIT, State.SEEN, State.OFFERED)


class Side(models.TextChoices):
    """Who takes a step. Nobody: a time that is over."""

    FIRM = "firm", _("nursery firm")
    HOUSEHOLD = "household", _("household")
    NOBODY = "nobody", _("the clock")


def of_household(user: User, lot: str) -> Q:
    """The condition on a row that it is about a lot (reached through `lot`) that this person speaks for."""
    if may(user, Act.SERVE_VILLAGE) and may(user, Act.SEE_CITY):
        return Q()
    reach = Q(pk__in=[])
    if may(user, Act.SERVE_VILLAGE):
        reach |= covered_by(user, f"{lot}__household__")
    if may(user, Act.SELL):
        reach |= Q(**{f"{lot}__household__user": user})
    return reach


def firms_of(user: User) -> list[int]:
    """The nursery firms that this person buys for."""
    if not user.is_active or user.role != Role.NURSERY:
        return []
    return [unit.pk for unit in organisations_of(user) if unit.kind == BuyerOrganisation.Kind.NURSERY]


class TalkQuerySet(models.QuerySet["Talk"]):
    def visible_to(self, user: User | AnonymousUser) -> TalkQuerySet:
        """The talks this person may read: the own firm's, the own household's or villages'; the city reads all."""
        if not user.is_authenticated:
            return self.none()
        if may(user, Act.SEE_CITY):
            return self
        return self.filter(Q(firm__in=firms_of(user)) | of_household(user, "lot"))

    def open(self) -> TalkQuerySet:
        return self.filter(state__in=OPEN)


class Talk(models.Model):
    """One nursery firm and one lot. Quantities in pieces."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="talks", verbose_name=_("lot"))
    firm = models.ForeignKey(
        BuyerOrganisation, models.PROTECT, related_name="talks", verbose_name=_("nursery firm")
    )
    # whoever of the firm began it: an order is theirs
    buyer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("buyer")
    )
    # whom the household calls about the day
    phone = EncryptedTextField(_("phone"), blank=True, default="")
    state = models.CharField(_("state"), max_length=10, choices=State)
    visit_on = models.DateField(_("day to look"), null=True)
    # pieces reserved after a look, and until when
    held = models.BigIntegerField(_("held"), default=0)
    held_until = models.DateTimeField(_("held until"), null=True)
    # the newest offer, which alone can be accepted
    offer = models.ForeignKey("Step", models.PROTECT, null=True, related_name="+")
    order = models.OneToOneField(Order, models.PROTECT, null=True, related_name="talk")
    began_at = models.DateTimeField(_("begun at"), default=timezone.now)
    # of the last step; with no word for long, the talk is over
    moved_at = models.DateTimeField(default=timezone.now)

    objects = TalkQuerySet.as_manager()

    class Meta:
        verbose_name = _("talk over saplings")
        verbose_name_plural = _("talks over saplings")
        ordering = ["-moved_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "asked",
                        "visit",
                        "seen",
                        "offered",
                        "agreed",
                        "declined",
                        "withdrawn",
                        "lapsed",
                    ]
                ),
                name="talk_state_known",
            ),
            models.UniqueConstraint(
                fields=["lot", "firm"],
                condition=Q(state__in=["asked", "visit", "seen", "offered"]),
                name="talk_one_open_of_lot_and_firm",
            ),
            # nothing is held without an end, nor by a talk that is over or has not come to a look
            models.CheckConstraint(
                condition=Q(held=0, held_until=None)
                | Q(
                    held__gt=0,
                    held__lte=MAX_QUANTITY,
                    held_until__isnull=False,
                    state__in=["seen", "offered"],
                ),
                name="talk_holds_for_a_while",
            ),
            models.CheckConstraint(
                condition=Q(state="agreed", order__isnull=False) | ~Q(state="agreed") & Q(order=None),
                name="talk_agreed_is_an_order",
            ),
            models.CheckConstraint(
                condition=~Q(state="offered") | Q(offer__isnull=False), name="talk_offered_has_an_offer"
            ),
        ]
        indexes = [
            models.Index(fields=["firm", "-moved_at"], name="talk_of_firm"),
            models.Index(fields=["held_until"], condition=Q(held__gt=0), name="talk_hold_lapsing"),
            models.Index(
                fields=["moved_at"],
                condition=Q(state__in=["asked", "visit", "seen", "offered"]),
                name="talk_lapsing",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("green:talk", args=[self.number])

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


class Step(models.Model):
    """One step of a talk: who, when, what and why. Never changed or deleted (`guards.py`)."""

    class Kind(models.TextChoices):
        ASK = "ask", _("asks to look")
        DAY = "day", _("sets the day to look")
        SEEN = "seen", _("looked at the plants")
        HOLD = "hold", _("reserves plants")
        LET_GO = "let_go", _("lets reserved plants go")
        OFFER = "offer", _("makes an offer")
        ACCEPT = "accept", _("accepts the offer")
        DECLINE = "decline", _("does not sell")
        WITHDRAW = "withdraw", _("does not buy")
        UNHELD = "unheld", _("the reservation is over")
        LAPSE = "lapse", _("the talk is over")

    talk = models.ForeignKey(Talk, models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=10, choices=Kind)
    from_state = models.CharField(max_length=10, choices=State, blank=True)
    to_state = models.CharField(max_length=10, choices=State)
    side = models.CharField(max_length=10, choices=Side)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    why = models.CharField(_("note"), max_length=200, blank=True, default="")
    # how the household agreed, where its officer spoke for it
    consent = models.CharField(max_length=8, choices=Consent, blank=True, default="")
    # the day to look, or of an offer the day on which plants are lifted
    day = models.DateField(null=True)
    quantity = models.BigIntegerField(null=True)
    price_fen = models.PositiveBigIntegerField(null=True)
    # the offer that is accepted
    answers = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    # the form carries it, so that a form sent twice is one step
    key = models.UUIDField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["talk", "key"], name="talk_step_once_per_form"),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "ask",
                        "day",
                        "seen",
                        "hold",
                        "let_go",
                        "offer",
                        "accept",
                        "decline",
                        "withdraw",
                        "unheld",
                        "lapse",
                    ]
                ),
                name="talk_step_known",
            ),
            models.CheckConstraint(
                condition=Q(quantity=None) | Q(quantity__gt=0, quantity__lte=MAX_QUANTITY),
                name="talk_step_quantity_sane",
            ),
            models.CheckConstraint(
                condition=Q(price_fen=None) | Q(price_fen__gt=0, price_fen__lte=MAX_PRICE_FEN),
                name="talk_step_price_sane",
            ),
            models.CheckConstraint(
                condition=~Q(kind="offer")
                | Q(price_fen__isnull=False, quantity__isnull=False, day__isnull=False),
                name="talk_offer_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(kind="accept") | Q(answers__isnull=False), name="talk_accepts_an_offer"
            ),
            models.CheckConstraint(
                condition=Q(side="nobody", by=None) | ~Q(side="nobody") & Q(by__isnull=False),
                name="talk_step_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(consent__in=["", "person", "phone", "written"]), name="talk_consent_known"
            ),
            # one acceptance for each talk, whatever happens
            models.UniqueConstraint(fields=["talk"], condition=Q(kind="accept"), name="talk_accepted_once"),
        ]


class DayChange(models.Model):
    """Another lifting day for an order, wished for by one side and agreed to or refused by the other."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waits for an answer")
        AGREED = "agreed", pgettext_lazy("lifting day", "agreed")
        REFUSED = "refused", pgettext_lazy("lifting day", "not agreed")
        TAKEN_BACK = "taken_back", _("taken back")

    order = models.ForeignKey(Order, models.PROTECT, related_name="day_changes")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    day_before = models.DateField(null=True)
    day = models.DateField(_("lifting day"))
    side = models.CharField(max_length=10, choices=Side)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    why = models.CharField(max_length=200, blank=True, default="")
    # how the household agreed, where its officer spoke for it: asking, or answering
    consent = models.CharField(max_length=8, choices=Consent, blank=True, default="")
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    key = models.UUIDField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["order", "key"], name="day_change_once_per_form"),
            models.UniqueConstraint(
                fields=["order"], condition=Q(state="waiting"), name="day_change_one_waits"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "agreed", "refused", "taken_back"]),
                name="day_change_state_known",
            ),
            models.CheckConstraint(condition=Q(side__in=["firm", "household"]), name="day_change_of_a_side"),
            models.CheckConstraint(
                condition=Q(state="waiting", answered_by=None, answered_at=None)
                | ~Q(state="waiting") & Q(answered_by__isnull=False, answered_at__isnull=False),
                name="day_change_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(day_before=None) | ~Q(day=F("day_before")), name="day_change_is_another_day"
            ),
            models.CheckConstraint(
                condition=Q(consent__in=["", "person", "phone", "written"]), name="day_change_consent_known"
            ),
        ]
