"""Complaints: something was wrong with what came. Made by the buyer, answered by the city, closed by either."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import NamedTuple

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.access.models import User

from .accept import give_back
from .models import Complaint, ComplaintPhoto, Order, OrderLine, State, TrackingEvent
from .told import complaint_moved
from .transitions import NotAllowed, locked, track

# the goods are there, so that there is something to look at
COMPLAINABLE = frozenset({State.DELIVERED, State.ACCEPTED})
MAX_PHOTOS = 3


class TakenBack(NamedTuple):
    """What a complaint that is right takes back, as `give_back` wants it: grams or pieces."""

    quantity: int
    returned_before: int
    sound: bool


@transaction.atomic
def complain(
    line: OrderLine, what: Complaint.What, words: str, photos: Sequence[File], *, key: uuid.UUID, by: User
) -> Complaint:
    """Make a complaint about a line. The same `key` sent twice gives the same complaint, with the photos it had.

    `photos` are of our own encoding already. Raises NotAllowed before the goods are there, or while another
    complaint about the line waits for its answer.
    """
    order = locked(line.order_id)
    if twin := Complaint.objects.filter(by=by, key=key).first():
        return twin
    if order.state not in COMPLAINABLE:
        raise NotAllowed(_("Write to us when the goods are there."))
    if line.complaints.filter(state=Complaint.State.OPEN).exists():
        raise NotAllowed(_("A complaint about these goods waits for its answer already."))
    made = Complaint.objects.create(line=line, key=key, what=what, words=words, by=by)
    for photo in photos[:MAX_PHOTOS]:
        ComplaintPhoto.objects.create(complaint=made, image=photo)
    track(order, TrackingEvent.Kind.COMPLAINED, by, line.consignment)
    complaint_moved.enqueue(made.pk)
    return made


@transaction.atomic
def answer(complaint: Complaint, words: str, by: User, taken_back: TakenBack | None = None) -> Complaint:
    """Take goods back as a reversing entry, or refuse with words. Raises NotAllowed, BadQuantity; saves nothing then."""
    order, complaint = _locked(complaint)
    if complaint.state != Complaint.State.OPEN:
        raise NotAllowed(_("Somebody has answered this complaint meanwhile."))
    if taken_back is not None:
        give_back(complaint.line_id, **taken_back._asdict(), reason=words[:200], by=by)
        complaint.taken_back = taken_back.quantity
    complaint.state = Complaint.State.ANSWERED
    complaint.answer, complaint.answered_by, complaint.answered_at = words, by, timezone.now()
    complaint.save()
    track(order, TrackingEvent.Kind.ANSWERED, by, complaint.line.consignment)
    complaint_moved.enqueue(complaint.pk)
    return complaint


@transaction.atomic
def close(complaint: Complaint, by: User) -> Complaint:
    """An answered complaint is done with. Closing it twice closes it once. Raises NotAllowed while it is open."""
    order, complaint = _locked(complaint)
    if complaint.state == Complaint.State.OPEN:
        raise NotAllowed(_("This complaint has no answer yet."))
    if complaint.state == Complaint.State.ANSWERED:
        complaint.state = Complaint.State.CLOSED
        complaint.save(update_fields=["state"])
        track(order, TrackingEvent.Kind.CLOSED, by, complaint.line.consignment)
        complaint_moved.enqueue(complaint.pk)
    return complaint


def _locked(complaint: Complaint) -> tuple[Order, Complaint]:
    order = locked(complaint.line.order_id)
    return order, Complaint.objects.select_related("line__consignment").get(pk=complaint.pk)
