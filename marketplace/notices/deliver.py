"""The worker's part: what waits goes out, is tried again after a pause, and is given up at last.

A delivery is claimed before it is sent. A worker that dies in between leaves it claimed, and nobody knows whether it
went out: it is then given up rather than sent twice.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from marketplace.access.language import reads
from marketplace.days import SHANGHAI
from marketplace.sms import LONGEST_FACT, SmsFailed, send_sms

from .models import Channel, Delivery
from .words import said_outside

State = Delivery.State
# after each failure, so long; then it is given up
PAUSES = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 30, 120))
# no worker takes this long over one message
CLAIMED_FOR = dt.timedelta(minutes=10)
# nobody is woken by a text message
QUIET_FROM, QUIET_UNTIL = 21, 7
AT_ONCE = 200
# no task takes so long
LOST_AFTER = dt.timedelta(hours=1)


@task(queue_name="default", backend="notices")
def send_due() -> int:
    """Send what is due, this batch of it; how many went out. What is left, or has to wait, is a later task."""
    now = timezone.now()
    _give_up_lost(now)
    _take_up_lost(now)
    due = Delivery.objects.filter(state=State.WAITING, due_at__lte=now).order_by("due_at", "pk")
    ids = list(due.values_list("pk", flat=True)[:AT_ONCE])
    sent = sum(deliver(pk, now) for pk in ids)
    _come_back(now)
    return sent


def _come_back(now: dt.datetime) -> None:
    """One task for the next that is due, unless there is one."""
    if DBTaskResult.objects.filter(task_path=send_due.module_path, status=TaskResultStatus.READY).exists():
        return
    later = (
        Delivery.objects.filter(state=State.WAITING)
        .order_by("due_at")
        .values_list("due_at", flat=True)
        .first()
    )
    if later is not None:
        send_due.using(run_after=max(later, now + dt.timedelta(seconds=5))).enqueue()


def _give_up_lost(now: dt.datetime) -> None:
    Delivery.objects.filter(state=State.SENDING, due_at__lt=now - CLAIMED_FOR).update(
        state=State.GIVEN_UP, error="lost on the way"
    )


def _take_up_lost(now: dt.datetime) -> None:
    """What a killed worker was about: telling is done once for each key, so that it may be begun again."""
    lost = DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING, started_at__lt=now - LOST_AFTER)
    lost.update(status=TaskResultStatus.READY, started_at=None, worker_ids=[])


def deliver(pk: int, now: dt.datetime) -> bool:
    """Send one, if nobody else does."""
    waiting = Delivery.objects.filter(pk=pk, state=State.WAITING)
    until = quiet_until(now)
    if until and waiting.filter(channel=Channel.SMS).update(due_at=until):
        return False
    if not waiting.update(state=State.SENDING, due_at=now, tries=F("tries") + 1):
        return False
    delivery = Delivery.objects.select_related("notice__user").get(pk=pk)
    try:
        _BY[Channel(delivery.channel)](delivery)
    except SmsFailed as failed:
        _failed(delivery, failed.code, again=failed.again)
    except Exception as error:  # a mail server may raise anything; its text may hold the address
        _failed(delivery, type(error).__name__, again=True)
    else:
        Delivery.objects.filter(pk=pk).update(state=State.SENT, sent_at=timezone.now(), error="")
        return True
    return False


def _failed(delivery: Delivery, code: str, *, again: bool) -> None:
    if again and delivery.tries <= len(PAUSES):
        due = timezone.now() + PAUSES[delivery.tries - 1]
        Delivery.objects.filter(pk=delivery.pk).update(state=State.WAITING, due_at=due, error=code[:60])
    else:
        Delivery.objects.filter(pk=delivery.pk).update(state=State.GIVEN_UP, error=code[:60])


def quiet_until(now: dt.datetime) -> dt.datetime | None:
    """The end of the night in Shanghai, if it is night there."""
    here = now.astimezone(SHANGHAI)
    if QUIET_UNTIL <= here.hour < QUIET_FROM:
        return None
    morning = here.replace(hour=QUIET_UNTIL, minute=0, second=0, microsecond=0)
    return morning if here.hour < QUIET_UNTIL else morning + dt.timedelta(days=1)


def _by_sms(delivery: Delivery) -> None:
    user = delivery.notice.user
    if not user.phone:
        raise SmsFailed("no number", again=False)
    with override(reads(user)):
        send_sms(user.phone, "notice", {"text": _cut(said_outside(delivery.notice))})


def _cut(text: str) -> str:
    """What is too long ends in a mark that says so, and at a word where there are words."""
    if len(text) <= LONGEST_FACT:
        return text
    kept = text[: LONGEST_FACT - 1]
    # a word of Chinese is a character or two: only a space near the end is one between words
    return f"{kept[: kept.rindex(' ')] if ' ' in kept[-12:] else kept}…"


def _by_email(delivery: Delivery) -> None:
    user = delivery.notice.user
    if not user.email:
        raise SmsFailed("no address", again=False)
    with override(reads(user)):
        text = said_outside(delivery.notice)
        mail(user.email, text, f"{text}\n\n{settings.SITE_URL}{delivery.notice.link}")


_BACKENDS = {
    "console": "django.core.mail.backends.console.EmailBackend",
    "memory": "django.core.mail.backends.locmem.EmailBackend",
    "smtp": "django.core.mail.backends.smtp.EmailBackend",
    "smtps": "django.core.mail.backends.smtp.EmailBackend",
}


def can_mail() -> bool:
    return urlsplit(settings.EMAIL_URL).scheme in _BACKENDS


def mail(address: str, subject: str, body: str) -> None:
    """One e-mail by EMAIL_URL. Raises SmsFailed where there is none; whatever the server raises, else."""
    where = urlsplit(settings.EMAIL_URL)
    if where.scheme not in _BACKENDS:
        raise SmsFailed("no mail server", again=False)
    how: dict[str, Any] = {}
    if where.scheme.startswith("smtp"):
        how = {
            "host": where.hostname,
            "port": where.port,
            "username": unquote(where.username or ""),
            "password": unquote(where.password or ""),
            "use_ssl": where.scheme == "smtps",
            "use_tls": where.scheme == "smtp" and bool(where.username),
            "timeout": 20,
        }
    message = EmailMessage(
        f"{_('Dingzhou Harvest Market')}: {subject[:60]}", body, settings.EMAIL_FROM, [address],
        connection=get_connection(_BACKENDS[where.scheme], **how),
    )  # fmt: skip
    message.send()


_BY = {Channel.SMS: _by_sms, Channel.EMAIL: _by_email}
