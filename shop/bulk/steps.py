"""The table of a request's steps, and the function that takes one."""

from __future__ import annotations

from django.utils.translation import gettext as _

from marketplace.access.models import User
from shop.orders.transitions import NotAllowed

from .models import BulkRequest, State, Step
from .told import request_moved

ALLOWED: dict[str, frozenset[State]] = {
    State.DRAFT: frozenset({State.HELD, State.APPROVED, State.WITHDRAWN}),
    # sent back to be changed, agreed to, forgotten, or taken back by who asked
    State.HELD: frozenset({State.DRAFT, State.APPROVED, State.LAPSED, State.WITHDRAWN}),
    State.LAPSED: frozenset({State.DRAFT}),
    State.APPROVED: frozenset(),
    State.WITHDRAWN: frozenset(),
}


def locked(request_id: int) -> BulkRequest:
    """The request with its row lock, for the rest of the transaction. Every verb on a request begins here."""
    return BulkRequest.objects.select_for_update(of=("self",), no_key=True).get(pk=request_id)


def advance(request: BulkRequest, to: State, by: User | None, why: str = "") -> Step:
    """Take one step of a locked request and record it. Raises NotAllowed, and then nothing has changed."""
    if to not in ALLOWED[request.state]:
        raise NotAllowed(
            _("A request that is “%(now)s” cannot become “%(then)s”.")
            % {"now": request.get_state_display(), "then": to.label}
        )
    step = Step.objects.create(request=request, from_state=request.state, to_state=to, by=by, why=why)
    request.state = to
    request.save(update_fields=["state"])
    request_moved.enqueue(step.pk)
    return step
