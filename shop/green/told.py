"""Who is told of a talk's steps: the side that did not take it; a household together with its officers."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django_tasks import task

from farmers.registry.officers import answering_for
from marketplace.access.models import Role, User
from marketplace.money import yuan
from marketplace.notices.tell import tell
from marketplace.notices.words import in_both
from marketplace.templatetags.market import amount, month_day, name_
from shop.orders.models import Order

from .models import DayChange, Side, Step, Talk

Kind = Step.Kind
# of a talk's steps, those that somebody is told of
KINDS = {
    Kind.ASK: "talk_ask",
    Kind.DAY: "talk_day",
    Kind.HOLD: "talk_hold",
    Kind.OFFER: "talk_offer",
    Kind.ACCEPT: "talk_agreed",
    Kind.DECLINE: "talk_over",
    Kind.WITHDRAW: "talk_over",
    Kind.UNHELD: "talk_unheld",
    Kind.LAPSE: "talk_over",
}


@task(backend="notices")
def talk_moved(step_id: int) -> int:
    """Tell the other side of a step; of the clock's, both. How many were told."""
    step = Step.objects.select_related(
        "talk__lot__product", "talk__lot__village", "talk__firm", "talk__order"
    ).get(pk=step_id)
    kind = KINDS.get(Kind(step.kind))
    if kind is None:
        return 0
    talk, people = step.talk, set()
    if step.side != Side.FIRM:
        people |= _of_firm(talk.firm_id, {talk.buyer_id, *_spoke(talk.steps.all())})
    if step.side != Side.HOUSEHOLD:
        people |= _of_household(talk)
    return tell(people - {step.by_id}, kind, _facts(step), talk.get_absolute_url(), f"talk:{step.pk}")


def _spoke(rows: QuerySet[Step] | QuerySet[DayChange]) -> QuerySet[Any]:
    """Whoever spoke for the firm."""
    return rows.filter(side=Side.FIRM).order_by().values_list("by", flat=True)


def _of_firm(firm_id: int | None, spoke: set[int | None]) -> set[int | None]:
    """Of whoever spoke for the firm those who still buy for it; where nobody does any more, all who do."""
    acts = Q(membership__organisation=firm_id) | Q(membership__organisation__cooks_for=firm_id)
    buyers = User.objects.filter(acts, role=Role.NURSERY, is_active=True)
    there: set[int | None] = set(buyers.values_list("pk", flat=True))
    return spoke & there or there


def _of_household(talk: Talk) -> set[int | None]:
    return {talk.lot.household.user_id, *answering_for([talk.lot.village_id])}


def _facts(step: Step) -> dict[str, str]:
    talk, lot = step.talk, step.talk.lot
    return {
        "number": talk.order.number if talk.order else talk.number,
        "firm": talk.firm.name,
        "firm_en": talk.firm.name_en,
        "price": yuan(step.price_fen or 0),
        **in_both("product", lambda: name_(lot.product)),
        **in_both("place", lambda: f"{name_(lot.village)}"),
        **in_both("count", lambda: amount(step.quantity, lot.unit_size, lot.unit)),
        **in_both("day", lambda: month_day(step.day)),
    }


@task(backend="notices")
def day_moved(change_id: int) -> int:
    """A wish for another lifting day is told to the other side, the answer to whoever wished."""
    change = DayChange.objects.select_related("order").get(pk=change_id)
    order = change.order
    kind = {
        DayChange.State.WAITING: "day_asked",
        DayChange.State.AGREED: "day_agreed",
        DayChange.State.REFUSED: "day_refused",
    }.get(DayChange.State(change.state))
    if kind is None:
        return 0
    asked = change.state == DayChange.State.WAITING
    to_firm = (change.side == Side.FIRM) != asked
    if to_firm:
        people = _of_firm(order.organisation_id, {order.buyer_id, *_spoke(order.day_changes.all())})
    else:
        people = _households(order)
    facts = {"number": order.number, **in_both("day", lambda: month_day(change.day))}
    by = change.by_id if asked else change.answered_by_id
    link = reverse("green:day", args=[order.number])
    return tell(people - {by}, kind, facts, link, f"day:{change.pk}:{change.state}")


def _households(order: Order) -> set[int | None]:
    lines = order.lines.select_related("household")
    return {
        *(line.household.user_id for line in lines),
        *answering_for(line.household.village_id for line in lines),
    }
