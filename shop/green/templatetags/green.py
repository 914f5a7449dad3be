"""What other rooms' pages show of the green channel: who waits for a word, and what goes with an order's saplings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.translation import gettext as _

from farmers.ledger.kinds import Channel
from marketplace.access.models import User
from marketplace.days import today
from marketplace.money import line_amount_fen, yuan
from marketplace.templatetags.market import amount, month_day
from shop.green import days
from shop.green.models import DayChange, Sample, Side, Step, Talk, firms_of, of_household
from shop.green.papers import missing, papers_of_lines, papers_with
from shop.green.sample import compared, promised
from shop.green.talk_views import waiting
from shop.orders.models import Consignment, Order
from shop.orders.views import Part

register = template.Library()
Kind = Step.Kind


@register.simple_tag
def talks_waiting(user: User) -> int:
    """How many talks wait for this person's side. One query, or two."""
    if firms := firms_of(user):
        return waiting(Side.FIRM, Talk.objects.filter(firm__in=firms))
    return waiting(Side.HOUSEHOLD, Talk.objects.filter(of_household(user, "lot")))


@register.filter
def what(step: Step) -> str:
    """A step in words, as one would tell it."""
    unit = step.talk.lot
    how_many = amount(step.quantity, unit.unit_size, unit.unit) if step.quantity else ""
    day = month_day(step.day)
    told = {
        Kind.ASK: _("Would like to look on %(day)s.") % {"day": day},
        Kind.DAY: _("Come on %(day)s.") % {"day": day},
        Kind.SEEN: _("The firm was there and looked at the plants."),
        Kind.HOLD: _("Reserved %(count)s until %(day)s.") % {"count": how_many, "day": day},
        Kind.LET_GO: _("Let the %(count)s go that were reserved.") % {"count": how_many},
        Kind.UNHELD: _("The reservation is over: %(count)s are for sale again.") % {"count": how_many},
        Kind.ACCEPT: _("Agreed."),
        Kind.DECLINE: _("Does not sell."),
        Kind.WITHDRAW: _("Does not buy."),
        Kind.LAPSE: _("Nobody said a word for long: the talk is over."),
    }
    if step.kind == Kind.OFFER:
        return _("Offers ¥%(price)s for each: %(count)s, lifted on %(day)s. In all ¥%(sum)s.") % {
            "price": yuan(step.price_fen or 0),
            "count": how_many,
            "day": day,
            "sum": yuan(line_amount_fen(step.price_fen or 0, step.quantity or 0, unit.unit_size)),
        }
    return told[Kind(step.kind)]


@register.inclusion_tag("green/_order.html")
def saplings_of(user: User, order: Order, parts: Sequence[Part], receives: bool) -> dict[str, Any]:
    """On an order's page: of the lines that this person sees, the saplings' certificates, and samples beside what was
    promised; of the green channel the talk and the lifting day. No query where there are no saplings.
    """
    lines = [line for part in parts for line in part.lines if line.is_sapling]
    if not lines:
        return {"show": False}
    there = papers_of_lines(lines)
    green = order.channel == Channel.GREEN
    # what people of the city buy stays in the county
    lacks = [kind.label for line in lines for kind in missing(there[line.pk], order.wanted_on) if green]
    samples = {sample.line_id: sample for sample in Sample.objects.filter(line__in=lines)}
    return {
        "show": True,
        "today": today(),
        "order": order,
        "talk": Talk.objects.filter(order=order).visible_to(user).first() if green else None,
        "side": days.side_of(user, order) if green else None,
        "wish": order.day_changes.filter(state=DayChange.State.WAITING).first() if green else None,
        "receives": receives,
        "papers": list({paper.pk: paper for own in there.values() for paper in own}.values()),
        "missing": list(dict.fromkeys(lacks)),
        "lines": [
            (
                line,
                samples.get(line.pk),
                compared(samples[line.pk], promised(line)) if line.pk in samples else [],
            )
            for line in lines
        ],
    }


@register.inclusion_tag("green/_missing.html")
def papers_missing(consignment: Consignment) -> dict[str, Any]:
    """Before saplings leave: which certificates they lack, and where to enter one."""
    if consignment.order.channel != Channel.GREEN or not consignment.lines.filter(is_sapling=True).exists():
        return {"show": False}
    there = papers_with([consignment])[consignment.pk]
    return {
        "show": True,
        "consignment": consignment,
        "missing": [kind.label for kind in missing(there)],
        "papers": there,
    }
