"""Weighed acceptance 过秤验收: what a unit's receiver reads off the scale, line by line, and what follows from it.

The rules, each by its name. Of a line, "ordered", "weighed" and "refused" are grams or pieces.

- refused 拒收: what is unfit is not paid and goes back; a reason is needed. No more can be refused than was weighed.
- short 短少: accepted is what was weighed less what was refused. What is missing to the order is neither paid nor for
  sale again until an officer has looked.
- over 超出: no more is accepted than was ordered. The surplus is written down and goes home with the officer.
- slip 手误: more than twice what was ordered is taken for a slip of the finger, and asked again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.access.models import User

from .accept import BadQuantity, accept
from .models import Order, OrderLine, Weighing, WeighingPhoto
from .transitions import NotAllowed, locked

MAX_PHOTOS = 3
SLIP_FROM = 2  # times what was ordered


class Outcome(NamedTuple):
    """What becomes of a line: ordered = accepted + short, weighed = accepted + refused + surplus."""

    accepted: int
    short: int
    refused: int
    surplus: int


def settle(ordered: int, weighed: int, refused: int = 0) -> Outcome:
    """The rules above as numbers. Raises ValueError for what no scale can have said."""
    if not (ordered > 0 and 0 <= refused <= weighed):
        raise ValueError("refused is part of weighed, and neither is below nothing")
    sound = weighed - refused
    accepted = min(ordered, sound)
    return Outcome(accepted, ordered - accepted, refused, sound - accepted)


def is_slip(ordered: int, quantity: int) -> bool:
    """Whether so much cannot have been meant."""
    return quantity > ordered * SLIP_FROM


class Reading(NamedTuple):
    """What was read off the scale for one line. `photos` are of our own encoding already."""

    weighed: int
    refused: int = 0
    reason: str = ""
    photos: Sequence[File] = ()


@transaction.atomic
def weigh(
    order_id: int, readings: Mapping[int, Reading], by: User, *, receiver: str, note: str = ""
) -> Order:
    """Record what the scale said of some or all lines (by id) and accept what the rules let in.

    `receiver`: who stood at the scale. The same readings sent twice count once; another one for a line that was
    weighed already raises NotAllowed. Raises BadQuantity at the line that cannot be so. Nothing is half-saved.
    """
    order = locked(order_id)
    lines = {line.pk: line for line in order.lines.select_related("weighing")}
    for pk, reading in readings.items():
        if pk not in lines:
            raise BadQuantity(pk, _("This line is not part of the order."))
        check(lines[pk], reading)
    fresh = {pk: reading for pk, reading in readings.items() if not _is_twin(lines[pk], reading)}
    if not fresh:
        return order
    order = accept(
        order_id,
        {pk: settle(lines[pk].quantity, got.weighed, got.refused).accepted for pk, got in fresh.items()},
        by,
        note,
    )
    _write(lines, fresh, by, receiver)
    return order


def check(line: OrderLine, reading: Reading) -> None:
    """Raises BadQuantity, which names the line and the field, for what cannot be so."""
    if reading.weighed < 0 or reading.refused < 0:
        raise BadQuantity(line.pk, _("Enter what the scale said: nothing or more."))
    if is_slip(line.quantity, reading.weighed):
        raise BadQuantity(line.pk, too_much())
    if reading.refused > reading.weighed:
        raise BadQuantity(line.pk, _("No more can be refused than was weighed."), "refused")
    if reading.refused and not reading.reason.strip():
        raise BadQuantity(line.pk, _("Say why it is refused."), "reason")


def too_much() -> str:
    return _("That is more than twice what was ordered. Look at the scale again, please.")


def _is_twin(line: OrderLine, reading: Reading) -> bool:
    """Whether this line's weighing says the same already. Raises NotAllowed if it says something else."""
    if line.accepted_quantity is None:
        return False
    known = getattr(line, "weighing", None)
    if known is None or known.weighed is None:  # accepted without a scale
        same = line.accepted_quantity == settle(line.quantity, reading.weighed, reading.refused).accepted
    else:
        same = (known.weighed, known.refused) == (reading.weighed, reading.refused)
    if not same:
        raise NotAllowed(_("This line was weighed already, with another result."))
    return True


def _write(lines: Mapping[int, OrderLine], readings: Mapping[int, Reading], by: User, receiver: str) -> None:
    now = timezone.now()
    for pk, reading in readings.items():
        weighing: Weighing = getattr(lines[pk], "weighing", None) or Weighing(line=lines[pk])
        weighing.weighed, weighing.refused = reading.weighed, reading.refused
        weighing.reason = reading.reason.strip() if reading.refused else ""
        weighing.receiver, weighing.by, weighing.at = receiver, by, now
        weighing.save()
        for photo in reading.photos[:MAX_PHOTOS]:
            WeighingPhoto.objects.create(weighing=weighing, image=photo)
