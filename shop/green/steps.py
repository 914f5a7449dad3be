"""The one table of a talk's steps, and the function that writes one down."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.access.models import User

from .models import OPEN, Side, State, Step, Talk
from .told import talk_moved

Kind = Step.Kind
BOTH = frozenset({Side.FIRM, Side.HOUSEHOLD})
FIRM, HOUSEHOLD, NOBODY = frozenset({Side.FIRM}), frozenset({Side.HOUSEHOLD}), frozenset({Side.NOBODY})


class Refused(Exception):
    """The talk is not where this step may be taken, or not by this side. The message is for the person."""


# from where, by which step: who may take it, and where it leads
ALLOWED: Mapping[str, Mapping[Kind, tuple[frozenset[Side], State]]] = {
    "": {Kind.ASK: (FIRM, State.ASKED)},
    State.ASKED: {
        Kind.ASK: (FIRM, State.ASKED),  # another day
        Kind.DAY: (HOUSEHOLD, State.VISIT),
    },
    State.VISIT: {
        Kind.ASK: (FIRM, State.ASKED),
        Kind.DAY: (HOUSEHOLD, State.VISIT),
        Kind.SEEN: (BOTH, State.SEEN),
    },
    State.SEEN: {
        Kind.HOLD: (FIRM, State.SEEN),
        Kind.LET_GO: (FIRM, State.SEEN),
        Kind.UNHELD: (NOBODY, State.SEEN),
        Kind.OFFER: (BOTH, State.OFFERED),
    },
    State.OFFERED: {
        Kind.HOLD: (FIRM, State.OFFERED),
        Kind.LET_GO: (FIRM, State.OFFERED),
        Kind.UNHELD: (NOBODY, State.OFFERED),
        Kind.OFFER: (BOTH, State.OFFERED),  # a counter-offer, or the own one bettered
        Kind.ACCEPT: (BOTH, State.AGREED),
    },
}
# whatever is open can end
ENDS: Mapping[Kind, tuple[frozenset[Side], State]] = {
    Kind.DECLINE: (HOUSEHOLD, State.DECLINED),
    Kind.WITHDRAW: (FIRM, State.WITHDRAWN),
    Kind.LAPSE: (NOBODY, State.LAPSED),
}


def allowed(state: str) -> Mapping[Kind, tuple[frozenset[Side], State]]:
    """The steps that can be taken from a state."""
    return {**ALLOWED.get(state, {}), **(ENDS if state in OPEN else {})}


def locked(talk_id: int) -> Talk:
    """The talk with its row lock, for the rest of the transaction. Every verb begins here, and locks lots after it."""
    return (
        Talk.objects.select_for_update(of=("self",), no_key=True)
        .select_related("lot", "firm")
        .get(pk=talk_id)
    )


def check(talk: Talk, kind: Kind, side: Side) -> State:
    """Where this step leads. Raises Refused."""
    way = allowed(talk.state).get(kind)
    if way is None or side not in way[0]:
        raise Refused(
            _("“%(step)s” is not possible now: the talk is “%(state)s”.")
            % {"step": kind.label, "state": talk.get_state_display()}
            if talk.state
            else _("A talk begins with a look.")
        )
    return way[1]


def advance(
    talk: Talk,
    kind: Kind,
    side: Side,
    by: User | None,
    key: uuid.UUID | None = None,
    at: dt.datetime | None = None,
    **facts: Any,
) -> Step:
    """Take one step of a locked talk and record it. Raises Refused, and then nothing has changed.

    `at`: when, by default now. `facts`: what the step says, as the fields of Step. What the talk itself keeps besides is saved with it.
    """
    to = check(talk, kind, side)
    now = at or timezone.now()
    step = Step.objects.create(
        talk=talk,
        kind=kind,
        from_state=talk.state if kind != Kind.ASK or talk.steps.exists() else "",
        to_state=to,
        side=side,
        by=by,
        at=now,
        key=key or uuid.uuid4(),
        **facts,
    )
    talk.state, talk.moved_at = to, now
    if kind == Kind.OFFER:
        talk.offer = step
    if to not in OPEN:
        talk.phone = ""  # nobody comes to look any more
    talk.save(
        update_fields=["state", "moved_at", "visit_on", "held", "held_until", "offer", "order", "phone"]
    )
    talk_moved.enqueue(step.pk)
    return step
