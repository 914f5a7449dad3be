"""Who is told of an order's steps: its buyer, the households whose goods they are, and the officers who gather them.

A step leaves a task behind in its own transaction; the worker finds out whom to tell, so that nobody waits for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django_tasks import task

from farmers.registry.officers import answering_for
from marketplace.access.models import Role, User
from marketplace.money import yuan
from marketplace.notices.tell import Telling, tell, tell_each
from marketplace.notices.words import in_both
from marketplace.templatetags.market import amount, in_language, month_day
from shop.buyers.models import Duty

from .models import Complaint, Order, OrderLine, State
from .picking import gathered_on

# of an order's steps, those that its buyer is told of
TO_BUYER = {
    State.CONFIRMED: "confirmed",
    State.DISPATCHED: "dispatched",
    State.DELIVERED: "delivered",
    State.CANCELLED: "cancelled",
    State.EXPIRED: "lapsed",
}
# of a complaint's steps, what those hear whose goods they are
OF_THEIR_GOODS = {
    Complaint.State.OPEN: "complained_of",
    Complaint.State.ANSWERED: "ruled",
    Complaint.State.CLOSED: "closed",
}


@task(backend="notices")
def order_moved(order_id: int, before: str, now: str) -> int:
    """Tell everybody whom this step concerns; how many were told."""
    order = Order.objects.select_related("organisation").get(pk=order_id)
    link, key = order.get_absolute_url(), f"order:{order.pk}:{now}"
    tellings = []
    if now in TO_BUYER:
        for user_id in _buyers(order, now):
            tellings.append(Telling(user_id, TO_BUYER[State(now)], {"number": order.number}, link))
    lines = list(order.lines.select_related("household").order_by("pk"))
    if now == State.CONFIRMED:
        tellings += [*_to_households(order, lines, "bought"), *_to_officers(order, lines, "collect")]
    elif now == State.CANCELLED and before == State.CONFIRMED:
        tellings += [*_to_households(order, lines, "not_needed"), *_to_officers(order, lines, "not_needed")]
    elif now == State.ACCEPTED:
        tellings += _to_households(order, [line for line in lines if line.kept_quantity], "accepted")
    return tell_each(tellings, key)


def _buyers(order: Order, now: str) -> set[int]:
    """Whoever ordered; and in a unit those who take the goods in."""
    people = {order.buyer_id}
    if order.organisation_id and now in {State.DISPATCHED, State.DELIVERED}:
        receivers = Duty.objects.filter(kind=Duty.Kind.RECEIVER, member__organisation=order.organisation_id)
        people |= set(receivers.values_list("member__user", flat=True))
    return people


def _goods(lines: Iterable[OrderLine]) -> str:
    return "、".join(
        _named(line, line.quantity if line.accepted_quantity is None else line.kept_quantity)
        for line in lines
    )[:200]


def _named(line: OrderLine, quantity: int) -> str:
    """`土豆 10 斤`."""
    name = in_language(line.product_name, line.product_name_en)
    return f"{name} {amount(quantity, line.unit_size, line.unit)}"


def _facts(order: Order, lines: Sequence[OrderLine]) -> dict[str, str]:
    day = gathered_on(order)
    return {
        "number": order.number,
        "amount": yuan(sum(line.kept_fen for line in lines)),
        **in_both("goods", lambda: _goods(lines)),
        **in_both("day", lambda: month_day(day) if day else str(_("as soon as can be"))),
    }


def _to_households(order: Order, lines: Sequence[OrderLine], kind: str) -> list[Telling]:
    by_person: dict[int, list[OrderLine]] = defaultdict(list)
    for line in lines:
        if line.household.user_id:
            by_person[line.household.user_id].append(line)
    link = order.get_absolute_url()
    return [Telling(pk, kind, _facts(order, own), link) for pk, own in by_person.items()]


def _to_officers(order: Order, lines: Sequence[OrderLine], kind: str) -> list[Telling]:
    """Each of those who answer for a village that gives something, of what it gives."""
    posts = answering_for(line.household.village_id for line in lines)
    link = reverse("officer")
    return [
        Telling(
            user_id, kind, _facts(order, [line for line in lines if line.household.village_id in own]), link
        )
        for user_id, own in posts.items()
    ]


@task(backend="notices")
def complaint_moved(complaint_id: int) -> int:
    """A new one is told to the city, an answer to whoever complained; each step to those whose goods they are."""
    complaint = Complaint.objects.select_related("line__order", "line__household").get(pk=complaint_id)
    line, order = complaint.line, complaint.line.order
    link = reverse("orders:complaint", args=[order.number, complaint.pk])
    facts, key = {"number": order.number}, f"complaint:{complaint.pk}:{complaint.state}"
    tellings = []
    if complaint.state == Complaint.State.OPEN:
        city = User.objects.filter(role=Role.OFFICIAL).values_list("pk", flat=True)
        tellings += [Telling(pk, "complaint", facts, link) for pk in city]
    elif complaint.state == Complaint.State.ANSWERED:
        tellings.append(Telling(complaint.by_id, "answered", facts, link))
    kind = OF_THEIR_GOODS[Complaint.State(complaint.state)]
    facts = facts | in_both("goods", lambda: in_language(line.product_name, line.product_name_en))
    tellings += [Telling(pk, kind, facts, link) for pk in answering_for([line.household.village_id])]
    if line.household.user_id:
        # the page of the complaint has the buyer's words; a household sees its order
        tellings.append(Telling(line.household.user_id, kind, facts, order.get_absolute_url()))
    return tell_each(tellings, key)


@task(backend="notices")
def goods_returned(line_id: int, before: int, quantity: int) -> int:
    """The household hears what came back, and what that takes from what it is owed."""
    line = OrderLine.objects.select_related("order", "household").get(pk=line_id)
    accepted = line.accepted_quantity or 0
    less = line.amount_of(accepted - before) - line.amount_of(accepted - before - quantity)
    facts = {"number": line.order.number, "amount": yuan(less)}
    facts |= in_both("goods", lambda: _named(line, quantity))
    link = line.order.get_absolute_url()
    return tell([line.household.user_id], "returned", facts, link, f"return:{line.pk}:{before}")


@task(backend="notices")
def line_called_off(line_id: int) -> int:
    """Whoever was to gather and bring it hears that it is not needed."""
    line = OrderLine.objects.select_related("order__pickup_point", "household").get(pk=line_id)
    order = line.order
    facts = {"number": order.number, "amount": yuan(line.amount_fen)}
    facts |= in_both("goods", lambda: _named(line, line.quantity))
    tellings = [
        Telling(pk, "line_not_needed", facts, order.get_absolute_url())
        for pk in [line.household.user_id]
        if pk
    ]
    link = reverse("officer")
    tellings += [
        Telling(pk, "line_not_needed", facts, link) for pk in answering_for([line.household.village_id])
    ]
    return tell_each(tellings, f"called-off:{line.pk}")
