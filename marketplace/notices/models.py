"""What people are told: a line of their inbox, the ways it goes out besides, and which of these each person wants."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Group(models.TextChoices):
    """What notices are about: the unit in which people choose."""

    ORDERS = "orders", _("orders")
    GOODS = "goods", _("goods")
    MONEY = "money", _("money")
    OTHER = "other", _("complaints and the rest")


class Channel(models.TextChoices):
    SMS = "sms", _("text message")
    EMAIL = "email", _("e-mail")


class Notice(models.Model):
    """A line of somebody's inbox: plain facts, put into words (`words.py`) in the reader's language."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    # what it tells of, so that each person is told once
    key = models.CharField(max_length=80)
    kind = models.CharField(max_length=20)
    facts = models.JSONField(default=dict)
    link = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("notice to a person")
        verbose_name_plural = _("notices to people")
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="notice_once")]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="notices_of_user"),
            models.Index(fields=["user"], condition=Q(read_at=None), name="notices_unread"),
        ]


class Delivery(models.Model):
    """A notice on its way out of the house. A row is claimed before it is sent, so that no two workers send it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        GIVEN_UP = "given_up", _("given up")

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=5, choices=Channel)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    due_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=0)
    # the provider's word for why not; never whom it was for
    error = models.CharField(max_length=60, blank=True, default="")
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "channel"], name="delivery_once"),
            models.CheckConstraint(condition=Q(channel__in=["sms", "email"]), name="delivery_channel_known"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "sending", "sent", "given_up"]), name="delivery_state_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state__in=["waiting", "sending"]), name="delivery_due"
            )
        ]


class Wish(models.Model):
    """Whether somebody wants a group of notices by a channel, where they said so; else `wishes.py` knows."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notice_wishes")
    group = models.CharField(max_length=10, choices=Group)
    channel = models.CharField(max_length=5, choices=Channel)
    wanted = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "group", "channel"], name="wish_once")]
