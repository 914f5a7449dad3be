"""Sign in by a code that is sent to a telephone: six digits, five minutes, five tries, one live code a number."""

from __future__ import annotations

import datetime as dt
import logging
import secrets
import threading

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from marketplace.personal import digest
from marketplace.sms import SmsFailed, can_send, send_sms

from .limits import Limit, take
from .models import SignInCode, User
from .phones import owner_of

log = logging.getLogger(__name__)

GOOD_FOR = dt.timedelta(minutes=5)
MOST_TRIES = 5
SENDING = "a code for signing in"
# what a number is sent, and what one connection may ask for; a village hall shares one
A_MINUTE = Limit("code-minute", 1, 60)
A_HOUR = Limit("code-hour", 5, 3600)
A_DAY = Limit("code-day", 10, 24 * 3600)
FROM_ONE_ADDRESS = Limit("code-address", 60, 3600)


class TooOften(Exception):
    """More codes than may be. `minutes` until it is worth another try."""

    def __init__(self, minutes: int) -> None:
        super().__init__(minutes)
        self.minutes = minutes


def request_code(phone: str, address: str) -> None:
    """Send a code to a (normalised) number, if it is somebody's. What is answered is the same if it is nobody's.

    Raises TooOften, and SmsFailed where no provider is set. What the provider says is waited for by nobody: how long it
    takes and that it failed would tell whose number is known.
    """
    if not can_send():
        raise SmsFailed("no provider", again=False)
    if not take(FROM_ONE_ADDRESS, address):
        raise TooOften(60)
    if not take(A_MINUTE, phone):
        raise TooOften(1)
    if not take(A_HOUR, phone):
        raise TooOften(60)
    if not take(A_DAY, phone):
        raise TooOften(24 * 60)
    user = owner_of(phone)
    code = f"{secrets.randbelow(10**6):06}"
    # written for a number that is nobody's too, so that the two take as long and wait as long
    SignInCode.objects.update_or_create(
        phone_digest=digest(phone),
        defaults={"code_digest": digest(f"{phone}:{code}"), "sent_at": timezone.now(), "tries": 0},
    )
    if user is not None:
        threading.Thread(target=_send, args=(phone, code), name=SENDING).start()


def _send(phone: str, code: str) -> None:
    try:
        send_sms(phone, "code", {"code": code})
    except SmsFailed as error:
        log.warning("a code for signing in was not sent: %s", error.code)


def redeem(phone: str, code: str) -> User | None:
    """Whose number and code these are; None for a wrong, old or used one. A code opens once, also for twins at once."""
    live = SignInCode.objects.filter(
        phone_digest=digest(phone), sent_at__gt=timezone.now() - GOOD_FOR, tries__lt=MOST_TRIES
    )
    # the try is counted before it is looked at
    if not live.update(tries=F("tries") + 1):
        return None
    right = digest(f"{phone}:{code.strip()}")
    with transaction.atomic():
        known = SignInCode.objects.select_for_update().filter(phone_digest=digest(phone)).first()
        if known is None or not constant_time_compare(known.code_digest, right):
            return None
        known.delete()
    return owner_of(phone)
